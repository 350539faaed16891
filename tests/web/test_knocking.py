"""At the doors of phone systems nobody is heard more often than a phone system speaks, nor guesses for ever."""

import asyncio
from typing import Any

import pytest

from everycall.web.api.limits import Buckets, Rate
from everycall.web.asgi import application
from everycall.web.middleware import knocking
from everycall.web.middleware.knocking import Knocking


class House:
    """Answers at the doors, and counts what it read."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.read = status, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.read += len((await receive()).get("body", b""))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def knocked(
    house: House, path: str = "/in/pbx/", who: str = "192.0.2.1", root: str = "", **headers: str
) -> dict[str, Any]:
    """Post something; returns how the answer began."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"x" * 100, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "path": path, "root_path": root, "client": (who, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    asyncio.run(Knocking(house)(scope, receive, send))  # type: ignore[arg-type]
    return sent[0]


@pytest.fixture(autouse=True)
def moment(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(knocking, "knocks", Buckets(Rate(1, 5), lambda: now[0]))
    monkeypatch.setattr(knocking, "refusals", Buckets(Rate(1, 3), lambda: now[0]))
    return now


def statuses(house: House, times: int, **more: Any) -> list[int]:
    return [knocked(house, **more)["status"] for _ in range(times)]


def test_too_many_messages_are_not_even_read(moment: list[float]) -> None:
    house = House()
    assert statuses(house, 7) == [200] * 5 + [429] * 2
    assert house.read == 500
    assert dict(knocked(house)["headers"])[b"retry-after"] == b"1"
    moment[0] = 1.0
    assert statuses(house, 2) == [200, 429]


def test_who_knocks_elsewhere_or_lives_elsewhere_is_heard() -> None:
    house = House()
    statuses(house, 6)
    assert knocked(house, "/in/other/")["status"] == 200
    assert knocked(house, who="192.0.2.2")["status"] == 200
    assert knocked(house)["status"] == 429
    assert knocked(house, "/below/in/pbx/", root="/below")["status"] == 429


def test_a_house_with_many_addresses_is_one_place() -> None:
    house = House()
    found = [knocked(house, who=f"2001:db8:1:2::{n}")["status"] for n in range(1, 8)]
    assert found == [200] * 5 + [429] * 2


@pytest.mark.parametrize("status", [403, 404])
def test_who_guesses_is_soon_not_read_any_more_at_any_door(status: int) -> None:
    house = House(status)
    assert statuses(house, 5) == [status] * 3 + [429] * 2
    assert house.read == 300
    for path in ("/in/another/", "/texts/in/key/"):
        assert knocked(house, path)["status"] == 429
    assert knocked(house, who="192.0.2.2")["status"] == status


def test_a_wrong_password_is_a_guess_and_who_waits_to_be_asked_for_one_is_not() -> None:
    assert statuses(House(401), 4) == [401] * 4
    assert statuses(House(401), 4, who="192.0.2.9", authorization="Basic x") == [401] * 3 + [429]


@pytest.mark.parametrize("path", ["/now/", "/api/v1/events", "/in/", "/in/a/b/", "/setup/in/pbx/"])
def test_other_addresses_are_none_of_its_business(path: str) -> None:
    assert statuses(House(403), 9, path=path) == [403] * 9


def test_what_is_served_has_it_in_front() -> None:
    asyncio.run(_served(application))


async def _served(application: Any) -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("it was read")

    async def send(message: Any) -> None:
        sent.append(message)

    for _ in range(3):
        knocking.refusals.spend("192.0.2.1")
    scope = {"type": "http", "method": "POST", "path": "/in/pbx/", "headers": []}
    scope |= {"client": ("192.0.2.1", 1)}
    await application(scope, receive, send)
    assert sent[0]["status"] == 429
