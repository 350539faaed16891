"""Connections of those who ask: how many there may be, and how soon and in how few words one has to ask.

The server underneath waits for the head of a request for ever, and for as much of it as comes. So
whoever opens connections and says nothing, or never stops saying, would take the place of those who ask.
"""

import asyncio
import resource
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

IN_TIME = 20.0
"""Seconds in which the head of a request has to be there."""

LARGEST_HEAD = 64 * 1024
"""Bytes that the head of a request may have."""

FILES = 65_536
"""So many files and connections a process asks the system for, if it may have them."""

FOR_OURSELVES = 512
"""Of these so many are for the journal, history and records, whatever comes from outside."""


def room_for_connections() -> int:
    """Raise what this process may have open at once; returns how many connections that leaves."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        soft = FILES
    return max(soft - FOR_OURSELVES, soft // 2)


class Asking(HttpToolsProtocol):
    """A connection that is let go if it does not ask in time, or where there is no room for it.

    Attributes:
        most: so many connections there may be.
    """

    most = FILES

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._head = 0
        self._in_head = True
        self._too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as there
        """Take a connection, if there is room for it."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was said; a head that is too long is refused."""
        self._head += len(data) if self._in_head else 0
        super().data_received(data)
        if self._in_head and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request is too long.")

    def on_message_begin(self) -> None:
        """Begin to wait for the head of a request."""
        super().on_message_begin()
        if not self._in_head:
            self._head, self._in_head = 0, True
            self._wait()

    def on_headers_complete(self) -> None:
        """Wait no more: somebody asks."""
        self._wait_no_more()
        self._in_head = False
        super().on_headers_complete()

    def _wait(self) -> None:
        self._too_late = self.loop.call_later(IN_TIME, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None
