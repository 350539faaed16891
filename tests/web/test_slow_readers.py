"""A screen that stops reading costs little memory and holds nobody up: on real connections."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from everycall.live.board import Board
from everycall.web.live.hub import hub
from everycall.web.live.stream import Stream
from web.serving import free_port

BOARDS = 300
SIZE = 100_000
ROOM = 12_000_000
"""What the machine's own buffers of a connection may hold; all boards together are more than twice that."""


class Large:
    """What takes many bytes to be shown."""

    def frame(self, board: Board, _owed: object) -> bytes:
        return b"data: <%d>%s\n\n" % (board.version, b"x" * SIZE)


class Wide(Stream):
    """Shows something large to everybody who asks."""

    sight = Large()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.show(self.sight, receive, send, self._same)

    async def _same(self) -> Large:
        return self.sight


@asynccontextmanager
async def _life(_app: Starlette) -> AsyncIterator[None]:
    hub.attach(asyncio.get_running_loop())
    yield


@pytest.fixture
def port() -> Iterator[int]:
    before, ask, hub.ask_owed = hub.board, hub.ask_owed, None
    found = free_port()
    app = Starlette(routes=[Route("/", Wide())], lifespan=_life)
    server = uvicorn.Server(uvicorn.Config(app, port=found, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield found
    server.should_exit = server.force_exit = True
    thread.join(20)
    hub.board, hub.ask_owed = before, ask


@contextmanager
def screen(port: int) -> Iterator[socket.socket]:
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32_768)
        made.settimeout(20)
        made.connect(("127.0.0.1", port))
        made.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        yield made


def read(made: socket.socket, version: int) -> bytes:
    """Read until a board has come, whole."""
    heard = b""
    while f"<{version}>".encode() not in heard or not heard.endswith(b"\n\n\r\n"):
        heard += made.recv(1 << 20)
    return heard


def test_who_stops_reading_loses_what_is_old_and_holds_nobody_up(port: int) -> None:
    with screen(port) as stuck, screen(port) as quick:
        quickest = []
        for version in range(BOARDS):
            begun = time.monotonic()
            hub.publish(Board(0, version, "", (), (), (), ()))
            read(quick, version)
            quickest.append(time.monotonic() - begun)
        assert sorted(quickest)[BOARDS // 2] < 1
        last = BOARDS - 1
        heard = read(stuck, last)
        assert heard.count(b"data: <") < ROOM // SIZE < BOARDS // 2
        assert f"<{last - 1}>".encode() not in heard
