"""The phone system without phones keeps the promises of the port."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from everycall.errors import NotTakenError
from everycall.telephony import (
    Dial,
    HangUp,
    PhoneSystemError,
    Progress,
    Result,
    Stage,
    UnsureError,
)
from everycall.telephony.fake import FakePhoneSystem, Reply

AGENT, CUSTOMER = "PJSIP/1001", "+441632960101"


def dial(name: str = "p7-1", **more: Any) -> Dial:
    return Dial(name, AGENT, CUSTOMER, **more)


async def told(fake: FakePhoneSystem, dial_id: str = "p7-1") -> list[Progress]:
    return [step async for step in fake.follow(dial_id)]


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 5))


def test_a_reached_customer_is_told_step_by_step() -> None:
    async def play() -> None:
        fake = FakePhoneSystem()
        await fake.carry_out(dial())
        talking = await fake.on_the_line("p7-1")
        assert talking is not None
        assert talking.stage is Stage.TALKING
        await fake.end("p7-1", talk_ms=61_000)
        steps = await told(fake)
        assert [step.stage for step in steps] == list(Stage)
        assert (steps[-1].result, steps[-1].talk_ms) == (Result.REACHED, 61_000)
        assert await fake.on_the_line("p7-1") is None

    run(play())


@pytest.mark.parametrize(
    ("who", "reply", "result", "dialled"),
    [
        (AGENT, Reply.NO_ANSWER, Result.AGENT_NO_ANSWER, False),
        (AGENT, Reply.BUSY, Result.AGENT_BUSY, False),
        (AGENT, Reply.UNREACHABLE, Result.AGENT_UNREACHABLE, False),
        (CUSTOMER, Reply.NO_ANSWER, Result.NO_ANSWER, True),
        (CUSTOMER, Reply.BUSY, Result.BUSY, True),
        (CUSTOMER, Reply.REFUSES, Result.REFUSED, True),
        (CUSTOMER, Reply.UNREACHABLE, Result.INVALID_NUMBER, True),
        (CUSTOMER, Reply.MACHINE, Result.MACHINE, True),
    ],
)
def test_whoever_does_not_pick_up_is_named(
    who: str,
    reply: Reply,
    result: Result,
    dialled: bool,  # noqa: FBT001 - pytest gives it by its place
) -> None:
    async def play() -> None:
        fake = FakePhoneSystem(phones={who: reply})
        await fake.carry_out(dial(press_one=True))
        last = (await told(fake))[-1]
        assert (last.result, last.customer_dialled) == (result, dialled)
        assert result.is_of_the_agent is not dialled

    run(play())


def test_the_same_id_dials_once() -> None:
    async def play() -> None:
        fake = FakePhoneSystem()
        await fake.carry_out(dial())
        await fake.carry_out(dial())
        await fake.end("p7-1")
        await fake.carry_out(dial())
        assert fake.rung.count(CUSTOMER) == 1

    run(play())


def test_a_forbidden_try_dials_no_customer_even_if_its_command_comes_later() -> None:
    async def play() -> None:
        fake = FakePhoneSystem(phones={AGENT: Reply.LETS_RING})
        assert await fake.forbid("p7-1")
        await fake.carry_out(dial())
        await fake.pick_up("p7-1")
        assert CUSTOMER not in fake.rung
        assert (await told(fake))[-1].result is Result.CANCELLED

    run(play())


def test_forbidding_says_when_the_customer_was_dialled() -> None:
    async def play() -> None:
        fake = FakePhoneSystem(loses_answers=True)
        with pytest.raises(UnsureError):
            await fake.carry_out(dial())
        assert not await fake.forbid("p7-1")
        assert await fake.on_the_line("p7-1") is not None

    run(play())


def test_a_lost_command_was_never_dialled() -> None:
    async def play() -> None:
        fake = FakePhoneSystem(loses_commands=True)
        with pytest.raises(UnsureError):
            await fake.carry_out(dial())
        assert await fake.forbid("p7-1")
        assert await fake.on_the_line("p7-1") is None

    run(play())


def test_hanging_up_calls_a_try_off() -> None:
    async def play() -> None:
        fake = FakePhoneSystem(phones={CUSTOMER: Reply.LETS_RING})
        await fake.carry_out(dial())
        await fake.carry_out(HangUp("p7-1"))
        await fake.carry_out(HangUp("nobody"))
        assert (await told(fake))[-1].result is Result.CANCELLED

    run(play())


def test_a_phone_system_that_died_ends_every_try_as_unknown() -> None:
    async def play() -> None:
        fake = FakePhoneSystem()
        await fake.carry_out(dial())
        await fake.break_down()
        assert (await told(fake))[-1].result is Result.UNKNOWN
        with pytest.raises(PhoneSystemError):
            await fake.on_the_line("p7-1")

    run(play())


@pytest.mark.parametrize(
    ("name", "agent", "number"),
    [
        ("p 7", AGENT, CUSTOMER),
        ("p7\r\nAction: x", AGENT, CUSTOMER),
        ("p7", "PJSIP/1001&PJSIP/1002", CUSTOMER),
        ("p7", AGENT, "+44,30,S(9)"),
    ],
)
def test_what_could_be_read_as_more_than_a_name_is_refused(
    name: str, agent: str, number: str
) -> None:
    with pytest.raises(NotTakenError):
        Dial(name, agent, number)
