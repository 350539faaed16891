"""From the clock on the wall to the moment in the world, also in the nights when clocks change."""

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from everycall.clock import from_micros, to_micros

_MIDNIGHT = time()
_SECOND = 1_000_000


def moment_of(day: date, minutes: int, zone: ZoneInfo) -> int:
    """Return the first moment at which the clock of a zone shows a time of a day, or a later one.

    So a time that exists twice means its first, and a time that does not exist means the moment
    when the clocks jump over it. Time is in minutes after the day's midnight, the moment in
    microseconds since 1970.
    """
    wall = datetime.combine(day, _MIDNIGHT, zone) + timedelta(minutes=minutes)
    first, second = to_micros(wall), to_micros(wall.replace(fold=1))
    return first if first <= second else _jump(second, first, zone)


def _jump(before: int, after: int, zone: ZoneInfo) -> int:
    """Return the moment between two others at which the clocks go forward."""
    moments = range(before, after + 1, _SECOND)

    def offset(micros: int) -> timedelta:
        return from_micros(micros).astimezone(zone).utcoffset() or timedelta()

    return moments[bisect_left(moments, offset(after), key=offset)]


def day_of(micros: int, zone: ZoneInfo) -> date:
    """Return the day that the calendar of a zone shows at a moment."""
    return from_micros(micros).astimezone(zone).date()


def day_length(day: date, zone: ZoneInfo) -> timedelta:
    """Return how long a day is: 24 hours, unless the clocks change."""
    return from_micros(moment_of(day, 24 * 60, zone)) - from_micros(moment_of(day, 0, zone))
