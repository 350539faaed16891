"""What the totals say, as the board shows it: the day, its queues, people, lines and hours."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from everycall.live.board import AgentNow, Cells, DayNow, QueueNow, TargetNow
from everycall.live.tallies import Part, Planned
from everycall.metrics.answering import Blindness
from everycall.metrics.model import Cell
from everycall.metrics.targets import Target, judge

_EPOCH = date(1970, 1, 1)
NOTHING = Cell(note="nothing happened")


def key_of(day: str) -> int:
    """Return a day as the totals know it."""
    return (date.fromisoformat(day) - _EPOCH).days


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of a moment, and what is needed to read them.

    Attributes:
        service_level: the metric that says what was answered in time.
        targets: what the team set out to reach, by name.
        brands: the brands of the site, each of which has a day, be it one without a call.
        heard: something was heard, so that what was not heard did not happen.
    """

    parts: Mapping[str, Part]
    tallies: Mapping[str, Planned]
    zone: ZoneInfo
    blind: Blindness
    service_level: str
    targets: Mapping[str, Target]
    brands: Collection[str] = ()
    heard: bool = True

    def cells(self, name: str, day: str) -> Iterator[tuple[Any, Cells]]:
        """Yield what a tally says of a day: what it counted by, and the value of each metric."""
        tally = self.tallies[name]
        for row in tally.rows(self.parts, [key_of(day)], self.zone, self.blind):
            yield (row.keys[1] if len(row.keys) > 1 else None), dict(row.cells)

    def of(self, name: str, day: str) -> dict[Any, Cells]:
        """Return the same by what it counted by."""
        return dict(self.cells(name, day))

    def nothing(self, name: str) -> Cells:
        """Return what a tally says of what did not happen; nothing at all where nobody listened."""
        return self.tallies[name].nothing(self.zone, self.blind) if self.heard else {}

    def day(self, day: str) -> DayNow:
        """Return all that is said of a day."""
        measures = self.of("day", day).get(None) or self.nothing("day")
        wait = measures.get("average_wait", NOTHING)
        talk = measures.get("talk_time", NOTHING)
        return DayNow(
            day=day,
            arrived=whole(measures.get("arrived")),
            answered=whole(measures.get("answered")),
            asked=whole(measures.get("offered")),
            pending=whole(measures.get("pending")),
            outcomes={str(k): whole(v["arrived"]) for k, v in self.cells("outcomes", day)},
            wait_seen=int(wait.denominator or 0),
            wait_ms=int(wait.numerator or 0),
            longest_wait_ms=_value(measures.get("longest_wait")),
            talk_seen=int(talk.denominator or 0),
            talk_ms=int(talk.numerator or 0),
            measures=measures,
            slots=dict(self._quarters(day)),
            hours={int(hour): found for hour, found in self.cells("hours", day)},
            clients=dict.fromkeys(self.brands, self.nothing("clients"))
            | _named(self.cells("clients", day)),
            **{n: _named(self.cells(n, day)) for n in ("trunks", "numbers")},
            targets=tuple(self._targets(day)),
        )

    def _quarters(self, day: str) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the calls of each quarter of an hour, by its first moment."""
        for key, values in self.parts["quarters/call"].items():
            if key[0] == key_of(day) and isinstance(key[1], int):
                yield key[1], (values[0] or 0, values[3] or 0)

    def _targets(self, day: str) -> Iterator[TargetNow]:
        for name, target in self.targets.items():
            if f"target:{name}" in self.tallies:
                cell = self.of(f"target:{name}", day).get(None, {}).get(target.metric, NOTHING)
                found = judge(target, cell)
                limit = f"{target.sign} {target.limit.number:g} {target.limit.unit}".strip()
                yield TargetNow(name, target.metric, limit, cell, found.met, target.where())

    def queue(self, plain: QueueNow, counted: Cells) -> QueueNow:
        """Return a queue with what was counted of its day."""
        level = counted.get(self.service_level, NOTHING)
        wait = counted.get("average_wait", NOTHING)
        return replace(
            plain,
            entered=whole(counted.get("arrived")),
            answered=whole(counted.get("answered")),
            gave_up=whole(counted.get("gave_up")),
            sent_on=whole(counted.get("passed_on")),
            answered_in_time=int(level.numerator or 0),
            wait_seen=int(wait.denominator or 0),
            wait_ms=int(wait.numerator or 0),
            longest_wait_ms=_value(counted.get("longest_wait")),
            measures=counted,
        )


def counted_agent(agent: AgentNow, rings: Cells, talks: Cells) -> AgentNow:
    """Return a person with what was counted of their day."""
    talk = talks.get("talk_time", NOTHING)
    return replace(
        agent,
        rings=whole(rings.get("arrived")),
        answered=whole(rings.get("answered")),
        no_answer=whole(rings.get("missed")),
        talks=int(talk.denominator or 0),
        talk_ms=int(talk.numerator or 0),
        dropped=whole(talks.get("dropped")),
    )


def by_person(found: Mapping[Any, Cells], person: Callable[[str], str]) -> dict[str, Cells]:
    """Return what was counted by name, by the person's own name."""
    return {person(str(name)): cells for name, cells in found.items() if name is not None}


def whole(cell: Cell | None) -> int:
    """Return a count; what nobody can tell counts nothing here, its cell says why."""
    return 0 if cell is None else int(cell.value or 0)


def _value(cell: Cell | None) -> int | None:
    return None if cell is None or cell.value is None else int(cell.value)


def _named(found: Iterator[tuple[Any, Cells]]) -> dict[str, Cells]:
    return {str(name): cells for name, cells in found if name is not None}


def by_name(tallies: Sequence[Planned]) -> dict[str, Planned]:
    """Return tallies by their names."""
    return {one.tally.name: one for one in tallies}
