"""Time of the simulation: what is due happens in order, one thing after another."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Every moment and duration here is in milliseconds; moments count from 1970 in UTC."""


class Timer:
    """Something that will happen, unless it is cancelled."""

    __slots__ = ("action", "cancelled")

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Let it not happen."""
        self.cancelled = True


class Clockwork:
    """The clock and everything that waits for it."""

    def __init__(self, now: int) -> None:
        self.now = now
        self._due: list[tuple[int, int, Timer]] = []
        self._count = 0

    def at(self, when: int, action: Callable[[], None]) -> Timer:
        """Do something at a moment; what is due at the same moment happens in order of asking."""
        timer = Timer(action)
        self._count += 1
        heapq.heappush(self._due, (max(when, self.now), self._count, timer))
        return timer

    def after(self, wait: float, action: Callable[[], None]) -> Timer:
        """Do something after a while."""
        return self.at(self.now + round(wait), action)

    def run(self) -> None:
        """Let everything happen until nothing is due any more."""
        while self._due:
            when, _, timer = heapq.heappop(self._due)
            if not timer.cancelled:
                self.now = when
                timer.action()
