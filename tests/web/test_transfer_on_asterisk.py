"""A caller who is handed on is on the page of whoever receives them within a second, on a real Asterisk."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from asterisk.kit import demand
from asterisk.watching import run, watched
from everycall.app.live.watching import Watch
from everycall.web.live.hub import hub
from everycall.web.live.on_line import Line, LineStream
from everycall.web.live.stream import Ask
from lab.leg import Leg
from lab.phone import Phone
from lab.stage import Stage

pytestmark = pytest.mark.asterisk

CALLER = "+441632960101"
SECOND = 1.0


@pytest.fixture(autouse=True)
def asterisk() -> None:
    demand()


def still(line: Line) -> Ask:
    async def ask() -> Line:
        return line

    return ask


@dataclass
class Page:
    """What the page of one person is told, and when."""

    told: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    async def send(self, message: dict[str, Any]) -> None:
        for frame in message.get("body", b"").decode().split("\n\n"):
            if frame.startswith("event: line"):
                said = json.loads(frame.partition("data: ")[2])
                self.told.append((time.monotonic(), said))

    async def until(self, since: int, within: float = 30, **wanted: Any) -> float:
        """Return when it was told so, from the n-th news on."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for at, said in self.told[since:]:
                if all(said[name] == value for name, value in wanted.items()):
                    return at
            await asyncio.sleep(0.01)
        raise AssertionError(self.told)


@asynccontextmanager
async def page_of(agent: str, watch: Watch) -> AsyncIterator[Page]:
    """Open somebody's page, and hand every picture out as the server does."""
    page, forever = Page(), asyncio.Event()
    hub.attach(asyncio.get_running_loop())

    async def receive() -> dict[str, Any]:
        await forever.wait()
        return {"type": "http.disconnect"}

    async def publish() -> None:
        async for board in watch.boards():
            hub.publish(board)

    works = [
        asyncio.create_task(publish()),
        asyncio.create_task(LineStream().show(Line(agent), receive, page.send, still(Line(agent)))),
    ]
    try:
        yield page
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        hub.board = None


async def talking(stage: Stage) -> tuple[Phone, Leg, Leg]:
    """A caller talks with Agent 1 of sales; Agent 3 is there."""
    first = await stage.agent("1001", "sales")
    target = await stage.agent("1003", "support")
    call = await (await stage.caller(CALLER, "Ada Fisk")).call("5001")
    talk = await first.picks_up(after=0.5)
    await asyncio.sleep(2)
    return target, call, talk


async def told_at(stage: Stage, event: str, since: int) -> float:
    """Return when the phone system said so to a second listener, as soon as it has."""
    while not any(one.get("Event") == event for one in stage.manager.events[since:]):  # noqa: ASYNC110 - it is heard by another task
        await asyncio.sleep(0.005)
    return time.monotonic()


def test_who_is_handed_on_blindly_is_on_the_receivers_page_within_a_second(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            watched(tmp_path, with_log=False) as (stage, watch, _),
            page_of("Agent 3", watch) as page,
        ):
            target, call, talk = await talking(stage)
            await page.until(0, call=None)
            news, heard = len(page.told), len(stage.manager.events)
            telling = asyncio.create_task(told_at(stage, "BlindTransfer", heard))
            await talk.transfer("1003")
            handed_at = await telling
            leg = await target.rings()
            rang_at = time.monotonic()
            shown_at = await page.until(news, stage="ringing")
            assert shown_at - handed_at < SECOND + (rang_at - handed_at)
            assert shown_at - rang_at < SECOND
            (known,) = [c for c in watch.board.calls if c.caller == CALLER]
            assert page.told[-1][1]["call"] == known.call_id
            before = (await watch.before())[known.call_id]
            assert before.spoke == ("Agent 1",)
            assert 0 < (before.wait_ms or 0) < 10_000
            await leg.answer()
            await page.until(news, stage="talking", call=known.call_id)
            await call.hang_up()
            await page.until(len(page.told) - 1, call=None)

    run(play())


def test_who_is_handed_on_after_a_consultation_is_on_the_receivers_page_within_a_second(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with (
            watched(tmp_path, with_log=False) as (stage, watch, _),
            page_of("Agent 3", watch) as page,
        ):
            target, call, talk = await talking(stage)
            await talk.hold()
            consult = await talk.phone.dial("1003")
            await target.picks_up(after=0.5)
            await consult.answered()
            await asyncio.sleep(1.5)
            (known,) = [c for c in watch.board.calls if c.caller == CALLER]
            news, heard = len(page.told), len(stage.manager.events)
            telling = asyncio.create_task(told_at(stage, "AttendedTransfer", heard))
            await talk.transfer_to(consult)
            handed_at = await telling
            shown_at = await page.until(max(0, news - 1), call=known.call_id)
            assert shown_at - handed_at < SECOND
            assert "Agent 1" in (await watch.before())[known.call_id].spoke
            await call.hang_up()
            await page.until(len(page.told) - 1, call=None)

    run(play())
