"""`everycall definitions compare` and `verdicts`: what calls are by a definition."""

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from everycall.app.answers.defining import (
    Comparison,
    Counted,
    Step,
    chosen,
    count,
    verdicts_of,
    why,
)
from everycall.app.answers.defining import compare as compare_calls
from everycall.app.history.asking import day_bounds
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.definitions import Category, Definition
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit, share
from everycall.reports.words import calls as calls_in_words
from everycall.reports.words import count as number
from everycall.reports.words import plural

SHOWN = 20
"""So many calls of a step are listed on a terminal; JSON lists all."""

_INDENT = (0, 0, 0, 10)


@click.command("compare", short_help="Show how one number becomes another.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--list", "listed", is_flag=True, help="List the calls of every step.")
@period_options
@data_options
def compare(
    first: str,
    second: str,
    data: Path,
    site: str,
    config: Path | None,
    since: Any,
    until: Any,
    *,
    listed: bool,
    as_json: bool,
) -> None:
    """Count the same calls under two definitions, and show how one number becomes the other.

    A and B are ids, or files of your own.
    """
    asking, settings = open_site(data, site, config)
    with asking:
        bounds = day_bounds(as_day(since), as_day(until), asking.zone)
        one, other = chosen(settings, first), chosen(settings, second)
        found = compare_calls(asking, one, other, *bounds)
    if as_json:
        say_json(_as_json(found))
    else:
        _show(found, listed=listed)


def _as_json(found: Comparison) -> dict[str, Any]:
    return {
        "first": _side(found.first, found.before),
        "second": _side(found.second, found.after),
        "balanced": found.balanced,
        "steps": [
            {
                "calls": step.calls,
                "first": dict(zip(("category", "reason", "rule"), step.first, strict=True)),
                "second": dict(zip(("category", "reason", "rule"), step.second, strict=True)),
                "call_ids": list(step.call_ids),
            }
            for step in found.steps
        ],
    }


def _side(definition: Definition, calls: int) -> dict[str, Any]:
    return {
        "id": definition.id,
        "version": definition.pack.version,
        "digest": definition.digest,
        "counts": list(definition.headline),
        "calls": calls,
    }


def _show(found: Comparison, *, listed: bool) -> None:
    out = console()
    counted = [" + ".join(d.headline) for d in (found.first, found.second)]
    out.print(f"[bold]{number(found.before)}[/bold] {counted[0]} by {found.first.name}")
    for step in found.steps:
        out.print(_line(step))
        out.print(Padding(Text(_because(found, step), style="dim"), _INDENT))
        if listed:
            out.print(Padding(Text(_listed(step)), _INDENT))
    out.print(f"[bold]{number(found.after)}[/bold] {counted[1]} by {found.second.name}")
    steps = sum(step.calls for step in found.steps)
    check = f"{number(found.before)} {'+' if steps >= 0 else '-'} {number(abs(steps))}"
    out.print(f"{check} = {number(found.before + steps)}", style="dim")


def _listed(step: Step) -> str:
    more = len(step.call_ids) - SHOWN
    shown = ", ".join(step.call_ids[:SHOWN])
    return f"{shown} and {number(more)} more, see --json" if more > 0 else shown


def _line(step: Step) -> Text:
    sign, leaves = ("+", False) if step.calls > 0 else ("-", True)
    text = Text(f" {sign}{number(abs(step.calls)):>7} ", style="bold")
    reasons = ", ".join(dict.fromkeys((step.first[1], step.second[1])))
    before, after = (
        _counts(step.first[0], counted=leaves),
        _counts(step.second[0], counted=not leaves),
    )
    text.append(f"{reasons}: {before}; now {after}".replace("_", " "), style="not bold")
    return text


def _counts(category: str, *, counted: bool) -> str:
    if counted:
        return f"counted as {category}"
    return category if category == Category.NOT_COUNTED else f"{category}, not counted"


def _because(found: Comparison, step: Step) -> str:
    mine = why(found.first, step.first[2], step.first[0])
    other = why(found.second, step.second[2], step.second[0])
    return f"{found.first.id}: {mine}; {found.second.id}: {other}"


@click.command("verdicts", short_help="Say what each call is.")
@click.option("--definition", help="The definition: an id or a file (default: the site's own).")
@period_options
@data_options
def verdicts(
    definition: str | None,
    data: Path,
    site: str,
    config: Path | None,
    since: Any,
    until: Any,
    *,
    as_json: bool,
) -> None:
    """Say of every call what a definition calls it; as a table, how many there are of each kind."""
    asking, settings = open_site(data, site, config)
    with asking:
        found = chosen(settings, definition)
        bounds = day_bounds(as_day(since), as_day(until), asking.zone)
        if as_json:
            for said in verdicts_of(asking, found, *bounds):
                say_json(said)
            return
        _show_counted(count(asking, found, *bounds))


def _show_counted(counted: Counted) -> None:
    definition, out = counted.definition, console()
    total = sum(counted.categories.values())
    words = " + ".join(definition.headline)
    out.print(f"[bold]{number(counted.headline)}[/bold] {words} of {calls_in_words(total)}")
    out.print(f"by {definition.name}: {escape(definition.title)}\n", style="dim")
    rows = [
        (category, calls, share(calls, total), definition.says(Category(category)))
        for category, calls in sorted(counted.categories.items(), key=lambda item: -item[1])
    ]
    columns = (
        Column("word"),
        Column("calls", Unit.COUNT),
        Column("share", Unit.SHARE),
        Column("what it means"),
    )
    out.print(grid(Table(columns, rows)))
    if counted.edge:
        these = plural(counted.edge, "verdict stands", "verdicts stand")
        out.print(f"{these} on a limit that falls inside what the source measures.", style="dim")
