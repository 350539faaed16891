"""What is too large is refused before it fills anything, whatever it says of its size."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from everycall.web.middleware import sizes
from everycall.web.middleware.sizes import BATCH, PAGE, Sized

EVENTS = "/x/api/v1/events"


def asked(path: str, sizes: list[int], length: int | None = None, key: str = "") -> tuple[int, int]:
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
    headers = [(b"content-length", str(said).encode()), (b"authorization", key.encode())]
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(Sized(app)(scope, receive, send))  # type: ignore[arg-type]
    return sent[0]["status"], got[0]


@pytest.mark.parametrize("path", ["/setup/hooks/", EVENTS])
def test_what_says_that_it_is_too_large_is_not_even_read(path: str) -> None:
    assert asked(path, [PAGE]) == (200, PAGE)
    assert asked(path, [PAGE + 1]) == (413, 0)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys, one of which may send events."""
    known = {
        b"may": SimpleNamespace(scopes=["calls:read", "events:write"]),
        b"may not": SimpleNamespace(scopes=["calls:read"]),
    }

    def shown(scope: Any) -> Any:
        return known.get(dict(scope["headers"])[b"authorization"])

    monkeypatch.setattr(sizes, "key_shown", shown)


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("length", [None, 0])
def test_a_large_batch_is_read_from_who_may_send_one_only(length: int | None) -> None:
    assert asked(EVENTS, [BATCH], length, "may") == (200, BATCH)
    assert asked(EVENTS, [BATCH + 1], length, "may")[0] == 413
    for key in ("may not", "of nobody", ""):
        status, got = asked(EVENTS, [1_000_000] * 64, length, key)
        assert status == 413
        assert got <= PAGE


def test_what_does_not_say_how_large_it_is_is_stopped_on_the_way() -> None:
    status, got = asked("/setup/hooks/", [1_000_000] * 50, length=0)
    assert status == 413
    assert got <= PAGE


def dripped(times: Callable[[int], Awaitable[None]], drops: int) -> tuple[list[int], int]:
    """Send a body in drops; returns the statuses, and how many drops got through."""
    got, sent = [0], list[int]()

    async def app(_scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            got[0] += 1
        await receive()  # as a stream waits for the other side to go away, however long
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        await times(got[0])
        return {"type": "http.request", "body": b"x", "more_body": got[0] < drops}

    async def send(message: Any) -> None:
        sent.extend([message["status"]] if "status" in message else [])

    scope = {"type": "http", "path": "/account/login/", "headers": [], "method": "POST"}
    asyncio.run(Sized(Starlette(routes=[Mount("/", app)]))(scope, receive, send))  # type: ignore[arg-type]
    return sent, got[0]


def test_what_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never_ends(drop: int) -> None:
        await asyncio.sleep(0 if drop < 5 else 3600)

    monkeypatch.setattr(sizes, "START", 0.05)
    assert dripped(never_ends, 10) == ([408], 5)


def test_what_is_too_large_is_told_so_through_all_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def at_once(_drop: int) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(sizes, "PAGE", 5)
    assert dripped(at_once, 10) == ([413], 5)


def test_who_has_sent_everything_may_wait_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    waits = iter([0.0, 0.0, 0.2])

    async def then_waits(_drop: int) -> None:
        await asyncio.sleep(next(waits))

    monkeypatch.setattr(sizes, "START", 0.1)
    assert dripped(then_waits, 1) == ([200], 1)
