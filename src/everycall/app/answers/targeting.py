"""Targets held against what happened, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking, day_bounds
from everycall.app.site.sitefile import SiteFile
from everycall.metrics.model import Cell
from everycall.metrics.targets import SHIPPED, Target, Verdict, judge


@dataclass(frozen=True, slots=True)
class Kept:
    """One target on one day, or over the whole time that is asked about (day is null)."""

    name: str
    target: Target
    day: str | None
    cell: Cell
    verdict: Verdict
    assumed: bool


def targets_of(site: SiteFile) -> dict[str, Target]:
    """Return the team's targets, or the ones that come with everycall."""
    return dict(site.targets) or SHIPPED


def hold(
    asking: Asking,
    site: SiteFile,
    since: int | None = None,
    until: int | None = None,
    definition: str | None = None,
) -> Iterator[Kept]:
    """Yield every target over the whole time, and then for each of its days."""
    assumed = not site.targets
    for name, target in targets_of(site).items():
        first = _begin(asking, since, target.since)
        for by in ((), ("day",)):
            found = measure(
                asking,
                [target.metric],
                by,
                first,
                until,
                target.where(),
                definition,
                settings=site,
            )
            for row in found.rows:
                cell = row.cells[target.metric]
                day = row.keys[0] if by else None
                yield Kept(name, target, day, cell, judge(target, cell), assumed)


def _begin(asking: Asking, since: int | None, day: date | None) -> int | None:
    start, _ = day_bounds(day, None, asking.zone)
    return max((moment for moment in (since, start) if moment is not None), default=None)
