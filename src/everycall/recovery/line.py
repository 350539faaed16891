"""The line of those who wait for a call back: whose turn it is, and when, as a range."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

ENOUGH = 8
"""So many ends of promises have to be seen before a time is promised."""

LONGEST_GAP = timedelta(hours=2)
"""A longer pause between two ends was a night or a lunch, not work."""

ROUND_TO = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Expected:
    """Between which moments a caller is likely to be called."""

    first: datetime
    last: datetime


def expected(place: int, ended: Sequence[datetime], now: datetime) -> Expected | None:
    """Return when the turn of a place is likely to come; None if too little was seen to say.

    `place`: 1 is next. `ended`: when the latest promises ended. The range is what the quicker and
    the slower third of the pauses between them would make of the whole line.
    """
    pauses = sorted(b - a for a, b in pairwise(sorted(ended)) if b - a <= LONGEST_GAP)
    if len(pauses) < ENOUGH:
        return None
    quick, slow = pauses[len(pauses) // 3], pauses[-(len(pauses) // 3) - 1]
    first, last = now + (place - 1) * quick, now + place * slow
    return Expected(_before(first), _before(max(last, first + ROUND_TO)) + ROUND_TO)


def _before(moment: datetime) -> datetime:
    """Return the last full step before a moment."""
    return moment - (moment - datetime.min.replace(tzinfo=moment.tzinfo)) % ROUND_TO
