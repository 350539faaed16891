"""The calls behind the numbers: what a filter over them may speak of, declared once.

A dimension has one expression. The page filters its list by the values, the tests count the same
calls by the expression, so a number and its list cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from everycall.metrics.catalog.counts import FLOWED_OUT, GAVE_UP, OVER
from everycall.metrics.dimensions import waited
from everycall.money.ledger import State
from everycall.reports.masking import masked
from everycall.reports.model import Calls, Query

WAITED = waited("wait_ms")
_ASKED = "asked_for_person"
_EITHER = "CASE WHEN {} THEN 'yes' ELSE 'no' END"
YES = ("yes",)
YES_NO = ("yes", "no")
_STATES = tuple(str(state) for state in State)
_HOURS = tuple(str(hour) for hour in range(24))
_DAYS = tuple(str(day) for day in range(1, 8))


def _whether(name: str, doc: str, condition: str) -> "Dimension":
    return Dimension(name, doc, _EITHER.format(condition), YES_NO)


def _whether_in_the_end(name: str, doc: str, condition: str) -> "Dimension":
    """Say neither of a call that is not over, as metrics do, and where nobody could see it."""
    over = OVER.replace("c.", "")
    sql = (
        f"CASE WHEN {over} AND {condition} THEN 'yes' WHEN {over} AND NOT {condition} THEN 'no' END"
    )
    return Dimension(name, doc, sql, YES_NO)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that calls may be told apart by: its name, its sentence, its expression.

    Attributes:
        values: what it may be; () for anything.
    """

    name: str
    doc: str
    sql: str
    values: tuple[str, ...] = ()


def dimensions(zone: str) -> tuple[Dimension, ...]:
    """Return what holds once of each call."""
    at = f"(make_timestamp(arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    return (
        _whether("arrived", "It came from outside.", "direction = 'inbound'"),
        Dimension("outcome", "What became of it.", "outcome"),
        _whether_in_the_end("spoke", "It is over, and a person spoke with the caller.", "answered"),
        _whether_in_the_end("asked", "It is over, and the caller asked for a person.", _ASKED),
        _whether("gave_up", "The caller hung up while waiting.", GAVE_UP.replace("c.", "")),
        _whether("missed", "The chosen definition calls it missed.", "missed"),
        _whether("abandoned", "The chosen definition calls it abandoned.", "abandoned"),
        _whether("lost", "The chosen definition calls it lost.", "lost"),
        _whether("dropped", "The chosen definition calls it dropped.", "dropped"),
        _whether(
            "to_voicemail",
            "It ended in voicemail.",
            "outcome IN ('voicemail_left', 'voicemail_no_message')",
        ),
        Dimension("weekday", "The weekday of its arrival; 1 is Monday.", f"isodow({at})", _DAYS),
        Dimension("hour", "The hour of its arrival.", f"hour({at})", _HOURS),
        Dimension("day", "The day of its arrival.", f"strftime({at}, '%Y-%m-%d')"),
        Dimension("month", "The month of its arrival.", f"strftime({at}, '%Y-%m')"),
        Dimension("waited", "How long it waited: from so many seconds to under so many.", WAITED),
        Dimension("category", "What the chosen definition calls it.", "category"),
        Dimension("client", "The brand that it was for.", "COALESCE(client, '')"),
        *_LOOKED_UP,
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with a row, or none, for a call; its key is the call."""

    name: str
    key: str = "call_id"

    def says(self, name: str, doc: str, value: str, values: tuple[str, ...] = ()) -> Dimension:
        """Return what it says of a call."""
        sql = f"(SELECT {value} FROM {self.name} AS o WHERE o.{self.key} = calls.call_id)"
        return Dimension(name, doc, sql, values)


_LEDGER = _Table("period_ledger", "first_missed")
_PRICED = _Table("priced_calls")
_COMPARED = _Table("compared")
_NEEDS = _Table("period_needs", "episode")

_LOOKED_UP = (
    _LEDGER.says(
        "missed_caller",
        "What became of the caller, if it is the first call of theirs that was missed.",
        "o.state",
        _STATES,
    ),
    _LEDGER.says("first_missed", "The first missed call of a caller's need.", "'yes'", YES),
    _LEDGER.says(
        "priced_caller",
        "What became of the caller, if money counts them and it is their first missed call.",
        "CASE WHEN o.counted_calls > 0 THEN o.state END",
        _STATES,
    ),
    _LEDGER.says(
        "priced_need",
        "The first missed call of a caller whom money counts.",
        "CASE WHEN o.counted_calls > 0 THEN 'yes' END",
        YES,
    ),
    _PRICED.says(
        "priced",
        "How money counts a missed call: counted, closed, or short (hung up at once).",
        "o.priced",
        ("counted", "closed", "short"),
    ),
    _PRICED.says("ledgered", "A missed call whose caller the ledger follows.", "'yes'", YES),
    _Table("sold_needs", "first_missed").says(
        "bought",
        "Its caller bought something after they were helped, as the CRM says; how they were helped.",
        "o.state",
        ("recovered", "returned"),
    ),
    _Table("remedied").says("remedy", "What would have caught it, by its id.", "o.remedy"),
    _Table("who_was_there").says(
        "there", "Who was there when the missed caller began to wait.", "o.state"
    ),
    _COMPARED.says("own", "The definition's headline counts it.", "o.own", YES_NO),
    _COMPARED.says("other", "The headline of this other definition counts it.", "o.other"),
    _COMPARED.says(
        "step", "A step to another definition: that one, less or more, what kind.", "o.step"
    ),
    _NEEDS.says(
        "need",
        "It begins a need of which this became.",
        "o.state",
        ("helped", "open", "not_helped"),
    ),
    _NEEDS.says(
        "need_calls",
        "It begins a need that took so many calls; 5 for more.",
        "LEAST(o.inbound_calls, 5)",
        _DAYS[:5],
    ),
)


@dataclass(frozen=True, slots=True)
class Parts:
    """Something that a call has many of, each with two things to tell it apart by.

    Attributes:
        pair, doc, values: who, and how it ended; what that means, and what it may be.
    """

    name: str
    table: str
    pair: tuple[str, str]
    doc: str
    values: tuple[str, ...]
    who: str
    how: str
    only: str = "TRUE"


PARTS = (
    Parts(
        "stays",
        "stays",
        ("queue", "stay"),
        "How its stay in the queue ended: with an answer, by the caller, sent on.",
        ("answered", "caller", "on"),
        "v.queue",
        "CASE WHEN v.result IN ('answered', 'caller') THEN v.result "
        f"WHEN {FLOWED_OUT} THEN 'on' ELSE '' END",
    ),
    Parts(
        "rings",
        "attempts",
        ("agent", "ring"),
        "How its ring at the person ended.",
        ("answered", "no_answer", "rejected", "busy", "other"),
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
        f"SELECT i.id, {_seconds(zone)}, {masked(_CALLER) if mask else _CALLER}, "
        f"wait_ms, talk_ms, {', '.join(values)}, {', '.join(f'{p.name}.list' for p in PARTS)} "
        "FROM kept AS calls INNER JOIN call_names AS i ON i.call_id = calls.call_id "
        f"{lists} ORDER BY arrived_at DESC, calls.call_id"
    )
    return Ledger((*SHOWN, *names, *(p.name for p in PARTS)), rows, total)


def count(query: Query, zone: str, wanted: Calls) -> int:
    """Count the calls, or the stays or rings of calls, that a filter speaks of."""
    found: int = query(f"SELECT COUNT(*) {selection(zone, wanted)}")[0][0]
    return found


def selection(zone: str, wanted: Calls) -> str:
    """Return where the calls of a filter come from, a row for each call, stay or ring of it."""
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
    return f"FROM {source} WHERE {' AND '.join(conditions) or 'TRUE'}"


_LISTED = "direction IN ('inbound', 'internal')"
_CALLER = "COALESCE(caller, caller_raw)"


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
