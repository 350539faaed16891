"""What a rule watches: a number of the live picture, for all or for each queue or person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from everycall.live.board import AgentState, Board, QueueNow

Observed = Mapping[str, float | None]
"""A number for each thing that is watched; '' is everything together, null is not known."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that can be watched.

    Attributes:
        unit: 'count', 's' or 'share'.
        each: what there is one of these for: '' (everything), 'queue' or 'person'.
    """

    id: str
    doc: str
    unit: str
    each: str
    of: Callable[[Board], Observed]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is watched, when it is too much, and for how long before anybody is told.

    Attributes:
        quiet: local times between which nothing is said; what is still true afterwards is said then.
        escalate: after so long without an end it is said to `escalate_to`, too.
    """

    id: int
    name: str
    measure: str
    above: bool
    limit: float
    lasting: timedelta = timedelta()
    queues: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    channels: tuple[int, ...] = ()
    escalate: timedelta | None = None
    escalate_to: tuple[int, ...] = ()


def observe(rule: Rule, board: Board) -> Observed:
    """Return the number that a rule watches, for each thing that it is watched of."""
    measure = next(m for m in MEASURES if m.id == rule.measure)
    found = measure.of(board)
    if rule.queues and measure.each == "queue":
        return {name: value for name, value in found.items() if name in rule.queues}
    return found


def is_breached(rule: Rule, value: float) -> bool:
    """Tell whether a number is beyond the limit of its rule."""
    return value > rule.limit if rule.above else value < rule.limit


def _per_queue(of: Callable[[Board, QueueNow], float | None]) -> Callable[[Board], Observed]:
    return lambda board: {queue.name: of(board, queue) for queue in board.queues}


def _longest(board: Board, queue: QueueNow) -> float:
    return 0.0 if queue.longest_since is None else (board.as_of - queue.longest_since) / 1_000_000


def _in_time(_board: Board, queue: QueueNow) -> float | None:
    return queue.answered_in_time / queue.entered if queue.entered else None


def _unreachable(board: Board) -> Observed:
    known = (a for a in board.agents if a.state is not AgentState.UNKNOWN)
    return {a.name: float(a.state is AgentState.UNREACHABLE) for a in known}


def _ring_outs(board: Board) -> Observed:
    return {agent.name: float(agent.no_answers) for agent in board.agents}


def _talking_for(board: Board) -> Observed:
    on = (AgentState.TALKING, AgentState.ON_HOLD)
    return {
        a.name: (board.as_of - a.since) / 1_000_000 if a.state in on and a.since else 0.0
        for a in board.agents
    }


def _not_answered(board: Board) -> Observed:
    if board.day is None:
        return {"": 0.0}
    helped = ("answered", "answered_elsewhere", "self_served", "unknown", "pending")
    return {"": float(sum(n for name, n in board.day.outcomes.items() if name not in helped))}


_QUEUE, _PERSON, _ALL = "queue", "person", ""

MEASURES = (
    Measure(
        "waiting",
        "callers waiting in a queue",
        "count",
        _QUEUE,
        _per_queue(lambda _board, queue: float(queue.waiting)),
    ),
    Measure("longest_wait", "the longest wait in a queue", "s", _QUEUE, _per_queue(_longest)),
    Measure(
        "free",
        "people who could take a call of a queue",
        "count",
        _QUEUE,
        _per_queue(lambda _board, queue: None if queue.free is None else float(queue.free)),
    ),
    Measure("in_time", "the share answered in time today", "share", _QUEUE, _per_queue(_in_time)),
    Measure("not_answered", "calls not answered today", "count", _ALL, _not_answered),
    Measure("unreachable", "a phone out of reach", "count", _PERSON, _unreachable),
    Measure("ring_outs", "rings in a row not answered", "count", _PERSON, _ring_outs),
    Measure("talking_for", "how long a talk has lasted", "s", _PERSON, _talking_for),
)
"""Every number that a rule can watch."""
