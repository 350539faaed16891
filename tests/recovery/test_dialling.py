"""Dialling a promise: what each end of a call makes of it, and a death at every single step.

The phone system and the stores live on when the program dies; the program that comes after it goes
on from what they know. Nobody is rung twice for one try, whatever dies when.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from everycall.app.recovery.dialling import Dialler, Wish
from everycall.recovery import Move, State
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise, Step, take
from everycall.recovery.tries import MemoryTries
from everycall.telephony import PhoneSystemError, Result
from everycall.telephony.fake import FakePhoneSystem, Reply
from recovery.calls import CALLER, after, answered, due, missed
from recovery.stories import SETTINGS, claimed, tell, the

pytestmark = pytest.mark.promise

AGENT = "PJSIP/1001"
WISH = Wish(AGENT, "Ann")


class KilledError(BaseException):
    """The program is gone, at once and without a word."""


@dataclass
class Day:
    """Everything that outlives the program."""

    promises: MemoryPromises = field(default_factory=MemoryPromises)
    phones: FakePhoneSystem = field(default_factory=FakePhoneSystem)
    now: datetime = field(default_factory=lambda: after(6))

    def __post_init__(self) -> None:
        self.tries = MemoryTries(self.promises)
        self.phones.clock = lambda: self.now

    def dialler(self, **more: Any) -> Dialler:
        given = {"clock": lambda: self.now, "lease": timedelta(seconds=60), **more}
        return Dialler(self.phones, self.promises, self.tries, SETTINGS, **given)

    @property
    def rung(self) -> int:
        return self.phones.rung.count(CALLER)


def day(**phones: Reply) -> Day:
    found = Day(phones=FakePhoneSystem(phones={AGENT: phones.get("agent", Reply.PICKS_UP)}))
    if "customer" in phones:
        found.phones.phones[CALLER] = phones["customer"]
    tell(found.promises, missed())
    claimed(found.promises)
    return found


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 20))


async def dialled(here: Day, dialler: Dialler, talk_ms: int = 30_000) -> Result | None:
    one = await dialler.dial(the(here.promises), WISH)
    if one is None:
        return None
    following = asyncio.create_task(dialler.follow(one))
    await asyncio.sleep(0)
    if not here.phones._tries[one.id].steps[-1].is_over:
        await here.phones.end(one.id, talk_ms)
    return await following


@pytest.mark.parametrize(
    ("agent", "customer", "state", "tries", "left", "rung"),
    [
        (Reply.PICKS_UP, Reply.PICKS_UP, State.KEPT, 0, False, 1),
        (Reply.PICKS_UP, Reply.BUSY, State.WAITING, 1, False, 1),
        (Reply.PICKS_UP, Reply.NO_ANSWER, State.WAITING, 1, False, 1),
        (Reply.PICKS_UP, Reply.REFUSES, State.WAITING, 1, False, 1),
        (Reply.NO_ANSWER, Reply.PICKS_UP, State.WAITING, 0, False, 0),
        (Reply.BUSY, Reply.PICKS_UP, State.WAITING, 0, False, 0),
        (Reply.UNREACHABLE, Reply.PICKS_UP, State.WAITING, 0, False, 0),
    ],
)
def test_how_each_call_ends(
    agent: Reply, customer: Reply, state: State, tries: int, *, left: bool, rung: int
) -> None:
    here = day(agent=agent, customer=customer)
    run(_plays(dialled(here, here.dialler())))
    (row,) = here.promises.rows.values()
    assert (row.state, row.tries, row.message_left, here.rung) == (state, tries, left, rung)


async def _plays(story: Awaitable[Any]) -> None:
    await story


def test_a_machine_that_presses_nothing_has_our_message() -> None:
    here = day(customer=Reply.MACHINE)

    async def story() -> None:
        dialler = here.dialler()
        one = await dialler.dial(the(here.promises), replace(WISH, press_one=True))
        assert one is not None
        assert await dialler.follow(one) is Result.MACHINE

    run(story())
    assert (the(here.promises).message_left, the(here.promises).tries) == (True, 1)


def test_a_talk_too_short_to_help_is_a_try() -> None:
    here = day()
    run(_plays(dialled(here, here.dialler(), talk_ms=4_000)))
    assert (the(here.promises).state, the(here.promises).tries) == (State.WAITING, 1)


def test_the_last_try_gives_up() -> None:
    here = day(customer=Reply.BUSY)
    here.promises.rows[1] = replace(here.promises.rows[1], tries=2)
    run(_plays(dialled(here, here.dialler())))
    assert here.promises.rows[1].state is State.UNREACHABLE


def test_two_who_claim_at_once_ring_once() -> None:
    here = day(customer=Reply.LETS_RING)
    seen = the(here.promises)

    async def story() -> None:
        one, other = here.dialler(), here.dialler()
        tries = [await dialler.dial(seen, WISH) for dialler in (one, other)]
        assert [found is None for found in tries] == [False, True]

    run(story())
    assert here.rung == 1


def test_who_is_on_the_line_with_us_is_not_rung() -> None:
    here = day()
    run(_plays(dialled(here, here.dialler(is_calling=lambda caller: caller == CALLER))))
    assert here.rung == 0
    assert the(here.promises).state is State.CLAIMED


def test_who_returns_while_our_phone_rings_is_not_rung() -> None:
    here = day(agent=Reply.LETS_RING)

    async def story() -> None:
        dialler = here.dialler(renew=0.01)
        one = await dialler.dial(the(here.promises), WISH)
        assert one is not None
        following = asyncio.create_task(dialler.follow(one))
        tell(here.promises, answered())
        assert await following is Result.CANCELLED

    run(story())
    assert here.rung == 0
    assert here.promises.rows[1].state is State.WITHDRAWN


def test_who_returns_while_we_ring_them_is_hung_up_on_and_owed_nothing() -> None:
    here = day(customer=Reply.LETS_RING)

    async def story() -> None:
        dialler = here.dialler(renew=0.01)
        one = await dialler.dial(the(here.promises), WISH)
        assert one is not None
        following = asyncio.create_task(dialler.follow(one))
        tell(here.promises, answered())
        assert await following is Result.CANCELLED

    run(story())
    assert here.rung == 1
    assert here.promises.rows[1].state is State.WITHDRAWN


def test_a_phone_system_that_refuses_gives_the_promise_back() -> None:
    here = day()
    here.phones.is_down = True

    async def story() -> None:
        with pytest.raises(PhoneSystemError):
            await here.dialler().dial(the(here.promises), WISH)

    run(story())
    assert (the(here.promises).state, the(here.promises).tries) == (State.WAITING, 0)


@pytest.mark.parametrize("lost", ["loses_answers", "loses_commands"])
def test_a_lost_answer_is_asked_after(lost: str) -> None:
    here = day(customer=Reply.BUSY)
    setattr(here.phones, lost, True)

    async def story() -> None:
        dialler = here.dialler()
        one = await dialler.dial(the(here.promises), WISH)
        assert one is not None
        here.phones.loses_answers = here.phones.loses_commands = False
        await dialler.follow(one)

    run(story())
    found = the(here.promises)
    assert found.state is State.WAITING
    assert (found.tries, here.rung) == ((1, 1) if lost == "loses_answers" else (0, 0))


def test_a_phone_system_that_dies_while_dialling_leaves_a_doubt_for_a_person() -> None:
    here = day(customer=Reply.LETS_RING)

    async def story() -> None:
        dialler = here.dialler()
        one = await dialler.dial(the(here.promises), WISH)
        assert one is not None
        await here.phones.break_down()
        await dialler.follow(one)
        assert the(here.promises).state is State.DIALLING, "nobody can say what became of it"
        here.now += timedelta(minutes=2)
        assert await here.dialler().resume() == []
        assert the(here.promises).state is State.DIALLING
        here.phones.is_down = False
        here.now += timedelta(minutes=2)
        assert await here.dialler().resume() == []

    run(story())
    assert (the(here.promises).state, the(here.promises).doubt) == (State.WAITING, True)


def test_a_phone_system_that_never_comes_back_does_not_keep_a_promise_for_ever() -> None:
    here = day(customer=Reply.LETS_RING)

    async def story() -> None:
        await here.dialler().dial(the(here.promises), WISH)
        await here.phones.break_down()
        here.now += timedelta(hours=5)
        await here.dialler().resume()

    run(story())
    assert (the(here.promises).state, the(here.promises).doubt) == (State.WAITING, True)


# ---- the program dies


class Mortal:
    """Passes calls on to what it stands before, and dies before or after one of them."""

    def __init__(self, at: int, *, before: bool) -> None:
        self.left = at
        self.before = before
        self.lives = True

    def step(self, *, before: bool) -> None:
        if not self.lives:
            raise KilledError
        if self.before is before:
            self.left -= 1
            if self.left == 0:
                self.lives = False
                raise KilledError

    async def run(self, work: Callable[..., Any], /, *args: Any, **more: Any) -> Any:
        self.step(before=True)
        found = work(*args, **more)
        self.step(before=False)
        return found


class MortalPhones:
    """A phone system as a program sees it that may die at any word with it."""

    def __init__(self, phones: FakePhoneSystem, life: Mortal) -> None:
        self.phones, self.life = phones, life
        self.name, self.abilities = phones.name, phones.abilities

    async def carry_out(self, command: Any) -> None:
        self.life.step(before=True)
        await self.phones.carry_out(command)
        self.life.step(before=False)

    async def follow(self, dial_id: str) -> Any:
        async for step in self.phones.follow(dial_id):
            self.life.step(before=True)
            yield step
            self.life.step(before=False)

    async def on_the_line(self, dial_id: str) -> Any:
        return await self.phones.on_the_line(dial_id)

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:
        return await self.phones.forbid(dial_id, asked_at)


async def until_killed(here: Day, life: Mortal) -> bool:
    """Dial with a program that may die; tells whether it did."""
    phones = MortalPhones(here.phones, life)
    given = {"run": life.run, "clock": lambda: here.now, "renew": 3600.0}
    dialler = Dialler(phones, here.promises, here.tries, SETTINGS, **given)
    try:
        await dialled(here, dialler)
    except KilledError:
        return True
    return False


async def goes_on(here: Day) -> None:
    """The program is started again, and the calls that are on end by themselves."""
    for _ in range(3):
        here.now += timedelta(minutes=2)
        dialler = here.dialler(renew=3600.0)
        on = await dialler.resume()
        following = [asyncio.create_task(dialler.follow(one)) for one in on]
        await asyncio.sleep(0)
        for one in on:
            if not here.phones._tries[one.id].steps[-1].is_over:
                await here.phones.end(one.id)
        await asyncio.gather(*following)


ENDS = (Reply.PICKS_UP, Reply.BUSY, Reply.LETS_RING)


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("customer", ENDS)
def test_whenever_the_program_dies_nobody_is_rung_twice(customer: Reply, *, before: bool) -> None:
    """The loop over kill points: the first step, the second one ... until it lives to the end."""
    killed, states = 0, set()
    for at in range(1, 60):
        here = day(customer=customer)
        died: list[bool] = []

        async def story(here: Day = here, at: int = at, died: list[bool] = died) -> None:
            died.append(await until_killed(here, Mortal(at, before=before)))
            await goes_on(here)

        run(story())
        (row,) = here.promises.rows.values()
        assert here.rung <= 1, f"rung {here.rung} times after a death at step {at}"
        assert row.state is not State.DIALLING, f"left on the line after a death at step {at}"
        assert row.state is not State.TALKING, f"left on the line after a death at step {at}"
        if here.rung and row.state.is_open and not row.tries:
            assert row.doubt, f"somebody would be rung again by itself after a death at step {at}"
        states.add((row.state, row.tries, row.doubt))
        killed += died[0]
        if not died[0]:
            break
    else:
        pytest.fail("the program never lived to the end of the call")
    assert killed >= 5
    assert len(states) > 1, "deaths at different steps leave different traces"


def test_the_loop_notices_a_program_that_forgets() -> None:
    """Without the try on record a promise would be dialled again: that is what the loop looks for."""
    here = day(customer=Reply.LETS_RING)

    async def story() -> None:
        await until_killed(here, Mortal(4, before=False))
        here.tries.rows.clear()
        promise: Promise = here.promises.rows[1]
        back = replace(promise, state=State.WAITING, owner=None)
        here.promises.rows[1] = back
        step = Step(Move.CLAIM, "Bob", "", owner="Bob")
        assert here.promises.move(back, step, here.now)
        await here.dialler().dial(the(here.promises), WISH)

    run(story())
    assert here.rung == 2


def test_what_is_said_of_our_own_call_later_counts_nothing_twice() -> None:
    here = day(customer=Reply.BUSY)
    run(_plays(dialled(here, here.dialler())))
    (one,) = here.tries.rows.values()
    late = missed(
        f"everycall-{one.id}", 7, direction="callback", outcome="busy", talk_ms=None, agent="Ann"
    )
    take(late, here.promises, due(), SETTINGS, after(9))
    assert the(here.promises).tries == 1


def test_a_language_that_is_none_is_not_told_to_the_phone_system() -> None:
    here = day()
    here.promises.rows[1] = replace(here.promises.rows[1], language="de,X=1")
    run(_plays(dialled(here, here.dialler())))
    assert [getattr(told, "language", None) for told in here.phones.done] == [None]
    assert here.rung == 1


def test_what_cannot_be_told_to_a_phone_system_is_a_try_that_failed_and_rang_nobody() -> None:
    here = day()

    async def story() -> None:
        wish = replace(WISH, shown="+4930,EVERYCALL_SAY=x")
        with pytest.raises(PhoneSystemError, match="digits only"):
            await here.dialler().dial(the(here.promises), wish)

    run(story())
    assert (the(here.promises).state, here.rung) == (State.WAITING, 0)
    assert list(here.tries.open()) == []
