"""What one kind of viewer sees of the board, as JSON: the same bytes for all who see the same."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from everycall.calls.outcomes import INBOUND_RULES
from everycall.events.callers import WITHHELD
from everycall.live.board import AgentNow, Board, CallNow, Cells, DayNow, HelpNow, QueueNow
from everycall.web.live.boxes import (
    QUEUE_OF_BRAND,
    UNHEARD,
    Owed,
    Part,
    boxes,
    merged,
    notes,
    targets,
)
from everycall.web.wording.writing import masked

HELPED = ("answered", "answered_elsewhere", "self_served")
UNSURE = ("pending", "unknown")
KINDS = ("helped", "not-helped", "open")
WAITING_SHOWN = 50
PLACES_SHOWN = 10
LOST = ("lost", "dropped", "refused_before_ring", "missed")
"""What is shown of each line, number, person and hour on which calls were lost."""

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

    def has_talk(self, agent: AgentNow, call: CallNow | None) -> bool:
        """Tell whether the call that somebody is on belongs to this view; None: it is not known."""
        in_brand = not self.clients or (call is not None and call.client in self.clients)
        return in_brand and self.has_queue(agent.queue)

    @property
    def is_narrow(self) -> bool:
        """Whether some queues of some brands are all that is this viewer's."""
        return bool(self.queues and self.clients)

    @property
    def is_whole(self) -> bool:
        """Whether the whole day is this viewer's to see."""
        return not self.queues and not self.clients

    def frame(self, board: Board, owed: Sequence[Owed] | None) -> bytes:
        """Return a board as this viewer sees it, as one event of a stream."""
        return b"event: board\nid: %d\ndata: %s\n\n" % (board.version, drawn(board, self, owed))


WALL = View()
"""What a screen on a wall shows: no names and no numbers."""


def drawn(board: Board, view: View, owed: Sequence[Owed] | None = None) -> bytes:
    """Return a board as one kind of viewer sees it."""
    shown = picture(board, view, owed)
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False).encode()


def picture(board: Board, view: View, owed: Sequence[Owed] | None = None) -> dict[str, Any]:
    """Return a board as one kind of viewer sees it; moments are milliseconds since 1970."""
    part = _part(board, view, owed)
    day = board.day if view.is_whole else None
    calls = {call.call_id: call for call in board.calls}
    return {
        "as_of": _ms(board.as_of),
        "version": board.version,
        "today": board.today,
        "boxes": boxes(board, part),
        "notes": notes(board, part.measures, QUEUE_OF_BRAND if view.is_narrow else UNHEARD),
        "targets": targets(board) if view.is_whole else {},
        "waiting": [_waiting(call, board.today, view) for call in part.waiting[:WAITING_SHOWN]],
        "queues": [_queue(one, board.service_level) for one in part.queues] if part.whole else [],
        "agents": [_agent(agent, calls, view) for agent in part.agents if view.names],
        "help": [_help(one) for one in board.help if view.names and view.has_queue(one.queue)],
        "outcomes": _outcomes(day),
        "lines": [_line(one) for one in board.trunks] if view.is_whole else [],
        "sound": [_sound(one) for one in board.quality] if view.is_whole and view.names else [],
        "drops": _drops(board, day, view),
        "unheard": [{"name": one.name, "since": _ms(one.since)} for one in board.unheard],
    }


def _part(board: Board, view: View, owed: Sequence[Owed] | None) -> Part:
    queues = [queue for queue in board.queues if view.has_queue(queue.name)]
    return Part(
        waiting=[call for call in board.waiting() if view.has_call(call)],
        queues=queues,
        agents=[a for a in board.agents if not view.queues or view.queues & set(a.queues)],
        measures=_measures(board, view, queues),
        owed=None if owed is None else [one for one in owed if _is_owed(one, view)],
        whole=not view.clients,
    )


def _measures(board: Board, view: View, queues: Iterable[QueueNow]) -> Cells:
    """Return the metrics of what a viewer sees: of all, of some brands, or of some queues."""
    day = board.day
    if day is None:
        return {}
    if view.is_narrow:
        return {}
    if view.clients:
        return merged(day.clients[name] for name in sorted(view.clients) if name in day.clients)
    return merged(queue.measures for queue in queues) if view.queues else day.measures


def _is_owed(owed: Owed, view: View) -> bool:
    """Tell whether a call back is a viewer's; one of no queue is everybody's, as on their list."""
    of_queue = not owed.queue or view.has_queue(owed.queue)
    return (not view.clients or owed.client in view.clients) and of_queue


def _waiting(call: CallNow, today: str, view: View) -> dict[str, Any]:
    return {
        "id": call.call_id,
        "caller": _number(call.caller, view),
        "queue": call.queue,
        "since": _ms(call.since),
        "position": call.position,
        "again": call.calls_today,
        "unhelped": call.unhelped_today,
        "important": call.important,
        "yesterday": call.day is not None and call.day != today,
    }


def _number(number: str | None, view: View) -> str | None:
    """Return a number as a viewer may see it; null where none was given."""
    if not number or number.lower() in WITHHELD:
        return None
    return number if view.numbers else masked(number)


def _queue(queue: QueueNow, level: str) -> dict[str, Any]:
    def of(name: str) -> float | None:
        cell = queue.measures.get(name)
        return cell.value if cell else None

    return {
        "name": queue.name,
        "waiting": queue.waiting,
        "longest_since": _ms(queue.longest_since),
        "staffed": queue.staffed,
        "free": queue.free,
        "talking": queue.talking,
        "entered": of("arrived"),
        "answered": of("answered"),
        "gave_up": of("gave_up"),
        "sent_on": of("passed_on"),
        "missed": of("missed"),
        "lost": of("lost"),
        "abandoned": of("abandoned"),
        "level": of(level),
        "wait_ms": of("average_wait"),
    }


def _agent(agent: AgentNow, calls: Mapping[str, CallNow], view: View) -> dict[str, Any]:
    theirs = view.has_talk(agent, calls.get(agent.call_id or ""))
    return {
        "name": agent.name,
        "state": agent.state.value,
        "since": _ms(agent.since),
        "with": _number(agent.with_caller, view) if theirs else None,
        "queue": agent.queue if theirs else None,
        "queues": list(agent.queues),
        "reason": agent.reason,
        "no_answers": agent.no_answers,
        "checked_every": agent.checked_every,
        "answered": agent.answered,
        "talk_ms": agent.talk_ms,
        "call": agent.call_id if theirs else None,
    }


def _help(one: HelpNow) -> dict[str, Any]:
    return {
        "need": one.need.value,
        "agent": one.agent,
        "call": one.call_id,
        "queue": one.queue,
        "since": _ms(one.since),
        "holds": one.holds,
    }


def _line(line: Any) -> dict[str, Any]:
    return {"name": line.name, "lost_since": _ms(line.lost_since), "out_ms": line.out_ms}


def _sound(one: Any) -> dict[str, Any]:
    return {
        "phone": one.phone,
        "reports": one.reports,
        "bad": one.bad,
        "loss": one.loss,
        "jitter_ms": one.jitter_ms,
    }


def _drops(board: Board, day: DayNow | None, view: View) -> dict[str, list[dict[str, Any]]]:
    """Return where calls were lost: the lines, numbers, people and hours with most of them."""
    if day is None:
        return {"trunks": [], "phones": [], "hours": []}
    people = {a.name: a.dropped for a in board.agents if a.dropped} if view.names else {}
    return {
        "trunks": _places(day.trunks),
        "phones": [
            {"name": name, "dropped": dropped}
            for name, dropped in sorted(people.items(), key=lambda one: (-one[1], one[0]))
        ][:PLACES_SHOWN],
        "hours": sorted(
            _places({f"{hour:02}": cells for hour, cells in day.hours.items()}),
            key=lambda row: str(row["name"]),
        ),
    }


def _places(found: Mapping[str, Cells]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"name": name, **{metric: _value(cells, metric) for metric in ("arrived", *LOST)}}
        for name, cells in found.items()
    ]
    bad = [row for row in rows if any(row[name] for name in LOST)]
    return sorted(bad, key=lambda row: (-sum(row[name] or 0 for name in LOST), row["name"]))[
        :PLACES_SHOWN
    ]


def _value(cells: Cells, metric: str) -> float | None:
    cell = cells.get(metric)
    return cell.value if cell else None


def _outcomes(day: DayNow | None) -> list[dict[str, Any]]:
    if day is None:
        return []
    ordered = sorted(day.outcomes.items(), key=lambda item: _place(item[0]))
    return [{"outcome": name, "calls": calls, "kind": _kind(name)} for name, calls in ordered]


def _place(outcome: str) -> tuple[int, int]:
    """Return where an outcome stands in the bar: who was helped, who was not, what is open."""
    return KINDS.index(_kind(outcome)), _ORDER.get(outcome, len(_ORDER))


def _kind(outcome: str) -> str:
    if outcome in HELPED:
        return "helped"
    return "open" if outcome in UNSURE else "not-helped"


def _ms(at: int | None) -> int | None:
    return None if at is None else at // 1000
