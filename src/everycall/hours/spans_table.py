"""Opening hours as rows, for an engine that joins calls with them."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import chain, pairwise
from typing import NamedTuple

from everycall.hours.calendars import HORIZON, Calendar


class SpanRow(NamedTuple):
    """One stretch of opening hours, in microseconds since 1970.

    `business_day_end_us` is when the *next* business day ends: what holds for every moment from
    this opening up to the next row's. It is null if no business day follows within two years.
    """

    schedule_id: str
    opens_at_us: int
    closes_at_us: int
    business_day_end_us: int | None


def spans_table(calendars: Mapping[str, Calendar], first: date, last: date) -> Iterator[SpanRow]:
    """Yield the rows of all schedules for a range of days, ordered by schedule and opening.

    Rows of one schedule never overlap. The business day before the range and the one after it
    are there too, so that every moment in the range finds its last opening and its next one.
    A schedule whose hours are unknown has no rows.
    """
    for schedule_id, calendar in calendars.items():
        yield from _rows(schedule_id, calendar, first, last)


def _rows(schedule_id: str, calendar: Calendar, first: date, last: date) -> Iterator[SpanRow]:
    days = calendar.business_days(_business_day_before(calendar, first))
    for day, following in pairwise(chain(days, [()])):
        ends = following[-1].closes_at if following else None
        for found in day:
            yield SpanRow(schedule_id, found.opens_at, found.closes_at, ends)
        if day[0].day > last:
            return


def _business_day_before(calendar: Calendar, first: date) -> date:
    """Return the last day before another one that opens at all, or that other one."""
    days = (first - timedelta(days=back) for back in range(1, HORIZON.days + 1))
    return next((day for day in days if any(calendar.stretches(day, day))), first)
