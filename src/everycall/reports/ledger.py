"""The calls behind the numbers: what a filter over them may speak of, declared once.

A dimension has one expression. The page filters its list by the values, the tests count the same
calls by the expression, so a number and its list cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from everycall.metrics.catalog.counts import FLOWED_OUT, GAVE_UP
from everycall.reports.model import Calls, Query
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
    at = f"(make_timestamp(arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    return (
        Dimension("arrived", "It came from outside.", _YES.format("direction = 'inbound'")),
        Dimension("outcome", "What became of it.", "outcome"),
        Dimension("spoke", "A person spoke with the caller.", _YES.format("answered")),
        Dimension("asked", "The caller asked for a person.", _YES.format("asked_for_person")),
        Dimension(
            "gave_up",
            "The caller hung up while waiting.",
            _YES.format(GAVE_UP.replace("c.", "")),
        ),
        Dimension("missed", "The chosen definition calls it missed.", _YES.format("missed")),
        Dimension(
            "abandoned", "The chosen definition calls it abandoned.", _YES.format("abandoned")
        ),
        Dimension("lost", "The chosen definition calls it lost.", _YES.format("lost")),
        Dimension("weekday", "The weekday of its arrival; 1 is Monday.", f"isodow({at})"),
        Dimension("hour", "The hour of its arrival.", f"hour({at})"),
        Dimension("day", "The day of its arrival.", f"strftime({at}, '%Y-%m-%d')"),
        Dimension(
            "band",
            "How long it waited, as a band.",
            f"CASE WHEN NOT wait_ms IS NULL THEN {BAND} END",
        ),
        Dimension("client", "The brand that it was for.", "COALESCE(client, '')"),
        Dimension(
            "missed_caller",
            "What became of the caller, if it is the first call that was missed.",
            "(SELECT l.state FROM period_ledger AS l WHERE l.first_missed = calls.call_id)",
        ),
        Dimension(
            "remedy",
            "What would have caught it.",
            "(SELECT r.remedy FROM remedied AS r WHERE r.call_id = calls.call_id)",
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
        "stays",
        ("queue", "stay"),
        "v.queue",
        "CASE WHEN v.result IN ('answered', 'caller') THEN v.result "
        f"WHEN {FLOWED_OUT} THEN 'on' ELSE '' END",
    ),
    Parts(
        "rings",
        "attempts",
        ("agent", "ring"),
        "COALESCE(v.agent, '(not said)')",
        "CASE WHEN v.result IN ('busy', 'unreachable') THEN 'busy' "
        "WHEN v.result IN ('elsewhere', 'cancelled') THEN 'other' ELSE COALESCE(v.result, '') END",
        "COALESCE(v.agent_kind, 'person') = 'person'",
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
    total = query(f"SELECT COUNT(*) FROM period_calls WHERE {_LISTED}")[0][0]
    names, values = zip(*((d.name, d.sql) for d in dimensions(zone)), strict=True)
    lists = " ".join(
        f"LEFT JOIN ({_lists(part)}) AS {part.name} ON {part.name}.call_id = calls.call_id"
        for part in PARTS
    )
    rows = query(
        f"WITH kept AS (SELECT * FROM period_calls WHERE {_LISTED} "
        f"ORDER BY COALESCE(answered, FALSE), arrived_at DESC, call_id LIMIT {int(most)}) "
        f"SELECT i.id, {_seconds(zone)}, {_MASKED if mask else _CALLER}, "
        f"wait_ms, talk_ms, {', '.join(values)}, {', '.join(f'{p.name}.list' for p in PARTS)} "
        "FROM kept AS calls INNER JOIN call_names AS i ON i.call_id = calls.call_id "
        f"{lists} ORDER BY arrived_at DESC, calls.call_id"
    )
    return Ledger((*SHOWN, *names, *(p.name for p in PARTS)), rows, total)


def count(query: Query, zone: str, wanted: Calls) -> int:
    """Count the calls, or the stays or rings of calls, that a filter speaks of."""
    known = {d.name: d.sql for d in dimensions(zone)}
    conditions = [f"({known[name]}) = {_value(v)}" for name, v in wanted.items() if name in known]
    source = "period_calls AS calls"
    for part in PARTS:
        pair = [
            f"{part.name}.{side} = {_value(wanted[side])}" for side in part.pair if side in wanted
        ]
        if pair:
            inner = (
                f"SELECT v.call_id AS of_call, {part.who} AS {part.pair[0]}, {part.how} AS "
                f"{part.pair[1]} FROM {part.table} AS v WHERE {part.only}"
            )
            source += f" INNER JOIN ({inner}) AS {part.name} ON {part.name}.of_call = calls.call_id"
            conditions += [*pair, _LISTED]
    where = " AND ".join(conditions) or "TRUE"
    found: int = query(f"SELECT COUNT(*) FROM {source} WHERE {where}")[0][0]
    return found


_LISTED = "direction IN ('inbound', 'internal')"
_CALLER = "COALESCE(caller, caller_raw)"
_MASKED = (
    f"CASE WHEN length({_CALLER}) > 8 THEN left({_CALLER}, 5) || '…' || right({_CALLER}, 2) "
    f"ELSE {_CALLER} END"
)


def _seconds(zone: str) -> str:
    return f"epoch(make_timestamp(arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')::BIGINT"


def _lists(part: Parts) -> str:
    return (
        f"SELECT v.call_id, LIST({part.who} || '|' || {part.how} ORDER BY v.began_at, v.seq) AS list "
        f"FROM {part.table} AS v INNER JOIN kept ON kept.call_id = v.call_id WHERE {part.only} "
        "GROUP BY v.call_id"
    )


def _value(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
