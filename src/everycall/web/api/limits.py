"""How much a program may ask for: a bucket for each key that fills up by itself."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from time import monotonic

from django.conf import settings

from everycall.web.api.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Rate:
    """So much a second in the long run, and so much at once."""

    a_second: float
    at_once: float


@dataclass(slots=True)
class Buckets:
    """A bucket for each name; spending from an empty one says when it is full enough."""

    rate: Rate
    clock: Callable[[], float] = monotonic
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def spend(self, name: str, amount: float = 1) -> float:
        """Take an amount out; returns 0, or in how many seconds it would be there."""
        with self._lock:
            now = self.clock()
            left, since = self._left.get(name, (self.rate.at_once, now))
            left = min(self.rate.at_once, left + (now - since) * self.rate.a_second)
            wanted = min(amount, self.rate.at_once)
            if left < wanted:
                self._left[name] = (left, now)
                return (wanted - left) / self.rate.a_second
            self._left[name] = (left - wanted, now)
            return 0.0

    def __len__(self) -> int:
        return len(self._left)

    def forget_full(self) -> None:
        """Forget those from which nothing is missing any more."""
        with self._lock:
            now = self.clock()
            self._left = {
                name: (left, since)
                for name, (left, since) in self._left.items()
                if left + (now - since) * self.rate.a_second < self.rate.at_once
            }


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
