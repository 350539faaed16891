"""From the one who watches to everybody who looks: drawn once for all who are shown the same.

A slow reader is never waited for: of what they were not shown yet, only the newest is kept.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from everycall.live.board import Board
from everycall.web.live.boxes import Owed

log = logging.getLogger(__name__)

OWED_EVERY = 5.0
"""Who is owed a call back is asked anew after so many seconds: while somebody looks on, or asks once."""

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that no proxy thinks a stream is dead."""

STILL_HERE = b": still here\n\n"


class Sight(Protocol):
    """What somebody looks at; whoever looks at an equal one is shown the same bytes."""

    def frame(self, board: Board, owed: Sequence[Owed] | None) -> bytes:
        """Return what is shown of a board, as one event of a stream."""
        ...

    def __hash__(self) -> int:
        """Tell sights apart."""
        ...


class Reader:
    """Somebody who looks on.

    Attributes:
        is_silent: nothing was said to them since the last heartbeat.
    """

    __slots__ = ("_called", "_last", "_next", "is_silent")

    def __init__(self) -> None:
        self.is_silent = False
        self._last: bytes | None = None
        self._next: bytes | None = None
        self._called: asyncio.Future[None] | None = None

    def show(self, frame: bytes) -> None:
        """Show a frame, unless it is what was shown last; it takes the place of one not taken yet."""
        if frame != self._last:
            self._last = frame
            self._say(frame)

    def beat(self) -> None:
        """Say that somebody is there, if nothing else was said for long."""
        if self.is_silent and self._next is None:
            self._say(STILL_HERE)
        self.is_silent = True

    def _say(self, text: bytes) -> None:
        self._next, self.is_silent = text, False
        if self._called is not None and not self._called.done():
            self._called.set_result(None)

    async def take(self) -> bytes:
        """Wait for what was not taken yet."""
        while self._next is None:
            self._called = asyncio.get_running_loop().create_future()
            await self._called
        taken, self._next = self._next, None
        return taken


class Hub:
    """Keeps the newest board, and shows it to all who look.

    Attributes:
        owed: who is owed a call back; None while nobody has said.
        ask_owed: asks the records for it; runs in a thread of its own.
    """

    def __init__(self) -> None:
        self.board: Board | None = None
        self.owed: Sequence[Owed] | None = None
        self.ask_owed: Callable[[], Sequence[Owed]] | None = None
        self._owed_at = -OWED_EVERY
        self._readers: dict[Sight, set[Reader]] = {}
        self._drawn: dict[Sight, tuple[Board, bytes]] = {}
        self._shown: Board | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._showing: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say in which loop the readers live."""
        self._loop = loop

    def publish(self, board: Board) -> None:
        """Take the newest board; from any thread."""
        self.board = board
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._begin_to_show)

    def _begin_to_show(self) -> None:
        self._renew_owed()
        if self._showing is None or self._showing.done():
            self._showing = asyncio.get_running_loop().create_task(self._show())

    async def _show(self) -> None:
        """Show the newest board to everybody; whoever has it drawn is served before the next."""
        while self._shown is not self.board:
            self._shown = self.board
            for sight in list(self._readers):
                try:
                    self._show_to(sight)
                except Exception:  # others do look at something that can be drawn
                    log.exception("the picture could not be drawn")
                await asyncio.sleep(0)

    def _show_to(self, sight: Sight) -> None:
        if (frame := self.frame(sight)) is not None:
            for reader in self._readers.get(sight, ()):
                reader.show(frame)

    def frame(self, sight: Sight) -> bytes | None:
        """Return what is shown of the newest board; None before there is any."""
        board = self.board
        if board is None:
            return None
        drawn = self._drawn.get(sight)
        if drawn is not None and drawn[0] is board:
            return drawn[1]
        frame = sight.frame(board, self.owed)
        if sight in self._readers:
            self._drawn[sight] = (board, frame)
        return frame

    def _renew_owed(self) -> None:
        if self.ask_owed is None or self._asking is not None or not self.readers:
            return
        if self._is_owed_old():
            self._owed_at = time.monotonic()
            self._asking = asyncio.get_running_loop().create_task(self._ask(self.ask_owed))

    def _is_owed_old(self) -> bool:
        return time.monotonic() - self._owed_at >= OWED_EVERY

    def fresh_owed(self, ask: Callable[[], Sequence[Owed]]) -> Sequence[Owed] | None:
        """Return who is owed a call back, asked now if that was a while ago; from any thread."""
        if self._is_owed_old():
            self.owed = ask()
            self._owed_at = time.monotonic()
        return self.owed

    async def _ask(self, ask: Callable[[], Sequence[Owed]]) -> None:
        try:
            self.owed = await asyncio.to_thread(ask)
        except Exception:
            log.exception("who is owed a call back cannot be told")
            self.owed = None
        finally:
            self._asking = None

    @property
    def readers(self) -> int:
        """How many look on at present."""
        return sum(len(found) for found in self._readers.values())

    @asynccontextmanager
    async def reading(self, sight: Sight) -> AsyncIterator[Reader]:
        """Look on: yields a reader that is shown the newest board first."""
        reader = Reader()
        readers = self._readers.setdefault(sight, set())
        readers.add(reader)
        if (frame := self.frame(sight)) is not None:
            reader.show(frame)
        if self._beating is None or self._beating.done():
            self._beating = asyncio.get_running_loop().create_task(self._beat())
        try:
            yield reader
        finally:
            readers.discard(reader)
            if not readers:
                self._readers.pop(sight, None)
                self._drawn.pop(sight, None)

    async def _beat(self) -> None:
        """Let nobody hear nothing for too long, while somebody looks."""
        while self._readers:
            await asyncio.sleep(HEARTBEAT / 2)
            for readers in list(self._readers.values()):
                for reader in readers:
                    reader.beat()


hub = Hub()
"""The hub of this process."""
