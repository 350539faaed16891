"""When a call is in the picture: when it is shown among the open ones, or counted in the totals.

A call that begins and ends between two pictures is never among the open ones. It is in the picture
with the first board whose totals were added up after a board was drawn that knew of the call: so
what is said of it is never too early, and may be a picture too late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from everycall.live.board import Board

TOTAL = "day/call"
"""The total that counts every call; it is another object whenever it was added up anew."""


@dataclass(slots=True)
class Shown:
    """Which calls are in the picture, and since when.

    Attributes:
        sent, seen: when each call was first told of, and first in the picture.
        waited_for: those that are not in it yet; what draws pictures may look, from its thread.
        known: a picture's version, and those of them that it knew of when it was drawn.
    """

    sent: dict[str, float] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    waited_for: dict[str, None] = field(default_factory=dict)
    known: tuple[int, tuple[str, ...]] = (-1, ())
    _counted: dict[str, object] = field(default_factory=dict)

    def tell(self, call: str, at: float) -> None:
        """A call is told of for the first time."""
        self.sent[call] = at
        self.waited_for[call] = None

    def look(self, board: Board, now: float) -> None:
        """See what a board shows."""
        total = board.tallies.get(TOTAL)
        self._see((call.call_id for call in board.calls), now)
        self._see([call for call, old in self._counted.items() if old is not total], now)
        version, known = self.known
        if version == board.version:
            for call in known:
                if call in self.waited_for:
                    self._counted.setdefault(call, total)

    def _see(self, calls: Iterable[str], now: float) -> None:
        for call in calls:
            self.seen.setdefault(call, now)
            self.waited_for.pop(call, None)
            self._counted.pop(call, None)
