"""Local times without a zone, read as moments: the nights when the clocks change included.

When the clocks go back an hour comes twice, and a written time in it may mean either. What decides,
in this order: the moment that a record's id tells, a stated duration, the order of the rows; and
where nothing does, the first is taken and the reader says so.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from everycall.clock import MICROSECOND, to_micros

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local times are counted from it
QUARTER = 900 * SECOND
"""Zones differ from UTC by whole quarters of an hour."""

JITTER = 600 * SECOND
"""Rows may stand this far out of order without the clocks having gone back in between."""

CLOSE = 5 * SECOND
"""How far two tellings of one moment may be apart."""


@lru_cache(maxsize=1 << 16)
def _offsets(quarter: datetime, zone: ZoneInfo) -> tuple[int, int, bool]:
    """Return how far, in microseconds, a zone is ahead of UTC, and whether it skipped that time."""
    first = quarter.replace(tzinfo=zone)
    before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
    there = first.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return _whole(before), _whole(after), there != quarter


def _whole(offset: timedelta | None) -> int:
    return (offset or timedelta()) // MICROSECOND


def readings(naive: datetime, zone: ZoneInfo) -> tuple[int, ...]:
    """Return the moments that a local time may mean: one, or two in the hour that comes twice.

    A time that the clocks jumped over is read as if they had not jumped yet.
    """
    before, after, _ = _offsets(_quarter(naive), zone)
    written = (naive - _EPOCH) // MICROSECOND
    if before <= after:
        return (written - before,)
    return written - before, written - after


def _quarter(naive: datetime) -> datetime:
    """Return the quarter of an hour: clocks change at the edge of one."""
    return naive.replace(minute=naive.minute // 15 * 15, second=0, microsecond=0, fold=0)


@dataclass(slots=True)
class LocalClock:
    """Reads the local times of one file.

    Attributes:
        decided: times in an hour that came twice, for which something told which was meant.
        guessed: those for which nothing did.
        never: times that the clocks jumped over.
    """

    zone: ZoneInfo
    decided: int = 0
    guessed: int = 0
    never: int = 0

    def micros(self, naive: datetime, *, near: int | None = None, after: int | None = None) -> int:
        """Return the moment of a local time: the one near to, or not before, a known moment."""
        self.count(naive, known=near is not None or after is not None)
        return self.choose(naive, near=near, after=after)

    def count(self, naive: datetime, *, known: bool) -> None:
        """Count a time that the clocks showed twice or never."""
        if naive.tzinfo is not None:
            return
        before, after, skipped = _offsets(_quarter(naive), self.zone)
        self.never += skipped
        if before > after:
            self.decided += known
            self.guessed += not known

    def choose(self, naive: datetime, *, near: int | None = None, after: int | None = None) -> int:
        """Return the moment of a local time without counting it."""
        if naive.tzinfo is not None:
            return to_micros(naive)
        found = readings(naive, self.zone)
        if near is not None:
            return min(found, key=lambda moment: abs(moment - near))
        return next((m for m in found if after is not None and m >= after - CLOSE), found[0])

    def in_order(self, times: Sequence[datetime]) -> list[int]:
        """Return the moments of times that stand in the order in which things happened.

        Newest first is an order, too. A step back within the hour that came twice says that it
        came the second time.
        """
        forward = _goes_forward(times)
        found: list[int] = []
        last: int | None = None
        for naive in times if forward else reversed(times):
            last = self._following(naive, last)
            found.append(last)
        return found if forward else found[::-1]

    def _following(self, naive: datetime, last: int | None) -> int:
        if naive.tzinfo is not None:
            return to_micros(naive)
        options = readings(naive, self.zone)
        if len(options) == 1 or last is None or options[0] >= last - JITTER:
            return self.micros(naive)
        return self.micros(naive, after=last - JITTER)

    def notes(self) -> Iterator[str]:
        """Say what was decided and what was guessed."""
        if self.decided or self.guessed:
            yield (
                f"{self.decided + self.guessed} times fall in an hour that came twice when the "
                f"clocks went back: for {self.decided} it was clear which was meant, "
                f"{self.guessed} are taken for the first"
            )
        if self.never:
            yield (
                f"{self.never} times fall in an hour that the clocks jumped over; "
                f"check whether {self.zone} is the zone of these records"
            )


def _goes_forward(times: Sequence[datetime]) -> bool:
    plain = [time.replace(tzinfo=None) for time in times]
    steps = [(later > earlier) - (later < earlier) for earlier, later in pairwise(plain)]
    return sum(steps) >= 0


@dataclass(slots=True)
class BirthClock:
    """Tells how far a log's clock is from UTC by ids that hold the moment of their birth.

    Attributes:
        certain: such an id is known to hold UTC, so that it outweighs a declared zone.
        found: how often each distance was seen, in microseconds that local time is ahead of UTC.
    """

    certain: bool
    found: Counter[int] = field(default_factory=Counter)

    def learn(self, naive: datetime, birth: int) -> int | None:
        """Take a local time that should be that of a birth; return the distance if it can be."""
        ahead = to_micros(naive.replace(tzinfo=UTC)) - birth
        quarters = round(ahead / QUARTER)
        if abs(ahead - quarters * QUARTER) > CLOSE or abs(quarters) > 60:
            return None
        self.found[quarters * QUARTER] += 1
        return quarters * QUARTER

    @property
    def ahead(self) -> int | None:
        """Return the usual distance; None if no id told one."""
        return self.found.most_common(1)[0][0] if self.found else None

    def contradicts(self, zone: ZoneInfo, times: Iterable[datetime]) -> bool:
        """Tell whether no time in a declared zone is as far from UTC as the ids say."""
        offsets = {naive.replace(tzinfo=zone).utcoffset() for naive in times}
        offsets |= {naive.replace(tzinfo=zone, fold=1).utcoffset() for naive in times}
        return bool(self.found) and not any(
            timedelta(microseconds=ahead) in offsets for ahead in self.found
        )


def hours_ahead(ahead: int) -> str:
    """Write a distance from UTC: 'UTC-5 h'."""
    return f"UTC{ahead / 3600 / SECOND:+g} h"
