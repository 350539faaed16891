"""What became of the promises so far: at risk, recovered, returned, lost; it always adds up."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from everycall.recovery.states import State


class Fate(StrEnum):
    """What became of a caller who was owed a call."""

    AT_RISK = "at_risk"
    RECOVERED = "recovered"
    RETURNED = "returned"
    LOST = "lost"
    CALLED_OFF = "called_off"

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _DOCS[self]


_DOCS = {
    Fate.AT_RISK: "The promise is open: there is still time to help.",
    Fate.RECOVERED: "We called and spoke with them for long enough to help.",
    Fate.RETURNED: "They rang again, or wrote, by themselves and were helped.",
    Fate.LOST: "Every try was used, or the last day passed.",
    Fate.CALLED_OFF: "A person, or the caller, said that no call is owed any more.",
}


class Stage(StrEnum):
    """How far the return of a caller has come; each includes those after it."""

    OWED = "owed"
    DIALLED = "dialled"
    REACHED = "reached"
    SOLVED = "solved"

    @property
    def doc(self) -> str:
        """What it says, in a sentence."""
        return _STAGES[self]


_STAGES = {
    Stage.OWED: "A call was owed.",
    Stage.DIALLED: "We dialled them at least once.",
    Stage.REACHED: "We spoke with them for long enough to help.",
    Stage.SOLVED: "Nothing was owed to them again in the week after.",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A promise, as much as the ledger needs to know of it.

    Attributes:
        returned: it was closed by a call or message of the caller's own.
        again: something was owed to the same caller in the week after it was closed.
        asked: the caller asked to be called back.
        priced: money counts them: they were missed in opening hours, or hours are unknown.
        caller, call_id: whose it is, and the call that was missed first.
        joins: the caller can be recognised.
        ended_at: when it was closed, in microseconds.
    """

    state: State
    day: str
    queue: str
    person: str
    number: str
    client: str
    campaign: str = ""
    tries: int = 0
    asked: bool = False
    returned: bool = False
    again: bool = False
    priced: bool = True
    caller: str = ""
    call_id: str = ""
    joins: bool = True
    ended_at: int | None = None

    @property
    def fate(self) -> Fate:
        """What became of it."""
        if self.state.is_open:
            return Fate.AT_RISK
        if self.state is State.KEPT:
            return Fate.RECOVERED
        if self.state is State.WITHDRAWN:
            return Fate.RETURNED if self.returned else Fate.CALLED_OFF
        return Fate.LOST

    @property
    def stage(self) -> Stage:
        """How far it has come."""
        if self.state is State.KEPT:
            return Stage.REACHED if self.again else Stage.SOLVED
        return Stage.DIALLED if self.tries else Stage.OWED


@dataclass(frozen=True, slots=True)
class Balance:
    """What became of some promises; the fates add up to `owed`."""

    key: str
    owed: int
    fates: dict[Fate, int]

    @property
    def balanced(self) -> bool:
        """Whether every promise has one fate."""
        return self.owed == sum(self.fates.values())


GROUPS: dict[str, Callable[[Kept], str]] = {
    "day": lambda one: one.day,
    "queue": lambda one: one.queue,
    "person": lambda one: one.person,
    "number": lambda one: one.number,
    "campaign": lambda one: one.campaign,
    "client": lambda one: one.client,
}
"""What the ledger can be cut by."""


def balance(promises: Iterable[Kept], key: str = "") -> Balance:
    """Return what became of some promises."""
    fates = Counter(one.fate for one in promises)
    return Balance(key, fates.total(), {fate: fates[fate] for fate in Fate})


def cut(promises: Iterable[Kept], by: str) -> list[Balance]:
    """Return what became of promises, by what they have in common; the parts add up to the whole."""
    groups: dict[str, list[Kept]] = {}
    for one in promises:
        groups.setdefault(GROUPS[by](one), []).append(one)
    return [balance(found, key) for key, found in sorted(groups.items())]


def funnel(promises: Iterable[Kept]) -> dict[Stage, int]:
    """Return how many came as far as each stage, those who came further included."""
    stages, order = Counter(one.stage for one in promises), list(Stage)
    return {stage: sum(stages[later] for later in order[i:]) for i, stage in enumerate(order)}
