"""What can be watched: numbers of the live picture, states of people, silence, and every metric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

from everycall.errors import NotFoundError, did_you_mean
from everycall.live.board import AgentState, Board, QueueNow
from everycall.metrics.asked import asked
from everycall.metrics.model import Unit

Observed = Mapping[str, float | None]
"""A number for each thing that is watched; '' is everything together, null is not known."""

Metric = Callable[[str, timedelta | None, tuple[str, ...]], Observed]
"""Measures a metric over the time before now (null: the day so far), for all or for queues."""

ALL, QUEUE, PERSON, SOURCE = "", "queue", "person", "source"
SECOND = 1_000_000


def _no_metric(_name: str, _over: timedelta | None, _queues: tuple[str, ...]) -> Observed:
    return {}


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that rules look at, at one instant.

    Attributes:
        feeds: for each phone system, for how many seconds nothing was heard of it; null: not known.
        quiet_for: for how many seconds no call came at a time when there always are calls; 0 while
            calls come or none is expected, null where too little is known of such times.
        overdue: how many calls back are overdue; null where nobody counts them.
    """

    board: Board
    feeds: Observed = field(default_factory=dict)
    quiet_for: float | None = None
    overdue: float | None = None
    metric: Metric = _no_metric


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that can be watched.

    Attributes:
        unit: 'count', 's' or 'share'.
        each: what there is one of these for: '' (everything), 'queue', 'person' or 'source'.
        over: whether a stretch of time can be chosen for it.
    """

    id: str
    doc: str
    unit: str
    each: str
    of: Callable[[Situation, "Scope"], Observed]
    over: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a measure is watched: these queues, this stretch of time."""

    queues: tuple[str, ...] = ()
    over: timedelta | None = None


def _per_queue(
    of: Callable[[Board, QueueNow], float | None],
) -> Callable[[Situation, Scope], Observed]:
    return lambda seen, _scope: {queue.name: of(seen.board, queue) for queue in seen.board.queues}


def _longest(board: Board, queue: QueueNow) -> float:
    return 0.0 if queue.longest_since is None else (board.as_of - queue.longest_since) / SECOND


def _in_time(board: Board, queue: QueueNow) -> float | None:
    cell = queue.measures.get(board.service_level)
    return cell.value if cell else None


def _unreachable(seen: Situation, _scope: Scope) -> Observed:
    known = (a for a in seen.board.agents if a.state is not AgentState.UNKNOWN)
    return {a.name: float(a.state is AgentState.UNREACHABLE) for a in known}


def _ring_outs(seen: Situation, _scope: Scope) -> Observed:
    return {agent.name: float(agent.no_answers) for agent in seen.board.agents}


def _not_answered(seen: Situation, _scope: Scope) -> Observed:
    cell = seen.board.day.measures.get("not_answered") if seen.board.day else None
    return {"": float(cell.value or 0) if cell else 0.0}


def _time_in(*states: AgentState) -> Callable[[Situation, Scope], Observed]:
    """Return for how long each person has been in one of some states; 0 for who is in none."""

    def of(seen: Situation, _scope: Scope) -> Observed:
        board = seen.board
        return {
            a.name: (board.as_of - a.since) / SECOND if a.state in states and a.since else 0.0
            for a in board.agents
        }

    return of


PLAIN = (
    Measure(
        "waiting",
        "callers waiting in a queue",
        "count",
        QUEUE,
        _per_queue(lambda _board, queue: float(queue.waiting)),
    ),
    Measure("longest_wait", "the longest wait in a queue", "s", QUEUE, _per_queue(_longest)),
    Measure(
        "free",
        "people who could take a call of a queue",
        "count",
        QUEUE,
        _per_queue(lambda _board, queue: None if queue.free is None else float(queue.free)),
    ),
    Measure(
        "staffed",
        "people who are signed in to a queue, reachable and not paused",
        "count",
        QUEUE,
        _per_queue(lambda _board, queue: None if queue.staffed is None else float(queue.staffed)),
    ),
    Measure("in_time", "the share answered in time today", "share", QUEUE, _per_queue(_in_time)),
    Measure("not_answered", "calls not answered today", "count", ALL, _not_answered),
    Measure("unreachable", "a phone out of reach", "count", PERSON, _unreachable),
    Measure("ring_outs", "rings in a row not answered", "count", PERSON, _ring_outs),
    Measure(
        "talking_for",
        "how long a talk has lasted",
        "s",
        PERSON,
        _time_in(AgentState.TALKING, AgentState.ON_HOLD),
    ),
    Measure("source_silent", "nothing heard of a phone system", "s", SOURCE, lambda s, _: s.feeds),
    Measure(
        "no_calls",
        "no call, at a time when there are always calls",
        "s",
        ALL,
        lambda seen, _scope: {"": seen.quiet_for},
    ),
    Measure(
        "overdue_callbacks",
        "calls back that are overdue",
        "count",
        ALL,
        lambda seen, _scope: {"": seen.overdue},
    ),
)
"""What is watched by a name of its own."""

MISSED_CALL = "missed_call"
"""A rule of this name watches no number: it speaks of each caller who was missed."""

_UNITS = {Unit.SHARE: "share", Unit.DURATION: "s"}


def _state(name: str) -> Measure:
    state = AgentState(name)
    return Measure(f"state:{name}", state.doc.rstrip("."), "s", PERSON, _time_in(state))


def _outcome(name: str) -> Measure:
    def of(seen: Situation, _scope: Scope) -> Observed:
        return {"": float(seen.board.day.outcomes.get(name, 0)) if seen.board.day else 0.0}

    doc = f"calls today that ended so: {name.replace('_', ' ')}"
    return Measure(f"outcome:{name}", doc, "count", ALL, of)


def _metric(name: str) -> Measure:
    metric = asked(name).metric
    unit = _UNITS.get(metric.unit, "count")
    scale = 1000.0 if metric.unit is Unit.DURATION else 1.0

    def of(seen: Situation, scope: Scope) -> Observed:
        found = seen.metric(name, scope.over, scope.queues)
        return {thing: None if v is None else v / scale for thing, v in found.items()}

    return Measure(f"metric:{name}", metric.title, unit, QUEUE, of, over=True)


_MADE = {"state": _state, "outcome": _outcome, "metric": _metric}
KINDS = tuple(_MADE)
"""What stands before the colon of a name that is made: `metric:asa`, `outcome:dropped`."""


@cache
def measure_of(name: str) -> Measure:
    """Return what a name means: one of its own, a metric, an outcome or a state.

    Raises:
        NotFoundError: nothing is called so.
    """
    kind, _, rest = name.partition(":")
    if kind in _MADE and rest:
        try:
            return _MADE[kind](rest)
        except ValueError:
            raise NotFoundError(f"there is no {kind} called '{rest}'") from None
    for measure in PLAIN:
        if measure.id == name:
            return measure
    hint = did_you_mean(name, [measure.id for measure in PLAIN])
    raise NotFoundError(f"nothing that is called '{name}' can be watched{hint}")
