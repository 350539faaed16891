"""What is too large is refused before it fills anything, whatever it says of its size."""

import asyncio
from typing import Any

import pytest

from everycall.web.middleware.sizes import BATCH, PAGE, Sized


def asked(path: str, sizes: list[int], length: int | None = None) -> tuple[int, int]:
    """Send a body in parts; returns the status, and how many bytes got through."""
    got, sent, parts = [0], [], iter(sizes)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            got[0] += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Any:
        size = next(parts, None)
        return {"type": "http.request", "body": b"x" * (size or 0), "more_body": size is not None}

    async def send(message: Any) -> None:
        sent.append(message)

    said = length if length is not None else sum(sizes)
    headers = [(b"content-length", str(said).encode())]
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(Sized(app)(scope, receive, send))  # type: ignore[arg-type]
    return sent[0]["status"], got[0]


@pytest.mark.parametrize(("path", "most"), [("/setup/hooks/", PAGE), ("/x/api/v1/events", BATCH)])
def test_what_says_that_it_is_too_large_is_not_even_read(path: str, most: int) -> None:
    assert asked(path, [most]) == (200, most)
    assert asked(path, [most + 1]) == (413, 0)


def test_what_does_not_say_how_large_it_is_is_stopped_on_the_way() -> None:
    status, got = asked("/setup/hooks/", [1_000_000] * 50, length=0)
    assert status == 413
    assert got <= PAGE
