"""From hot calls, totals and staff to the board."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from everycall.live.board import AgentNow, AgentState, Board, CallNow, Cells, QueueNow, Stage
from everycall.live.in_vain import EndedRing, RingsInVain
from everycall.live.lines import Lines
from everycall.live.needs import Helps, needs
from everycall.live.repeats import Repeats
from everycall.live.signs import Device
from everycall.live.staff import Membership, Phone, Staff
from everycall.live.totals import Totals, by_person, counted_agent
from everycall.live.window import Window

_OPEN = """
SELECT c.call_id, c.direction, COALESCE(c.caller_key, c.caller_raw) AS caller, c.called, c.trunk,
  c.client, d.day, c.arrived_at, c.transfers
FROM hot_calls AS c LEFT JOIN days AS d ON c.arrived_at >= d.from_at AND c.arrived_at < d.to_at
WHERE c.outcome = 'pending'
ORDER BY c.arrived_at, c.call_id
"""
_PARTS = """
SELECT p.call_id, p.{name}, p.began_at{kind}
FROM hot_{table} AS p INNER JOIN hot_calls AS c ON c.call_id = p.call_id
WHERE c.outcome = 'pending' AND p.ended_at IS NULL AND p.result IS NULL
ORDER BY p.began_at, p.seq
"""
_VISITS = _PARTS.format(name="queue", table="visits", kind="")
_RINGS = _PARTS.format(name="agent", table="attempts", kind=", p.queue")
_TALKS = _PARTS.format(name="agent", table="talks", kind=", p.queue")
_HELD = """
SELECT h.call_id, COUNT(*) AS holds, MAX(CASE WHEN h.ended_at IS NULL THEN h.began_at END) AS since
FROM hot_holds AS h INNER JOIN hot_calls AS c ON c.call_id = h.call_id
WHERE c.outcome = 'pending' GROUP BY h.call_id
"""
_ENDED_TALKS = """
SELECT agent, MAX(ended_at) FROM hot_talks
WHERE NOT agent IS NULL AND call_id IN (SELECT id FROM fresh_ids) GROUP BY agent
"""
_STOPPED_RINGS = """
SELECT call_id, agent, result = 'answered', ended_at FROM hot_attempts
WHERE NOT agent IS NULL AND NOT ended_at IS NULL
  AND result IN ('answered', 'no_answer', 'unreachable')
  AND call_id IN (SELECT id FROM fresh_ids)
"""


@dataclass(frozen=True, slots=True)
class _Line:
    """Something that goes on in a call: with whom, in which queue, and since when."""

    call_id: str
    agent: str
    since: int
    queue: str | None


@dataclass(slots=True)
class _Open:
    """What goes on in the calls that are open."""

    calls: dict[str, CallNow] = field(default_factory=dict)
    rings: list[_Line] = field(default_factory=list)
    talks: list[_Line] = field(default_factory=list)
    held: dict[str, int] = field(default_factory=dict)


class Picture:
    """Draws the board; remembers of people what their hot calls no longer tell.

    `helps` knows who needs help, `lines` which line is
    out and which phone hears badly, `repeats` who calls again.
    """

    def __init__(
        self,
        window: Window,
        staff: Staff,
        definition: str,
        helps: Helps,
        lines: Lines,
        repeats: Repeats,
    ) -> None:
        self._window = window
        self._staff = staff
        self._definition = definition
        self._helps = helps
        self._lines = lines
        self._repeats = repeats
        self._talked: dict[str, int] = {}
        self._in_vain = RingsInVain()
        self._version = 0

    def board(self, as_of: int, today: str, totals: Totals) -> Board:
        """Return what is to be shown at a moment."""
        found = self._open()
        self._repeats.mark(found.calls, today)
        agents = self._agents(as_of, today, found, totals)
        days = sorted({today, *_days(found.calls.values())}, reverse=True)
        self._version += 1
        return Board(
            as_of=as_of,
            version=self._version,
            today=today,
            calls=tuple(found.calls.values()),
            agents=tuple(agents),
            queues=tuple(self._queues(today, found, agents, totals)),
            days=tuple(totals.day(day) for day in days),
            tallies=dict(totals.parts),
            service_level=totals.service_level,
            definition=self._definition,
            help=needs(agents, found.calls, self._helps, as_of),
            trunks=self._lines.trunks(as_of),
            quality=self._lines.quality(),
        )

    def person(self, name: str) -> str:
        """Return the person's name for any name of theirs."""
        return self._staff.person(name, self._window.names)

    # ---- calls

    def _open(self) -> _Open:
        hot = self._window.hot
        found = _Open()
        for call_id, direction, caller, called, trunk, client, day, at, moved in hot(_OPEN):
            found.calls[call_id] = CallNow(
                *(call_id, direction, caller, called, trunk, client, day),
                arrived_at=_int(at),
                stage=Stage.AUTOMATED,
                since=_int(at),
                transfers=None if moved is None else _int(moved),
            )
        self._waiting(found, hot(_VISITS))
        found.rings = [self._line(row) for row in hot(_RINGS) if row[1] is not None]
        found.talks = [self._line(row) for row in hot(_TALKS) if row[1] is not None]
        self._staged(found, hot(_HELD))
        return found

    def _line(self, row: tuple[Any, ...]) -> _Line:
        return _Line(row[0], self.person(row[1]), row[2], row[3])

    def _waiting(self, found: _Open, rows: Sequence[tuple[Any, ...]]) -> None:
        """Give every caller who waits the place in the queue, by the time of entry."""
        places: dict[str, int] = defaultdict(int)
        for call_id, queue, began_at in rows:
            places[queue] += 1
            call = found.calls[call_id]
            found.calls[call_id] = replace(
                call, stage=Stage.WAITING, since=began_at, queue=queue, position=places[queue]
            )

    def _staged(self, found: _Open, held: Sequence[tuple[Any, ...]]) -> None:
        """Say of every call how far it is: who rings for it, who talks, whether it is on hold."""
        for line in found.rings:
            call = found.calls[line.call_id]
            stage = call.stage if call.stage is Stage.WAITING else Stage.RINGING
            since = call.since if call.stage is not Stage.AUTOMATED else line.since
            ringing = (*call.ringing, line.agent)
            found.calls[line.call_id] = replace(call, stage=stage, since=since, ringing=ringing)
        for line in found.talks:
            call = found.calls[line.call_id]
            queue = call.queue or line.queue
            found.calls[line.call_id] = replace(
                call, stage=Stage.TALKING, since=line.since, agent=line.agent, queue=queue
            )
        for call_id, holds, since in held:
            call = replace(found.calls[call_id], holds=holds)
            if since is not None and call.stage is Stage.TALKING:
                found.held[call_id] = since
                call = replace(call, stage=Stage.ON_HOLD, since=since)
            found.calls[call_id] = call

    # ---- people

    def remember(self) -> None:
        """Keep when each person last talked, and how many rings in a row they let pass, by what was
        counted since this was last asked for.
        """
        for name, ended_at in self._window.hot(_ENDED_TALKS):
            if ended_at is not None:
                person = self.person(str(name))
                self._talked[person] = max(self._talked.get(person, 0), _int(ended_at))
        self._in_vain.counted(
            EndedRing(call_id, self.person(str(name)), answered, _int(ended_at))
            for call_id, name, answered, ended_at in self._window.hot(_STOPPED_RINGS)
        )
        self._window.seen()

    def _agents(self, as_of: int, today: str, found: _Open, totals: Totals) -> list[AgentNow]:
        queues = self._staff.everyone(self.person)
        phones = self._staff.phones_of(self.person)
        rings = by_person(totals.of("rings", today), self.person)
        talks = by_person(totals.of("talks", today), self.person)
        names = {*queues, *rings, *(line.agent for line in (*found.rings, *found.talks))}
        return [
            counted_agent(
                self._agent(as_of, name, queues.get(name), phones.get(name, []), found),
                rings.get(name, {}),
                talks.get(name, {}),
            )
            for name in sorted(names)
        ]

    def _agent(
        self,
        as_of: int,
        name: str,
        queues: list[Membership] | None,
        phones: Sequence[Phone],
        found: _Open,
    ) -> AgentNow:
        members = [one for one in queues or () if one.queue]
        paused = [one for one in queues or () if one.paused]
        plain = AgentNow(
            name,
            AgentState.UNKNOWN,
            None,
            phones=tuple(phone.name for phone in phones),
            queues=tuple(one.queue for one in members),
            paused_in=tuple(one.queue for one in paused),
            signed_in=None if queues is None else bool(queues),
            reason=next((one.reason for one in paused if one.reason), None),
            checked_every=next(
                (p.checked_every for p in phones if p.checked_every is not None), None
            ),
            no_answers=self._in_vain.of(name),
        )
        busy = _on_the_line(plain, found)
        if busy is not None:
            return busy
        return self._idle(as_of, plain, queues, phones)

    def _idle(
        self,
        as_of: int,
        plain: AgentNow,
        queues: list[Membership] | None,
        phones: Sequence[Phone],
    ) -> AgentNow:
        silent = [phone for phone in phones if phone.device is Device.UNREACHABLE]
        if silent and len(silent) == len(phones):
            return _is(plain, AgentState.UNREACHABLE, max(phone.since for phone in silent))
        if queues is None:
            return plain
        if not queues:
            return _is(plain, AgentState.SIGNED_OUT, None)
        talked = self._talked.get(plain.name)
        wrap_up = max((one.wrap_up_ms or 0 for one in queues), default=0) * 1000
        if talked is not None and as_of < talked + wrap_up:
            return _is(plain, AgentState.WRAPPING_UP, talked)
        if all(one.paused for one in queues):
            return _is(plain, AgentState.PAUSED, max(one.paused_since or 0 for one in queues))
        busy = [phone for phone in phones if phone.device in (Device.IN_USE, Device.RINGING)]
        if busy:
            return _is(plain, AgentState.BUSY, max(phone.since for phone in busy))
        return _is(plain, AgentState.FREE, _free_since(queues, phones, talked))

    # ---- queues

    def _queues(
        self,
        today: str,
        found: _Open,
        agents: Sequence[AgentNow],
        totals: Totals,
    ) -> list[QueueNow]:
        counted: dict[str, Cells] = {
            str(name): cells for name, cells in totals.cells("queues", today) if name is not None
        }
        names = {*counted, *(queue for agent in agents for queue in agent.queues)}
        names |= {call.queue for call in found.calls.values() if call.queue}
        told = any(agent.signed_in is not None for agent in agents)
        calls, none = list(found.calls.values()), totals.nothing("queues")
        return [
            totals.queue(_queue(name, calls, agents, told), counted.get(name, none))
            for name in sorted(names)
        ]


def _on_the_line(plain: AgentNow, found: _Open) -> AgentNow | None:
    for lines, state in ((found.talks, AgentState.TALKING), (found.rings, AgentState.RINGING)):
        mine = [line for line in lines if line.agent == plain.name]
        if mine:
            line = mine[-1]
            held = found.held.get(line.call_id) if state is AgentState.TALKING else None
            return replace(
                plain,
                state=AgentState.ON_HOLD if held else state,
                since=held or line.since,
                talking_since=line.since if state is AgentState.TALKING else None,
                call_id=line.call_id,
                with_caller=found.calls[line.call_id].caller,
                queue=line.queue or found.calls[line.call_id].queue,
            )
    return None


def _is(plain: AgentNow, state: AgentState, since: int | None) -> AgentNow:
    return replace(plain, state=state, since=since)


def _free_since(
    queues: Sequence[Membership], phones: Sequence[Phone], talked: int | None
) -> int | None:
    times = [one.since for one in queues] + [phone.since for phone in phones]
    return max([*times, talked or 0])


def _queue(
    name: str,
    calls: Sequence[CallNow],
    agents: Sequence[AgentNow],
    told: bool,  # noqa: FBT001 - whether any source says who is signed in
) -> QueueNow:
    waiting = [call for call in calls if call.position is not None and call.queue == name]
    mine = [agent for agent in agents if name in agent.queues]
    states = [agent.state for agent in mine if name not in agent.paused_in]

    def of(*wanted: AgentState) -> int | None:
        return sum(state in wanted for state in states) if told else None

    away = (AgentState.UNREACHABLE, AgentState.SIGNED_OUT, AgentState.UNKNOWN)
    return QueueNow(
        name,
        waiting=len(waiting),
        longest_since=min((call.since for call in waiting), default=None),
        staffed=sum(state not in away for state in states) if told else None,
        free=of(AgentState.FREE),
        talking=sum(1 for call in calls if call.queue == name and call.agent is not None),
        ringing=sum(1 for call in calls if call.queue == name and call.ringing),
        paused=sum(name in agent.paused_in for agent in mine) if told else None,
        unreachable=of(AgentState.UNREACHABLE),
    )


def _days(calls: Iterable[CallNow]) -> set[str]:
    return {call.day for call in calls if call.day is not None}


def _int(value: Any) -> int:
    return int(value)
