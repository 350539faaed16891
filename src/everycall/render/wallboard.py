"""The live picture in a terminal, readable at 80 columns."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from everycall.clock import from_micros
from everycall.live.board import AgentNow, AgentState, Board, CallNow, DayNow, QueueNow

_STYLES = {
    AgentState.TALKING: "green",
    AgentState.ON_HOLD: "yellow",
    AgentState.RINGING: "cyan",
    AgentState.UNREACHABLE: "bold red",
    AgentState.PAUSED: "yellow",
    AgentState.FREE: "bold green",
}
_MARKS = {
    AgentState.TALKING: "●",
    AgentState.ON_HOLD: "‖",
    AgentState.RINGING: "◌",
    AgentState.UNREACHABLE: "✗",
    AgentState.WRAPPING_UP: "…",
    AgentState.PAUSED: "◐",
    AgentState.BUSY: "◍",
    AgentState.FREE: "○",
    AgentState.SIGNED_OUT: "–",
    AgentState.UNKNOWN: "?",
}
"""A shape for each state, so that colour is never needed to read it."""


def wallboard(board: Board, troubles: Sequence[str], zone: tzinfo, site: str) -> RenderableType:
    """Return what is to be shown of a site."""
    return Group(*_parts(board, troubles, zone, site))


def _parts(
    board: Board, troubles: Sequence[str], zone: tzinfo, site: str
) -> Iterator[RenderableType]:
    at = from_micros(board.as_of).astimezone(zone)
    yield Text(f"{site}  {at:%A %d %B %H:%M:%S}", style="bold")
    for trouble in troubles:
        yield Text(f"! {trouble}", style="bold red")
    yield Text(_day(board.day))
    if board.queues:
        yield _queues(board)
    if board.agents:
        yield _agents(board)
    if board.calls:
        yield _calls(board)


_SAID = ("answered", "pending")


def _day(day: DayNow | None) -> str:
    if day is None:
        return "No call yet today."
    share = f" ({day.answered / day.arrived:.0%})" if day.arrived else ""
    wait = day.wait_ms / day.wait_seen / 1000 if day.wait_seen else None
    waited = f", waited {_length(wait)} on average" if wait is not None else ""
    arrived = f"{day.arrived} arrived, {day.answered} answered{share}{waited}"
    rows = sorted(day.outcomes.items(), key=lambda row: -row[1])
    others = ", ".join(f"{count} {outcome}" for outcome, count in rows if outcome not in _SAID)
    return f"{arrived}; {day.pending} open.\n{others or 'None was lost.'}"


def _queues(board: Board) -> Table:
    table = _table(
        "queue", "waiting", "longest", "free", "staffed", "entered", "answered", "gave up"
    )
    for queue in board.queues:
        table.add_row(*_queue(queue, board.as_of))
    return table


def _queue(queue: QueueNow, now: int) -> tuple[Text | str, ...]:
    waiting = Text(str(queue.waiting), style="bold yellow" if queue.waiting else "")
    return (
        queue.name,
        waiting,
        _since(queue.longest_since, now),
        _number(queue.free),
        _number(queue.staffed),
        str(queue.entered),
        str(queue.answered),
        str(queue.gave_up),
    )


def _agents(board: Board) -> Table:
    table = _table("agent", "state", "for", "with or why", "answered", "missed")
    for agent in board.agents:
        table.add_row(*_agent(agent, board.as_of))
    return table


def _agent(agent: AgentNow, now: int) -> tuple[Text | str, ...]:
    state = f"{_MARKS[agent.state]} {agent.state.replace('_', ' ')}"
    return (
        agent.name,
        Text(state, style=_STYLES.get(agent.state, "")),
        _since(agent.since, now),
        agent.with_caller or (agent.reason if agent.state is AgentState.PAUSED else "") or "",
        str(agent.answered),
        str(agent.no_answer),
    )


def _calls(board: Board) -> Table:
    table = _table("caller", "stage", "for", "queue", "place", "with")
    for call in board.calls[:30]:
        table.add_row(*_call(call, board.as_of))
    return table


def _call(call: CallNow, now: int) -> tuple[str, ...]:
    return (
        call.caller or "withheld",
        call.stage.replace("_", " "),
        _since(call.since, now),
        call.queue or "",
        _number(call.position) if call.position else "",
        call.agent or ", ".join(call.ringing),
    )


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", expand=False, padding=(0, 2, 0, 0))
    for heading in headings:
        right = heading in ("waiting", "longest", "free", "staffed", "entered", "answered", "for")
        table.add_column(heading, justify="right" if right else "left", overflow="ellipsis")
    return table


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)


def _since(at: int | None, now: int) -> str:
    return "–" if at is None else _length(max(0, now - at) / 1_000_000)


def _length(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return (
        f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
    )
