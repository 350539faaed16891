"""`everycall targets`: what the team set out to reach, and whether it did."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.targeting import Kept, hold
from everycall.app.history.asking import day_bounds
from everycall.app.site.sitefile import read_site
from everycall.cli.common import as_day, data_options, period_options, say_json
from everycall.history import History
from everycall.metrics.model import Unit
from everycall.render.terminal import console, grid
from everycall.reports.model import Column, Table
from everycall.reports.words import DASH, count, duration, percent


@click.command("targets")
@click.option("--days", is_flag=True, help="Every day, not only the whole.")
@click.option("--definition", help="Whose words missed, lost and abandoned are.")
@period_options
@data_options
def command(
    since: Any,
    until: Any,
    data: Path,
    site: str,
    config: Path | None,
    *,
    days: bool,
    definition: str | None,
    as_json: bool,
) -> None:
    """Hold each day against what the team set out to reach: met, missed, and by how much."""
    settings = read_site(data, config, site)
    with MeasuredSite(History(data, site), settings.zone) as asking:
        first, after = day_bounds(as_day(since), as_day(until), asking.zone)
        found = list(hold(asking, settings, first, after, definition))
    if as_json:
        for kept in found:
            say_json(_as_json(kept))
        return
    _show(found, days=days)


def _as_json(kept: Kept) -> dict[str, Any]:
    return {
        "target": kept.name,
        "metric": kept.target.metric,
        "limit": kept.target.limit.value,
        "sign": kept.target.sign,
        "open_hours": kept.target.open_hours,
        "assumed": kept.assumed,
        "day": kept.day,
        "value": kept.cell.value,
        "numerator": kept.cell.numerator,
        "denominator": kept.cell.denominator,
        "met": kept.verdict.met,
        "margin": kept.verdict.margin,
        "short_by": kept.verdict.short_by,
        "note": kept.cell.note or None,
    }


def _show(found: Sequence[Kept], *, days: bool) -> None:
    out = console()
    wholes = [kept for kept in found if kept.day is None]
    columns = (Column("target"), Column("limit"), Column("value"), Column(""), Column("days met"))
    rows = [
        (kept.name, _limit(kept), _value(kept), _said(kept), _days_met(kept, found))
        for kept in wholes
    ]
    out.print(grid(Table(columns, rows)))
    if any(kept.assumed for kept in found):
        out.print(
            "No target is set: these are assumptions. Set your own in the site file: targets."
        )
    for kept in wholes:
        if kept.cell.note:
            out.print(f"{kept.name}: {kept.cell.note}", style="dim")
    if days:
        daily = [kept for kept in found if kept.day is not None]
        each = (Column("target"), Column("day"), Column("value"), Column(""))
        lines = [(kept.name, kept.day, _value(kept), _said(kept)) for kept in daily]
        out.print(grid(Table(each, lines)))


def _limit(kept: Kept) -> str:
    limit = kept.target.limit
    return f"{kept.target.sign} {limit.number:g} {limit.unit}".strip()


def _value(kept: Kept) -> str:
    unit = kept.target.asked.metric.unit
    write = {Unit.SHARE: percent, Unit.DURATION: duration}.get(unit, count)
    return write(kept.cell.value)


def _said(kept: Kept) -> str:
    if kept.verdict.met is None:
        return DASH
    if kept.verdict.met:
        return "met"
    short = kept.verdict.short_by
    return "missed" if short is None else f"missed by {count(short)}"


def _days_met(kept: Kept, found: Sequence[Kept]) -> str:
    known = [
        one.verdict.met
        for one in found
        if one.name == kept.name and one.day is not None and one.verdict.met is not None
    ]
    return f"{sum(known)} of {len(known)}"
