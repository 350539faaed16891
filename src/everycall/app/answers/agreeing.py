"""The standing check: what the wallboard said of a finished day, held against the report of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.clock import to_micros
from everycall.live.board import Cells
from everycall.live.tallies import Planned
from everycall.live.totals import Totals
from everycall.metrics.model import Cell

Values = tuple[float | None, float | None, float | None]
"""Of a cell: its value, and what it was divided of and by."""

Said = Mapping[tuple[Any, ...], Mapping[str, Values]]
"""What is said of each group of a day, by its keys and the ids of metrics."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that the wallboard and the report do not agree on."""

    tally: str
    keys: tuple[Any, ...]
    metric: str
    wallboard: Values | None
    report: Values | None

    def __str__(self) -> str:
        of = " ".join(str(key) for key in self.keys)
        shown, found = (one[0] if one else None for one in (self.wallboard, self.report))
        return f"{self.metric} by {self.tally} {of}".strip() + f": {shown} live, {found} in history"


def bounds(day: date, zone: ZoneInfo) -> tuple[int, int]:
    """Return the first moment of a day, and that of the next."""
    start = to_micros(datetime.combine(day, time(), zone))
    return start, to_micros(datetime.combine(day + timedelta(days=1), time(), zone))


def of_report(asking: Asking, site: SiteFile, tally: Planned, day: date) -> Said:
    """Return what history says of a day."""
    first, after = bounds(day, asking.zone)
    where = dict(tally.tally.where)
    by = ["day", *tally.tally.by]
    found = measure(asking, tally.tally.ids, by, first, after, where, settings=site)
    return {row.keys[1:]: _values(row.cells) for row in found.rows}


def of_board(totals: Totals, tally: Planned, day: date) -> Said:
    """Return what the totals of the live picture say of a day."""
    found = totals.of(tally.tally.name, str(day))
    return {(() if not tally.tally.by else (key,)): _values(cells) for key, cells in found.items()}


def _values(cells: Mapping[str, Cell] | Cells) -> dict[str, Values]:
    return {name: (cell.value, cell.numerator, cell.denominator) for name, cell in cells.items()}


def differences(asking: Asking, site: SiteFile, totals: Totals, day: date) -> Iterator[Difference]:
    """Yield every number of a day that the two do not agree on."""
    for tally in totals.tallies.values():
        shown, found = of_board(totals, tally, day), of_report(asking, site, tally, day)
        yield from _between(tally.tally.name, shown, found)


def _between(name: str, shown: Said, found: Said) -> Iterator[Difference]:
    for keys in sorted({*shown, *found}, key=str):
        one, other = shown.get(keys, {}), found.get(keys, {})
        for metric in _all(one, other):
            if one.get(metric) != other.get(metric):
                yield Difference(name, keys, metric, one.get(metric), other.get(metric))


def _all(*several: Mapping[str, Values]) -> Iterable[str]:
    return dict.fromkeys(name for one in several for name in one)
