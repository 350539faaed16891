"""The door by which posted records come in: to the one who watches, or to a journal of our own."""

import time
import weakref
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TooSlowError
from dataclasses import dataclass

from everycall.app.intake.landing import Desk, Landing
from everycall.app.live.watching import Watch
from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import ClosedError, NotTakenError
from everycall.history.journal import Receipt
from everycall.web.phones.connecting import live

PATIENCE = 20.0
"""Seconds within which the disk has to take a batch."""

COMING = 8.0
"""Seconds that a batch waits for this process to hear, or to hear anew as it does when connections
change: some cloud phone systems never send a second time."""

_LOOK = 0.05
_STARTING = "the server is starting"


@dataclass(slots=True)
class Door:
    """Takes posted records in.

    Attributes:
        landing: the journal of this process, where another one watches.
    """

    landing: Landing | None = None
    clock: Clock = system_clock
    _desk: "tuple[weakref.ref[Watch], Desk] | None" = None

    def take(self, source: str, bodies: Sequence[str]) -> Receipt:
        """Return when all of a batch is on the disk; half a sign in a text becomes a question mark.

        Raises:
            NotTakenError: nothing of it counts as taken; it has to be sent again.
        """
        whole = [body.encode(errors="replace").decode() for body in bodies]
        until = time.monotonic() + COMING
        while True:
            try:
                return self._taken(source, whole)
            except ClosedError:
                if live.trouble or time.monotonic() > until:
                    raise
                time.sleep(_LOOK)

    def _taken(self, source: str, bodies: Sequence[str]) -> Receipt:
        try:
            promise = self._open().take(source, bodies, to_micros(self.clock()))
            return promise.result(PATIENCE)
        except TooSlowError:
            raise NotTakenError("the disk is too slow at present") from None

    def refuses(self) -> str | None:
        """Return why nothing is taken in at present; None while all is well."""
        if self.landing is not None:
            return self.landing.journal.state.refuses
        if live.taker is None:
            return live.trouble or _STARTING
        return live.taker.journal.state.refuses

    def _open(self) -> Desk:
        if self.landing is not None:
            return self.landing.desk
        watch = live.taker
        if watch is None:
            raise ClosedError(live.trouble or _STARTING)
        if self._desk is None or self._desk[0]() is not watch:
            self._desk = (weakref.ref(watch), Desk(watch.take, watch.journal.place))
        return self._desk[1]


door = Door()
"""The door of this process."""
