"""A call back, told by the call's own events: the same stories without phones, by Asterisk and Twilio."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from asterisk.kit import demand
from everycall.telephony import Dial, HangUp, PhoneSystemError, Progress, Result, Stage
from everycall.telephony.fake import Reply
from telephony.worlds import (
    AGENT,
    CUSTOMER,
    World,
    ari_world,
    asterisk_world,
    fake_world,
    twilio_world,
)

Opening = Callable[..., AbstractAsyncContextManager[World]]


REAL = [pytest.param(name, marks=pytest.mark.asterisk) for name in ("ami", "ari")]


@pytest.fixture(params=["fake", "twilio", *REAL])
def world(request: pytest.FixtureRequest) -> Iterator[Opening]:
    if request.param in ("fake", "twilio"):
        yield fake_world if request.param == "fake" else twilio_world
    else:
        demand()
        yield asterisk_world if request.param == "ami" else ari_world


def dial(name: str = "p7-1", **more: Any) -> Dial:
    return Dial(name, AGENT, CUSTOMER, ring_agent_s=3, ring_s=3, **more)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 60))


async def until(here: World, stage: Stage, dial_id: str = "p7-1") -> list[Progress]:
    steps = []
    async for step in here.system.follow(dial_id):
        steps.append(step)
        if step.stage is stage:
            break
    return steps


def test_a_customer_is_reached(world: Opening) -> None:
    async def play() -> None:
        async with world({}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            on_the_line = await here.system.on_the_line("p7-1")
            assert on_the_line is not None
            assert on_the_line.stage is Stage.TALKING
            await asyncio.sleep(0.5)
            await here.customer_ends("p7-1")
            steps = await until(here, Stage.OVER)
            assert [step.stage for step in steps] == list(Stage)
            assert steps[-1].result is Result.REACHED
            assert (steps[-1].talk_ms or 0) > 400
            assert await here.system.on_the_line("p7-1") is None
            assert not await here.system.forbid("p7-1")

    run(play())


@pytest.mark.parametrize(
    ("who", "reply", "result"),
    [
        (AGENT, Reply.NO_ANSWER, Result.AGENT_NO_ANSWER),
        (AGENT, Reply.BUSY, Result.AGENT_BUSY),
        (CUSTOMER, Reply.NO_ANSWER, Result.NO_ANSWER),
        (CUSTOMER, Reply.BUSY, Result.BUSY),
        (CUSTOMER, Reply.REFUSES, Result.REFUSED),
        (CUSTOMER, Reply.UNREACHABLE, Result.INVALID_NUMBER),
    ],
)
def test_whoever_does_not_pick_up_is_named(
    world: Opening, who: str, reply: Reply, result: Result
) -> None:
    async def play() -> None:
        async with world({who: reply}) as here:
            await here.system.carry_out(dial())
            last = (await until(here, Stage.OVER))[-1]
            assert last.result is result
            assert last.customer_dialled is (who == CUSTOMER)
            assert here.rung(CUSTOMER) == (who == CUSTOMER)
            assert await here.system.forbid("p7-1") is (who == AGENT)

    run(play())


def test_a_machine_does_not_press_one(world: Opening) -> None:
    async def play() -> None:
        async with world({CUSTOMER: Reply.MACHINE}) as here:
            await here.system.carry_out(dial(press_one=True))
            last = (await until(here, Stage.OVER))[-1]
            assert last.result is Result.MACHINE

    run(play())


def test_a_person_presses_one_and_is_put_through(world: Opening) -> None:
    async def play() -> None:
        async with world({}, presses="1") as here:
            await here.system.carry_out(dial(press_one=True))
            await until(here, Stage.TALKING)
            await here.customer_ends("p7-1")
            assert (await until(here, Stage.OVER))[-1].result is Result.REACHED

    run(play())


def test_the_same_id_rings_the_customer_once(world: Opening) -> None:
    async def play() -> None:
        async with world({}) as here:
            await here.system.carry_out(dial())
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            await here.system.carry_out(dial())
            await here.customer_ends("p7-1")
            await until(here, Stage.OVER)
            await here.system.carry_out(dial())
            await asyncio.sleep(0.2)
            assert here.rung(CUSTOMER) == 1
            assert here.rung(AGENT) == 1

    run(play())


def test_a_try_forbidden_while_the_person_is_rung_dials_nobody(world: Opening) -> None:
    async def play() -> None:
        async with world({AGENT: Reply.LETS_RING}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.AGENT_RINGING)
            assert await here.system.forbid("p7-1")
            await here.agent_picks_up("p7-1")
            assert (await until(here, Stage.OVER))[-1].result is Result.CANCELLED
            assert here.rung(CUSTOMER) == 0

    run(play())


def test_a_try_is_called_off_while_the_customer_is_rung(world: Opening) -> None:
    async def play() -> None:
        async with world({CUSTOMER: Reply.LETS_RING}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.DIALLING)
            await here.system.carry_out(HangUp("p7-1"))
            last = (await until(here, Stage.OVER))[-1]
            assert (last.result, last.customer_dialled) == (Result.CANCELLED, True)
            await here.system.carry_out(HangUp("p7-1"))
            await here.system.carry_out(HangUp("never-was"))

    run(play())


def test_a_try_that_never_was_is_not_on_the_line(world: Opening) -> None:
    async def play() -> None:
        async with world({}) as here:
            assert await here.system.on_the_line("p8-1") is None
            assert await here.system.forbid("p8-1")
            assert (await until(here, Stage.OVER, "p8-1"))[-1].result is Result.UNKNOWN

    run(play())


@pytest.mark.asterisk
def test_a_connection_lost_in_a_talk_is_taken_up_again() -> None:
    demand()

    async def play() -> None:
        async with asterisk_world({}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            here.cable.cut()
            with pytest.raises(PhoneSystemError):
                await here.system.on_the_line("p7-1")
            await asyncio.sleep(0.3)
            here.cable.mend()
            await here.is_connected()
            on_the_line = await here.system.on_the_line("p7-1")
            assert on_the_line is not None
            assert on_the_line.stage is Stage.TALKING
            await here.customer_ends("p7-1")
            assert (await until(here, Stage.OVER))[-1].result is Result.REACHED

    run(play())


@pytest.mark.asterisk
def test_a_try_that_ends_while_nobody_listens_has_no_known_end() -> None:
    demand()

    async def play() -> None:
        async with asterisk_world({CUSTOMER: Reply.LETS_RING}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.DIALLING)
            here.cable.cut()
            await asyncio.sleep(4)
            here.cable.mend()
            last = (await until(here, Stage.OVER))[-1]
            assert (last.result, last.customer_dialled) == (Result.UNKNOWN, True)
            assert await here.system.on_the_line("p7-1") is None

    run(play())


@pytest.mark.asterisk
def test_whoever_comes_after_a_crash_knows_who_is_on_the_line() -> None:
    demand()

    async def play() -> None:
        async with asterisk_world({}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            async with here.another() as next_one:
                on_the_line = await next_one.on_the_line("p7-1")
                assert on_the_line is not None
                assert on_the_line.stage is Stage.TALKING
                assert not await next_one.forbid("p7-1")
                await next_one.carry_out(dial())
                assert here.rung(CUSTOMER) == 1
                steps = next_one.follow("p7-1")
                assert (await anext(steps)).stage is Stage.TALKING
                await here.customer_ends("p7-1")
                assert [s.result async for s in steps][-1] is Result.REACHED

    run(play())


@pytest.mark.asterisk
def test_a_phone_system_that_dies_takes_its_tries_along() -> None:
    demand()

    async def play() -> None:
        async with asterisk_world({}) as here:
            asked_at = time.time_ns() // 1000
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            await here.die()
            await asyncio.sleep(0.2)
            with pytest.raises(PhoneSystemError):
                await here.system.forbid("p7-1")
            await asyncio.to_thread(here.stage.node.start)
            assert (await until(here, Stage.OVER))[-1].result is Result.REACHED
            assert not await here.system.forbid("p7-1", asked_at)
            assert await here.system.on_the_line("p7-1") is None

    run(play())


def test_what_was_asked_before_a_restart_may_have_been_dialled(world: Opening) -> None:
    async def play() -> None:
        async with world({}) as here:
            assert await here.system.forbid("p7-1", asked_at=0) is not here.forgets
            assert await here.system.forbid("p7-2", asked_at=time.time_ns() // 1000 + 10**8)

    run(play())
