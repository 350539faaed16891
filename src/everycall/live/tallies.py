"""The totals of a day: the metrics' own declarations, asked for by the same planner as history.

What a statement sums up can be merged, so a total is that of the calls that are done with, which is
kept and only added to, and of those that are open or were so a moment ago. The values of the board
are made of the merged sums by the same function that answers a question about history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.calls.statement import DIALECT, write
from everycall.metrics.answering import Blindness, Row, Rows, table
from everycall.metrics.asked import asked
from everycall.metrics.dimensions import dimension
from everycall.metrics.model import Cell, Form, Shape
from everycall.metrics.planner import Plan, Question, plan
from everycall.metrics.targets import Target

TABLES = ("calls", "visits", "stays", "attempts", "talks", "verdicts")
"""The tables of counted calls that tallies are made of; there is one of each for every part."""

SERVICE_LEVEL = "service_level.sl2"
"""The formula of the share answered in time; its limit is the target's, else of the site's watch."""

_WORDS = ("missed", "lost", "abandoned", "dropped_by_definition")
_FAULTS = ("dropped", "refused_before_ring")

Key = tuple[object, ...]
"""A day, as a number of days since 1970, and the values of a tally's other dimensions."""

Values = tuple[int | None, ...]
"""For each metric its numerator, its denominator, and the rows that nobody could see."""

Part = dict[Key, Values]


@dataclass(frozen=True, slots=True)
class Tally:
    """Some metrics by day and something else.

    Attributes:
        by: the dimensions beside the day.
        ids: the metrics.
        where: only of these.
    """

    name: str
    by: tuple[str, ...]
    ids: tuple[str, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()


def tallies(service_level: str, targets: Mapping[str, Target] | None = None) -> tuple[Tally, ...]:
    """Return every tally of a board: those that all have, and one for each target that is narrower."""
    spoken = ("answered", "not_answered", "missed_rate", "answer_rate", "talk_time")
    helped = ("pending", "voicemails", "callbacks_requested", "self_served")
    waits = (service_level, "asa", "average_wait", "longest_wait")
    places = ("arrived", "answered", *_FAULTS, *_WORDS)
    boxes = ("arrived", "gave_up", *spoken, *helped, *_FAULTS, *_WORDS, *waits)
    return (
        Tally("day", (), ("offered", *boxes)),
        Tally("outcomes", ("outcome",), ("arrived",)),
        Tally("queues", ("queue",), ("passed_on", *boxes)),
        Tally("rings", ("agent",), ("arrived", "answered", "not_answered", "missed")),
        Tally("talks", ("agent",), ("talk_time", "dropped")),
        Tally("hours", ("hour",), places),
        Tally("quarters", ("15min",), ("arrived", "answered")),
        Tally("trunks", ("trunk",), places),
        Tally("numbers", ("called",), places),
        Tally("clients", ("client",), boxes),
        *_of_targets(targets or {}),
    )


def _of_targets(targets: Mapping[str, Target]) -> Iterator[Tally]:
    for name, target in targets.items():
        if is_counted_live(target.metric):
            where = tuple(target.where().items())
            yield Tally(f"target:{name}", (), (target.metric,), where)


_LIVE = frozenset({"calls", "stays", "attempts", "verdicts", "slots", "teams", "visits"})


def is_counted_live(metric: str) -> bool:
    """Tell whether a metric stands on calls alone, and its sums can be merged."""
    (one,) = plan(Question((asked(metric),)))
    return one.tables() <= _LIVE and all(is_mergeable(part.form) for part in one.parts)


def is_mergeable(form: Form) -> bool:
    """Tell whether the value of two parts follows from the values of each."""
    return form.shape is not Shape.PICK or form.numerator.startswith("MAX(")


@dataclass(frozen=True, slots=True)
class Planned:
    """A tally's statements: one for each level that its metrics have."""

    tally: Tally
    question: Question
    plans: tuple[Plan, ...]

    @property
    def keys(self) -> int:
        """How many columns say of what a row is."""
        return len(self.question.by)

    def name(self, number: int) -> str:
        """Return the name of one of its statements' totals."""
        return f"{self.tally.name}/{self.plans[number].level.name.lower()}"

    def names(self) -> tuple[str, ...]:
        """Return the names of its totals."""
        return tuple(self.name(number) for number in range(len(self.plans)))

    def statement(self, number: int, prefix: str) -> str:
        """Return a statement over tables whose names begin with a prefix."""
        return _written(self.plans[number], prefix)

    def rows(
        self, totals: Mapping[str, Part], days: Iterable[int], zone: ZoneInfo, blind: Blindness
    ) -> Iterator[Row]:
        """Yield what totals say of some days, as history answers."""
        wanted = set(days)
        results = [
            (one, [(*k, *v) for k, v in _ordered(totals[self.name(i)]) if k[0] in wanted])
            for i, one in enumerate(self.plans)
        ]
        yield from table(self.question, results, blind, zone).rows

    def nothing(self, zone: ZoneInfo, blind: Blindness) -> dict[str, Cell]:
        """Return what is said of a group in which nothing happened: counts are 0, no share is known."""
        return Rows(self.question, [(one, ()) for one in self.plans], blind, zone).nothing


def _ordered(part: Part) -> list[tuple[Key, Values]]:
    return sorted(part.items(), key=lambda one: [(key is None, key) for key in one[0]])


def planned(tally: Tally, site: str, short_ms: int) -> Planned:
    """Return a tally with its statements.

    Raises:
        ValueError: the sums of one of its metrics cannot be merged.
    """
    question = Question(
        tuple(asked(name) for name in tally.ids),
        (dimension("day"), *(dimension(name) for name in tally.by)),
        {dimension(name): values for name, values in tally.where},
        site=site,
        short_ms=short_ms,
    )
    found = Planned(tally, question, plan(question))
    for one in found.plans:
        for part in one.parts:
            if not is_mergeable(part.form):
                raise ValueError(f"{part.asked.name} cannot be added up from parts")
    return found


@cache
def _written(one: Plan, prefix: str) -> str:
    names = {name: f"{prefix}{name}" for name in TABLES}
    tree = exp.replace_tables(one.tree.copy(), names, dialect=DIALECT)
    tree.set("order", None)
    return write(tree.transform(_unfiltered))


_ADDED_UP = (exp.Count, exp.Sum, exp.Max, exp.Min)
"""Aggregates to which a row says nothing that gives them null."""


def _unfiltered(node: exp.Expr) -> exp.Expr:
    """Return an aggregate of some rows as one of all that takes nothing from the others.

    The engine makes room for all columns once for every filter: for few rows that is what costs.
    """
    if not isinstance(node, exp.Filter) or not isinstance(node.this, _ADDED_UP):
        return node
    added = node.this
    if isinstance(added.this, exp.Distinct):
        return node
    value = exp.Literal.number(1) if isinstance(added.this, exp.Star) else added.this
    return type(added)(this=exp.Case(ifs=[exp.If(this=node.expression.this, true=value)]))


def part(keys: int, rows: Iterable[Sequence[Any]]) -> Part:
    """Return what a statement gave, by key."""
    return {tuple(row[:keys]): tuple(row[keys:]) for row in rows}


def merged(one: Plan, before: Mapping[Key, Values], added: Part) -> Part:
    """Return the total of two parts that have no call in common."""
    result = dict(before)
    for key, values in added.items():
        known = result.get(key)
        result[key] = values if known is None else tuple(_merged(one, known, values))
    return result


def _merged(one: Plan, before: Values, added: Values) -> Iterator[int | None]:
    for number, asked_part in enumerate(one.parts):
        first = 3 * number
        yield _value(asked_part.form.shape is Shape.PICK, before[first], added[first])
        for place in (first + 1, first + 2):
            yield _value(False, before[place], added[place])  # noqa: FBT003 - rows are summed up


def _value(largest: bool, one: int | None, other: int | None) -> int | None:  # noqa: FBT001 - a fold, by place
    if one is None or other is None:
        return other if one is None else one
    return max(one, other) if largest else one + other
