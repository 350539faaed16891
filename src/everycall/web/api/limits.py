"""How much a program may ask for: a bucket for each key that fills up by itself."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from django.conf import settings

from everycall.web.problems import ProblemError

KNOWN = 10_000
"""So many names are remembered before it is looked which of them can be forgotten."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So much a second in the long run, and so much at once."""

    a_second: float
    at_once: float


@dataclass(slots=True)
class Buckets:
    """A bucket for each name; spending from an empty one says when it is full enough.

    Names may be anybody's to choose: those from which nothing is missing any more are forgotten.
    """

    rate: Rate
    clock: Callable[[], float] = monotonic
    known: int = KNOWN
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _most: int = 0

    def spend(self, name: str, amount: float = 1) -> float:
        """Take an amount out; returns 0, or in how many seconds it would be there."""
        with self._lock:
            now = self.clock()
            wait = self._wait(name, amount, now)
            left = self._level(name, now)
            self._left[name] = (left if wait else left - min(amount, self.rate.at_once), now)
            if len(self._left) > max(self.known, self._most):
                self._forget_full(now)
            return wait

    def wait(self, name: str, amount: float = 1) -> float:
        """Return what `spend` would, and take nothing out."""
        with self._lock:
            return self._wait(name, amount, self.clock())

    def __len__(self) -> int:
        return len(self._left)

    def _level(self, name: str, now: float) -> float:
        left, since = self._left.get(name, (self.rate.at_once, now))
        return min(self.rate.at_once, left + (now - since) * self.rate.a_second)

    def _wait(self, name: str, amount: float, now: float) -> float:
        missing = min(amount, self.rate.at_once) - self._level(name, now)
        return missing / self.rate.a_second if missing > 0 else 0.0

    def _forget_full(self, now: float) -> None:
        kept = {n: one for n, one in self._left.items() if self._level(n, now) < self.rate.at_once}
        # where many are missing something, it is long until it is looked again: each costs the same
        self._left, self._most = kept, 2 * len(kept)


requests = Buckets(Rate(settings.RATE_REQUESTS, settings.RATE_REQUESTS * 10))
"""Requests, of whatever kind."""

records = Buckets(Rate(settings.RATE_RECORDS, settings.RATE_RECORDS * 10))
"""Records that are sent in."""


def spend(buckets: Buckets, name: str, amount: float, what: str) -> None:
    """Count something against a key.

    Raises:
        ProblemError: it is too much; the answer says when to go on.
    """
    wait = buckets.spend(name, amount)
    if wait:
        sentence = f"more than {buckets.rate.a_second:g} {what} a second; go on in {ceil(wait)} s"
        raise ProblemError(429, "too-fast", sentence, again_after=ceil(wait))
