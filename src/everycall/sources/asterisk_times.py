"""Asterisk writes local times without a zone, but its channel ids tell the moment in UTC.

A channel's unique id begins with the second in which it was born. A record of a birth says the same
moment in local time, and so gives the distance between the two, nights of clock changes included.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from everycall.clock import to_micros
from everycall.sources.local_times import CLOSE, SECOND, readings

QUARTER = 900
"""Zones differ from UTC by whole quarters of an hour, in seconds."""

_UNIQUE_ID = re.compile(r"(?:^|-)(\d{9,10})\.\d+$")


def born_at(unique_id: str) -> int | None:
    """Return the second since 1970 in which a channel was born, from its unique id."""
    found = _UNIQUE_ID.search(unique_id)
    return int(found[1]) if found else None


@dataclass(slots=True)
class LocalTime:
    """Turns the local times of one log into moments.

    Attributes:
        zone: the site's zone, where it is declared; the ids overrule it, as logs may be in UTC.
        behind: how many seconds UTC is ahead of the log's clock, as told by the ids.
        agreeing: how many ids say the same as the zone; `contradicting` say otherwise.
        born: when the channel of the present record was born, in microseconds; null if not said.
    """

    zone: ZoneInfo | None = None
    behind: int = 0
    guessed: bool = False
    agreeing: int = 0
    contradicting: int = 0
    born: int | None = None

    @property
    def by_zone(self) -> ZoneInfo | None:
        """The zone that the times are read in; None where the ids tell instead.

        Who declares UTC speaks of the log; another zone may be only where the site lies.
        """
        declared_utc = self.zone is not None and self.zone.key == "UTC"
        return self.zone if declared_utc or self.agreeing >= self.contradicting else None

    def learn(self, written: str, unique_id: str) -> None:
        """Take the birth of a channel, as it was written down, for what it tells of the zone."""
        naive, second = _naive(written), born_at(unique_id)
        self.born = None if second is None else second * SECOND
        if naive is None or second is None or naive.tzinfo is not None:
            return
        distance = second - to_micros(naive.replace(tzinfo=UTC)) / 1_000_000
        quarters = round(distance / QUARTER)
        # further from a whole quarter than a few seconds, the record is not of the birth itself
        if abs(distance - quarters * QUARTER) > 5 or abs(quarters) > 60:
            return
        self.behind, self.guessed = quarters * QUARTER, True
        if self.zone is not None:
            agrees = any(abs(m - second * SECOND) <= CLOSE for m in readings(naive, self.zone))
            self.agreeing += agrees
            self.contradicting += not agrees

    def micros(self, written: str) -> int | None:
        """Return the moment of a written time in microseconds since 1970; None if it is none."""
        if written.replace(".", "", 1).isdigit() and len(written.split(".", maxsplit=1)[0]) in (
            9,
            10,
        ):
            return round(float(written) * 1_000_000)
        naive = _naive(written)
        if naive is None:
            return None
        if naive.tzinfo is not None:
            return to_micros(naive)
        if self.by_zone is not None:
            return self._in_zone(naive, self.by_zone)
        return to_micros(naive.replace(tzinfo=UTC)) + self.behind * 1_000_000

    def _in_zone(self, naive: datetime, zone: ZoneInfo) -> int:
        """Of an hour that comes twice, take the time that is not before the channel's birth."""
        found = readings(naive, zone)
        if self.born is None:
            return found[0]
        earliest = self.born - CLOSE
        return next((moment for moment in found if moment >= earliest), found[-1])

    def notes(self) -> Iterator[str]:
        """Say what was guessed, and why."""
        if self.by_zone is None and self.guessed and (self.behind or self.zone):
            hours = f"{-self.behind / 3600:+g} h" if self.behind else ""
            though = f", though the site's zone is {self.zone}" if self.zone else ""
            yield f"local times are read as UTC{hours}, because the channel ids say so{though}"


def _naive(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        return None
