"""The stat boxes: what each shows, and whether a target is kept; what is not known is null."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from everycall.live.board import AgentNow, AgentState, Board, CallNow, Cells, QueueNow
from everycall.metrics.model import Cell

METRICS = (
    *("arrived", "answered", "not_answered", "missed", "lost", "abandoned"),
    *("dropped_by_definition", "dropped", "refused_before_ring", "self_served", "voicemails"),
    *("callbacks_requested", "pending", "missed_rate", "answer_rate"),
    *("asa", "average_wait", "longest_wait", "talk_time"),
)
"""The metrics that may stand in a box, by their own ids."""

LEVEL = "service_level"
"""The box of the share answered in time, whatever formula the team has chosen."""


@dataclass(frozen=True, slots=True)
class Owed:
    """How many callers are owed a call back, of some brand and queue.

    Attributes:
        overdue: how many of them should have been called by now.
    """

    client: str
    queue: str
    callers: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of viewer has of a board, before it is written.

    Attributes:
        whole: the viewer is bound to no brand, so that people and queues are theirs to see.
    """

    waiting: Sequence[CallNow]
    queues: Sequence[QueueNow]
    agents: Sequence[AgentNow]
    measures: Cells
    owed: Sequence[Owed] | None
    whole: bool


def boxes(board: Board, part: Part) -> dict[str, Any]:
    """Return the value of every box."""
    values: dict[str, Any] = {name: _number(part.measures.get(name)) for name in METRICS}
    values[LEVEL] = _number(part.measures.get(board.service_level))
    return {**_present(part), **values, **_owed(part)}


def _present(part: Part) -> dict[str, Any]:
    known = [agent for agent in part.agents if agent.state is not AgentState.UNKNOWN]
    shown = bool(known) and part.whole
    longest = min((call.since for call in part.waiting), default=None)

    def of(*states: AgentState) -> int | None:
        return sum(agent.state in states for agent in known) if shown else None

    return {
        "waiting": len(part.waiting),
        "longest_since": None if longest is None else longest // 1000,
        "free": of(AgentState.FREE),
        "talking": of(AgentState.TALKING, AgentState.ON_HOLD),
        "paused": of(AgentState.PAUSED),
        "staffed": sum(a.signed_in is True for a in known) if shown else None,
        "unreachable": of(AgentState.UNREACHABLE),
    }


def _owed(part: Part) -> dict[str, int | None]:
    if part.owed is None:
        return {"owed": None, "overdue": None}
    return {
        "owed": sum(one.callers for one in part.owed),
        "overdue": sum(one.overdue for one in part.owed),
    }


def _number(cell: Cell | None) -> float | None:
    return None if cell is None else cell.value


UNHEARD = "nothing was heard yet"
QUEUE_OF_BRAND = "the day's numbers are counted by queue and by brand, not by both"
"""Why no box of the day has a value, or none of a viewer bound to both."""


def notes(board: Board, measures: Mapping[str, Cell], without: str = UNHEARD) -> dict[str, str]:
    """Return why a box has no value, where that is known; `without` is why nothing was counted at all."""
    if not measures:
        return dict.fromkeys((*METRICS, LEVEL), without)
    named = {name: measures.get(name) for name in METRICS}
    named[LEVEL] = measures.get(board.service_level)
    return {
        name: cell.note.partition(":")[0]
        for name, cell in named.items()
        if cell and cell.note and cell.value is None
    }


def targets(board: Board) -> dict[str, dict[str, Any]]:
    """Return, by box, the target of the whole team that it is held against.

    Of one that is about opening hours alone, `open` is its own value, for the box shows the whole day.
    """
    found: dict[str, dict[str, Any]] = {}
    for target in board.day.targets if board.day else ():
        if not set(target.where) - {"open"}:
            name = LEVEL if target.metric == board.service_level else target.metric
            found[name] = {"met": target.met, "limit": target.limit, "name": target.name}
            if target.where:
                found[name]["open"] = target.cell.value
    return found


def merged(cells: Iterable[Cells]) -> Cells:
    """Return metrics of several queues as one: what was summed up is summed up once more."""
    found: dict[str, list[Cell]] = {}
    for one in cells:
        for name, cell in one.items():
            found.setdefault(name, []).append(cell)
    return {name: _merged(several) for name, several in found.items()}


def _merged(cells: Sequence[Cell]) -> Cell:
    known = [cell for cell in cells if cell.value is not None]
    if not known:
        return cells[0]
    above = [cell.numerator for cell in known if cell.numerator is not None]
    below = [cell.denominator for cell in known if cell.denominator is not None]
    if not above:
        return Cell(max(cell.value or 0 for cell in known), None, sum(below))
    if not below:
        return Cell(sum(above), sum(above), None)
    return Cell(sum(above) / sum(below), sum(above), sum(below))
