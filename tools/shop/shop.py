"""The shop at work: everything that takes part, put together and let run."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Protocol

from shop import plan
from shop.callers import Callers
from shop.clockwork import MINUTE, SECOND, Clockwork
from shop.days import date_of, midnight, moment
from shop.desk import Desk
from shop.lines import Line
from shop.pbx import Pbx
from shop.queues import Queue, serve_agent
from shop.records import Attempt, Story, Talk
from shop.staff import Agent, Staff


class Active(Protocol):
    """A call that is on."""

    def crash(self) -> None:
        """Lose it."""


class Shop:
    """One run of the shop over some days.

    Attributes:
        active: the calls that are on, in the order in which they began.
        consultations: how often somebody dialled a colleague while a caller was on hold.
    """

    def __init__(self, seed: int, days: int) -> None:
        name = str(seed)
        self.days = days
        self.ends = midnight(days)
        self.clock = Clockwork(midnight(0))
        self.pbx = Pbx(self.clock)
        self.random = Random(f"{name}:calls")
        self.staff = Staff(self.clock, self.pbx, name)
        self.queues = [Queue(self.clock, self.pbx, self.staff, about) for about in plan.QUEUES]
        self.main_line = Line(plan.MAIN_TRUNK)
        self.english_line = Line(plan.ENGLISH_TRUNK)
        self.callers = Callers(self, name)
        self.desk = Desk(self, name)
        self.stories: list[Story] = []
        self.active: dict[Active, None] = {}
        self.consultations = 0
        self.staff.on_free = lambda agent: serve_agent(self.queues, agent)
        self.staff.on_sign_out = lambda queue: self.queue(queue).empty()

    @property
    def is_over(self) -> bool:
        """Whether the last day has passed; calls that are on may still end."""
        return self.clock.now >= self.ends

    def run(self) -> None:
        """Let all days pass."""
        for number in range(self.days):
            self.clock.at(midnight(number), partial(self._begin_day, number))
        self.clock.run()

    def _begin_day(self, number: int) -> None:
        self.staff.plan_day(number)
        self.callers.plan_day(number)
        self.desk.plan_day(number)
        day = date_of(midnight(number))
        if day == plan.OUTAGE_DAY:
            self.clock.at(moment(day, plan.OUTAGE_FROM), self._crash)
        if day.weekday() == 0:
            rotated = moment(day, plan.ROTATED_AT)
            self.clock.at(rotated, lambda: self.pbx.log("NONE", "NONE", "NONE", "CONFIGRELOAD", ""))

    def _crash(self) -> None:
        self.pbx.crash(plan.OUTAGE_FOR)
        self.staff.crash()
        for call in list(self.active):
            call.crash()

    # ---- what calls ask for

    def queue(self, name: str) -> Queue:
        """Return a queue."""
        return next(queue for queue in self.queues if queue.name == name)

    def talk_time(self, usual: int) -> int:
        """Return how long a talk lasts; never so near to the limit of help that clocks decide."""
        if self.random.random() < plan.SHORT_TALK:
            return round(self.random.uniform(2, 6) * SECOND)
        spread = plan.TALK_SPREAD
        lasts = usual * self.random.lognormvariate(-spread * spread / 2, spread)
        return max(15 * SECOND, min(round(lasts), 40 * MINUTE))

    def talk(self, story: Story, agent: Agent) -> None:
        """Note that somebody began to talk."""
        story.talks.append(Talk(agent.name, self.clock.now // SECOND))

    def attempt(self, story: Story, agent: Agent, result: str) -> None:
        """Note how a ring outside the queues ended."""
        story.attempts.append(Attempt(agent.name, "", result))
