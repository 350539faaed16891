"""From what was summed up to what is said: values, intervals, and the reason for every dash."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
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
    """One group: its keys as people and programs read them, and a cell for each metric by its id."""

    keys: tuple[Any, ...]
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a question, in the order of the keys.

    Attributes:
        remarks: what holds for whole columns, such as by what a level was grouped instead.
    """

    by: tuple[Dimension, ...]
    asked: tuple[Asked, ...]
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()

    def cell(self, name: str, *keys: Any) -> Cell:
        """Return one cell; a group in which nothing happened has an empty one."""
        found = (row.cells[name] for row in self.rows if row.keys == keys)
        return next(found, Cell(note="nothing happened"))

    def as_json(self) -> Iterator[dict[str, Any]]:
        """Yield one object for each group."""
        names = [dimension.name for dimension in self.by]
        for row in self.rows:
            cells = {name: cell_as_json(row.cells[name]) for name in (a.name for a in self.asked)}
            yield dict(zip(names, row.keys, strict=True)) | cells


def cell_as_json(cell: Cell) -> dict[str, Any]:
    """Return a cell as other programs read it."""
    return {field.name: getattr(cell, field.name) for field in fields(cell)} | {
        "note": cell.note or None
    }


def table(
    question: Question,
    results: Iterable[tuple[Plan, Sequence[tuple[Any, ...]]]],
    blindness: Blindness,
    zone: ZoneInfo,
) -> Table:
    """Bring together what the statements of a question gave."""
    given = list(results)
    groups = _groups(given, blindness, len(question.by))
    nothing = {
        part.asked.name: _empty(plan, part, blindness) for plan, _ in given for part in plan.parts
    }
    rows = tuple(
        Row(_written(keys, question.by, zone), nothing | groups[keys])
        for keys in sorted(groups, key=_order)
    )
    return Table(question.by, question.asked, rows, tuple(_remarks(question, given)))


def _groups(
    results: Iterable[tuple[Plan, Sequence[tuple[Any, ...]]]], blindness: Blindness, keys: int
) -> dict[Keys, dict[str, Cell]]:
    groups: dict[Keys, dict[str, Cell]] = {} if keys else {(): {}}
    for plan, rows in results:
        for row in rows:
            if not plan.lacking:
                cells = {part.asked.name: _cell(part, row, blindness) for part in plan.parts}
                groups.setdefault(tuple(row[:keys]), {}).update(cells)
    return groups


def _order(keys: Keys) -> tuple[Any, ...]:
    return tuple((key is None, key) for key in keys)


def _written(keys: Keys, by: Iterable[Dimension], zone: ZoneInfo) -> Keys:
    pairs = zip(keys, by, strict=True)
    return tuple(None if key is None else one.write(key, zone) for key, one in pairs)


def _remarks(
    question: Question, results: Iterable[tuple[Plan, Sequence[tuple[Any, ...]]]]
) -> Iterator[str]:
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
    return f"{part.asked.metric.title} has no {names}"


def _cell(part: Part, row: tuple[Any, ...], blindness: Blindness) -> Cell:
    metric = part.asked.metric
    for reason in (*map(blindness.never.get, metric.needs), blindness.unspoken.get(metric.judged)):
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
        return Cell(value, None if value is None else numerator, None, note=note)
    if shape is Shape.PICK:
        return Cell(value, None, denominator, note=note)
    between = wilson(numerator or 0, denominator or 0) if shape is Shape.SHARE else None
    low, high = between or (None, None)
    return Cell(value, numerator or 0, denominator or 0, low, high, note)


def _value(
    shape: Shape, numerator: float | None, denominator: float | None, unseen: int
) -> float | None:
    if shape is Shape.COUNT:
        return None if unseen and not denominator else numerator or 0
    if not denominator:
        return None
    return numerator if shape is Shape.PICK else (numerator or 0) / denominator
