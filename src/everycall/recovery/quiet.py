"""Quiet hours: nobody is called at night, by the clock where the caller lives."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import timezone

_TEXT = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a minute of the day until another one, which may be on the next day."""

    begins: int
    ends: int

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read '20:00-08:00'; nothing is quiet where both are the same.

        Raises:
            ValueError: it is no stretch of the day.
        """
        if not text.strip():
            return cls(0, 0)
        found = _TEXT.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"'{text}' is no stretch of the day; write for example '20:00-08:00'")
        hours = [int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])]
        if not all(minute <= _DAY for minute in hours):
            raise ValueError(f"'{text}' is no stretch of the day: a day ends at 24:00")
        return cls(hours[0] % _DAY, hours[1] % _DAY)

    def __str__(self) -> str:
        begins, ends = (f"{m // 60:02}:{m % 60:02}" for m in (self.begins, self.ends))
        return f"{begins}-{ends}"

    def holds(self, minute: int) -> bool:
        """Tell whether a minute of the day is quiet."""
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return when it is no longer quiet in a zone: the moment itself if it is not now."""
        here = moment.astimezone(zone)
        if not self.holds(here.hour * 60 + here.minute):
            return moment
        ends = datetime.combine(here.date(), time(self.ends // 60, self.ends % 60), zone)
        if ends <= here:
            ends = datetime.combine(here.date() + timedelta(days=1), ends.time(), zone)
        return ends.astimezone(moment.tzinfo)


def may_ring(caller: str, moment: datetime, quiet: QuietHours | None, zone: ZoneInfo) -> datetime:
    """Return from when a caller may be rung; a number of several zones waits for the last of them.

    `zone`: whose clock holds where the number does not say where it is.
    """
    if quiet is None:
        return moment
    found = zones_of(caller) or (zone,)
    # two passes: the end of the quiet in one zone may be quiet in another
    for _ in found:
        moment = max(quiet.over(moment, one) for one in found)
    return moment


@cache
def zones_of(caller: str) -> tuple[ZoneInfo, ...]:
    """Return the time zones in which a number may be; none if it does not say."""
    try:
        number = phonenumbers.parse(caller, None)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(zone for name in timezone.time_zones_for_number(number) for zone in _zone(name))


def _zone(name: str) -> tuple[ZoneInfo, ...]:
    if name == timezone.UNKNOWN_TIMEZONE:
        return ()
    try:
        return (ZoneInfo(name),)
    except (ZoneInfoNotFoundError, ValueError):
        return ()
