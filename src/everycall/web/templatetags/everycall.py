"""How the values of a report's tables are written."""

from typing import Any

from django import template

from everycall.reports.model import Column, Unit
from everycall.reports.words import DASH, count, duration, percent

register = template.Library()

_WRITE = {Unit.COUNT: count, Unit.SHARE: percent, Unit.DURATION: duration}


@register.filter
def cells(row: tuple[Any, ...], columns: tuple[Column, ...]) -> list[dict[str, Any]]:
    """Return a row's values, written by their columns' units."""
    return [_cell(column, value) for column, value in zip(columns, row, strict=True)]


def _cell(column: Column, value: Any) -> dict[str, Any]:
    if column.unit is Unit.BAR:
        return {"bar": True, "value": value or 0}
    text = DASH if value is None else _WRITE.get(column.unit, str)(value)
    return {"bar": False, "text": text, "number": column.unit is not Unit.TEXT}


@register.filter
def largest(rows: list[tuple[Any, ...]], place: int) -> float:
    """Return the largest value of a column, for bars; at least 1."""
    return max((float(row[place] or 0) for row in rows), default=0) or 1
