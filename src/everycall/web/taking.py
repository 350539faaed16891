"""The door by which posted records come in: to the one who watches, or to a journal of our own."""

import weakref
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TooSlowError
from dataclasses import dataclass

from everycall.app.intake.landing import Desk, Landing
from everycall.app.live.watching import Watch
from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import NotTakenError
from everycall.history.journal import Receipt
from everycall.web.connecting import live

PATIENCE = 20.0
"""Seconds within which the disk has to take a batch."""


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
        try:
            whole = [body.encode(errors="replace").decode() for body in bodies]
            promise = self._open().take(source, whole, to_micros(self.clock()))
            return promise.result(PATIENCE)
        except TooSlowError:
            raise NotTakenError("the disk is too slow at present") from None

    def refuses(self) -> str | None:
        """Return why nothing is taken in at present; None while all is well."""
        if self.landing is not None:
            return self.landing.journal.state.refuses
        if live.watch is None:
            return live.trouble or "the server is starting"
        return live.watch.journal.state.refuses

    def _open(self) -> Desk:
        if self.landing is not None:
            return self.landing.desk
        watch = live.watch
        if watch is None:
            raise NotTakenError(live.trouble or "the server is starting")
        if self._desk is None or self._desk[0]() is not watch:
            self._desk = (weakref.ref(watch), Desk(watch.take, watch.journal.place))
        return self._desk[1]


door = Door()
"""The door of this process."""
