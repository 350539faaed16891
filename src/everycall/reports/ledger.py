"""The calls behind the numbers: what a filter over them may speak of, declared once.

A dimension has one expression. The page filters its list by the values, the tests count the same
calls by the expression, so a number and its list cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from everycall.reports.model import Calls, Query
from everycall.reports.sections.times import local
from everycall.reports.sections.waits import BAND

_YES = "CASE WHEN {} THEN 'yes' ELSE 'no' END"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that calls may be told apart by: its name, its sentence, its expression."""

    name: str
    doc: str
    sql: str


def dimensions(zone: str) -> tuple[Dimension, ...]:
    """Return what holds once of each call."""
    at = local(zone)
    return (
        Dimension(
            "arrived",
            "It came from outside, and is over.",
            _YES.format("direction = 'inbound' AND outcome <> 'pending'"),
        ),
        Dimension("outcome", "What became of it.", "outcome"),
        Dimension("answered", "Its outcome is 'answered'.", _YES.format("outcome = 'answered'")),
        Dimension("spoke", "A person spoke with the caller.", _YES.format("answered")),
        Dimension("asked", "The caller asked for a person.", _YES.format("asked_for_person")),
        Dimension("weekday", "The weekday of its arrival; 1 is Monday.", f"isodow({at})"),
        Dimension("hour", "The hour of its arrival.", f"hour({at})"),
        Dimension("day", "The day of its arrival.", f"strftime({at}, '%Y-%m-%d')"),
        Dimension(
            "band",
            "How long it waited, as a band.",
            f"CASE WHEN NOT wait_ms IS NULL THEN {BAND} END",
        ),
        Dimension("client", "The brand that it was for.", "client"),
        Dimension(
            "episode",
            "The need that it belongs to.",
            "(SELECT e.episode FROM episode_calls AS e WHERE e.call_id = calls.call_id)",
        ),
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """Something that a call has many of, each with two things to tell it apart by."""

    name: str
    table: str
    pair: tuple[str, str]
    who: str
    how: str
    only: str = "TRUE"


PARTS = (
    Parts(
        "stays",
        "visits",
        ("queue", "stay"),
        "queue",
        "CASE WHEN result IN ('answered', 'caller') THEN result WHEN NOT result IS NULL THEN 'on' "
        "ELSE '' END",
    ),
    Parts(
        "rings",
        "attempts",
        ("agent", "ring"),
        "COALESCE(agent, '(not said)')",
        "CASE WHEN result IN ('busy', 'unreachable') THEN 'busy' "
        "WHEN result IN ('elsewhere', 'cancelled') THEN 'other' ELSE COALESCE(result, '') END",
        "COALESCE(agent_kind, 'person') = 'person'",
    ),
)
"""The stays and rings of a call: `queue` and `stay`, `agent` and `ring`."""

SHOWN = ("call_id", "seconds", "caller", "wait", "talk")
"""What the list shows of a call beside its dimensions; `seconds` is local time since 1970."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Calls as a list that can be filtered; `total` calls there are, these are kept.

    Attributes:
        columns: the names of the values in each row.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    total: int


def ledger(query: Query, zone: str, most: int, *, mask: bool = False) -> Ledger:
    """Return the calls of the period; where there are too many, unanswered and late ones first."""
    total = query(f"SELECT COUNT(*) FROM calls WHERE {_LISTED}")[0][0]
    names, values = zip(*((d.name, d.sql) for d in dimensions(zone)), strict=True)
    rows = query(
        f"WITH kept AS (SELECT * FROM calls WHERE {_LISTED} ORDER BY COALESCE(answered, FALSE), "
        f"arrived_at DESC, call_id LIMIT {int(most)}) "
        f"SELECT call_id, epoch({local(zone)})::BIGINT, {_MASKED if mask else _CALLER}, "
        f"wait_ms, talk_ms, {', '.join(values)}, {', '.join(_list(p) for p in PARTS)} "
        "FROM kept AS calls ORDER BY arrived_at DESC, call_id"
    )
    return Ledger((*SHOWN, *names, *(p.name for p in PARTS)), rows, total)


def count(query: Query, zone: str, wanted: Calls) -> int:
    """Count the calls, or the stays or rings of calls, that a filter speaks of."""
    source, condition = behind(zone, wanted)
    found: int = query(f"SELECT COUNT(*) FROM {source} WHERE {condition}")[0][0]
    return found


def behind(zone: str, wanted: Calls) -> tuple[str, str]:
    """Return from where and under which condition the calls behind a number are found."""
    known = {d.name: d.sql for d in dimensions(zone)}
    conditions = [f"({known[name]}) = {_value(v)}" for name, v in wanted.items() if name in known]
    source = "calls"
    for part in PARTS:
        pair = [
            f"{part.table}.{side} = {_value(wanted[side])}" for side in part.pair if side in wanted
        ]
        if pair:
            inner = (
                f"SELECT call_id AS of_call, {part.who} AS {part.pair[0]}, {part.how} AS "
                f"{part.pair[1]} FROM {part.table} WHERE {part.only}"
            )
            source += (
                f" INNER JOIN ({inner}) AS {part.table} ON {part.table}.of_call = calls.call_id"
            )
            conditions += [*pair, _LISTED]
    return source, " AND ".join(conditions) or "TRUE"


_LISTED = "direction IN ('inbound', 'internal')"
_CALLER = "COALESCE(caller, caller_raw)"
_MASKED = (
    f"CASE WHEN length({_CALLER}) > 8 THEN left({_CALLER}, 5) || '…' || right({_CALLER}, 2) "
    f"ELSE {_CALLER} END"
)


def _list(part: Parts) -> str:
    return (
        f"(SELECT LIST({part.who} || '|' || {part.how} ORDER BY began_at, seq) "
        f"FROM {part.table} WHERE {part.table}.call_id = calls.call_id AND {part.only})"
    )


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
