"""What is shown: who waits, who talks with whom, who is free, and the day so far."""

from dataclasses import dataclass, field
from enum import StrEnum

from everycall.metrics.model import Cell

Cells = dict[str, Cell]
"""Values of metrics, by their ids: the same as a question about the finished day is answered by."""


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
        calls_today: how often this number has called today, this call included; null if withheld.
        unhelped_today: how many of the earlier ones reached nobody.
        important: the site says that this caller is.
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
    unhelped_today: int | None = None
    important: bool = False


class Need(StrEnum):
    """Why somebody on the line needs help now."""

    ASKED = "asked"
    LONG_TALK = "long_talk"
    MANY_HOLDS = "many_holds"


@dataclass(frozen=True, slots=True)
class HelpNow:
    """Somebody who needs help now: who, on which call, why, since when."""

    need: Need
    agent: str
    call_id: str | None
    queue: str | None
    since: int
    holds: int = 0


@dataclass(frozen=True, slots=True)
class TrunkNow:
    """A line: whether it is registered, and for how long it was not today.

    Attributes:
        lost_since: since when it is out; null while it works.
    """

    name: str
    lost_since: int | None
    out_ms: int


@dataclass(frozen=True, slots=True)
class QualityNow:
    """How a phone heard and was heard today; null is not told.

    Attributes:
        reports: how many reports there were, `bad` of them beyond what people notice.
        loss, jitter_ms: the worst that was told.
    """

    phone: str
    reports: int
    bad: int
    loss: float | None
    jitter_ms: float | None


@dataclass(frozen=True, slots=True)
class TargetNow:
    """A target today: its metric, its limit in words, the value, and whether it is met."""

    name: str
    metric: str
    limit: str
    cell: Cell
    met: bool | None
    where: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AgentNow:
    """A person, and what they are doing.

    Attributes:
        since: since when; null if that was not said.
        with_caller: whom they talk with, or who rings.
        reason: why they are paused.
        signed_in: null where no source says it.
        checked_every: how many seconds a dead phone may go unnoticed; 0: for ever; null: not known.
        talking_since: when the talk began that goes on, holds included.
        no_answers: rings in a row that were not answered.
        rings, answered, no_answer, talk_ms, dropped: of today.
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
    talking_since: int | None = None
    reason: str | None = None
    checked_every: int | None = None
    no_answers: int = 0
    rings: int = 0
    answered: int = 0
    no_answer: int = 0
    talks: int = 0
    talk_ms: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue: now, and today. What no source tells of it now is null.

    Attributes:
        longest_since: when the caller began to wait who waits longest.
        staffed: signed in, reachable and not paused; `free` of these can take a call.
        measures: of today, by the ids of metrics; the numbers beside are parts of these.
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
    measures: Cells = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DayNow:
    """A day so far: it is finished when the last of its calls has ended.

    Attributes:
        arrived: the sum over `outcomes`, those included that are `pending`.
        measures: every metric of the board, as a report of that day gives it.
        slots: arrived and answered, by the first moment of a quarter of an hour.
        hours, trunks, numbers, clients: metrics by the hour of the local day, line, number, brand.
    """

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
    measures: Cells = field(default_factory=dict)
    slots: dict[int, tuple[int, int]] = field(default_factory=dict)
    hours: dict[int, Cells] = field(default_factory=dict)
    trunks: dict[str, Cells] = field(default_factory=dict)
    numbers: dict[str, Cells] = field(default_factory=dict)
    clients: dict[str, Cells] = field(default_factory=dict)
    targets: tuple[TargetNow, ...] = ()

    @property
    def is_finished(self) -> bool:
        """Whether every call of it is over."""
        return self.pending == 0


@dataclass(frozen=True, slots=True)
class UnheardNow:
    """A phone system that cannot be heard; what the board says of it may be over.

    Attributes:
        since: when it was heard last; null for never.
    """

    name: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that a wallboard shows, at one instant.

    Attributes:
        as_of: the moment, in microseconds since 1970, UTC; a board that is older is stale.
        version: rises whenever anything changed.
        days: today, and yesterday while any of its calls is open.
        tallies: the totals as they are merged, for whoever needs others than these.
        service_level: the metric that says what is in time.
        definition: whose words missed, lost and abandoned are.
    """

    as_of: int
    version: int
    today: str
    calls: tuple[CallNow, ...]
    agents: tuple[AgentNow, ...]
    queues: tuple[QueueNow, ...]
    days: tuple[DayNow, ...]
    tallies: dict[str, dict[tuple[object, ...], tuple[int | None, ...]]] = field(
        default_factory=dict, repr=False
    )
    service_level: str = ""
    definition: str = ""
    help: tuple[HelpNow, ...] = ()
    trunks: tuple[TrunkNow, ...] = ()
    quality: tuple[QualityNow, ...] = ()
    unheard: tuple[UnheardNow, ...] = ()

    @property
    def day(self) -> DayNow | None:
        """Today; None before its first call."""
        return next((day for day in self.days if day.day == self.today), None)

    def waiting(self, queue: str | None = None) -> tuple[CallNow, ...]:
        """Return the callers who wait, in one queue or in all, the longest first."""
        found = (c for c in self.calls if c.position is not None and queue in (None, c.queue))
        return tuple(sorted(found, key=lambda call: call.since))
