"""`everycall ledger`: what became of every caller who was missed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from everycall.app.answers.ledger import (
    GROUPS,
    Balance,
    LedgerView,
    list_needs,
    open_ledger,
    view_ledger,
)
from everycall.app.history.asking import day_bounds
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.money.chance import Rate
from everycall.money.ledger import CATEGORIES, State
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit
from everycall.reports.words import count, percent


@click.command("ledger")
@click.option("--by", default="", help=f"Cut it by {', '.join(GROUPS)}; several with commas.")
@click.option("--list", "state", help=f"List the needs of a state: {', '.join(State)}.")
@click.option("--definition", help="Whose words missed is; default: the team's own.")
@period_options
@data_options
def command(
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    by: str,
    state: str | None,
    definition: str | None,
    as_json: bool,
) -> None:
    """Follow every missed caller: at risk, then recovered by us, returned by themselves, or lost."""
    asking, settings = open_site(data, site, config)
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        named = open_ledger(asking, settings, definition)
        words = [word.strip() for word in by.split(",") if word.strip()]
        found = view_ledger(asking, named, first, after, words)
        if state is not None:
            _list(asking, state, as_json=as_json)
        elif as_json:
            say_json(_as_json(found))
        else:
            _show(found)


def _as_json(found: LedgerView) -> dict[str, Any]:
    return {
        "definition": found.definition,
        "balanced": found.balanced,
        **_balance(found.total),
        "cannot_tell": found.cannot_tell,
        "kinds": found.kinds,
        "rates": asdict(found.rates),
        "by": list(found.by),
        "groups": [
            {**dict(zip(found.by, group.key, strict=True)), **_balance(group)}
            for group in found.groups
        ],
    }


def _balance(one: Balance) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "key"} | {
        "balanced": one.balanced
    }


def _show(found: LedgerView) -> None:
    out, total = console(), found.total
    out.print(f"Callers who were missed, by: {found.definition}\n")
    rows = [(str(s).replace("_", " "), getattr(total, s), s.doc) for s in State]
    check = f"{count(total.missed)} = " + " + ".join(count(getattr(total, s)) for s in State)
    note = f" {check}: every need is in one state.{_calls(found)}"
    out.print(grid(Table((Column("state"), Column("needs", Unit.COUNT), Column("meaning")), rows)))
    out.print(note, style="dim")
    if total.unseen:
        out.print(
            f" {count(total.unseen)} of the lost have no number of their own: they cannot be seen "
            "returning.",
            style="dim",
        )
    if found.cannot_tell:
        out.print(
            f" Of {count(found.cannot_tell)} more calls no source says what became.", style="dim"
        )
    out.print("")
    _rates(found)
    if found.by:
        columns = (*(Column(word) for word in found.by), *_COLUMNS)
        rows_by = [(*group.key, *(getattr(group, c) for c in _NAMES)) for group in found.groups]
        out.print("")
        out.print(grid(Table(columns, rows_by)))


def _calls(found: LedgerView) -> str:
    """Say how many calls these needs made in vain, and what the definition calls them."""
    if not found.kinds:
        return ""
    kinds = ", ".join(
        f"{count(found.kinds[kind])} {kind}" for kind in CATEGORIES if kind in found.kinds
    )
    return f" Their {count(found.total.missed_calls)} calls without help: {kinds}."


_NAMES = ("missed", *(str(state) for state in State))
_COLUMNS = tuple(Column(name.replace("_", " "), Unit.COUNT) for name in _NAMES)


def _rates(found: LedgerView) -> None:
    rates, out = found.rates, console()
    rows = [
        ("rang again by themselves", *_rate(rates.rang_again), None),
        ("  and were helped", *_rate(rates.returned), rates.until_returned_ms),
        ("were dialled by us", *_rate(rates.dialled), None),
        ("  and were reached", *_rate(rates.recovered), rates.until_recovered_ms),
    ]
    columns = (
        Column("of missed callers"),
        Column("share", Unit.WRITTEN),
        Column("19 times in 20", Unit.WRITTEN),
        Column("half of them within", Unit.DURATION),
    )
    out.print(grid(Table(columns, rows)))
    out.print(f" {rates.returned.note.capitalize()}.", style="dim")


def _rate(one: Rate) -> tuple[str | None, str | None]:
    if one.value is None:
        return None, None
    return (
        f"{percent(one.value)} of {count(one.denominator)}",
        f"{percent(one.low)}–{percent(one.high)}",
    )


def _list(asking: Any, state: str, *, as_json: bool) -> None:
    if as_json:
        for need in list_needs(asking, state):
            say_json(need)
        return
    rows = [
        (
            asking.local(need["missed_at"]),
            need["caller_key"],
            need["queue"],
            need["missed_calls"],
            need["dialled_back"],
            asking.local(need["settled_at"] or need["window_end"]),
        )
        for need in list_needs(asking, state)
    ]
    last = "helped" if state in (State.RECOVERED, State.RETURNED) else "until"
    columns = (
        Column("missed"),
        Column("caller"),
        Column("queue"),
        Column("calls", Unit.COUNT),
        Column("tries", Unit.COUNT),
        Column(last),
    )
    console().print(grid(Table(columns, rows)) if rows else "No caller is in this state.")
