"""`everycall staffing`: how many people are needed."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from everycall.app.answers.arrivals import WEEKDAYS, by_hour
from everycall.app.history.asking import day_bounds
from everycall.cli.common import as_day, data_options, open_site, period_options, say_json
from everycall.errors import BadSettingsError, Mistake
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table, Unit
from everycall.settings import duration
from everycall.staffing.people import Needed, Target, needed

HOUR = timedelta(hours=1)


@click.group("staffing")
def command() -> None:
    """How many people are needed, and when."""


@command.command("agents")
@click.option("--arrivals", help="Callers in each interval, with commas; default: your history.")
@click.option("--interval", default="1 h", show_default=True, help="How long an interval is.")
@click.option("--handling", help="How long a call takes, as '4 min'; default: your history.")
@click.option("--weekday", type=click.Choice(WEEKDAYS), help="Of your history, only this weekday.")
@click.option("--queue", help="Of your history, only callers of this queue.")
@click.option("--waits", type=float, help="At most this share has to wait, as 0.5.")
@click.option("--level", type=float, help="At least this share is answered in time, as 0.8.")
@click.option("--within", default="20 s", show_default=True, help="In time means within this.")
@click.option("--patience", help="How long a caller would wait on average: Erlang A, not C.")
@click.option("--abandons", type=float, help="At most this share gives up; needs --patience.")
@click.option("--occupancy", type=float, help="At most this share of their time people are busy.")
@click.option("--shrinkage", type=float, default=0.0, help="The share of people who are away.")
@period_options
@data_options
def agents(
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    arrivals: str | None,
    interval: str,
    handling: str | None,
    weekday: str | None,
    queue: str | None,
    as_json: bool,
    **promise: Any,
) -> None:
    """Say how many people each hour needs, so that callers are answered as you promise."""
    length = _time("--interval", interval)
    known = _time("--handling", handling) if handling else None
    target, patience = _target(promise), promise["patience"]
    if arrivals is not None:
        if known is None:
            raise BadSettingsError([Mistake("--handling", "say how long a call takes, as '4 min'")])
        loads = [(n, known) for n in _numbers(arrivals)]
    else:
        loads = _from_history(data, site, config, (since, until, weekday, queue), known)
    waits = _time("--patience", patience) if patience else None
    rows = [_needed(n, took, (length, target, waits, promise["shrinkage"])) for n, took in loads]
    _give([n for n, _ in loads], rows, as_json=as_json)


def _from_history(
    data: Path, site: str, config: Path | None, wanted: tuple[Any, ...], known: timedelta | None
) -> list[tuple[float, timedelta]]:
    since, until, weekday, queue = wanted
    asking, _ = open_site(data, site, config)
    with asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        hours = by_hour(asking, first, after, weekday, queue)
    usual = [one.handling_ms for one in hours if one.handling_ms is not None]
    if known is None and not usual:
        raise BadSettingsError(
            [Mistake("--handling", "no talk was seen; say how long a call takes")]
        )
    whole = known or timedelta(milliseconds=sum(usual) / len(usual))
    return [
        (one.arrivals, known or timedelta(milliseconds=one.handling_ms or 0) or whole)
        for one in hours
    ]


def _target(promise: dict[str, Any]) -> Target:
    for name in ("waits", "level", "abandons", "occupancy", "shrinkage"):
        value = promise[name]
        if value is not None and not 0 <= value <= 1:
            sentence = f"a share lies between 0 and 1, write 0.8 for 80 %; found {value}"
            raise BadSettingsError([Mistake(f"--{name}", sentence)])
    if promise["waits"] is None and promise["level"] is None and promise["abandons"] is None:
        sentence = (
            "say what you promise: --level 0.8 --within '20 s', --waits 0.5 or --abandons 0.05"
        )
        raise BadSettingsError([Mistake("--level", sentence)])
    within = _time("--within", promise["within"]).total_seconds()
    return Target(
        promise["waits"], promise["level"], within, promise["abandons"], promise["occupancy"]
    )


def _needed(
    arrivals: float, handling: timedelta, frame: tuple[timedelta, Target, timedelta | None, float]
) -> Needed:
    length, target, patience, shrinkage = frame
    try:
        return needed(
            arrivals / length.total_seconds(),
            handling.total_seconds(),
            target,
            patience.total_seconds() if patience else None,
            shrinkage,
        )
    except ValueError as error:
        raise BadSettingsError([Mistake("", str(error))]) from None


def _numbers(text: str) -> list[float]:
    try:
        found = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise BadSettingsError([Mistake("--arrivals", f"'{text}' is no list of numbers")]) from None
    if not found or min(found) < 0:
        raise BadSettingsError([Mistake("--arrivals", "give one number or more, none below 0")])
    return found


def _time(option: str, text: str) -> timedelta:
    try:
        found = duration(text)
    except ValueError as error:
        raise BadSettingsError([Mistake(option, str(error))]) from None
    if not found:
        raise BadSettingsError([Mistake(option, "a time above 0 is needed")])
    return found


def _give(arrivals: Sequence[float], rows: Sequence[Needed], *, as_json: bool) -> None:
    if as_json:
        for place, (calls, one) in enumerate(zip(arrivals, rows, strict=True)):
            say_json({"interval": place, "arrivals": calls, **one.as_json()})
        return
    columns = (
        Column("interval", Unit.COUNT),
        Column("callers", Unit.NUMBER),
        Column("agents", Unit.COUNT),
        Column("roster", Unit.COUNT),
        Column("wait", Unit.WRITTEN),
        Column("in time", Unit.WRITTEN),
        Column("mean wait", Unit.DURATION),
        Column("give up", Unit.WRITTEN),
        Column("busy", Unit.WRITTEN),
    )
    shown = [
        (i, n, r.agents, r.positions, _share(r.waits), _share(r.level), _ms(r.mean_wait),
         _share(r.abandons), _share(r.occupancy))
        for i, (n, r) in enumerate(zip(arrivals, rows, strict=True))
    ]  # fmt: skip
    out = console()
    out.print(grid(Table(columns, shown)))
    out.print(
        " Roster: with those who are away. Wait: the share that has to. In time: within --within.",
        style="dim",
    )


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value * 100:.0f} %"


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
