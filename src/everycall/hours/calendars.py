"""When a schedule is open, and how much business time passes: UTC moments in, UTC moments out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from everycall.clock import MICROSECOND, from_micros, to_micros
from everycall.hours.local_time import day_of, moment_of
from everycall.hours.periods import DAY_MINUTES
from everycall.hours.schedules import Schedule, SiteHours

HORIZON = timedelta(days=731)
"""How long a search goes on without finding an opening: two years."""

_DAY = timedelta(days=1)


class Span(NamedTuple):
    """It is open from the first moment on, and no more at the second."""

    opens_at: datetime
    closes_at: datetime


class Stretch(NamedTuple):
    """A span in microseconds, and the business day that it belongs to: the one it starts on."""

    day: date
    opens_at: int
    closes_at: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """A schedule and the zone whose clocks it means.

    Where hours are unknown, every answer is None.
    """

    schedule: Schedule
    zone: ZoneInfo

    @property
    def known(self) -> bool:
        """Whether anyone said when it is open; unknown is neither open nor closed."""
        return self.schedule.known

    def spans(self, first: date, last: date) -> tuple[Span, ...] | None:
        """Return when it is open in these days, first and last included: merged, in order.

        A period over midnight is cut where the days end.
        """
        if not self.known:
            return None
        begins, ends = moment_of(first, 0, self.zone), moment_of(last, DAY_MINUTES, self.zone)
        merged = _merged(_cut(self._around(begins, ends), begins, ends))
        return tuple(Span(from_micros(opens), from_micros(closes)) for opens, closes in merged)

    def is_open(self, moment: datetime) -> bool | None:
        """Return whether it is open at a moment."""
        if not self.known:
            return None
        at = to_micros(moment)
        return any(found.opens_at <= at < found.closes_at for found in self._around(at, at))

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return the first open moment from this one on: while it is open, this very moment.

        None also if it does not open within two years.
        """
        at = to_micros(moment)
        ahead = (max(at, found.opens_at) for found in self._from(at) if at < found.closes_at)
        return _moment(next(ahead, None))

    def business_time(self, start: datetime, end: datetime) -> timedelta | None:
        """Return how long it is open between two moments; nothing if they are the wrong way round."""
        if not self.known:
            return None
        begins, ends = to_micros(start), to_micros(end)
        pieces = _cut(self._around(begins, ends), begins, ends)
        return sum(closes - opens for opens, closes in pieces) * MICROSECOND

    def add_business_time(self, moment: datetime, amount: timedelta) -> datetime | None:
        """Return the first moment at which so much business time has passed since another one.

        None also if it does not open often enough: two years without an opening end the search.

        Raises:
            ValueError: the amount is negative.
        """
        if amount < timedelta():
            raise ValueError("business time can only be added: give an amount of 0 or more")
        if not self.known:
            return None
        at, left = to_micros(moment), amount // MICROSECOND
        return _moment(at if left == 0 else self._after(at, left))

    def next_business_day_end(self, moment: datetime) -> datetime | None:
        """Return when the first business day that begins after a moment ends.

        A business day begins with its first opening and ends with its last closing, also when
        that is after midnight. None also if there is none within two years.
        """
        at = to_micros(moment)
        days = self.business_days(day_of(at, self.zone))
        return _moment(next((day[-1].closes_at for day in days if day[0].opens_at > at), None))

    def business_days(self, first: date) -> Iterator[tuple[Stretch, ...]]:
        """Yield the open stretches of each day that has any, until two years bring none."""
        for _, stretches in groupby(self.stretches(first), key=lambda found: found.day):
            yield tuple(stretches)

    def stretches(self, first: date, last: date | None = None) -> Iterator[Stretch]:
        """Yield what opens from a day on, in order and without overlap.

        It ends with the last day, or where two years bring no opening.
        """
        covered, until = moment_of(first, 0, self.zone), last or first + HORIZON
        day = first
        while self.known and day <= until:
            for period in self.schedule.rule(day).periods:
                opens = max(covered, moment_of(day, period.start, self.zone))
                closes = moment_of(day, period.end, self.zone)
                if opens < closes:
                    yield Stretch(day, opens, closes)
                    covered, until = closes, last or day + HORIZON
            day += _DAY

    def _after(self, at: int, left: int) -> int | None:
        """Return the moment at which so many microseconds of business time have passed."""
        for found in self._from(at):
            opens = max(found.opens_at, at)
            if left <= found.closes_at - opens:
                return opens + left
            left -= max(0, found.closes_at - opens)
        return None

    def _from(self, at: int) -> Iterator[Stretch]:
        """Yield what is open at a moment or opens later."""
        # yesterday's hours may run past midnight
        return self.stretches(day_of(at, self.zone) - _DAY)

    def _around(self, begins: int, ends: int) -> Iterator[Stretch]:
        first, last = day_of(begins, self.zone) - _DAY, day_of(ends, self.zone) + _DAY
        return self.stretches(first, last)


def calendars(hours: SiteHours, zone: ZoneInfo) -> dict[str, Calendar]:
    """Return the calendar of every schedule of a site in this zone, by the schedule's id."""
    schedules = hours.schedules().items()
    return {name: Calendar(found, found.zone or zone) for name, found in schedules}


def _cut(stretches: Iterable[Stretch], begins: int, ends: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of stretches that lie between two moments."""
    for _, opens, closes in stretches:
        start, stop = max(opens, begins), min(closes, ends)
        if start < stop:
            yield start, stop


def _merged(pieces: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join pieces where one begins when the one before it ends."""
    merged: list[tuple[int, int]] = []
    for opens, closes in pieces:
        touches = merged and merged[-1][1] == opens
        merged.append((merged.pop()[0] if touches else opens, closes))
    return merged


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
