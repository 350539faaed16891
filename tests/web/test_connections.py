"""Who opens connections and does not ask is let go; who asks is served meanwhile."""

import asyncio
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from everycall.web.commands import connections
from everycall.web.commands.connections import Asking, room_for_connections
from web.serving import Server, serving

HEAD = b"GET /health/ HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("connections")) as found:
        yield found


def opened(server: Server) -> socket.socket:
    url = server.client.base_url
    return socket.create_connection((url.host, url.port), timeout=60)


def test_who_never_asks_is_let_go_and_who_asks_is_served(server: Server) -> None:
    began = time.monotonic()
    with ExitStack() as stack:
        silent = [stack.enter_context(opened(server)) for _ in range(30)]
        silent[0].sendall(HEAD)
        while time.monotonic() - began < 5:
            silent[0].sendall(b"X-More: 1\r\n")
            assert server.client.get("/health/").status_code == 200
            time.sleep(0.5)
        for one in silent:
            assert one.recv(1000) == b""
    assert connections.IN_TIME - 1 < time.monotonic() - began < connections.IN_TIME + 20


def test_a_head_without_end_is_refused(server: Server) -> None:
    with opened(server) as one:
        one.sendall(HEAD)
        try:
            for number in range(100):
                one.sendall(b"X-%d: " % number + b"a" * 4000 + b"\r\n")
            answer = one.recv(1000)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    assert answer == b"" or (answer.startswith(b"HTTP/1.1 400") and b"too long" in answer)
    assert server.client.get("/health/").status_code == 200


def test_one_after_another_on_one_connection(server: Server) -> None:
    with opened(server) as one:
        for _ in range(3):
            one.sendall(HEAD + b"\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += one.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")
            time.sleep(0.2)


class Wire(asyncio.Transport):
    """A connection that notes what is done with it."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.said = b""

    def abort(self) -> None:
        self.done.append("abort")

    def close(self) -> None:
        self.done.append("close")

    def is_closing(self) -> bool:
        return bool(self.done)

    def write(self, data: Any) -> None:
        self.said += bytes(data)


async def nobody(_scope: object, _receive: object, _send: object) -> None:
    """Answer nothing: nobody comes so far."""


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Asking, "most", 3)
    monkeypatch.setattr(connections, "IN_TIME", 0.05)


@pytest.mark.usefixtures("many")
def test_there_is_room_for_so_many_and_their_places_are_free_again() -> None:
    async def come() -> tuple[list[list[str]], list[str]]:
        config, state = uvicorn.Config(nobody, log_config=None), ServerState()
        made = [(Asking(config, state, {}), Wire()) for _ in range(5)]
        for one, wire in made[:4]:
            one.connection_made(wire)
        first = [list(wire.done) for _, wire in made[:4]]
        made[0][0].connection_lost(None)
        made[3][0].connection_lost(None)
        made[4][0].connection_made(made[4][1])
        await asyncio.sleep(0.2)
        return first, made[4][1].done

    first, last = asyncio.run(come())
    assert first == [[], [], [], ["abort"]]
    assert last == ["close"], "it did not ask in time, but there was room"


def test_a_process_takes_what_the_system_gives_and_keeps_some_for_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "setrlimit", lambda _what, both: given.append(both))
    for limits, raised, room in (
        ((1024, 524_288), (65_536, 524_288), 65_536 - 512),
        ((1024, 4096), (4096, 4096), 4096 - 512),
        ((256, 256), None, 128),
        ((200_000, 200_000), None, 200_000 - 512),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), None, 65_536 - 512),
    ):
        given.clear()
        monkeypatch.setattr(resource, "getrlimit", lambda _what, found=limits: found)
        assert room_for_connections() == room
        assert given == ([raised] if raised else [])
