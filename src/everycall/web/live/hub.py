"""From the one who watches to everybody who looks: drawn once for each kind of viewer.

A slow reader loses old pictures, never the newest, and never holds anybody up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from everycall.live.board import Board
from everycall.web.live.boxes import Owed
from everycall.web.live.views import View, drawn

log = logging.getLogger(__name__)

ROOM = 4
"""So many pictures wait for a reader; then the oldest are dropped."""

OWED_EVERY = 5.0
"""Who is owed a call back is asked anew after so many seconds, while somebody looks."""

Frames = asyncio.Queue[bytes]


class Hub:
    """Keeps the newest board, and hands it to all who look.

    Attributes:
        owed: who is owed a call back; None while nobody has said.
        ask_owed: asks the records for it; runs in a thread of its own.
    """

    def __init__(self) -> None:
        self.board: Board | None = None
        self.owed: Sequence[Owed] | None = None
        self.ask_owed: Callable[[], Sequence[Owed]] | None = None
        self._owed_at = -OWED_EVERY
        self._asking: asyncio.Task[None] | None = None
        self._readers: dict[View, set[Frames]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Say in which loop the readers live."""
        self._loop = loop

    def publish(self, board: Board) -> None:
        """Take the newest board; from any thread."""
        self.board = board
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hand_out, board)

    def _hand_out(self, board: Board) -> None:
        self._renew_owed()
        for view, readers in self._readers.items():
            if readers:
                frame = self._frame(board, view)
                for frames in readers:
                    _put(frames, frame)

    def frame(self, view: View) -> bytes | None:
        """Return the newest picture as one event of a stream; None before there is any."""
        return None if self.board is None else self._frame(self.board, view)

    def _frame(self, board: Board, view: View) -> bytes:
        return b"event: board\nid: %d\ndata: %s\n\n" % (
            board.version,
            drawn(board, view, self.owed),
        )

    def _renew_owed(self) -> None:
        loop = asyncio.get_running_loop()
        is_due = loop.time() - self._owed_at >= OWED_EVERY
        if self.ask_owed is None or self._asking is not None or not is_due or not self.readers:
            return
        self._owed_at = loop.time()
        self._asking = loop.create_task(self._ask(self.ask_owed))

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
    async def reading(self, view: View) -> AsyncIterator[Frames]:
        """Look on: yields the queue of frames, the newest board first."""
        frames: Frames = asyncio.Queue(ROOM)
        if self.board is not None:
            _put(frames, self._frame(self.board, view))
        readers = self._readers.setdefault(view, set())
        readers.add(frames)
        try:
            yield frames
        finally:
            readers.discard(frames)
            if not readers:
                self._readers.pop(view, None)


def _put(frames: Frames, frame: bytes) -> None:
    while frames.full():
        frames.get_nowait()
    frames.put_nowait(frame)


hub = Hub()
"""The hub of this process."""
