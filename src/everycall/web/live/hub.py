"""From the one who watches to everybody who looks: drawn once for each kind of viewer.

A slow reader loses old pictures, never the newest, and never holds anybody up.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from everycall.live.board import Board
from everycall.web.live.views import View, drawn

ROOM = 4
"""So many pictures wait for a reader; then the oldest are dropped."""

Frames = asyncio.Queue[bytes]


class Hub:
    """Keeps the newest board, and hands it to all who look."""

    def __init__(self) -> None:
        self.board: Board | None = None
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
        for view, readers in self._readers.items():
            if readers:
                frame = _frame(board, view)
                for frames in readers:
                    _put(frames, frame)

    @property
    def readers(self) -> int:
        """How many look on at present."""
        return sum(len(found) for found in self._readers.values())

    @asynccontextmanager
    async def reading(self, view: View) -> AsyncIterator[Frames]:
        """Look on: yields the queue of frames, the newest board first."""
        frames: Frames = asyncio.Queue(ROOM)
        if self.board is not None:
            _put(frames, _frame(self.board, view))
        readers = self._readers.setdefault(view, set())
        readers.add(frames)
        try:
            yield frames
        finally:
            readers.discard(frames)
            if not readers:
                self._readers.pop(view, None)


def _frame(board: Board, view: View) -> bytes:
    return b"event: board\nid: %d\ndata: %s\n\n" % (board.version, drawn(board, view))


def _put(frames: Frames, frame: bytes) -> None:
    while frames.full():
        frames.get_nowait()
    frames.put_nowait(frame)


hub = Hub()
"""The hub of this process."""
