"""Why a day is as it is, in one sentence."""

from datetime import date, timedelta

from everycall.hours.calendars import Calendar
from everycall.hours.local_time import day_length
from everycall.hours.periods import WEEKDAYS

_USUAL_DAY = timedelta(hours=24)


def explain(calendar: Calendar, day: date) -> str:
    """Return what holds on a day, and why: the usual week, an exception, a holiday, the clocks."""
    return f"{WEEKDAYS[day.weekday()].capitalize()} {day}: {_why(calendar, day)}."


def _why(calendar: Calendar, day: date) -> str:
    length = day_length(day, calendar.zone)
    if not length:
        return f"this day was left out in {calendar.zone}, where the clocks went past it"
    return _hours(calendar, day) + _clock_change(length)


def _hours(calendar: Calendar, day: date) -> str:
    if not calendar.known:
        return "it is not known whether it is open, because no week is declared"
    periods, reason = calendar.schedule.rule(day)
    open_times = " and ".join(map(str, periods))
    return f"open {open_times} ({reason})" if periods else f"closed ({reason})"


def _clock_change(length: timedelta) -> str:
    if length == _USUAL_DAY:
        return ""
    hours, rest = divmod(length, timedelta(hours=1))
    minutes = f" {rest // timedelta(minutes=1)} min" if rest else ""
    way = "forward" if length < _USUAL_DAY else "back"
    return f"; the clocks go {way}, so the day has {hours} h{minutes}"
