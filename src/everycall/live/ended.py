"""Calls that ended a moment ago, as they were counted: for whoever has to act at once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from everycall.live.window import Window

_COLUMNS = (
    *("call_id", "direction", "caller_key", "caller_raw", "client", "called", "first_queue"),
    *("arrived_at", "ended_at", "outcome", "asked_for_person", "answered", "talk_ms", "wait_ms"),
    *("answered_agent", "message_left", "last_queue", "language"),
)
_OVERLAP = 2_000_000
"""Two calls of one number that overlap by more than this, in microseconds, are two people."""

_SHARED = f"""
SELECT DISTINCT a.caller_key FROM hot_calls AS a
INNER JOIN hot_calls AS b ON b.caller_key = a.caller_key AND b.call_id <> a.call_id
WHERE a.direction = 'inbound' AND b.direction = 'inbound' AND b.arrived_at >= a.arrived_at
  AND b.arrived_at < COALESCE(a.ended_at, ?) - {_OVERLAP}
"""
_TYPED = """
SELECT call_id, MAX(party) FROM hot_events
WHERE kind = 'callback.requested' AND NOT party IS NULL GROUP BY call_id
"""
_PLACES = " UNION ALL ".join(
    f"""
    SELECT v.call_id, v.queue, v.began_at FROM {kept}visits AS v
    INNER JOIN {kept}calls AS c ON c.call_id = v.call_id
    WHERE c.outcome = 'callback_requested' AND c.ended_at >= ? AND v.queue = COALESCE(c.last_queue, c.first_queue)
    """
    for kept in ("hot_", "cold.")
)
_ENTERED = f"SELECT call_id, MIN(began_at) FROM ({_PLACES}) AS p GROUP BY call_id"
_ENDED = " UNION ALL ".join(
    f"SELECT {', '.join(_COLUMNS)} FROM {kept}calls "
    "WHERE outcome <> 'pending' AND NOT ended_at IS NULL AND ended_at >= ?"
    for kept in ("hot_", "cold.")
)


_BEFORE = """
SELECT t.call_id, t.agent, c.wait_ms FROM hot_talks AS t
INNER JOIN hot_calls AS c ON c.call_id = t.call_id
WHERE c.outcome = 'pending' AND NOT t.agent IS NULL
ORDER BY t.call_id, t.began_at
"""


@dataclass(frozen=True, slots=True)
class Before:
    """What was before in a call that is on.

    Attributes:
        spoke: who has spoken with the caller, in their order.
        wait_ms: how long they waited for the first of them; null: not told.
    """

    spoke: tuple[str, ...]
    wait_ms: int | None


@dataclass(frozen=True, slots=True)
class EndedCall:
    """A call that is over; what no source told is null.

    Attributes:
        typed: the number that the caller typed in, to be called back.
        shared: the number was on the line twice at once a moment ago.
        entered_at: when somebody who asked to be called back came into that queue.
    """

    call_id: str
    direction: str
    caller: str | None
    number: str | None
    client: str | None
    called: str | None
    queue: str | None
    arrived_at: int
    ended_at: int
    outcome: str
    asked_for_person: bool | None
    answered: bool | None
    talk_ms: int | None
    wait_ms: int | None
    agent: str | None
    message: bool | None
    last_queue: str | None = None
    language: str | None = None
    typed: str | None = None
    shared: bool = False
    entered_at: int | None = None


def ended(window: Window, since: int) -> tuple[EndedCall, ...]:
    """Return the calls that ended since a moment, in the order in which they did."""
    rows = window.engine.rows(_ENDED, [since, since])
    typed = dict(window.hot(_TYPED))
    latest = max((row[8] for row in rows), default=0)
    shared = {key for (key,) in window.engine.rows(_SHARED, [latest])} if rows else set()
    entered = dict(window.engine.rows(_ENTERED, [since, since])) if rows else {}
    found = (
        replace(
            _call(row),
            typed=typed.get(row[0]),
            shared=row[2] in shared,
            entered_at=entered.get(row[0]),
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda call: (call.ended_at, call.call_id)))


def before(window: Window, person: Callable[[str], str]) -> dict[str, Before]:
    """Return what was before in the calls that are on, where anybody has spoken with the caller."""
    found: dict[str, Before] = {}
    for call_id, agent, wait_ms in window.hot(_BEFORE):
        spoke = found[call_id].spoke if call_id in found else ()
        name = person(str(agent))
        found[call_id] = Before(spoke if name in spoke else (*spoke, name), wait_ms)
    return found


def _call(row: tuple[Any, ...]) -> EndedCall:
    values: list[Any] = [*row[:3], row[2] or row[3], *row[4:]]
    return EndedCall(*values)
