"""Time is an argument: whoever needs to know what time it is is given a clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Return microseconds since 1970 of an aware datetime."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC datetime of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def iso(micros: int | None) -> str | None:
    """Write microseconds since 1970 as ISO 8601 in UTC, as exact as they are; unknown stays null."""
    if micros is None:
        return None
    text = from_micros(micros).isoformat(timespec="microseconds").replace("+00:00", "")
    return text.rstrip("0").rstrip(".") + "Z"


@dataclass(slots=True)
class Steadiness:
    """Holds a clock against one that nobody sets, and tells when it was put back."""

    clock: Clock = system_clock
    steady: Callable[[], float] = time.monotonic
    _last: tuple[datetime, float] | None = field(default=None, init=False)

    def put_back(self) -> timedelta:
        """Return by how much the clock was put back since this was last asked for."""
        now = (self.clock(), self.steady())
        before, self._last = self._last or now, now
        return max(before[0] + timedelta(seconds=now[1] - before[1]) - now[0], timedelta())
