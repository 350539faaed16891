"""From what was summed up to what is said: values, intervals, and the reason for every dash."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from typing import Any, overload
from zoneinfo import ZoneInfo

from everycall.events.sights import Sight
from everycall.metrics.asked import Asked
from everycall.metrics.dimensions import Dimension
from everycall.metrics.intervals import wilson
from everycall.metrics.model import Cell, Shape
from everycall.metrics.planner import Part, Plan, Question

Keys = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Blindness:
    """What cannot be seen in the time that is asked about, and why.

    Attributes:
        never: no source sees it; the sentence says what would show it.
        partly: a source sees it, but speaks only for a part of the time.
        unspoken: words that the chosen definition has no calls for.
    """

    never: Mapping[Sight, str]
    partly: Mapping[Sight, str]
    unspoken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One group: its keys as people and programs read them, and a cell for each metric by its id.

    Attributes:
        whose: the definition behind a metric, where groups differ in it.
    """

    keys: tuple[Any, ...]
    cells: Mapping[str, Cell]
    whose: Mapping[str, "Whose"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Whose:
    """The definition whose words made a number: by its id, version and the digest of its text."""

    id: str
    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a question, in the order of the keys.

    Attributes:
        rows: made when they are read, for there may be very many.
        remarks: what holds for whole columns, such as by what a level was grouped instead.
        whose: of the metrics that stand on a definition's words, that definition.
    """

    by: tuple[Dimension, ...]
    asked: tuple[Asked, ...]
    rows: "Rows | Joined"
    remarks: tuple[str, ...] = ()
    whose: Mapping[str, Whose] = field(default_factory=dict)

    def cell(self, name: str, *keys: Any) -> Cell:
        """Return one cell; a group in which nothing happened has an empty one."""
        place = self.rows.places.get(keys)
        return Cell(note="nothing happened") if place is None else self.rows[place].cells[name]

    def as_json(self) -> Iterator[dict[str, Any]]:
        """Yield one object for each group."""
        names = [dimension.name for dimension in self.by]
        for row in self.rows:
            cells = {
                name: cell_as_json(row.cells[name]) | {"definition": self._whose(row, name)}
                for name in (a.name for a in self.asked)
            }
            yield dict(zip(names, row.keys, strict=True)) | cells

    def _whose(self, row: Row, name: str) -> dict[str, str] | None:
        found = (row.whose or self.whose).get(name)
        return asdict(found) if found else None


def cell_as_json(cell: Cell) -> dict[str, Any]:
    """Return a cell as other programs read it."""
    return {one.name: getattr(cell, one.name) for one in fields(cell)} | {"note": cell.note or None}


Result = tuple[Plan, Sequence[tuple[Any, ...]]]
"""A statement, and the rows that it gave."""


class Rows(Sequence[Row]):
    """The groups of an answer; each is made from what its statements gave when it is read.

    Attributes:
        nothing: the cells of a group of which there is nothing.
    """

    def __init__(
        self, question: Question, results: Sequence[Result], blindness: Blindness, zone: ZoneInfo
    ) -> None:
        self._by, self._blindness, self._zone = question.by, blindness, zone
        self._plans = [plan for plan, _ in results]
        self.nothing = {
            part.asked.name: _empty(plan, part, blindness)
            for plan in self._plans
            for part in plan.parts
        }
        self._groups = _groups(results, len(question.by))

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return [self._row(group) for group in self._groups[place]]
        return self._row(self._groups[place])

    @cached_property
    def places(self) -> Mapping[Keys, int]:
        """The place of every group, by its keys."""
        return {self._written(keys): i for i, (keys, _) in enumerate(self._groups)}

    def _row(self, group: "_Group") -> Row:
        keys, given = group
        cells = dict(self.nothing)
        for plan, row in zip(self._plans, given, strict=True):
            if row is not None and not plan.lacking:
                for part in plan.parts:
                    cells[part.asked.name] = _cell(part, row, self._blindness)
        return Row(self._written(keys), cells)

    def _written(self, keys: Keys) -> Keys:
        pairs = zip(keys, self._by, strict=True)
        return tuple(None if key is None else one.write(key, self._zone) for key, one in pairs)


class Joined(Sequence[Row]):
    """Groups of several answers, one after another."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return self._rows[place]

    @cached_property
    def places(self) -> Mapping[Keys, int]:
        """The place of every group, by its keys."""
        return {row.keys: i for i, row in enumerate(self._rows)}


_Group = tuple[Keys, Sequence[tuple[Any, ...] | None]]
"""The keys of a group, and for each statement its row there, if it has one."""


def table(
    question: Question, results: Sequence[Result], blindness: Blindness, zone: ZoneInfo
) -> Table:
    """Bring together what the statements of a question gave."""
    rows = Rows(question, results, blindness, zone)
    return Table(question.by, question.asked, rows, tuple(_remarks(question, results)))


def _groups(results: Sequence[Result], keys: int) -> list[_Group]:
    if len(results) == 1 and keys:
        # the statement gave them in order
        return [(row[:keys], (row,)) for row in results[0][1]]
    groups: dict[Keys, list[tuple[Any, ...] | None]] = {}
    if not keys:
        groups[()] = [None] * len(results)
    for i, (_, rows) in enumerate(results):
        for row in rows:
            groups.setdefault(row[:keys], [None] * len(results))[i] = row
    return [(found, groups[found]) for found in sorted(groups, key=_order)]


def _order(keys: Keys) -> tuple[Any, ...]:
    return tuple((key is None, key) for key in keys)


def _remarks(question: Question, results: Iterable[Result]) -> Iterator[str]:
    for plan, _ in results:
        titles = ", ".join(part.asked.metric.title for part in plan.parts)
        for dimension in (*question.by, *question.where):
            if plan.level in dimension.instead:
                yield f"{titles}: {dimension.instead[plan.level]}"


def _empty(plan: Plan, part: Part, blindness: Blindness) -> Cell:
    if plan.lacking:
        return Cell(note=_lacking(part, plan.lacking))
    return _cell(part, (None,) * part.column + (0, 0, 0), blindness)


def _lacking(part: Part, lacking: Iterable[Dimension]) -> str:
    names = " and ".join(dimension.name for dimension in lacking)
    return f"{part.asked.metric.title}: cannot be asked by {names}, for {part.form.level.alone}"


def _cell(part: Part, row: tuple[Any, ...], blindness: Blindness) -> Cell:
    metric = part.asked.metric
    # a ring or a stay may be counted without the definition's words
    word = metric.judged if f"j.{metric.judged}" in part.form.numerator else ""
    for reason in (*map(blindness.never.get, metric.needs), blindness.unspoken.get(word)):
        if reason:
            return Cell(note=reason)
    numerator, denominator, unseen = row[part.column : part.column + 3]
    partly = [blindness.partly[s] for s in metric.needs if s in blindness.partly]
    notes = [*partly, f"not counted: {unseen:,} {metric.unseen}" if unseen else ""]
    value = _value(part.form.shape, numerator, denominator, unseen)
    if value is None:
        notes.insert(0, metric.null or "there is nothing to divide by")
    note = "; ".join(note for note in notes if note)
    shape = part.form.shape
    if shape is Shape.COUNT:
        return Cell(
            value, None if value is None else numerator, None, note=note, unseen=unseen or 0
        )
    if shape is Shape.PICK:
        return Cell(value, None, denominator, note=note, unseen=unseen or 0)
    between = wilson(numerator or 0, denominator or 0) if shape is Shape.SHARE else None
    low, high = between or (None, None)
    return Cell(value, numerator or 0, denominator or 0, low, high, note, unseen or 0)


def _value(
    shape: Shape, numerator: float | None, denominator: float | None, unseen: int
) -> float | None:
    if shape is Shape.COUNT:
        return None if unseen and not denominator else numerator or 0
    if not denominator:
        return None
    return numerator if shape is Shape.PICK else (numerator or 0) / denominator
