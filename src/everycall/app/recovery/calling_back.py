"""Calling back by itself: the place in line is kept, a person is rung, and then the caller."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from everycall.app.recovery.dialling import Dialler, Wish
from everycall.clock import from_micros
from everycall.errors import EverycallError
from everycall.events.origins import HERE, Origin
from everycall.hours import Calendar
from everycall.live.board import AgentNow, AgentState, Board
from everycall.recovery.automatic import Keep, Now, Person, Ring, decide
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.owing import OwingSettings
from everycall.recovery.promises import Promise, Step
from everycall.recovery.states import Move
from everycall.recovery.tries import Try
from everycall.telephony import Pause, PhoneSystemError, Resume

log = logging.getLogger(__name__)

KEPT = "callback"
"""The reason of the pause in which somebody is kept free for a call back."""

AVOIDED = timedelta(minutes=5)
"""Who did not pick up is not rung again for the same promise for so long."""

AUTOMATIC = "everycall"

_TALKING = (AgentState.TALKING, AgentState.ON_HOLD)
_AT_WORK = (*_TALKING, AgentState.RINGING, AgentState.WRAPPING_UP, AgentState.BUSY)


class Waiting(Protocol):
    """Where the promises are found that wait."""

    def waiting(self, now: datetime) -> Iterable[Promise]:
        """Return the promises that wait and may be tried now."""


@dataclass(slots=True)
class CallingBack:
    """Keeps promises through one phone system, as long as `round` is called.

    Attributes:
        board: returns the newest picture.
        may: whether a promise may be rung at a moment: opening hours and quiet hours.
        people: returns who could be rung; without it, whoever stands in queues.
    """

    dialler: Dialler
    store: Waiting
    settings: OwingSettings
    board: Callable[[], Board | None]
    may: Callable[[Promise, datetime], bool] = lambda _promise, _now: True
    people: Callable[[Board], Sequence[Person]] = field(default_factory=lambda: people_of)
    _ringing: dict[str, str] = field(default_factory=dict)
    _avoided: dict[int, dict[str, datetime]] = field(default_factory=dict)
    _works: set["asyncio.Task[None]"] = field(default_factory=set)

    async def round(self) -> None:
        """Do what is to be done now; returns before any call ends."""
        board, now = self.board(), self.dialler.clock()
        if board is None or not self.settings.automatic.on:
            return
        people = self.people(board)
        waiting = await self.dialler.run(lambda: list(self.store.waiting(now)))
        known = self._now(board, people, now)
        steps = list(decide(waiting, known, self.settings.automatic))
        for step in steps:
            if isinstance(step, Ring):
                self._ringing[step.person.phone] = step.promise.caller
                self._start(self._ring(step))
            else:
                await self._keep(step)
        await self._release(people, steps)

    def _now(self, board: Board, people: Sequence[Person], now: datetime) -> Now:
        calling = {call.caller for call in board.calls if call.direction == "inbound"}
        since = now - AVOIDED
        return Now(
            now,
            people,
            _lines(board),
            {
                number: {phone for phone, at in phones.items() if at > since}
                for number, phones in self._avoided.items()
            },
            {*self._ringing, *self._ringing.values()},
            lambda promise: promise.caller not in calling and self.may(promise, now),
        )

    # ---- ringing

    async def _ring(self, step: Ring) -> None:
        person, promise = step.person, step.promise
        try:
            claimed = await self._claim(promise, person)
            if claimed is not None:
                await self._dial(claimed, person)
        except PhoneSystemError as error:
            log.warning("nobody was rung for a call back: %s", error)
        finally:
            self._ringing.pop(person.phone, None)
            await self._resume(person.phone)

    async def _dial(self, promise: Promise, person: Person) -> None:
        await self._pause(person.phone)
        one = await self.dialler.dial(promise, _wish(person, self.settings.automatic))
        if one is None:
            await self._hand_back(promise)
            return
        result = await self.dialler.follow(one)
        if result.is_of_the_agent:
            self._avoided.setdefault(promise.id, {})[person.phone] = self.dialler.clock()

    async def _claim(self, promise: Promise, person: Person) -> Promise | None:
        now = self.dialler.clock()
        lease = now + self.dialler.lease
        step = Step(Move.CLAIM, AUTOMATIC, "", lease_until=lease, owner=person.name)
        return await self.dialler.run(self._claimed, promise, step, now)

    def _claimed(self, promise: Promise, step: Step, now: datetime) -> Promise | None:
        promises = self.dialler.promises
        if not promises.move(promise, step, now):
            return None
        return promises.find_open(promise.caller, promise.client)

    async def _hand_back(self, promise: Promise) -> None:
        why = "the caller is on the line with us"
        step = Step(Move.GIVE_BACK, AUTOMATIC, why)
        await self.dialler.run(self.dialler.promises.move, promise, step, self.dialler.clock())

    # ---- keeping somebody free

    async def _keep(self, step: Keep) -> None:
        if not step.person.kept:
            await self._pause(step.person.phone)

    async def _release(self, people: Iterable[Person], steps: Sequence[Ring | Keep]) -> None:
        """Let those work again who are kept free for nobody, also those kept before a restart."""
        wanted = {step.person.phone for step in steps}
        for person in people:
            if person.kept and person.phone not in wanted and person.phone not in self._ringing:
                await self._resume(person.phone)

    async def _pause(self, phone: str) -> None:
        with contextlib.suppress(EverycallError):
            await self.dialler.phones.carry_out(Pause(phone, KEPT))

    async def _resume(self, phone: str) -> None:
        with contextlib.suppress(EverycallError):
            await self.dialler.phones.carry_out(Resume(phone))

    # ---- after a death, and at the end

    async def resume(self) -> None:
        """Go on with the tries that nobody follows any more."""
        for one in await self.dialler.resume():
            self._ringing[one.agent] = one.number
            self._start(self._go_on(one))

    async def _go_on(self, one: Try) -> None:
        try:
            await self.dialler.follow(one)
        finally:
            self._ringing.pop(one.agent, None)
            if one.automatic:
                await self._resume(one.agent)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._works.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._works.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("a call back broke off", exc_info=task.exception())

    async def stop(self) -> None:
        """Follow no more; what is on the line goes on, and is taken up again later."""
        for task in list(self._works):
            task.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)


def _wish(person: Person, settings: AutomaticSettings) -> Wish:
    return Wish(
        person.phone,
        person.name,
        automatic=True,
        shown=settings.shown or None,
        announcement=settings.announcement or None,
        press_one=settings.press_one,
        ring_agent_s=int(settings.ring_person.total_seconds()),
        ring_s=int(settings.ring_caller.total_seconds()),
    )


def people_of(board: Board, origin: Origin = HERE) -> list[Person]:
    """Return who could be rung by a phone system, as the picture shows them: those with a phone of it."""
    phones = {
        agent.name: next((phone for phone in agent.phones if origin.has(phone)), "")
        for agent in board.agents
        if agent.queues
    }
    found = ((agent, phones.get(agent.name, "")) for agent in board.agents)
    return [_person(agent, phone) for agent, phone in found if phone]


def _person(agent: AgentNow, phone: str) -> Person:
    kept = agent.reason == KEPT and bool(agent.paused_in)
    idle = agent.state is AgentState.FREE or (kept and agent.state is AgentState.PAUSED)
    busy = agent.state in _TALKING
    return Person(
        agent.name,
        phone,
        agent.queues,
        (agent.since or 0) if idle else None,
        kept,
        agent.since if busy else None,
    )


def listed(board: Board, people: Mapping[str, str]) -> list[Person]:
    """Return who could be rung of those whom the phone system does not know as people: name and phone."""
    return [_listed(board, name, phone) for name, phone in people.items()]


def _listed(board: Board, name: str, phone: str) -> Person:
    names = {name, phone, phone.partition(":")[2] or phone}
    seen = next((a for a in board.agents if names & {a.name, *a.phones}), None)
    busy = seen is not None and seen.state in _AT_WORK
    since = seen.since or 0 if seen is not None else 0
    talking = since if seen is not None and seen.state in _TALKING else None
    free = None if busy else since
    return Person(name, phone, (), free, talking_since=talking, serves_all=True)


def _lines(board: Board) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {}
    for call in board.waiting():
        found.setdefault(call.queue or "", []).append(from_micros(call.since))
    return found


def left_today(calendar: Calendar, now: datetime) -> timedelta:
    """Return how long it is still open on this day; a day where hours are unknown."""
    if not calendar.known:
        return timedelta(days=1)
    spans = calendar.spans(
        now.astimezone(calendar.zone).date(), now.astimezone(calendar.zone).date()
    )
    return sum(
        (max(close - max(opens, now), timedelta()) for opens, close in spans or ()), timedelta()
    )
