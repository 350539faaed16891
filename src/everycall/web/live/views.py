"""What one kind of viewer sees of the board, as JSON: the same bytes for all who see the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from everycall.calls.outcomes import INBOUND_RULES
from everycall.live.board import AgentNow, AgentState, Board, CallNow, DayNow, QueueNow
from everycall.web.writing import masked

HELPED = ("answered", "answered_elsewhere", "self_served")
UNSURE = ("pending", "unknown")
WAITING_SHOWN = 50

_ORDER = {rule.outcome: place for place, rule in enumerate(INBOUND_RULES)}


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer may see.

    Attributes:
        names: agents by name; otherwise they are only counted.
        numbers: callers' numbers whole; otherwise masked.
        queues, clients: only these; empty means all.
    """

    names: bool = False
    numbers: bool = False
    queues: frozenset[str] = frozenset()
    clients: frozenset[str] = frozenset()

    def has_queue(self, queue: str | None) -> bool:
        """Tell whether a queue belongs to this view."""
        return not self.queues or queue in self.queues

    def has_call(self, call: CallNow) -> bool:
        """Tell whether a call belongs to this view."""
        in_brand = not self.clients or call.client in self.clients
        return in_brand and (not self.queues or call.queue in self.queues)


WALL = View()
"""What a screen on a wall shows: no names and no numbers."""


def drawn(board: Board, view: View) -> bytes:
    """Return a board as one kind of viewer sees it."""
    return json.dumps(picture(board, view), separators=(",", ":"), ensure_ascii=False).encode()


def picture(board: Board, view: View) -> dict[str, Any]:
    """Return a board as one kind of viewer sees it; moments are milliseconds since 1970."""
    waiting = [call for call in board.waiting() if view.has_call(call)]
    queues = [queue for queue in board.queues if view.has_queue(queue.name)]
    agents = [a for a in board.agents if not view.queues or view.queues & set(a.queues)]
    day = board.day if not view.queues and not view.clients else None
    return {
        "as_of": _ms(board.as_of),
        "version": board.version,
        "today": board.today,
        "boxes": _boxes(waiting, queues, agents, day, whole=not view.clients),
        "waiting": [_waiting(call, board.today, view) for call in waiting[:WAITING_SHOWN]],
        "queues": [_queue(queue) for queue in queues] if not view.clients else [],
        "agents": [_agent(agent, view) for agent in agents] if view.names else [],
        "outcomes": _outcomes(day),
    }


def _boxes(
    waiting: list[CallNow],
    queues: Iterable[QueueNow],
    agents: Iterable[AgentNow],
    day: DayNow | None,
    *,
    whole: bool,
) -> dict[str, Any]:
    """Return the stat boxes; what is not known, or not this viewer's, is null."""
    queues, agents = list(queues), list(agents)
    entered = sum(queue.entered for queue in queues)
    known = [agent for agent in agents if agent.state is not AgentState.UNKNOWN]
    in_state = {state: sum(a.state is state for a in known) for state in AgentState}
    longest = min((call.since for call in waiting), default=None)
    outcomes = day.outcomes if day else {}
    return {
        "waiting": len(waiting),
        "longest_since": _ms(longest),
        "free": in_state[AgentState.FREE] if known and whole else None,
        "talking": in_state[AgentState.TALKING] if known and whole else None,
        "unreachable": in_state[AgentState.UNREACHABLE] if known and whole else None,
        "entered": entered if whole else None,
        "in_time": sum(queue.answered_in_time for queue in queues) if whole else None,
        "arrived": day.arrived if day else None,
        "answered": day.answered if day else None,
        "not_answered": _not_answered(outcomes) if day else None,
        "pending": day.pending if day else None,
        "wait_ms": _mean(day.wait_ms, day.wait_seen) if day else None,
        "longest_wait_ms": day.longest_wait_ms if day else None,
        "voicemail": _sum(outcomes, "voicemail_left", "voicemail_no_message") if day else None,
        "callbacks_asked": outcomes.get("callback_requested", 0) if day else None,
    }


def _not_answered(outcomes: dict[str, int]) -> int:
    return sum(n for name, n in outcomes.items() if name not in (*HELPED, *UNSURE))


def _sum(outcomes: dict[str, int], *names: str) -> int:
    return sum(outcomes.get(name, 0) for name in names)


def _mean(total: int, number: int) -> int | None:
    return total // number if number else None


def _waiting(call: CallNow, today: str, view: View) -> dict[str, Any]:
    return {
        "id": call.call_id,
        "caller": call.caller if view.numbers else masked(call.caller),
        "queue": call.queue,
        "since": _ms(call.since),
        "position": call.position,
        "again": call.calls_today,
        "yesterday": call.day is not None and call.day != today,
    }


def _queue(queue: QueueNow) -> dict[str, Any]:
    return {
        "name": queue.name,
        "waiting": queue.waiting,
        "longest_since": _ms(queue.longest_since),
        "staffed": queue.staffed,
        "free": queue.free,
        "talking": queue.talking,
        "entered": queue.entered,
        "answered": queue.answered,
        "gave_up": queue.gave_up,
        "sent_on": queue.sent_on,
        "in_time": queue.answered_in_time,
        "wait_ms": _mean(queue.wait_ms, queue.wait_seen),
    }


def _agent(agent: AgentNow, view: View) -> dict[str, Any]:
    return {
        "name": agent.name,
        "state": agent.state.value,
        "since": _ms(agent.since),
        "with": (agent.with_caller if view.numbers else masked(agent.with_caller))
        if agent.with_caller
        else None,
        "queue": agent.queue,
        "queues": list(agent.queues),
        "reason": agent.reason,
        "no_answers": agent.no_answers,
        "answered": agent.answered,
        "talk_ms": agent.talk_ms,
        "call": agent.call_id,
    }


def _outcomes(day: DayNow | None) -> list[dict[str, Any]]:
    if day is None:
        return []
    ordered = sorted(day.outcomes.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER)))
    return [{"outcome": name, "calls": calls, "kind": _kind(name)} for name, calls in ordered]


def _kind(outcome: str) -> str:
    if outcome in HELPED:
        return "helped"
    return "open" if outcome in UNSURE else "not-helped"


def _ms(at: int | None) -> int | None:
    return None if at is None else at // 1000
