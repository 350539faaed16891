"""Callers are called back by themselves through Twilio: the people whom the connection names are rung."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from everycall.app.recovery.calling_back import CallingBack, listed
from everycall.app.recovery.dialling import Dialler
from everycall.clock import system_clock, to_micros
from everycall.live.board import AgentNow, AgentState, Board
from everycall.recovery import OwingSettings, State
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.deadlines import Deadline
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise
from everycall.recovery.tries import MemoryTries
from everycall.telephony.fake import Reply
from telephony.twilio_server import BRAND
from telephony.worlds import TwilioWorld, twilio_world

PEOPLE = {"Ann": "client:ann", "Ben": "+441632960002"}
SETTINGS = OwingSettings(
    gap=timedelta(hours=1),
    quiet=None,
    automatic=AutomaticSettings(
        on=True, at_once=50, press_one=True, ring_caller=timedelta(seconds=3)
    ),
)


def owed(index: int) -> Promise:
    now = system_clock()
    caller = f"+44163296{1000 + index}"
    return Promise(
        index, caller, None, State.WAITING, now, now, Deadline(None, now, now),
        requested=True, queue="sales", place_at=now, number=BRAND, language="pl",
    )  # fmt: skip


def board(*agents: AgentNow) -> Board:
    return Board(to_micros(system_clock()), 1, "", (), agents, (), ())


class Shop:
    def __init__(self, here: TwilioWorld, people: dict[str, str], count: int) -> None:
        self.promises = MemoryPromises()
        self.promises.rows = {n: owed(n) for n in range(1, count + 1)}
        self.tries = MemoryTries(self.promises)
        self.board = board()
        dialler = Dialler(here.system, self.promises, self.tries, SETTINGS, renew=60)
        self.back = CallingBack(dialler, self, SETTINGS, lambda: self.board)
        self.back.people = lambda now: listed(now, people)

    def waiting(self, _now: Any) -> list[Promise]:
        rows = self.promises.rows.values()
        return [p for p in rows if p.state is State.WAITING and p.next_at is None]

    async def until(self, true: Callable[[], Any], within: float = 30) -> None:
        async with asyncio.timeout(within):
            while not true():
                await self.back.round()
                await asyncio.sleep(0.05)


def test_the_people_of_the_connection_are_rung_and_the_caller_is_reached() -> None:
    async def play() -> None:
        async with twilio_world({"client:ann": Reply.NO_ANSWER}) as here:
            shop = Shop(here, PEOPLE, 1)
            caller = shop.promises.rows[1].caller
            await shop.until(lambda: here.rung(caller) and here.twilio.leg_to(caller).up_at)
            await shop.until(lambda: shop.promises.rows[1].state is State.TALKING)
            assert here.rung("client:ann") == here.rung("+441632960002") == 1
            assert here.twilio.leg_to(caller).caller == BRAND
            here.twilio.talk_ends(caller)
            await shop.until(lambda: shop.promises.rows[1].state is State.KEPT)
            results = sorted(str(one.result) for one in shop.tries.rows.values())
            assert results == ["agent_no_answer", "reached"]
            await shop.back.stop()

    asyncio.run(play())


def test_fifty_callers_are_called_back_at_once_each_once() -> None:
    people = {f"P{n}": f"client:p{n}" for n in range(1, 51)}
    replies = (Reply.PICKS_UP, Reply.BUSY, Reply.REFUSES, Reply.NO_ANSWER, Reply.MACHINE)
    told = ("reached", "busy", "refused", "no_answer", "machine")
    phones = {owed(n).caller: replies[n % 5] for n in range(1, 51)}

    async def play() -> None:
        async with twilio_world(phones, patience=30, look=30, twice=True) as here:
            shop = Shop(here, people, 50)
            await shop.until(
                lambda: sum(p.state is State.TALKING for p in shop.promises.rows.values()) == 10
            )
            for number, reply in phones.items():
                if reply is Reply.PICKS_UP:
                    here.twilio.leg_to(number).ends.set()
            here.twilio.skew += 30
            await shop.until(lambda: all(one.result for one in shop.tries.rows.values()), within=60)
            assert {number: here.rung(number) for number in phones} == dict.fromkeys(phones, 1)
            results = {one.number: one.result for one in shop.tries.rows.values()}
            assert results == {owed(n).caller: told[n % 5] for n in range(1, 51)}
            await shop.back.stop()

    asyncio.run(play())


@pytest.mark.parametrize("state", [AgentState.TALKING, AgentState.RINGING, AgentState.WRAPPING_UP])
def test_who_is_on_the_phone_is_not_rung(state: AgentState) -> None:
    busy = AgentNow("ann", state, 5)
    people = listed(board(busy, replace(busy, name="+441632960002", state=AgentState.FREE)), PEOPLE)
    assert [(one.name, one.free_since is not None) for one in people] == [
        ("Ann", False),
        ("Ben", True),
    ]
    assert all(one.serves_all for one in people)
