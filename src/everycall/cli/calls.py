"""`everycall calls`: list them."""

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from everycall.app.audit.behind import choose
from everycall.app.audit.brands import calls_of, seen_as
from everycall.app.history.asking import Asking, Filter, day_bounds
from everycall.calls.outcomes import outcome_names
from everycall.cli.behind import behind_options, take
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.errors import NotFoundError, did_you_mean
from everycall.render.cells import harmless
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit


@click.command("calls")
@click.option("--outcome", "outcomes", multiple=True, help="Only this outcome; may be repeated.")
@click.option("--direction", "directions", multiple=True, help="inbound, outbound, internal ...")
@click.option("--queue", "queues", multiple=True, help="Only calls that entered this queue.")
@click.option("--agent", "agents", multiple=True, help="Only calls that rang this person.")
@click.option("--caller", "callers", multiple=True, help="Only calls of this number.")
@click.option("--called", multiple=True, help="Only calls to this number.")
@click.option("--client", "clients", multiple=True, help="Only calls for this brand.")
@behind_options
@click.option("--definition", help="Whose words are meant; default: the team's own.")
@click.option("--limit", type=click.IntRange(0), help="At most so many (a table shows 50).")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "parquet"]),
    default="table",
    help="How to give them; json is one object a line.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@period_options
@data_options
def command(
    data: Path,
    site: str,
    config: Path | None,
    since: Any,
    until: Any,
    form: str,
    output: Path | None,
    *,
    as_json: bool,
    **wanted: Any,
) -> None:
    """List calls, as a table, CSV, JSON or Parquet."""
    form = "json" if as_json else form
    _check_outcomes(wanted["outcomes"])
    asking, settings = open_site(data, site, config)
    if len(wanted["clients"]) == 1 and wanted["clients"][0] in settings.clients:
        # what holds of a brand's calls is reckoned of its calls alone, as in the report for it
        settings = seen_as(settings, wanted["clients"][0])
        asking = calls_of(asking.history, settings, wanted["clients"][0])
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        limit = wanted.pop("limit")
        if limit is None and form == "table":
            limit = 50
        definition, behind = wanted.pop("definition"), take(wanted)
        among = None
        if behind:
            among = choose(asking, settings, behind, first, after, definition)
        found = Filter(since=first, until=after, among=among, limit=limit, **wanted)
        _give(asking, found, form, output)


def _check_outcomes(outcomes: Iterable[str]) -> None:
    known = outcome_names()
    for outcome in outcomes:
        if outcome not in known:
            hint = did_you_mean(outcome, known) or f" (known: {', '.join(known)})"
            raise NotFoundError(f"there is no outcome '{outcome}'{hint}")


def _give(asking: Asking, found: Filter, form: str, output: Path | None) -> None:
    if form == "parquet":
        if output is None:
            raise click.UsageError("say where to write the Parquet file: --output calls.parquet")
        asking.save(found, output)
        return
    if output is not None:
        with output.open("w", encoding="utf-8", newline="") as file:
            _write(asking, found, form, file)
        return
    _write(asking, found, form, sys.stdout)


def _write(asking: Asking, found: Filter, form: str, file: Any) -> None:
    if form == "json":
        for call in asking.calls(found):
            say_json(call) if file is sys.stdout else click.echo(_line(call), file=file)
    elif form == "csv":
        _write_csv(asking.calls(found, evidence=False), file)
    else:
        _show(asking, found)


def _line(call: dict[str, Any]) -> str:
    return json.dumps(call, ensure_ascii=False)


def _write_csv(calls: Iterable[dict[str, Any]], file: Any) -> None:
    writer: Any = None
    for call in calls:
        flat = {k: v for k, v in call.items() if k not in ("visits", "attempts", "talks")}
        flat.pop("evidence")
        flat |= {key: " ".join(flat[key]) for key in ("missing", "flags", "sources")}
        if writer is None:
            writer = csv.DictWriter(file, list(flat))
            writer.writeheader()
        writer.writerow({name: harmless(value) for name, value in flat.items()})


def _became(call: dict[str, Any]) -> str:
    words: str = call["outcome"].replace("_", " ")
    return f"{words}: {call['answered_agent']}" if call["answered_agent"] else words


def _show(asking: Asking, found: Filter) -> None:
    columns = (
        Column("call", Unit.WRITTEN),
        Column("arrived"),
        Column("caller", Unit.WRITTEN),
        Column("queue"),
        Column("wait", Unit.DURATION),
        Column("outcome"),
    )
    rows = [
        (
            call["call_id"],
            str(asking.local(call["arrived_at"]))[:16],
            call["caller"],
            call["first_queue"],
            call["wait_ms"],
            _became(call),
        )
        for call in asking.calls(found, evidence=False)
    ]
    out = console()
    out.print(grid(Table(columns, rows)) if rows else "No calls fit.")
    if found.limit and len(rows) == found.limit:
        out.print(f"The first {found.limit}; see more with --limit, or all as --format csv.")
    if rows:
        out.print("One call's story: everycall explain CALL")
