"""The calls that ended a moment ago, asked of the picture by rounds that act on them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from everycall.app.live.watching import Watch
from everycall.clock import to_micros
from everycall.live.ended import EndedCall

NEAR = timedelta(minutes=1)
"""Calls that ended so long ago are taken at every look."""

PATIENCE = 10.0
"""Seconds that the picture may take to answer."""


@dataclass(slots=True)
class LatelyEnded:
    """What one round asks for, look by look.

    Attributes:
        far: at one look of so `many` calls that ended so long ago are taken again: more may have
            been heard of them.
    """

    far: timedelta
    many: int
    _looks: int = 0

    def calls(
        self, watch: Watch, loop: asyncio.AbstractEventLoop, now: datetime
    ) -> Sequence[EndedCall]:
        """Return the calls of this look; to be asked from another thread than the loop's."""
        is_far = self._looks % self.many == 0
        self._looks += 1
        since = to_micros(now - (self.far if is_far else NEAR))
        return asyncio.run_coroutine_threadsafe(watch.ended_calls(since), loop).result(PATIENCE)
