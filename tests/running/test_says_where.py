"""Where the pages are is said once somebody answers there, and not before."""

import asyncio
import socket
from typing import Any

import pytest
import uvicorn

from everycall.web.commands.server import Server


async def nothing(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Begin and end, and answer nobody."""
    while scope["type"] == "lifespan":
        what = (await receive())["type"]
        await send({"type": f"{what}.complete"})
        if what == "lifespan.shutdown":
            return


def test_the_address_is_said_when_it_can_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached: list[str] = []

    def echo(says: str) -> None:
        (listens,) = server.servers[0].sockets
        socket.create_connection(listens.getsockname()).close()
        reached.append(says)
        server.should_exit = True

    monkeypatch.setattr("everycall.web.commands.server.click.echo", echo)
    # the process of the tests goes on
    monkeypatch.setattr("everycall.web.commands.server.end_within", lambda _seconds: None)
    server = Server(uvicorn.Config(nothing, port=0, log_config=None), "it is here")

    asyncio.run(asyncio.wait_for(server._serve(), 30))
    assert reached == ["it is here"]
