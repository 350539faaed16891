"""Fifty callers are called back at the same time: each once, and each end is told as it was."""

import asyncio
import re
from collections import Counter
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from asterisk.watching import feeds_of, run, seen, watching, wired
from everycall.clock import system_clock
from everycall.live.board import AgentState
from everycall.recovery import OwingSettings, State
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.deadlines import Deadline
from everycall.recovery.promises import Promise
from lab.leg import Leg
from lab.node import Node
from lab.phone import Phone
from lab.stage import Stage
from recovery.office import Office

pytestmark = [pytest.mark.asterisk, pytest.mark.promise]

FIFTY = 50
TALK_S = 12
ENDS = ("reached", "busy", "refused", "no_answer", "invalid_number")
_STATUS = {"busy": 486, "refused": 603, "invalid_number": 404}
SETTINGS = OwingSettings(
    gap=timedelta(hours=1),
    quiet=None,
    automatic=AutomaticSettings(
        on=True,
        at_once=FIFTY,
        press_one=False,
        ring_person=timedelta(seconds=40),
        ring_caller=timedelta(seconds=15),
    ),
)


def number_of(index: int) -> str:
    return f"+44163296{1000 + index}"


def end_of(number: str) -> str:
    return ENDS[int(number[-4:]) % len(ENDS)]


def owed(index: int) -> Promise:
    now = system_clock()
    due = Deadline(None, now, now)
    return Promise(
        index + 1,
        number_of(index),
        None,
        State.WAITING,
        now,
        now,
        due,
        requested=True,
        queue="crowd",
        place_at=now,
    )


class Town:
    """The people whom we call, behind one line; each answers as they are."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.rung: Counter[str] = Counter()
        self.at_once = 0
        self._on = 0
        self._legs: set[asyncio.Task[None]] = set()

    async def answer(self) -> None:
        while True:
            leg = await self.phone.incoming(within=600)
            self._legs.add(asyncio.create_task(self._one(leg)))

    async def _one(self, leg: Leg) -> None:
        found = re.search(r"sip:(\+\d+)@", leg.local)
        assert found is not None
        self.rung[found[1]] += 1
        end = end_of(found[1])
        if end in _STATUS:
            leg.reject(_STATUS[end])
            return
        leg.ring()
        self._on += 1
        self.at_once = max(self.at_once, self._on)
        if end == "reached":
            await leg.answer()
            await asyncio.sleep(TALK_S)
            await leg.hang_up()
        else:
            await leg.over()
        self._on -= 1


async def picking_up(phone: Phone) -> None:
    works = set()
    while True:
        leg = await phone.incoming(within=600)
        leg.ring()
        works.add(asyncio.create_task(leg.answer()))


def test_fifty_callers_are_called_back_at_once_each_once_and_each_end_is_right(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with AsyncExitStack() as stack:
            stage = await stack.enter_async_context(Stage(Node(crowd=FIFTY, rtp_timeout=60)))
            cable = await stack.enter_async_context(wired(stage))
            people = Phone("crowd", (stage.node.network.host(20), 5060), stage.node.sip)
            people.mute = True
            stage.phones.append(await people.switch_on())
            line = await stage.customer("town", "Town")
            line.mute = True
            town = Town(line)
            works = [asyncio.create_task(town.answer()), asyncio.create_task(picking_up(people))]
            feeds = feeds_of(stage, cable, with_log=False)
            watch = await stack.enter_async_context(watching(tmp_path, feeds))
            await seen(watch, lambda b: _free(b.agents) == FIFTY, within=60)
            here = Office(stage, watch, cable, line, SETTINGS)
            here.promises.rows = {index + 1: owed(index) for index in range(FIFTY)}
            await here.back.round()
            keeping = asyncio.create_task(here.keep())
            await here.until(lambda: _are_over(here), within=80)
            await here.until(lambda: _free(watch.board.agents) == FIFTY)
            for work in (*works, keeping):
                work.cancel()
            await asyncio.gather(*works, keeping, return_exceptions=True)
            await here.back.stop()
            here.phones.stop()
            told(here, town)

    run(play(), within=240)


def _free(agents: object) -> int:
    return sum(agent.state is AgentState.FREE for agent in agents)  # type: ignore[attr-defined]


def _are_over(here: Office) -> bool:
    ended = [one for one in here.tries.rows.values() if one.result is not None]
    return len(ended) == FIFTY


def told(here: Office, town: Town) -> None:
    """Compare what was written down with what the people saw."""
    numbers = [number_of(index) for index in range(FIFTY)]
    assert town.rung == Counter(numbers)
    assert {one.number: one.result for one in here.tries.rows.values()} == {
        number: end_of(number) for number in numbers
    }
    kept = {p.caller for p in here.promises.rows.values() if p.state is State.KEPT}
    assert kept == {number for number in numbers if end_of(number) == "reached"}
    waiting = [p for p in here.promises.rows.values() if p.state is State.WAITING]
    assert {(p.tries, p.doubt) for p in waiting} == {(1, False)}
    assert len({one.agent for one in here.tries.rows.values()}) == FIFTY
    assert town.at_once >= FIFTY // len(ENDS)
