"""What is Twilio's own: lost answers, limits, lost and doubled messages, keys, and who may knock."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from everycall.recovery.permits import MemoryPermits, Permit
from everycall.telephony import Dial, PhoneSystemError, Result, Stage, UnsureError
from everycall.telephony.fake import Reply
from everycall.telephony.twilio import TwilioPhoneSystem, answered
from everycall.telephony.twilio_tries import TwilioTry
from telephony.test_stories import until
from telephony.twilio_server import BRAND, NUMBER
from telephony.worlds import CUSTOMER, TwilioWorld, twilio_world

PHONE = "client:ann"


def dial(name: str = "p7-1", **more: Any) -> Dial:
    return Dial(name, PHONE, CUSTOMER, ring_agent_s=3, ring_s=3, **more)


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 60))


async def so(true: Callable[[], Any]) -> None:
    """Wait until something is true."""
    while not true():  # noqa: ASYNC110 - what is waited for is another thread's
        await asyncio.sleep(0.02)


async def calm(here: TwilioWorld) -> None:
    """Wait until nothing is on the line any more."""
    await so(lambda: all(call.ended_at for call in here.twilio.calls.values()))


@pytest.mark.parametrize(
    ("more", "seen"),
    [
        ({"shown": BRAND}, BRAND),
        ({"called": BRAND}, BRAND),
        ({"called": "+441632960999"}, NUMBER),
        ({"called": "5001"}, NUMBER),
        ({}, NUMBER),
    ],
)
def test_the_customer_sees_the_brands_number_if_it_is_the_accounts(
    more: dict[str, str], seen: str
) -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            await here.system.carry_out(dial(**more))
            await until(here, Stage.TALKING)
            assert here.twilio.leg_to(PHONE).caller == NUMBER
            assert here.twilio.leg_to(CUSTOMER).caller == seen
            await here.customer_ends("p7-1")
            last = (await until(here, Stage.OVER))[-1]
            assert last.call_id == here.twilio.leg_to(PHONE).sid
            assert 29_000 <= (last.talk_ms or 0) <= 32_000

    run(play())


def test_a_voicemail_box_of_the_person_presses_nothing_and_dials_nobody() -> None:
    async def play() -> None:
        async with twilio_world({PHONE: Reply.MACHINE}) as here:
            await here.system.carry_out(dial())
            last = (await until(here, Stage.OVER))[-1]
            assert last.result is Result.AGENT_NO_ANSWER
            assert here.rung(CUSTOMER) == 0
            assert await here.system.forbid("p7-1")

    run(play())


@pytest.mark.parametrize("trouble", ["lost", "broken"])
def test_an_answer_that_never_came_is_told_by_the_calls_own_messages(trouble: str) -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            here.twilio.trouble = trouble
            with pytest.raises(UnsureError):
                await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            await here.system.carry_out(dial())
            assert not await here.system.forbid("p7-1")
            assert await here.system.on_the_line("p7-1") is not None
            await here.customer_ends("p7-1")
            assert (await until(here, Stage.OVER))[-1].result is Result.REACHED
            assert (here.rung(PHONE), here.rung(CUSTOMER)) == (1, 1)

    run(play())


def test_a_lost_answer_and_lost_messages_are_looked_up_by_phone_and_moment() -> None:
    async def play() -> None:
        deaf = frozenset({"queued", "initiated", "ringing", "no-answer"})
        async with twilio_world({PHONE: Reply.NO_ANSWER}, deaf=deaf) as here:
            here.twilio.trouble = "lost"
            with pytest.raises(UnsureError):
                await here.system.carry_out(dial())
            last = (await until(here, Stage.OVER))[-1]
            assert last.result is Result.AGENT_NO_ANSWER
            assert await here.system.forbid("p7-1")

    run(play())


def test_a_call_that_was_never_made_dials_nobody_later() -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            here.twilio.trouble = "down"
            with pytest.raises(UnsureError):
                await here.system.carry_out(dial())
            assert await here.system.on_the_line("p7-1") is None
            assert await here.system.forbid("p7-1")
            assert here.rung(PHONE) == 0

    run(play())


def test_a_limit_is_kept_to() -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            here.twilio.trouble = "limit"
            for name in ("p7-1", "p7-2"):
                with pytest.raises(PhoneSystemError, match="wait"):
                    await here.system.carry_out(dial(name))
            assert here.rung(PHONE) == 0
            await asyncio.sleep(1.1)
            await here.system.carry_out(dial("p7-3"))
            assert (await until(here, Stage.TALKING, "p7-3"))[-1].stage is Stage.TALKING

    run(play())


def test_what_twilio_refuses_was_not_done() -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            here.twilio.trouble = "refused"
            with pytest.raises(PhoneSystemError, match="invalid From"):
                await here.system.carry_out(dial())
            assert await here.system.forbid("p7-1")

    run(play())


@pytest.mark.parametrize("deaf", [{"completed"}, {"in-progress"}, {"ringing", "initiated"}])
def test_lost_messages_are_asked_for_and_doubled_ones_count_once(deaf: set[str]) -> None:
    async def play() -> None:
        async with twilio_world({}, deaf=frozenset(deaf), twice=True) as here:
            await here.system.carry_out(dial())
            await so(lambda: here.rung(CUSTOMER) and here.twilio.leg_to(CUSTOMER).up_at)
            await here.customer_ends("p7-1")
            last = (await until(here, Stage.OVER))[-1]
            assert (last.result, last.customer_dialled) == (Result.REACHED, True)
            assert (last.talk_ms or 0) >= 28_000

    run(play())


def test_the_key_of_the_person_counts_once() -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            key = next(one for one in here.permits.heard("p7-1") if one.get("Step") == "key")
            assert answered(here.permits, "cloud", key, "http://here/") == (
                "<Response><Hangup/></Response>"
            )
            await here.customer_ends("p7-1")
            await calm(here)

    run(play())


def test_a_try_of_another_connection_is_not_found_at_this_door() -> None:
    async def play() -> None:
        async with twilio_world({PHONE: Reply.LETS_RING}) as here:
            await here.system.carry_out(dial())
            key = {"Try": "p7-1", "Step": "key", "Digits": "1", "CallSid": "CA9"}
            assert answered(here.permits, "other", key, "") == "<Response><Hangup/></Response>"
            assert await here.system.forbid("p7-1")
            assert answered(MemoryPermits(), "cloud", {"Try": "x"}, "") == "<Response/>"

    run(play())


def test_what_is_not_signed_is_refused_and_dials_nobody() -> None:
    async def play() -> None:
        async with twilio_world({}, token="guessed") as here:
            await here.system.carry_out(dial())
            await calm(here)
            assert set(here.twilio.refused) == {403}
            assert here.rung(CUSTOMER) == 0

    run(play())


def test_whoever_comes_after_a_crash_knows_who_is_on_the_line_and_how_it_ends() -> None:
    async def play() -> None:
        async with twilio_world({}) as here:
            await here.system.carry_out(dial())
            await until(here, Stage.TALKING)
            first = here.system
            assert isinstance(first, TwilioPhoneSystem)
            here.system = TwilioPhoneSystem("cloud", first.account, first.terms, here.permits)
            on_the_line = await here.system.on_the_line("p7-1")
            assert on_the_line is not None
            assert on_the_line.stage is Stage.TALKING
            assert not await here.system.forbid("p7-1")
            await here.system.carry_out(dial())
            await here.customer_ends("p7-1")
            assert (await until(here, Stage.OVER))[-1].result is Result.REACHED
            assert await here.system.on_the_line("p7-1") is None
            assert (here.rung(PHONE), here.rung(CUSTOMER)) == (1, 1)

    run(play())


def said(seconds: int, status: str, sid: str = "CA1", **more: str) -> dict[str, str]:
    parent = {} if sid == "CA1" else {"ParentCallSid": "CA1"}
    at = f"2026-11-02T10:00:{seconds:02}+00:00"
    return {"CallSid": sid, "CallStatus": status, "ReceivedAt": at, **parent, **more}


def test_who_was_dialled_between_two_questions_counts_as_dialled() -> None:
    """Both legs may have come and gone while Twilio was asked: the person's end says nothing alone."""
    one = TwilioTry(Permit("p7-1", "cloud", PHONE, CUSTOMER, NUMBER, 0))
    one.hear(said(1, "ringing"))
    last = one.see(said(9, "completed"), [said(8, "busy", "CA2")])
    assert last is not None
    assert (last.stage, last.result, last.customer_dialled) == (Stage.OVER, Result.BUSY, True)


def test_a_person_who_is_gone_while_the_customer_is_rung_ends_nothing_yet() -> None:
    one = TwilioTry(Permit("p7-1", "cloud", PHONE, CUSTOMER, NUMBER, 0))
    one.hear(said(1, "in-progress"))
    one.hear(said(2, "in-progress", Step="key", Digits="1"))
    one.hear(said(4, "completed"))
    assert not one.progress.is_over
    one.hear(said(3, "ringing", "CA2"))
    last = one.hear(said(5, "canceled", "CA2"))
    assert last is not None
    assert (last.result, last.customer_dialled) == (Result.CANCELLED, True)
