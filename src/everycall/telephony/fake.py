"""A phone system without phones: people pick up, refuse or let it ring as they were told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from enum import StrEnum

from everycall.clock import Clock, system_clock, to_micros
from everycall.telephony.commands import Command, Dial, HangUp, checked_id
from everycall.telephony.port import PhoneSystemError, UnsureError
from everycall.telephony.progress import Progress, Result, Stage


class Reply(StrEnum):
    """What happens when a phone is rung."""

    PICKS_UP = "picks up"
    LETS_RING = "lets it ring"
    NO_ANSWER = "no answer"
    BUSY = "busy"
    REFUSES = "refuses"
    UNREACHABLE = "unreachable"
    MACHINE = "a machine"


_OF_AGENT = {
    Reply.NO_ANSWER: Result.AGENT_NO_ANSWER,
    Reply.BUSY: Result.AGENT_BUSY,
    Reply.REFUSES: Result.AGENT_BUSY,
    Reply.UNREACHABLE: Result.AGENT_UNREACHABLE,
}
_OF_CUSTOMER = {
    Reply.NO_ANSWER: Result.NO_ANSWER,
    Reply.BUSY: Result.BUSY,
    Reply.REFUSES: Result.REFUSED,
    Reply.UNREACHABLE: Result.INVALID_NUMBER,
}


@dataclass(slots=True)
class _Try:
    """A try, every step of it, and those who wait for the next one."""

    dial: Dial
    steps: list[Progress] = field(default_factory=list)
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)


@dataclass(slots=True)
class FakePhoneSystem:
    """Passes the same stories as a real one.

    Attributes:
        phones: what happens when a phone or a number is rung; who is not named picks up.
        strangers: phones that are another phone system's.
        done: every command that was carried out, in its order.
        rung: every number and phone that was rung, in its order.
        is_down: it cannot be reached; `booted_at`: when it was started, in microseconds.
        loses_answers: it does what it is told, and its answer never comes.
        loses_commands: the connection breaks before a command arrives.
    """

    name: str = "fake"
    phones: dict[str, Reply] = field(default_factory=dict)
    strangers: frozenset[str] = frozenset()
    clock: Clock = system_clock
    done: list[Command] = field(default_factory=list)
    rung: list[str] = field(default_factory=list)
    is_down: bool = False
    booted_at: int = 0
    loses_answers: bool = False
    loses_commands: bool = False
    _tries: dict[str, _Try] = field(default_factory=dict)
    _forbidden: set[str] = field(default_factory=set)

    @property
    def abilities(self) -> frozenset[type]:
        """It can do everything."""
        return frozenset(Command.__args__)

    async def knows(self, phone: str) -> bool:
        """It knows every phone, but those that are another's."""
        self._reached()
        return phone not in self.strangers

    async def carry_out(self, command: Command) -> None:
        """Do it at once; a dialled phone answers as it was told to."""
        self._reached()
        if self.loses_commands:
            raise UnsureError(f"{self.name} did not answer")
        if isinstance(command, Dial):
            await self._dial(command)
        elif isinstance(command, HangUp):
            await self._hang_up(command.id)
        self.done.append(command)
        if self.loses_answers:
            raise UnsureError(f"{self.name} did not answer")

    async def follow(self, dial_id: str) -> AsyncIterator[Progress]:
        """Yield the steps of a try until it is over."""
        one = self._tries.get(checked_id(dial_id))
        if one is None:
            yield Progress(dial_id, self._now(), Stage.OVER, Result.UNKNOWN)
            return
        told = 0
        while True:
            async with one.moved:
                await one.moved.wait_for(lambda: len(one.steps) > told)  # noqa: B023 - the count now
            for step in one.steps[told:]:
                yield step
            told = len(one.steps)
            if one.steps[-1].is_over:
                return

    async def on_the_line(self, dial_id: str) -> Progress | None:
        """Return how far a try is that is not over."""
        self._reached()
        one = self._tries.get(checked_id(dial_id))
        return None if one is None or one.steps[-1].is_over else one.steps[-1]

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:
        """Dial no customer for this id from now on."""
        self._reached()
        self._forbidden.add(checked_id(dial_id))
        one = self._tries.get(dial_id)
        if asked_at is not None and self.booted_at > asked_at:
            return False
        return one is None or not one.steps[-1].customer_dialled

    # ---- what the people do, as a story tells it

    async def pick_up(self, dial_id: str) -> None:
        """Let whoever's phone rings pick up."""
        stage = self._tries[dial_id].steps[-1].stage
        if stage is Stage.AGENT_RINGING:
            await self._customer(dial_id)
        elif stage is Stage.DIALLING:
            await self._step(dial_id, Stage.TALKING)

    async def end(self, dial_id: str, talk_ms: int = 30_000) -> None:
        """Let the talk end."""
        await self._over(dial_id, Result.REACHED, talk_ms=talk_ms)

    async def break_down(self) -> None:
        """Let it die: every line is gone, and nobody can ask it anything."""
        self.is_down = True
        for dial_id, one in self._tries.items():
            if not one.steps[-1].is_over:
                await self._over(dial_id, Result.UNKNOWN)

    async def start_again(self) -> None:
        """Let it come back after it died; what it did before is forgotten."""
        self.is_down, self.booted_at = False, self._now()
        self._tries.clear()

    # ---- a try

    async def _dial(self, dial: Dial) -> None:
        if dial.id in self._tries:
            return
        self._tries[dial.id] = _Try(dial)
        await self._step(dial.id, Stage.ASKED)
        self.rung.append(dial.agent)
        reply = self.phones.get(dial.agent, Reply.PICKS_UP)
        if reply in _OF_AGENT:
            await self._over(dial.id, _OF_AGENT[reply])
            return
        await self._step(dial.id, Stage.AGENT_RINGING)
        if reply is not Reply.LETS_RING:
            await self._customer(dial.id)

    async def _customer(self, dial_id: str) -> None:
        dial = self._tries[dial_id].dial
        await self._step(dial_id, Stage.AGENT_THERE)
        if dial_id in self._forbidden:
            await self._over(dial_id, Result.CANCELLED)
            return
        self.rung.append(dial.number)
        await self._step(dial_id, Stage.DIALLING, dialled=True)
        reply = self.phones.get(dial.number, Reply.PICKS_UP)
        if reply in _OF_CUSTOMER:
            await self._over(dial_id, _OF_CUSTOMER[reply])
        elif reply is Reply.MACHINE and dial.press_one:
            await self._over(dial_id, Result.MACHINE)
        elif reply is not Reply.LETS_RING:
            await self._step(dial_id, Stage.TALKING)

    async def _hang_up(self, dial_id: str) -> None:
        one = self._tries.get(dial_id)
        if one is None or one.steps[-1].is_over:
            return
        talked = one.steps[-1].stage is Stage.TALKING
        if talked:
            talk = (self._now() - one.steps[-1].at) // 1000
            await self._over(dial_id, Result.REACHED, talk_ms=talk)
        else:
            await self._over(dial_id, Result.CANCELLED)

    async def _over(self, dial_id: str, result: Result, talk_ms: int | None = None) -> None:
        await self._step(dial_id, Stage.OVER, result=result, talk_ms=talk_ms)

    async def _step(
        self,
        dial_id: str,
        stage: Stage,
        *,
        dialled: bool = False,
        result: Result | None = None,
        talk_ms: int | None = None,
    ) -> None:
        one = self._tries[dial_id]
        dial = one.dial
        before = one.steps[-1] if one.steps else Progress(dial.id, self._now(), stage)
        step = replace(
            before,
            at=self._now(),
            stage=stage,
            result=result,
            agent=dial.agent,
            number=dial.number,
            customer_dialled=before.customer_dialled or dialled,
            talk_ms=talk_ms,
            call_id=f"everycall-{dial.id}",
        )
        async with one.moved:
            one.steps.append(step)
            one.moved.notify_all()

    def _reached(self) -> None:
        if self.is_down:
            raise PhoneSystemError(f"{self.name} is not connected")

    def _now(self) -> int:
        return to_micros(self.clock())
