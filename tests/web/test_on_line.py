"""Who is on somebody's line, as their page is told: only what changes, and only to who may know."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from everycall.live.board import AgentNow, AgentState, Board, CallNow, Stage
from everycall.live.ended import Before
from everycall.records.models import Person, Promise
from everycall.web.live.hub import hub
from everycall.web.live.on_line import Line, LineStream, OnLine, on_line
from everycall.web.views import on_my_line
from web.conftest import browser, person

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


@pytest.fixture
def talking() -> Iterator[None]:
    """Ann talks with a caller; everybody may have talked with them before."""
    agents = (AgentNow("Ann", AgentState.TALKING, 0, ("PJSIP/1001",), call_id="c1"),)
    shown = replace(board(1, call(Stage.TALKING, agent="Ann")), agents=agents)
    before, hub.board = hub.board, shown
    yield
    hub.board = before


def card_of(who: Person) -> str:
    return browser(who).get("/callbacks/line/").content.decode()


@pytest.mark.usefixtures("talking")
@pytest.mark.parametrize(("client", "is_theirs"), [("shop", True), ("other", False)])
def test_what_another_brand_owes_the_caller_is_not_shown(client: str, *, is_theirs: bool) -> None:
    now = timezone.now()
    Promise.objects.create(
        caller=CALLER, client=client, reason="missed", made_at=now, missed_at=now, due_clock=now,
        due_pure=now, first_call="c0", misses=7,
    )  # fmt: skip
    shown = card_of(person("Ann", "agent", agent="Ann", clients=["shop"]))
    assert ("They are owed a call" in shown) is is_theirs
    assert ("7×" in shown) is is_theirs


@pytest.mark.usefixtures("talking")
def test_who_spoke_before_is_named_to_whoever_may_see_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoke = {"c1": Before(("Bob Stone", "Cem Kaya", "Ann"), 1_000)}
    monkeypatch.setattr(on_my_line, "_before", spoke.get)
    shown = card_of(person("Ann", "agent", agent="Ann"))
    assert "Spoke before with a colleague." in shown
    assert "Bob Stone" not in shown
    supervisor = person("Sam", "supervisor", agent="Ann")
    assert "Spoke before with Bob Stone, Cem Kaya." in card_of(supervisor)


def test_a_stranger_is_told_nothing(owner: Person) -> None:
    said: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    scope = {"type": "http", "headers": [(b"cookie", b"sessionid=guessed")]}
    asyncio.run(LineStream()(scope, receive, send))
    assert [message["status"] for message in said if "status" in message] == [401]
