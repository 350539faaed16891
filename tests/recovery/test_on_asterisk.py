"""Call backs on a real Asterisk with SIP phones, from the key in the queue to the end of the talk."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from asterisk import kit
from everycall.app.recovery.dialling import Wish
from everycall.recovery import State
from everycall.telephony import Result
from recovery.office import CALLER, Office, office

pytestmark = [pytest.mark.asterisk, pytest.mark.promise]


@pytest.fixture(autouse=True)
def asterisk() -> None:
    kit.demand()


def run(story: Coroutine[Any, Any, None], within: float = 120) -> None:
    asyncio.run(asyncio.wait_for(story, within))


async def talk(here: Office, *, presses: bool = True, seconds: float = 11) -> None:
    """Let the customer pick up, press 1 and talk."""
    leg = await here.customer.picks_up(after=0.5)
    await asyncio.sleep(1)
    if presses:
        await leg.press("1")
    await asyncio.sleep(seconds)
    await leg.hang_up()


def test_a_key_in_the_queue_keeps_the_place_and_the_caller_is_called_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path) as here:
            ann = await here.stage.agent("1001", "sales")
            await here.stage.pause(ann, "lunch", "sales")
            await here.offers("sales", 60)
            caller = await here.stage.caller(CALLER, "Ada Fisk")
            call = await here.asks(caller)
            await here.confirms(call)
            await here.until(lambda: here.promises.rows)
            assert here.the().requested
            assert here.the().caller == CALLER
            assert here.rung == 0
            await here.stage.unpause(ann, "sales")
            await ann.picks_up(after=1)
            await talk(here)
            await here.until(lambda: here.the().state is State.KEPT)
            assert here.rung == 1
            (one,) = here.tries.rows.values()
            assert (one.result, one.customer_dialled, one.automatic) == ("reached", True, True)
            board = here.watch.board
            await here.until(lambda: not here.watch.board.agents[0].paused_in)
            assert board is not None

    run(story())


def test_another_number_is_typed_in(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            await here.stage.resting_agent("1001", "sales")
            await here.offers("sales", 60)
            call = await here.asks(await here.stage.caller("anonymous", ""))
            await asyncio.sleep(2)
            await call.press("00441632960177")
            await asyncio.sleep(9)
            await here.confirms(call)
            await here.until(lambda: here.promises.rows)
            assert here.the().caller.endswith("441632960177")

    run(story())


def test_nothing_is_offered_while_everycall_is_down(tmp_path: Path) -> None:
    """An offer that was not renewed is over: the caller goes back into the queue and is answered."""

    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            await here.offers("sales", -1)
            call = await here.asks(await here.stage.caller(CALLER, "Ada Fisk"))
            await asyncio.sleep(1)
            await here.stage.unpause(ann, "sales")
            await ann.picks_up()
            await asyncio.sleep(11)
            await call.hang_up()
            await asyncio.sleep(4)
            assert not here.promises.rows

    run(story())


def test_who_does_not_pick_up_is_passed_over_for_the_next_person(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            here.back.settings = here.back.dialler.settings = here.settings
            await here.stage.resting_agent("1001", "sales")
            await here.miss(await here.stage.caller(CALLER, "Ada Fisk"))
            one = await here.dials(here.claimed())
            assert one is not None
            assert await here.back.dialler.follow(one) is Result.AGENT_NO_ANSWER
            assert here.rung == 0
            assert (here.the().state, here.the().tries) == (State.WAITING, 0)
            bob = await here.stage.agent("1002", "sales")
            one = await here.dials(here.claimed("Bob"), "PJSIP/1002")
            assert one is not None
            following = asyncio.create_task(here.back.dialler.follow(one))
            await bob.picks_up()
            await talk(here, presses=False)
            assert await following is Result.REACHED
            assert here.the().state is State.KEPT

    run(story())


@pytest.mark.parametrize(
    ("status", "result"), [(486, Result.BUSY), (603, Result.REFUSED), (None, Result.NO_ANSWER)]
)
def test_who_is_not_reached_is_owed_another_try(
    tmp_path: Path, status: int | None, result: Result
) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            await here.miss(await here.stage.caller(CALLER, "Ada Fisk"))
            one = await here.dials(here.claimed())
            assert one is not None
            following = asyncio.create_task(here.back.dialler.follow(one))
            await ann.picks_up()
            leg = await here.customer.rings()
            if status is not None:
                leg.reject(status)
            assert await following is result
            await asyncio.sleep(4)
            assert (here.the().state, here.the().tries, here.rung) == (State.WAITING, 1, 1)

    run(story())


def test_a_machine_presses_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path) as here:
            ann = await here.stage.agent("1001", "sales")
            await here.stage.pause(ann, "lunch", "sales")
            await here.offers("sales", 60)
            call = await here.asks(await here.stage.caller(CALLER, "Ada Fisk"))
            await here.confirms(call)
            await here.until(lambda: here.promises.rows)
            await here.stage.unpause(ann, "sales")
            await ann.picks_up()
            leg = await here.customer.picks_up()
            await leg.over()
            await here.until(lambda: here.the().tries == 1)
            assert (here.the().state, here.the().message_left) == (State.WAITING, True)

    run(story())


def test_two_who_claim_at_once_ring_the_caller_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            bob = await here.stage.resting_agent("1002", "sales")
            await here.miss(await here.stage.caller(CALLER, "Ada Fisk"))
            seen = here.claimed()
            other = here.anew()
            tries = await asyncio.gather(
                here.dials(seen), other.dialler.dial(seen, Wish("PJSIP/1002", "Bob"))
            )
            assert sum(one is not None for one in tries) == 1
            one = next(one for one in tries if one is not None)
            following = asyncio.create_task(here.back.dialler.follow(one))
            await (ann if one.agent == "PJSIP/1001" else bob).picks_up()
            await talk(here, presses=False)
            assert await following is Result.REACHED
            assert here.rung == 1

    run(story())


def test_who_returns_while_our_own_phone_rings_is_not_rung(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            caller = await here.stage.caller(CALLER, "Ada Fisk")
            await here.miss(caller)
            one = await here.dials(here.claimed(), rings=20)
            assert one is not None
            following = asyncio.create_task(here.back.dialler.follow(one))
            await ann.rings()
            again = await caller.call("5001")
            result = await asyncio.wait_for(following, 15)
            assert result.is_of_the_agent or result is Result.CANCELLED
            assert here.rung == 0
            assert (here.the().state, here.the().tries) == (State.WAITING, 0)
            await again.hang_up()

    run(story())


def test_an_asterisk_that_dies_while_dialling_leaves_a_doubt_for_a_person(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            ann = await here.stage.resting_agent("1001", "sales")
            await here.miss(await here.stage.caller(CALLER, "Ada Fisk"))
            one = await here.dials(here.claimed())
            assert one is not None
            following = asyncio.create_task(here.back.dialler.follow(one))
            await ann.picks_up()
            await here.customer.rings()
            await asyncio.sleep(1.5)
            here.stage.node.kill()
            await asyncio.sleep(1)
            await asyncio.to_thread(here.stage.node.start)
            await here.until(lambda: here.watch.health().links[0].connected)
            await asyncio.wait_for(following, 30)
            back = here.anew()
            here.tries.rows[one.id] = replace(one, lease_until=one.begun_at)
            await back.resume()
            await here.until(lambda: here.the().state is State.WAITING)
            assert here.the().doubt
            assert here.rung == 1

    run(story())
