"""A remedy: a cluster of missed calls with one cause, its evidence, and what would catch them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from everycall.money.estimates import Figure
from everycall.settings import setting


class Kind(StrEnum):
    """What sort of loss it is; each has remedies of its own."""

    LOST = "lost"
    MISSED = "missed"
    ABANDONED = "abandoned"


class Area(StrEnum):
    """Where the remedy lies."""

    CHANNELS = "channels"
    FAULTS = "faults"
    STAFFING = "staffing"
    ROUTING = "routing"
    REJECTED = "rejected"
    TRANSFER = "unanswered transfer"
    WAIT = "wait"
    MENU = "menu"
    CLOSED = "closed"
    RETURNS = "calling back"


class Horizon(StrEnum):
    """How soon it can be done."""

    NOW = "now"
    WEEK = "this week"
    MONTH = "this month"
    LATER = "long-term"

    @property
    def days(self) -> int:
        """In how many days it should be done, unless the team says otherwise."""
        return {Horizon.NOW: 1, Horizon.WEEK: 7, Horizon.MONTH: 30, Horizon.LATER: 90}[self]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why calls were missed: a rule over what is known of a missed call; the first true one wins.

    Attributes:
        when: the condition, in DuckDB's dialect, over the table `misses`.
        change: the smallest change that would have caught them; None where there is none.
        effort: from 1, a word with somebody, to 5, hiring.
        owner: who usually sees to it.
        part: the column of `misses` that tells several remedies of one cause apart.
    """

    id: str
    title: str
    kind: Kind
    area: Area
    doc: str
    when: str
    change: str | None
    effort: int = 3
    horizon: Horizon = Horizon.MONTH
    owner: str = "team lead"
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Presence:
    """Who was there, on average, when these callers began to wait; null where nobody can say.

    Attributes:
        calls: of how many of the calls it is known.
        free: signed in, not paused and not talking.
        elsewhere: of those who talked, how many were on calls of other queues or calls out.
    """

    calls: int
    signed_in: float
    paused: float
    talking: float
    elsewhere: float
    free: float


@dataclass(frozen=True, slots=True)
class Planned:
    """What a team has decided about a remedy, in its site file under the remedy's id."""

    owner: str | None = setting(None, doc="Who sees to it.")
    by: date | None = setting(None, doc="By when.")
    done: date | None = setting(None, doc="Since when it is done; before and after are compared.")
    note: str = setting("", doc="What was decided.")


@dataclass(frozen=True, slots=True)
class Measure:
    """How often a cause cost a call in some days.

    Attributes:
        a_week: calls missed for it in seven days.
    """

    first: date
    last: date
    calls: int
    a_week: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Who does it by when, and what came of it.

    Attributes:
        before, after: null where its calls are not its own or in no log, or there are no such days.
    """

    owner: str
    by: date
    done: date | None
    decided: bool
    before: Measure | None
    after: Measure | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """What the callers of one currency were worth."""

    currency: str | None
    locale: str | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class Remedy:
    """One cluster of loss and what would have caught it.

    Attributes:
        id: the same from one report to the next: 'pushed_away:hannes-brandl'.
        when, where: in words, for a person.
        calls: missed calls; `callers`: the needs that were first missed so; null where no log has them.
        unreached: of these, needs that nobody ever helped; null with them.
        caught: how many of the unreached the change would have caught; null if nobody can say.
        worths: the immediate loss of those, for each currency; empty where nobody can say, or where
            a client's conversion or order value is unset.
        additive: its calls are in no other remedy; else it is another way to reach the same callers.
        call_ids: every call behind it, in order of arrival.
    """

    id: str
    cause: str
    kind: Kind
    area: Area
    title: str
    when: str
    where: str
    calls: int | None
    callers: int | None
    unreached: int | None
    caught: int | None
    worths: tuple[Worth, ...]
    presence: Presence | None
    evidence: tuple[str, ...]
    change: str | None
    effort: int
    horizon: Horizon
    plan: Plan
    additive: bool = True
    call_ids: tuple[str, ...] = ()

    @property
    def worth(self) -> Figure | None:
        """What they were worth, where it is one amount in one currency."""
        return self.worths[0].figure if len(self.worths) == 1 else None

    @property
    def score(self) -> float:
        """The callers that it brings for the effort; 0 where nobody can say how many."""
        return (self.caught or 0) / self.effort
