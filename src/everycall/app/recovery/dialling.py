"""Dialling promises: written down first, then told to the phone system, ended by what it says.

Everything is done so that a death at any moment leaves a state from which `resume` can go on without
ringing a caller twice: before anything is asked of a promise again, the phone system has to say that
the caller's phone never rang for the last try, or that no call of it is on any more.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import EverycallError, NotTakenError
from everycall.recovery.owing import OwingSettings
from everycall.recovery.promises import Promise, Promises, Step, dialled
from everycall.recovery.states import Move, State
from everycall.recovery.tries import Ending, Tries, Try, ending_step
from everycall.telephony import (
    Dial,
    HangUp,
    PhoneSystem,
    PhoneSystemError,
    Result,
    Stage,
    UnsureError,
    is_language,
)

log = logging.getLogger(__name__)

T = TypeVar("T")

LEASE = timedelta(seconds=60)
"""A try that nobody gave a sign of life for so long is taken over."""

RENEW = 15.0
"""Whoever follows a try gives a sign of life this often, in seconds, and looks whether it is still owed."""

LONGEST = timedelta(hours=4)
"""After so long no call of a try is on any more, also where the phone system cannot be asked."""


class Runner(Protocol):
    """Runs what waits for the database where it may wait."""

    def __call__(self, work: Callable[..., T], /, *args: Any, **more: Any) -> Awaitable[T]:
        """Run it, and return what it returned."""


async def at_once(work: Callable[..., T], /, *args: Any, **more: Any) -> T:
    """Run it here: for what does not wait."""
    return work(*args, **more)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody, or the automatic, wants a promise to be dialled.

    Attributes:
        agent: the phone that rings first; `person`: who has it.
    """

    agent: str
    person: str
    automatic: bool = False
    shown: str | None = None
    announcement: str | None = None
    press_one: bool = False
    ring_agent_s: int = 15
    ring_s: int = 30


@dataclass(slots=True)
class Dialler:
    """Dials promises through one phone system.

    Attributes:
        is_calling: whether a caller is on the line with us at this moment; they are not dialled then.
        lease: how long a try is somebody's who gives no sign of life.
    """

    phones: PhoneSystem
    promises: Promises
    tries: Tries
    settings: OwingSettings
    is_calling: Callable[[str], bool] = lambda _caller: False
    run: Runner = at_once
    clock: Clock = system_clock
    lease: timedelta = LEASE
    renew: float = RENEW
    _followed: set[str] = field(default_factory=set)

    @property
    def busy(self) -> int:
        """How many tries are being followed."""
        return len(self._followed)

    async def dial(self, promise: Promise, wish: Wish) -> Try | None:
        """Dial a promise that is claimed, and return the try once it rings; None if it cannot be.

        The try is followed by whoever calls `follow` with it.

        Raises:
            PhoneSystemError: the phone system would not; the promise is back with the others.
        """
        if self.is_calling(promise.caller):
            return None
        now = self.clock()
        one = self._named(promise, wish, now)
        lease = now + self.lease
        step = Step(Move.DIAL, wish.person, _how(wish), lease_until=lease, owner=promise.owner)
        if not await self.run(self.tries.begin, one, promise, step, now):
            return None
        self._followed.add(one.id)
        try:
            await self.phones.carry_out(_command(one, wish, promise))
        except UnsureError:
            # it may ring: whoever follows it asks
            log.warning("no answer to dialling %s; asking what became of it", one.id)
        except (PhoneSystemError, NotTakenError) as error:
            await self._end(one, Ending("failed", dialled=False))
            self._followed.discard(one.id)
            raise PhoneSystemError(str(error)) from None
        return one

    def _named(self, promise: Promise, wish: Wish, now: datetime) -> Try:
        return Try(
            uuid4().hex,
            promise.id,
            self.phones.name,
            wish.agent,
            wish.person,
            promise.caller,
            now,
            now + self.lease,
            wish.automatic,
            promise.queue,
        )

    async def follow(self, one: Try) -> Result:
        """Follow a try to its end, and let its promise end with it."""
        self._followed.add(one.id)
        watching = asyncio.create_task(self._watch(one))
        try:
            return await self._follow(one)
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            self._followed.discard(one.id)

    async def _follow(self, one: Try) -> Result:
        last = None
        async for step in self.phones.follow(one.id):
            last = step
            if step.stage is Stage.TALKING:
                await self._connected(one)
        if last is None or last.result in (None, Result.UNKNOWN):
            return await self._settle(one)
        assert last.result is not None  # noqa: S101 - said above; the type checker wants to hear it
        ending = Ending(last.result.value, last.customer_dialled, last.talk_ms, last.call_id)
        await self._end(one, ending)
        return last.result

    async def _connected(self, one: Try) -> None:
        promise = await self.run(self.tries.promise, one)
        if promise is not None and promise.state is State.DIALLING:
            lease = self.clock() + self.lease
            step = Step(Move.CONNECTED, one.person, "", lease_until=lease)
            await self.run(self.promises.move, promise, step, self.clock())

    async def _watch(self, one: Try) -> None:
        """Give signs of life; call a try off whose caller has meanwhile been helped or is calling."""
        while True:
            await asyncio.sleep(min(self.renew, 1.0))
            await self.run(self.tries.renew, one, self.clock() + self.lease)
            promise = await self.run(self.tries.promise, one)
            if promise is None or promise.state is not State.DIALLING:
                continue
            helped = await self.run(self.promises.pending, promise) is not None
            if helped or self.is_calling(one.number):
                with contextlib.suppress(EverycallError):
                    await self.call_off(one)

    async def call_off(self, one: Try) -> None:
        """See to it that the caller's phone does not ring, or rings no longer.

        Raises:
            PhoneSystemError: the phone system cannot be reached.
        """
        await self.phones.forbid(one.id)
        await self.phones.carry_out(HangUp(one.id))

    # ---- after a death

    async def resume(self) -> list[Try]:
        """Take over the tries that nobody follows; returns those that are still on the line.

        Each of these is to be followed. Of the others the phone system told enough to end them.
        """
        on_the_line = []
        for one in await self.run(lambda: list(self.tries.open())):
            if one.system != self.phones.name or one.id in self._followed:
                continue
            now = self.clock()
            if await self.run(self.tries.adopt, one, now + self.lease, now):
                on_the_line += [one] if await self._is_on(one) else []
        return on_the_line

    async def _is_on(self, one: Try) -> bool:
        try:
            if await self.phones.on_the_line(one.id) is not None:
                return True
            await self._settle(one)
        except EverycallError as error:
            log.warning("%s cannot be asked about a call back: %s", self.phones.name, error)
            if one.begun_at + LONGEST <= self.clock():
                await self._end(one, Ending("unknown", dialled=True))
        return False

    async def _settle(self, one: Try) -> Result:
        """End a try whose end was not heard, by what the phone system can prove now."""
        try:
            if await self.phones.forbid(one.id, to_micros(one.begun_at)):
                await self._end(one, Ending("cancelled", dialled=False))
                return Result.CANCELLED
            if await self.phones.on_the_line(one.id) is None:
                await self._end(one, Ending("unknown", dialled=True))
        except EverycallError as error:
            # nobody can say: the try stays open, and is asked about when the phone system is back
            log.warning("%s cannot be asked about a call back: %s", self.phones.name, error)
        return Result.UNKNOWN

    async def _end(self, one: Try, ending: Ending) -> None:
        await self.run(self._written, one, ending)

    def _written(self, one: Try, ending: Ending) -> None:
        """Write the end of a try down together with what it means for its promise."""
        now = self.clock()
        with self.tries.together():
            done = self.tries.close(one, result=ending.result, dialled=ending.dialled, now=now)
            promise = self.tries.promise(one)
            if not done or promise is None:
                return
            step = ending_step(promise, one, ending, self.settings, now)
            if step.move is Move.KEEP and promise.state is State.DIALLING:
                met = Step(Move.CONNECTED, one.person, "", ending.call_id)
                self.promises.move(promise, met, now)
                promise = replace(promise, state=State.TALKING, lease_until=None)
            dialled(promise, step, self.promises, self.settings, now)
            if ending.call_id:
                self.promises.taken_as(ending.call_id, ending.result, now)


def _how(wish: Wish) -> str:
    return "by itself" if wish.automatic else "by a click"


def _command(one: Try, wish: Wish, promise: Promise) -> Dial:
    return Dial(
        one.id,
        wish.agent,
        promise.caller,
        wish.shown,
        wish.announcement,
        wish.press_one,
        promise.language if is_language(promise.language) else None,
        wish.ring_agent_s,
        wish.ring_s,
        promise.number,
    )
