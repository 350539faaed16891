"""Tries: every dialling is written down before the phone system is told, under an id of its own.

Whatever dies in between, the id can be asked about afterwards; so a promise is never dialled twice
because somebody forgot that it was.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from everycall.recovery.evidence import HELPED_AFTER
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.owing import OwingSettings
from everycall.recovery.promises import Promise, Step
from everycall.recovery.states import Move


@dataclass(frozen=True, slots=True)
class Try:
    """One dialling of a promise.

    Attributes:
        id: what the phone system knows it by.
        system: the phone system that was told.
        agent: the phone that rings first; `person`: whose it is.
        automatic: nobody asked for it by hand.
        lease_until: until when whoever follows it has to give a sign of life.
        result: null until it is over.
    """

    id: str
    promise: int
    system: str
    agent: str
    person: str
    number: str
    begun_at: datetime
    lease_until: datetime
    automatic: bool = False
    queue: str | None = None
    customer_dialled: bool | None = None
    result: str | None = None
    ended_at: datetime | None = None
    call_id: str | None = None


class Tries(Protocol):
    """Where tries are kept, beside their promises."""

    def begin(self, one: Try, promise: Promise, step: Step, now: datetime) -> bool:
        """Write a try down and move its promise, both or neither; False if somebody was quicker."""

    def open(self) -> Iterable[Try]:
        """Return the tries that are not over."""

    def adopt(self, one: Try, until: datetime, now: datetime) -> bool:
        """Take over a try that nobody follows any more; False if somebody else has."""

    def renew(self, one: Try, until: datetime) -> None:
        """Give a sign of life."""

    def close(self, one: Try, *, result: str, dialled: bool, now: datetime) -> bool:
        """Write down how it ended; False if that was written down before."""

    def promise(self, one: Try) -> Promise | None:
        """Return the promise as it is now."""

    def together(self) -> AbstractContextManager[object]:
        """Keep everything that is done inside, or nothing of it."""


@dataclass(slots=True)
class MemoryTries:
    """Keeps tries in a dictionary, beside promises in memory."""

    promises: MemoryPromises
    rows: dict[str, Try] = field(default_factory=dict)

    def begin(self, one: Try, promise: Promise, step: Step, now: datetime) -> bool:
        """Write a try down and move its promise, both or neither; False if somebody was quicker."""
        if one.id in self.rows or not self.promises.move(promise, step, now):
            return False
        self.rows[one.id] = one
        return True

    def open(self) -> list[Try]:
        """Return the tries that are not over."""
        return [one for one in self.rows.values() if one.result is None]

    def adopt(self, one: Try, until: datetime, now: datetime) -> bool:
        """Take over a try that nobody follows any more; False if somebody else has."""
        here = self.rows[one.id]
        if here.result is not None or here.lease_until > now:
            return False
        self.rows[one.id] = replace(here, lease_until=until)
        return True

    def renew(self, one: Try, until: datetime) -> None:
        """Give a sign of life."""
        self.rows[one.id] = replace(self.rows[one.id], lease_until=until)

    def close(self, one: Try, *, result: str, dialled: bool, now: datetime) -> bool:
        """Write down how it ended; False if that was written down before."""
        here = self.rows[one.id]
        if here.result is not None:
            return False
        self.rows[one.id] = replace(here, result=result, customer_dialled=dialled, ended_at=now)
        return True

    def promise(self, one: Try) -> Promise | None:
        """Return the promise as it is now."""
        return self.promises.rows.get(one.promise)

    def together(self) -> AbstractContextManager[object]:
        """Keep everything that is done inside, or nothing of it."""
        return self.promises.together()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a try ended, as much as a promise needs to know of it."""

    result: str
    dialled: bool
    talk_ms: int | None = None
    call_id: str | None = None


def ending_step(
    promise: Promise, one: Try, ending: Ending, settings: OwingSettings, now: datetime
) -> Step:
    """Return the move that the end of a try asks for."""
    call = ending.call_id
    if not ending.dialled:
        why = f"the caller's phone was not rung: {ending.result.replace('_', ' ')}"
        return Step(Move.NOT_DIALLED, one.person, why, call)
    if ending.result == "unknown":
        why = "nobody saw how the call ended; it may have reached them"
        return Step(Move.DIAL_LOST, "everycall", why, call, doubt=True)
    if ending.result == "reached":
        return _reached(promise, one, ending, settings, now)
    return _failed(promise, one, ending, settings, now)


def _reached(
    promise: Promise, one: Try, ending: Ending, settings: OwingSettings, now: datetime
) -> Step:
    if ending.talk_ms is None:
        why = "they picked up; how long you talked was not seen"
        return Step(Move.DIAL_LOST, "everycall", why, ending.call_id, doubt=True)
    if ending.talk_ms >= HELPED_AFTER.total_seconds() * 1000:
        why = f"we reached them, and {one.person} talked for {ending.talk_ms // 1000} s"
        return Step(Move.KEEP, one.person, why, ending.call_id)
    return _failed(promise, one, replace(ending, result="a talk too short to help"), settings, now)


def _failed(
    promise: Promise, one: Try, ending: Ending, settings: OwingSettings, now: datetime
) -> Step:
    why, tries = ending.result.replace("_", " "), promise.tries + 1
    if tries >= settings.tries:
        return Step(Move.GIVE_UP, one.person, f"the last try: {why}", ending.call_id, tries=tries)
    machine = ending.result == "machine"
    return Step(
        Move.LEFT_MESSAGE if machine else Move.NOT_REACHED,
        one.person,
        why,
        ending.call_id,
        tries=tries,
        next_at=now + settings.gap,
        message_left=machine or None,
    )
