"""The day's totals: each declared once as SQL, and so made that those of parts can be merged.

A total of a day is the total of the calls that are done with, which is kept and only added to, and
of those that are open or were so a moment ago. Over a finished day in history the same statements
give the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from everycall.calls.statement import fill, write

SLOT = 900_000_000
"""Arrivals are counted by quarters of an hour, in microseconds."""


class Merge(StrEnum):
    """How the values of two parts become the value of both."""

    SUM = "sum"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that can be merged: name, what it says, its SQL, and how."""

    name: str
    doc: str
    sql: str
    merge: Merge = Merge.SUM


@dataclass(frozen=True, slots=True)
class Tally:
    """Totals by day and something else.

    Attributes:
        keys: what it counts by, beside the day: names and their SQL.
        of: the FROM and WHERE of its statement; `c` is the call, `d` the day that it arrived on.
    """

    name: str
    doc: str
    keys: tuple[tuple[str, str], ...]
    measures: tuple[Measure, ...]
    of: str

    def names(self) -> tuple[str, ...]:
        """Return the names of its measures."""
        return tuple(measure.name for measure in self.measures)


_ON_DAY = "INNER JOIN days AS d ON c.arrived_at >= d.from_at AND c.arrived_at < d.to_at"
_THEIRS = "c.direction IN ('inbound', 'internal')"
_ARRIVED = "c.direction = 'inbound' AND c.outcome <> 'pending'"


def _count(name: str, doc: str, when: str = "TRUE") -> Measure:
    return Measure(name, doc, f"COUNT(*) FILTER (WHERE {when})")


def _seen(name: str, doc: str, column: str) -> Measure:
    return Measure(name, doc, f"COUNT({column})")


def _sum(name: str, doc: str, column: str) -> Measure:
    return Measure(name, doc, f"CAST(COALESCE(SUM({column}), 0) AS BIGINT)")


def _longest(name: str, doc: str, column: str) -> Measure:
    return Measure(name, doc, f"MAX({column})", Merge.MAX)


CALLS = Tally(
    "calls",
    "Calls by direction and outcome.",
    (("direction", "c.direction"), ("outcome", "c.outcome")),
    (
        _count("calls", "Calls."),
        _count("answered", "A person spoke with the caller.", "c.answered"),
        _count("asked", "The caller asked for a person.", "c.asked_for_person"),
        _seen("wait_seen", "Calls of which the wait was seen.", "c.wait_ms"),
        _sum("wait_ms", "All their waiting.", "c.wait_ms"),
        _longest("longest_wait_ms", "The longest wait.", "c.wait_ms"),
        _seen("talk_seen", "Calls of which the talk was seen.", "c.talk_ms"),
        _sum("talk_ms", "All their talk.", "c.talk_ms"),
        _seen("hold_seen", "Calls of which hold could be seen.", "c.hold_ms"),
        _sum("hold_ms", "All their hold.", "c.hold_ms"),
        _sum("transfers", "How often callers were handed on.", "c.transfers"),
    ),
    f"FROM calls AS c {_ON_DAY}",
)

QUEUES = Tally(
    "queues",
    "Stays in each queue.",
    (("queue", "v.queue"),),
    (
        _count("entered", "Stays that began."),
        _count("answered", "Ended with a person.", "v.result = 'answered'"),
        _count("gave_up", "The caller left.", "v.result = 'caller'"),
        _count(
            "sent_on",
            "Ended otherwise: time-out, key, empty, full ...",
            "NOT v.result IN ('answered', 'caller') AND NOT v.result IS NULL",
        ),
        _count(
            "answered_in_time",
            "Answered within the limit of the service level.",
            "v.result = 'answered' AND v.lasted_ms <= :in_time_ms",
        ),
        _seen("wait_seen", "Stays of which the length was seen.", "v.lasted_ms"),
        _sum("wait_ms", "All their waiting.", "v.lasted_ms"),
        _longest("longest_wait_ms", "The longest stay.", "v.lasted_ms"),
    ),
    f"FROM visits AS v INNER JOIN calls AS c ON c.call_id = v.call_id {_ON_DAY} WHERE {_THEIRS}",
)

_PEOPLE = "COALESCE({0}.agent_kind, 'person') = 'person'"

RINGS = Tally(
    "rings",
    "Rings of each person's phone.",
    (("agent", "a.agent"),),
    (
        _count("rings", "Rings."),
        _count("answered", "Answered.", "a.result = 'answered'"),
        _count("no_answer", "Not answered.", "a.result = 'no_answer'"),
        _count("rejected", "Refused.", "a.result = 'rejected'"),
        _count("busy", "Busy or out of reach.", "a.result IN ('busy', 'unreachable')"),
        _count("other", "Not theirs to take.", "a.result IN ('elsewhere', 'cancelled')"),
    ),
    f"FROM attempts AS a INNER JOIN calls AS c ON c.call_id = a.call_id {_ON_DAY} "
    f"WHERE {_THEIRS} AND {_PEOPLE.format('a')}",
)

TALKS = Tally(
    "talks",
    "Talks of each person with callers.",
    (("agent", "k.agent"),),
    (
        _count("talks", "Talks."),
        _sum("talk_ms", "All their talk, hold included.", "k.lasted_ms"),
        _longest("longest_talk_ms", "The longest talk.", "k.lasted_ms"),
    ),
    f"FROM talks AS k INNER JOIN calls AS c ON c.call_id = k.call_id {_ON_DAY} WHERE {_THEIRS}",
)

ARRIVALS = Tally(
    "arrivals",
    "Inbound calls by the quarter of an hour in which they arrived.",
    (("slot", f"c.arrived_at - c.arrived_at % {SLOT}"),),
    (
        _count("arrived", "Calls."),
        _count("answered", "A person spoke with the caller.", "c.answered"),
    ),
    f"FROM calls AS c {_ON_DAY} WHERE {_ARRIVED}",
)

TRUNKS = Tally(
    "trunks",
    "Inbound calls by the line that they came by, and their outcomes.",
    (("trunk", "c.trunk"), ("outcome", "c.outcome")),
    (_count("calls", "Calls."),),
    f"FROM calls AS c {_ON_DAY} WHERE {_ARRIVED}",
)

NUMBERS = Tally(
    "numbers",
    "Inbound calls by the number that was dialled, and their outcomes.",
    (("called", "c.called"), ("outcome", "c.outcome")),
    (_count("calls", "Calls."),),
    f"FROM calls AS c {_ON_DAY} WHERE {_ARRIVED}",
)

TALLIES = (CALLS, QUEUES, RINGS, TALKS, ARRIVALS, TRUNKS, NUMBERS)

TABLES = ("calls", "visits", "attempts", "talks")
"""The tables that tallies are made of; `days` (day, from_at, to_at) is the fifth."""

Key = tuple[object, ...]
"""A day, as '2026-11-22', and the values of a tally's keys."""

Part = dict[Key, tuple[int | None, ...]]
"""The values of a tally's measures, by key."""


@cache
def statement(tally: Tally, in_time_ms: int, prefix: str = "") -> str:
    """Return a tally's statement over tables whose names begin with a prefix."""
    keys = ", ".join(f"{sql} AS {name}" for name, sql in (("day", "d.day"), *tally.keys))
    measures = ", ".join(f"{m.sql} AS {m.name}" for m in tally.measures)
    numbers = ", ".join(str(i + 1) for i in range(len(tally.keys) + 1))
    text = f"SELECT {keys}, {measures} {tally.of} GROUP BY {numbers}"
    places = {"in_time_ms": in_time_ms} if ":in_time_ms" in text else {}
    return write(fill(text, {table: f"{prefix}{table}" for table in TABLES}, **places))


def part(tally: Tally, rows: list[tuple[object, ...]]) -> Part:
    """Return what a tally's statement gave, by key."""
    width = len(tally.keys) + 1
    return {row[:width]: row[width:] for row in rows}  # type: ignore[misc]  # a slice has no length for the type checker


def merged(tally: Tally, one: Mapping[Key, tuple[int | None, ...]], other: Part) -> Part:
    """Return the total of two parts that have no call in common."""
    result = dict(one)
    for key, values in other.items():
        known = result.get(key)
        result[key] = values if known is None else _values(tally, known, values)
    return result


def _values(
    tally: Tally, one: tuple[int | None, ...], other: tuple[int | None, ...]
) -> tuple[int | None, ...]:
    return tuple(
        _value(measure.merge, a, b)
        for measure, a, b in zip(tally.measures, one, other, strict=True)
    )


def _value(merge: Merge, one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return one + other if merge is Merge.SUM else max(one, other)
