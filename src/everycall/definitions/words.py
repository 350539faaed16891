"""What definitions may speak of: the facts of a finished call, by the names that rules use."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from everycall.calls.model import Fact
from everycall.calls.outcomes import outcome_names
from everycall.calls.results import RESULTS
from everycall.events import Direction, EndedBy, Exit


class Kind(StrEnum):
    """What sort of thing a word stands for, and so what it may be compared with."""

    TRUTH = "yes or no"
    DURATION = "a duration"
    NUMBER = "a number"
    CHOICE = "one of some words"
    TEXT = "a text"


@dataclass(frozen=True, slots=True)
class Word:
    """A fact as rules name it.

    Attributes:
        sql: its expression over the table of calls; `:as_of` stands for the present moment.
        values: the words that it may be, where it is one of some words.
        resolution: the column that says how exact a duration is, in milliseconds.
    """

    name: str
    kind: Kind
    doc: str
    sql: str
    values: tuple[str, ...] = ()
    resolution: str | None = None


_VALUES = {
    "direction": tuple(d.value for d in Direction if d is not Direction.UNKNOWN),
    "ended_by": tuple(
        e.value for e in (EndedBy.CALLER, EndedBy.AGENT, EndedBy.SYSTEM, EndedBy.NETWORK)
    ),
    "last_exit": tuple(e.value for e in Exit),
}
_RESOLUTION = {
    "wait_ms": "wait_resolution_ms",
    "queue_wait_ms": "wait_resolution_ms",
    "talk_ms": "talk_resolution_ms",
}
_NOT_SPOKEN_OF = {"seen_by", "wait_resolution_ms", "talk_resolution_ms", "caller_raw", "caller_key"}

_OWN = (
    Word(
        "outcome",
        Kind.CHOICE,
        "What became of the call, neutrally: exactly one of the outcomes.",
        "outcome",
        outcome_names(),
    ),
    Word(
        "callback_age",
        Kind.DURATION,
        "How long the caller has been waiting to be called back: until reached, or until now.",
        "(COALESCE(callback_reached_at, :as_of) - callback_requested_at) // 1000",
    ),
    Word(
        "helped_later",
        Kind.TRUTH,
        "A later call of the same caller, theirs or ours, was answered; unknown for a caller whose "
        "calls cannot be joined.",
        "helped_later",
    ),
)


def _word(fact: Fact) -> Word | None:
    if fact.name in _NOT_SPOKEN_OF or fact.unit == "us":
        return None
    name, kind = fact.name, _KINDS[fact.type]
    values = _VALUES.get(name, ())
    if values:
        kind = Kind.CHOICE
    if fact.unit == "ms":
        name, kind = name.removesuffix("_ms"), Kind.DURATION
    return Word(name, kind, fact.doc, fact.name, values, _RESOLUTION.get(fact.name))


_KINDS = {
    "BOOLEAN": Kind.TRUTH,
    "BIGINT": Kind.NUMBER,
    "INTEGER": Kind.NUMBER,
    "VARCHAR": Kind.TEXT,
}


def _all() -> Iterator[Word]:
    yield from _OWN
    for fact in RESULTS:
        word = _word(fact)
        if word is not None:
            yield word


@cache
def words() -> MappingProxyType[str, Word]:
    """Return every fact that a rule may speak of, by its name."""
    return MappingProxyType({word.name: word for word in _all()})


COLUMNS = {
    "call_id": "VARCHAR",
    "outcome": "VARCHAR",
    "confidence": "VARCHAR",
    "missing": "VARCHAR",
    "helped_later": "BOOLEAN",
} | {fact.name: fact.type for fact in RESULTS}
"""The columns that the table of calls must have to be judged, with their types."""
