"""What is shown: who waits, who talks with whom, who is free, and the day so far."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AgentState(StrEnum):
    """What a person is doing, the first that is true."""

    TALKING = "talking"
    ON_HOLD = "on_hold"
    RINGING = "ringing"
    UNREACHABLE = "unreachable"
    SIGNED_OUT = "signed_out"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"
    BUSY = "busy"
    FREE = "free"
    UNKNOWN = "unknown"

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _STATES[self]


_STATES = {
    AgentState.TALKING: "On the line with a caller.",
    AgentState.ON_HOLD: "Has a caller on hold or parked.",
    AgentState.RINGING: "The phone rings for a caller.",
    AgentState.UNREACHABLE: "The phone has gone silent: no power, no internet, not registered.",
    AgentState.SIGNED_OUT: "In no queue.",
    AgentState.WRAPPING_UP: "Finishing after a call; the queue does not ring the phone yet.",
    AgentState.PAUSED: "On a break in every queue.",
    AgentState.BUSY: "The phone is in use for something that is no call of a customer.",
    AgentState.FREE: "Signed in, and nothing to do.",
    AgentState.UNKNOWN: "No source says whether this person is signed in.",
}


class Stage(StrEnum):
    """Where a caller is who is on the line."""

    AUTOMATED = "automated"
    WAITING = "waiting"
    RINGING = "ringing"
    TALKING = "talking"
    ON_HOLD = "on_hold"


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call that is not over.

    Attributes:
        day: the day that it arrived on; yesterday's stay until they end.
        since: when it came to the stage that it is at.
        agent: who talks, or whose phone rings; several phones are one name each in `ringing`.
        position: the place in the queue, from 1; null if it does not wait.
        calls_today: how often this number has called today, this call included.
    """

    call_id: str
    direction: str
    caller: str | None
    called: str | None
    trunk: str | None
    client: str | None
    day: str | None
    arrived_at: int
    stage: Stage
    since: int
    queue: str | None = None
    agent: str | None = None
    ringing: tuple[str, ...] = ()
    position: int | None = None
    holds: int = 0
    transfers: int | None = None
    calls_today: int | None = None


@dataclass(frozen=True, slots=True)
class AgentNow:
    """A person, and what they are doing.

    Attributes:
        since: since when; null if that was not said.
        with_caller: whom they talk with, or who rings.
        reason: why they are paused.
        signed_in: null where no source says it.
        checked_every: how many seconds a dead phone may go unnoticed; 0: for ever; null: not known.
        no_answers: rings in a row that were not answered.
        rings, answered, no_answer, talk_ms: of today.
    """

    name: str
    state: AgentState
    since: int | None
    phones: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    paused_in: tuple[str, ...] = ()
    signed_in: bool | None = None
    call_id: str | None = None
    with_caller: str | None = None
    queue: str | None = None
    reason: str | None = None
    checked_every: int | None = None
    no_answers: int = 0
    rings: int = 0
    answered: int = 0
    no_answer: int = 0
    talks: int = 0
    talk_ms: int = 0


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue: now, and today. What no source tells of it now is null.

    Attributes:
        longest_since: when the caller began to wait who waits longest.
        staffed: signed in, reachable and not paused; `free` of these can take a call.
    """

    name: str
    waiting: int
    longest_since: int | None
    staffed: int | None
    free: int | None
    talking: int
    ringing: int
    paused: int | None
    unreachable: int | None
    entered: int = 0
    answered: int = 0
    gave_up: int = 0
    sent_on: int = 0
    answered_in_time: int = 0
    wait_seen: int = 0
    wait_ms: int = 0
    longest_wait_ms: int | None = None


@dataclass(frozen=True, slots=True)
class DayNow:
    """A day so far. `arrived` is the sum over `outcomes`; `pending` are those not over, apart."""

    day: str
    arrived: int
    answered: int
    asked: int
    pending: int
    outcomes: dict[str, int]
    wait_seen: int
    wait_ms: int
    longest_wait_ms: int | None
    talk_seen: int
    talk_ms: int
    directions: dict[str, int]
    slots: dict[int, tuple[int, int]] = field(default_factory=dict)
    trunks: dict[str, dict[str, int]] = field(default_factory=dict)
    numbers: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a wallboard shows, at one instant.

    Attributes:
        as_of: the moment, in microseconds since 1970, UTC; a board that is older is stale.
        version: rises whenever anything changed.
        days: today, and yesterday while any of its calls is open.
        tallies: the totals as they are merged, for whoever needs others than these.
    """

    as_of: int
    version: int
    today: str
    calls: tuple[CallNow, ...]
    agents: tuple[AgentNow, ...]
    queues: tuple[QueueNow, ...]
    days: tuple[DayNow, ...]
    tallies: dict[str, dict[tuple[Any, ...], tuple[int | None, ...]]] = field(
        default_factory=dict, repr=False
    )

    @property
    def day(self) -> DayNow | None:
        """Today; None before its first call."""
        return next((day for day in self.days if day.day == self.today), None)

    def waiting(self, queue: str | None = None) -> tuple[CallNow, ...]:
        """Return the callers who wait, in one queue or in all, the longest first."""
        found = (c for c in self.calls if c.position is not None and queue in (None, c.queue))
        return tuple(sorted(found, key=lambda call: call.since))
