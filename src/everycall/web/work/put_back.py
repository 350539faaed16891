"""The round that looks whether the clock was put back, and lets nothing wait for longer because of it."""

import logging
from dataclasses import dataclass, field

from everycall.clock import Steadiness
from everycall.records.putting_back import SLACK, made_ahead, put_back
from everycall.web.rounds import Round

log = logging.getLogger(__name__)

LOOK = 1.0


@dataclass(slots=True)
class ClockRound:
    """Holds the clock against one that nobody sets."""

    steadiness: Steadiness = field(default_factory=Steadiness)
    _has_looked: bool = False

    def look(self) -> int:
        """Look once; returns how many rows were moved. The first time nobody knows how far it was."""
        by, now = self.steadiness.put_back(), self.steadiness.clock()
        if by <= SLACK and self._has_looked:
            return 0
        self._has_looked = True
        moved = put_back(by, now) if by > SLACK else 0
        moved += made_ahead(now)
        if moved:
            log.warning("the clock was put back by %d s; %d rows waited for it", by.seconds, moved)
        return moved


def minding_the_clock() -> Round:
    """Return the round."""
    return Round("clock", ClockRound().look, LOOK)
