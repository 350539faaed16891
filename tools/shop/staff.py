"""The team at their phones: shifts, lunch, e-mail, and how each of them reacts to a ring."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from shop import plan
from shop.clockwork import HOUR, MINUTE, SECOND
from shop.days import date_of, day_number, hours_of, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from shop.clockwork import Clockwork
    from shop.pbx import Pbx
    from shop.plan import Person


@dataclass(slots=True)
class Agent:
    """A person on a working day.

    Attributes:
        occupied: the phone rings or is in use.
        later: what waits until it is not.
    """

    person: Person
    signed_in: bool = False
    pause: str = ""
    occupied: bool = False
    rested_at: int = 0
    last_rung: int = 0
    later: list[Callable[[], None]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name by which the queues know them."""
        return self.person.name

    @property
    def endpoint(self) -> str:
        """Their phone."""
        return f"PJSIP/{self.person.extension}"

    @property
    def is_there(self) -> bool:
        """Whether they sit at their desk."""
        return self.signed_in and self.pause in ("", "mail")

    def is_free(self, now: int) -> bool:
        """Tell whether a queue may ring them."""
        return self.signed_in and not self.pause and not self.occupied and now >= self.rested_at


class Staff:
    """The whole team."""

    def __init__(self, clock: Clockwork, pbx: Pbx, seed: str) -> None:
        self.clock = clock
        self.pbx = pbx
        self.random = Random(f"{seed}:staff")
        self.agents = tuple(Agent(person) for person in plan.TEAM)
        self.on_free: Callable[[Agent], None] = lambda _agent: None
        self.on_sign_out: Callable[[str], None] = lambda _queue: None

    # ---- who can be rung

    def members(self, queue: str) -> list[Agent]:
        """Return who is signed in to a queue, on a break or not."""
        return [a for a in self.agents if a.signed_in and queue in a.person.queues]

    def pick(self, queue: str, passed: Sequence[Agent]) -> Agent | None:
        """Return whose phone rings next: in turn, who was rung longest ago."""
        now = self.clock.now
        free = [a for a in self.members(queue) if a.is_free(now) and a not in passed]
        return min(free, key=lambda a: a.last_rung, default=None)

    def anybody(self) -> Agent | None:
        """Return somebody with time for a call out: at their mail first, or idle."""
        there = [a for a in self.agents if a.is_there and not a.occupied]
        there.sort(key=lambda a: (a.pause != "mail", a.last_rung))
        return there[0] if there else None

    def colleague(self, agent: Agent) -> Agent:
        """Return somebody else at work, busy or not."""
        others = [a for a in self.agents if a.signed_in and a is not agent]
        return self.random.choice(others or [a for a in self.agents if a is not agent])

    def of(self, extension: str) -> Agent:
        """Return whose extension it is."""
        return next(a for a in self.agents if a.person.extension == extension)

    # ---- what they do with a ring

    def reaction(self, agent: Agent) -> tuple[str, int]:
        """Return what somebody does when their phone rings, and after which time."""
        person, rolled = agent.person, self.random.random()
        silent, first, last = plan.SILENT_PHONE
        if person.extension == silent and first <= date_of(self.clock.now) <= last:
            return "misses", 0
        if rolled < person.refuses:
            return "refuses", round(self.random.uniform(1.1, 4.9) * SECOND)
        if rolled < person.refuses + person.misses:
            return "misses", 0
        return "answers", round(min(13.0, 1.2 + self.random.expovariate(1 / 3.2)) * SECOND)

    def occupy(self, agent: Agent) -> None:
        """Their phone is in use from now on."""
        agent.occupied = True
        agent.last_rung = self.clock.now

    def release(self, agent: Agent, *, wrap_up: bool = False) -> None:
        """Their phone is free again; after a talk they have a moment to write things down."""
        agent.occupied = False
        if wrap_up:
            agent.rested_at = self.clock.now + plan.WRAP_UP
        waiting, agent.later = agent.later, []
        for action in waiting:
            action()
        self.clock.at(max(agent.rested_at, self.clock.now), lambda: self._offer(agent))

    def _offer(self, agent: Agent) -> None:
        if agent.is_free(self.clock.now):
            self.on_free(agent)

    def crash(self) -> None:
        """Every phone is dead; who was in a call is not any more."""
        for agent in self.agents:
            agent.occupied, agent.later = False, []
            self.clock.at(self.pbx.down_until + SECOND, partial(self._offer, agent))

    # ---- the day

    def plan_day(self, number: int) -> None:
        """Say when everybody comes, rests and goes on a day."""
        day = day_number(number)
        if hours_of(day) is None:
            return
        for agent in self.agents:
            if self._works(agent.person, day):
                self._plan(agent, day)

    def _works(self, person: Person, day: date) -> bool:
        ill = self.random.random() < plan.SICK and person.extension != plan.SILENT_PHONE[0]
        holiday = any(first <= day <= last for first, last in person.away)
        if ill or holiday or day.weekday() in person.off:
            return False
        return day.weekday() < 5 or person.saturdays == 1 + (day.toordinal() // 7) % 2

    def _plan(self, agent: Agent, day: date) -> None:
        starts, ends = self._shift(agent.person, day)
        self._when_up(starts - 5 * MINUTE + self._jitter(7), agent, self._sign_in)
        for reason, begins, lasts in self._pauses(agent.person, day):
            if starts < begins < ends:
                self._when_up(begins, agent, partial(self._pause, reason, lasts))
        self._when_up(ends + self._jitter(4), agent, self._sign_out)

    def _shift(self, person: Person, day: date) -> tuple[int, int]:
        if day.weekday() == 5:
            return moment(day, "09:00"), moment(day, "13:00")
        starts, ends = plan.SHIFTS[person.shift]
        return moment(day, starts), moment(day, ends)

    def _pauses(self, person: Person, day: date) -> Iterator[tuple[str, int, int]]:
        weekday = day.weekday() < 5
        if person.lunch and weekday:
            yield "lunch", moment(day, person.lunch) + self._jitter(6), 45 * MINUTE
        if weekday:
            for at in person.mail:
                yield "mail", moment(day, at) + self._jitter(15), HOUR
        if person.extension in ("201", "204") and day.weekday() == 0:
            yield "meeting", moment(day, "09:15"), 75 * MINUTE
        if self.random.random() < 0.05 and weekday:
            yield "training", moment(day, "14:00") + self._jitter(30), 90 * MINUTE
        for at in ("10:40", "15:40"):
            yield "break", moment(day, at) + self._jitter(35), 9 * MINUTE

    def _jitter(self, minutes: float) -> int:
        return round(self.random.uniform(0, minutes) * MINUTE)

    def _when_up(self, at: int, agent: Agent, action: Callable[[Agent], None]) -> None:
        """Do something at a time, when the phone is not in use and the system not down."""

        def act() -> None:
            if self.pbx.is_down:
                self.clock.at(self.pbx.down_until + self._jitter(2), act)
            elif agent.occupied:
                agent.later.append(lambda: action(agent))
            else:
                action(agent)

        self.clock.at(at, act)

    # ---- what the logs show of it

    def _sign_in(self, agent: Agent) -> None:
        agent.signed_in, agent.pause = True, ""
        for queue in agent.person.queues:
            self.pbx.log("MANAGER", queue, agent.name, "ADDMEMBER", "")
        self._offer(agent)

    def _sign_out(self, agent: Agent) -> None:
        if not agent.signed_in:
            return
        agent.signed_in, agent.pause = False, ""
        for queue in agent.person.queues:
            self.pbx.log("MANAGER", queue, agent.name, "REMOVEMEMBER", "")
            self.on_sign_out(queue)

    def _pause(self, reason: str, lasts: int, agent: Agent) -> None:
        if not agent.signed_in or agent.pause:
            return
        agent.pause = reason
        self._log_pause(agent, "PAUSE", reason)
        back = self.clock.now + lasts + self._jitter(3)
        self._when_up(back, agent, self._resume)

    def _resume(self, agent: Agent) -> None:
        if not agent.signed_in or not agent.pause:
            return
        agent.pause = ""
        self._log_pause(agent, "UNPAUSE", "")
        self._offer(agent)

    def _log_pause(self, agent: Agent, verb: str, reason: str) -> None:
        self.pbx.log("NONE", "NONE", agent.name, f"{verb}ALL", reason)
        for queue in reversed(agent.person.queues):
            self.pbx.log("NONE", queue, agent.name, verb, reason)
