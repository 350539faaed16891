"""Queues as app_queue runs them: who waits, whose phone rings, how a stay ends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from shop import plan
from shop.clockwork import SECOND
from shop.records import Attempt, Talk, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shop.clockwork import Clockwork, Timer
    from shop.pbx import Channel, Pbx, Trail
    from shop.plan import QueuePlan
    from shop.records import Story
    from shop.staff import Agent, Staff


class Guest(Protocol):
    """A call, as its queue knows it."""

    story: Story
    trail: Trail
    number: str
    is_over: bool

    def queue_answered(self, stay: Stay, agent: Agent) -> None:
        """Somebody answered."""

    def queue_left(self, stay: Stay) -> None:
        """The stay is over without an answer."""


@dataclass(slots=True)
class Ring:
    """A phone that rings for a caller."""

    agent: Agent
    channel: Channel
    began: int
    timer: Timer


@dataclass(slots=True, eq=False)
class Stay:
    """A caller's stay in a queue.

    Attributes:
        tried: whose phone rang in the present round; a round began at `round_at`.
        overdue: the longest wait is over, but a phone still rings.
    """

    guest: Guest
    queue: Queue
    entered: int
    place: int
    visit: Visit
    timers: list[Timer] = field(default_factory=list)
    ring: Ring | None = None
    round_at: int = 0
    rest_until: int = 0
    tried: list[Agent] = field(default_factory=list)
    overdue: bool = False

    @property
    def waited(self) -> int:
        """How long it has lasted, in whole seconds of the clock."""
        return self.queue.clock.now // SECOND - self.entered // SECOND


class Queue:
    """One queue."""

    def __init__(self, clock: Clockwork, pbx: Pbx, staff: Staff, about: QueuePlan) -> None:
        self.clock = clock
        self.pbx = pbx
        self.staff = staff
        self.plan = about
        self.name = about.name
        self.waiting: list[Stay] = []

    # ---- coming in

    def enter(self, guest: Guest, patience: int, key_at: int | None) -> Stay | None:
        """Take a caller in; None if nobody is signed in who could ever answer."""
        visit = Visit(self.name, self.clock.now // SECOND)
        guest.story.visits.append(visit)
        if not self.staff.members(self.name):
            visit.exit = "unstaffed"
            return None
        stay = Stay(guest, self, self.clock.now, len(self.waiting) + 1, visit)
        self.waiting.append(stay)
        call = guest.story.id
        self.pbx.log(call, self.name, "NONE", "ENTERQUEUE", "", guest.number, stay.place)
        self._watch(stay, patience, lambda: self._abandon(stay))
        self._watch(stay, self.plan.longest_wait, lambda: self._time_out(stay))
        if key_at is not None and self.plan.key:
            self._watch(stay, key_at, lambda: self._press_key(stay))
        self.serve()
        return stay

    def _watch(self, stay: Stay, wait: int, action: Callable[[], None]) -> None:
        stay.timers.append(self.clock.after(wait, action))

    # ---- ringing

    def serve(self) -> None:
        """Ring a phone for each caller, in order, as far as there are people free."""
        for stay in list(self.waiting):
            if stay.ring is None and stay.rest_until <= self.clock.now:
                agent = self.staff.pick(self.name, stay.tried)
                if agent is not None:
                    self._ring(stay, agent)

    def _ring(self, stay: Stay, agent: Agent) -> None:
        if not stay.tried:
            stay.round_at = self.clock.now
        self.staff.occupy(agent)
        channel = self.pbx.channel(agent.person.extension, stay.guest.story.id)
        stay.guest.trail.dial(channel)
        does, after = self.staff.reaction(agent)
        action = {"answers": self._answered, "refuses": self._refused}.get(does, self._missed)
        timer = self.clock.after(after or plan.RING, lambda: action(stay))
        stay.ring = Ring(agent, channel, self.clock.now, timer)

    def _stop(self, stay: Stay, result: str) -> Ring:
        """End the ring of a phone."""
        ring = stay.ring
        if ring is None:
            raise RuntimeError("no phone rings")
        stay.ring = None
        ring.timer.cancel()
        stay.guest.story.attempts.append(Attempt(ring.agent.name, self.name, result))
        return ring

    def _answered(self, stay: Stay) -> None:
        ring = self._stop(stay, "answered")
        rang = self.clock.now // SECOND - ring.began // SECOND
        self._log(stay, ring.agent, "CONNECT", stay.waited, ring.channel.unique, rang)
        self._leave(stay, "answered")
        stay.guest.story.talks.append(Talk(ring.agent.name, self.clock.now // SECOND))
        stay.guest.queue_answered(stay, ring.agent)

    def _refused(self, stay: Stay) -> None:
        ring = self._stop(stay, "refused")
        lasted = self.clock.now // SECOND - stay.round_at // SECOND
        self._log(stay, ring.agent, "RINGNOANSWER", lasted * SECOND)
        stay.tried.append(ring.agent)
        self._failed(stay, ring, at_once=True)

    def _missed(self, stay: Stay) -> None:
        ring = self._stop(stay, "missed")
        self._log(stay, ring.agent, "RINGNOANSWER", plan.RING)
        self._failed(stay, ring, at_once=False)

    def _failed(self, stay: Stay, ring: Ring, *, at_once: bool) -> None:
        """Nobody answered: the next phone at once after a refusal, else after a pause."""
        stay.guest.trail.close("NO ANSWER")
        if stay.overdue:
            self._exit(stay, "timeout", "EXITWITHTIMEOUT")
        elif not at_once or self.staff.pick(self.name, stay.tried) is None:
            stay.tried = []
            stay.rest_until = self.clock.now + plan.RETRY
            self.clock.at(stay.rest_until, self.serve)
        else:
            self.serve()
        self.staff.release(ring.agent)

    # ---- leaving without an answer

    def _abandon(self, stay: Stay) -> None:
        self._exit(stay, "caller", "ABANDON")

    def _time_out(self, stay: Stay) -> None:
        stay.overdue = True
        if stay.ring is None:
            self._exit(stay, "timeout", "EXITWITHTIMEOUT")

    def _press_key(self, stay: Stay) -> None:
        self._exit(stay, "key", "EXITWITHKEY", "9")

    def empty(self) -> None:
        """Let everybody go once nobody is left who could answer."""
        if not self.staff.members(self.name):
            for stay in list(self.waiting):
                self._exit(stay, "empty", "EXITEMPTY")

    def _exit(self, stay: Stay, how: str, verb: str, *keys: str) -> None:
        place = self.waiting.index(stay) + 1
        ring = self._cancel(stay) if stay.ring is not None else None
        self._log(stay, None, verb, *keys, place, stay.place, stay.waited)
        self._leave(stay, how)
        stay.guest.queue_left(stay)
        if ring is not None:
            self.staff.release(ring.agent)

    def _cancel(self, stay: Stay) -> Ring:
        ring = self._stop(stay, "cancelled")
        self._log(stay, ring.agent, "RINGCANCELED", self.clock.now - ring.began)
        stay.guest.trail.close("NO ANSWER")
        return ring

    def _leave(self, stay: Stay, how: str) -> None:
        stay.visit.exit, stay.visit.left = how, self.clock.now // SECOND
        self.forget(stay)

    def forget(self, stay: Stay) -> None:
        """Take a stay out of the queue, as it is."""
        for timer in stay.timers:
            timer.cancel()
        if stay.ring is not None:
            stay.ring.timer.cancel()
        self.waiting.remove(stay)

    def _log(self, stay: Stay, agent: Agent | None, verb: str, *data: object) -> None:
        who = agent.name if agent is not None else "NONE"
        self.pbx.log(stay.guest.story.id, self.name, who, verb, *data)


def serve_agent(queues: Sequence[Queue], agent: Agent) -> None:
    """Offer somebody who became free to their queues, the one that waits longest first."""
    mine = [q for q in queues if q.name in agent.person.queues and q.waiting]
    for queue in sorted(mine, key=lambda q: q.waiting[0].entered):
        queue.serve()
