"""Whoever may not look any more is shown nothing more, though the stream was open."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import OperationalError

from everycall.records.models import Person, Token, Wall
from everycall.web.api import live
from everycall.web.live import stream
from everycall.web.live.stream import Ask, Sight, Stream
from everycall.web.live.views import View

WALL, OTHER = View(), View(queues=frozenset({"sales"}))


@dataclass
class Browser:
    """Holds a stream open until it is told to go."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)

    @property
    def is_over(self) -> bool:
        return not self.sent[-1].get("more_body", False)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_AGAIN", 0.02)


def looked(*answers: Sight | Exception | None, stays: float = 5.0) -> tuple[Browser, int]:
    """Look on while these are the answers, one after another; return how often was asked."""
    browser, asked = Browser(), 0

    async def ask() -> Sight | None:
        nonlocal asked
        asked += 1
        answer = answers[min(asked, len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def story(ask: Ask) -> None:
        asyncio.get_running_loop().call_later(stays, browser.gone.set)
        await asyncio.wait_for(Stream().show(WALL, browser.receive, browser.send, ask), 20)

    asyncio.run(story(ask))
    return browser, asked


@pytest.mark.parametrize("now", [None, OTHER])
def test_a_stream_ends_when_somebody_may_not_see_the_same_any_more(now: View | None) -> None:
    browser, asked = looked(WALL, WALL, now, stays=19)
    assert asked == 3
    assert browser.is_over
    assert not browser.gone.is_set()


def test_a_stream_goes_on_while_nothing_has_changed() -> None:
    browser, asked = looked(WALL, stays=0.3)
    assert asked > 3
    assert browser.gone.is_set()


def test_screens_that_came_at_once_do_not_ask_at_once() -> None:
    pauses = [stream.pause() / stream.LOOK_AGAIN for _ in range(1000)]
    assert min(pauses) >= 0.5
    assert max(pauses) <= 1.0
    crowd = Counter(int((one - 0.5) * 60) for one in pauses)
    assert max(crowd.values()) < 2 * 1000 / 30


def test_records_that_cannot_be_asked_take_no_screen_away() -> None:
    browser, asked = looked(OperationalError("the database is away"), stays=0.3)
    assert asked > 3
    assert browser.gone.is_set()


def test_what_may_be_seen_is_what_the_records_say_by_now(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream.connections, "close_all", lambda: None)  # the test's own stays
    wall = Wall.objects.create(name="Kitchen")
    assert stream._of_wall(wall.secret) == WALL
    Wall.objects.filter(pk=wall.pk).update(queues=["sales"])
    assert stream._of_wall(wall.secret) == OTHER
    Wall.objects.filter(pk=wall.pk).update(revoked_at=wall.made_at)
    assert stream._of_wall(wall.secret) is None
    token, key = Token.issue("test", ["live:read"])
    scope = {"headers": [(b"authorization", f"Bearer {key}".encode())]}
    assert live._keyed(scope) == token
    Token.objects.filter(pk=token.pk).update(revoked_at=token.made_at)
    with pytest.raises(live.ProblemError):
        live._keyed(scope)
