"""Who is on somebody's line, as their page is told: only what changes, and only to who may know."""

import asyncio
import json
from typing import Any

import pytest

from everycall.live.board import AgentNow, AgentState, Board, CallNow, Stage
from everycall.records.models import Person
from everycall.web.live.hub import hub
from everycall.web.live.on_line import Line, LineStream, OnLine, on_line

CALLER = "+441632960101"


def board(version: int, *calls: CallNow) -> Board:
    agents = (AgentNow("Ann", AgentState.FREE, 0, ("PJSIP/1001",), ("sales",)),)
    return Board(0, version, "", calls, agents, (), ())


def call(stage: Stage, **more: Any) -> CallNow:
    return CallNow(*("c1", "inbound", CALLER, None, None, "shop", None), 0, stage, 5_000, **more)


@pytest.mark.parametrize(
    ("calls", "told"),
    [
        ((), OnLine()),
        ((call(Stage.WAITING, queue="sales"),), OnLine()),
        ((call(Stage.RINGING, ringing=("Ann",)),), OnLine("c1", "ringing", 5)),
        ((call(Stage.TALKING, agent="Ann"),), OnLine("c1", "talking", 5)),
        ((call(Stage.TALKING, agent="Ben"),), OnLine()),
        ((call(Stage.TALKING, agent="Ben", ringing=("Ann",)),), OnLine("c1", "ringing", 5)),
    ],
)
def test_who_rings_talks_or_was_handed_on_is_on_the_line(
    calls: tuple[CallNow, ...], told: OnLine
) -> None:
    for name in ("Ann", "PJSIP/1001"):
        shown = on_line(board(1, *calls), name)
        assert (shown.call, shown.since) == (told.call, told.since)
    assert on_line(board(1, *calls), "Ann") == told
    assert on_line(board(1, *calls), "") == OnLine()
    assert on_line(None, "Ann") == OnLine()


def test_a_page_is_told_what_changes_and_nothing_else() -> None:
    told: list[Any] = []

    async def send(message: dict[str, Any]) -> None:
        text = message.get("body", b"").decode()
        told.extend([json.loads(text.partition("data: ")[2])] if "event: line" in text else [])

    async def play() -> None:
        gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        hub.attach(asyncio.get_running_loop())

        async def ask() -> Line:
            return Line("Ann")

        page = asyncio.create_task(LineStream().show(Line("Ann"), receive, send, ask))
        ringing = call(Stage.RINGING, ringing=("Ann",))
        for version, calls in enumerate([(), (), (ringing,), (ringing,), ()]):
            hub.publish(board(version, *calls))
            for _ in range(10):
                await asyncio.sleep(0)
        gone.set()
        await page

    before, ask, hub.ask_owed = hub.board, hub.ask_owed, None
    try:
        asyncio.run(asyncio.wait_for(play(), 10))
    finally:
        hub.board, hub.ask_owed = before, ask
    assert [said["call"] for said in told] == [None, "c1", None]


def test_a_stranger_is_told_nothing(owner: Person) -> None:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "headers": [(b"cookie", b"sessionid=guessed")]}
    asyncio.run(LineStream()(scope, receive, send))
    assert [message["status"] for message in said if "status" in message] == [401]
