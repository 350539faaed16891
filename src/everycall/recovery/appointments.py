"""The times among which a caller may choose to be called: in opening hours, and not too many at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from everycall.hours import Calendar

LENGTH = timedelta(minutes=30)
AHEAD = timedelta(days=4)
OFFERED = 12


def appointments(
    calendar: Calendar, now: datetime, taken: Mapping[datetime, int], most: int
) -> list[datetime]:
    """Return the next half hours that begin and end in opening hours and are not full.

    `taken`: how many callers chose a half hour already; `most`: how many may. Where the opening
    hours are unknown nothing is offered: nobody could promise to be there.
    """
    if not calendar.known:
        return []
    found: list[datetime] = []
    start = _next_half_hour(now + LENGTH)
    while start < now + AHEAD and len(found) < OFFERED:
        if _is_open(calendar, start) and taken.get(start, 0) < most:
            found.append(start)
        start += LENGTH
    return found


def _is_open(calendar: Calendar, start: datetime) -> bool:
    return calendar.business_time(start, start + LENGTH) == LENGTH


def _next_half_hour(moment: datetime) -> datetime:
    minutes = -(-(moment.minute * 60 + moment.second) // 1800) * 30
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
