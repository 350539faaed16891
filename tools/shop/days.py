"""Local time and opening hours of the shop."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from shop.clockwork import SECOND
from shop.plan import FIRST_DAY, HOLIDAYS, WEEK, ZONE

_ZONE = ZoneInfo(ZONE)
_QUARTER = 900 * SECOND


def moment(day: date, at: str) -> int:
    """Return the moment of a local time: '12:30' of a day."""
    local = datetime.combine(day, time.fromisoformat(at), _ZONE)
    return round(local.timestamp() * SECOND)


def midnight(number: int) -> int:
    """Return when a day begins, by its number from the first."""
    return moment(day_number(number), "00:00")


def day_number(number: int) -> date:
    """Return the date of a day, by its number from the first."""
    return FIRST_DAY + timedelta(days=number)


@lru_cache(maxsize=4096)
def _offset(quarter: int) -> int:
    """Return by how much local time is ahead of UTC; it changes at whole quarters of an hour."""
    at = datetime.fromtimestamp(quarter * _QUARTER / SECOND, _ZONE)
    offset = at.utcoffset() or timedelta()
    return round(offset.total_seconds()) * SECOND


def local(at: int) -> datetime:
    """Return a moment as the clock on the wall shows it, without a zone."""
    shown = at + _offset(at // _QUARTER)
    return datetime(1970, 1, 1) + timedelta(milliseconds=shown)  # noqa: DTZ001  # a wall clock


def date_of(at: int) -> date:
    """Return the local date of a moment."""
    return local(at).date()


def hours_of(day: date) -> tuple[int, int] | None:
    """Return when the shop opens and closes on a day; None if it does not open."""
    if day in HOLIDAYS or day.weekday() not in WEEK:
        return None
    opens, closes = WEEK[day.weekday()]
    return moment(day, opens), moment(day, closes)


def is_open(at: int) -> bool:
    """Tell whether the shop is open at a moment."""
    hours = hours_of(date_of(at))
    return hours is not None and hours[0] <= at < hours[1]


def following_day(at: int) -> tuple[int, int]:
    """Return the opening hours of the first day that opens after a moment."""
    day = date_of(at)
    while True:
        hours = hours_of(day)
        if hours is not None and hours[0] > at:
            return hours
        day += timedelta(days=1)


def next_open(at: int) -> int:
    """Return a moment if the shop is open then, else its next opening."""
    return at if is_open(at) else following_day(at)[0]


def end_of_next_business_day(at: int) -> int:
    """Return when the first business day that begins after a moment ends."""
    return following_day(at)[1]
