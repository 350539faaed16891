"""Nobody loses the place in line: not by asking for a call back, nor by being taken and not picked up."""

import asyncio
from pathlib import Path

import pytest

from asterisk.watching import run, seen, settled, watched
from everycall.recovery import State
from everycall.telephony import TakeCaller
from everycall.telephony.ami import AmiPhoneSystem
from lab.leg import Leg
from lab.stage import Stage
from recovery.office import office

pytestmark = [pytest.mark.asterisk, pytest.mark.promise]

ADA, BEN, CAY = "+441632960101", "+441632960102", "+441632960103"


async def line_of(stage: Stage, *numbers: str) -> list[Leg]:
    """Let callers come into a queue, one after the other."""
    calls = []
    for number in numbers:
        calls.append(await (await stage.caller(number, number[-3:])).call("5001"))
        await asyncio.sleep(0.4)
    return calls


async def stands(stage: Stage, count: int, within: float = 10) -> list[str]:
    """Return who waits, in the phone system's own order, once so many do."""
    for _ in range(round(within / 0.1)):
        shown = await asyncio.to_thread(stage.node.cli, "queue show sales")
        channels = [
            part.split()[1] for part in shown.partition("Callers:")[2].splitlines() if ". " in part
        ]
        if len(channels) == count:
            return [await _number(stage, channel) for channel in channels]
        await asyncio.sleep(0.1)
    raise AssertionError(shown)


async def _number(stage: Stage, channel: str) -> str:
    shown = await asyncio.to_thread(stage.node.cli, f"core show channel {channel}")
    found = next(line for line in shown.splitlines() if "Caller ID:" in line)
    return found.split(":")[1].strip()


def test_who_asks_for_a_call_back_in_vain_stands_where_they_stood(tmp_path: Path) -> None:
    async def play() -> None:
        async with office(tmp_path, automatic=False) as here:
            await here.stage.resting_agent("1001", "sales")
            calls = await line_of(here.stage, ADA, BEN, CAY)
            assert await stands(here.stage, 3) == [ADA, BEN, CAY]
            await here.offers("sales", -1)
            await calls[1].press("1")
            await asyncio.sleep(1)
            assert await stands(here.stage, 3) == [ADA, BEN, CAY]

    run(play())


def test_who_was_ahead_and_has_been_served_holds_no_place(tmp_path: Path) -> None:
    """While somebody types a number, the line moves on; who came later does not overtake them."""

    async def play() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            calls = await line_of(here.stage, ADA, BEN, CAY)
            await here.offers("sales", 60)
            await calls[1].press("1")
            await stands(here.stage, 2)
            await here.stage.unpause(ann, "sales")
            await ann.picks_up()
            assert await stands(here.stage, 1) == [CAY]
            # nothing is pressed and nothing typed: after a while they stand in line again
            assert await stands(here.stage, 2, within=60) == [BEN, CAY]

    run(play())


def test_who_is_taken_and_not_picked_up_stands_where_they_stood(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            system = AmiPhoneSystem(watch.links["pbx"])
            await stage.resting_agent("1001", "sales")
            boss = await stage.agent("1008")
            calls = await line_of(stage, ADA, BEN, CAY)
            board = await seen(watch, lambda b: len(b.waiting()) == 3)
            ben = next(call for call in board.waiting() if call.caller == BEN)
            await system.carry_out(TakeCaller(ben.call_id, "PJSIP/1008"))
            leg = await boss.rings()
            assert await stands(stage, 2) == [ADA, CAY]
            leg.reject(486)
            assert await stands(stage, 3) == [ADA, BEN, CAY]
            for call in calls:
                await call.hang_up()
            await settled(watch)

    run(play())


def test_who_asked_for_a_call_back_is_called_after_those_ahead_and_before_those_behind(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with office(tmp_path) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            ada, ben, cay = await line_of(here.stage, ADA, BEN, CAY)
            await here.offers("sales", 60)
            await ben.press("1")
            await here.confirms(ben)
            await here.until(lambda: here.promises.rows)
            await here.stage.unpause(ann, "sales")
            first = await ann.picks_up()
            await asyncio.sleep(3)
            assert await stands(here.stage, 1) == [CAY]
            await ada.hang_up()
            await first.over(within=10)
            second = await ann.picks_up()
            back = await here.customer.picks_up(after=0.5)
            assert await stands(here.stage, 1) == [CAY]
            await asyncio.sleep(1)
            await back.press("1")
            await asyncio.sleep(11)
            await back.hang_up()
            await second.over(within=10)
            await here.until(lambda: here.the().state is State.KEPT)
            await ann.picks_up()
            assert await stands(here.stage, 0) == []
            await cay.hang_up()

    run(play())
