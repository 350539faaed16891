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


@register.filter
def box(picture: dict[str, Any] | None, about: Any) -> str:
    """Write a stat box for browsers whose scripts do not run."""
    if picture is None:
        return DASH
    boxes = picture["boxes"]
    if about.name == "service_level":
        return percent(boxes["in_time"] / boxes["entered"]) if boxes["entered"] else DASH
    if about.unit == "since":
        since = boxes[about.name]
        return short(picture["as_of"] - since) if since is not None else "0 s"
    return (short if about.unit == "ms" else count)(boxes[about.name])


def short(milliseconds: int | None) -> str:
    """Write a duration as a box has room for: 45 s, 1:10, 2:05 h."""
    if milliseconds is None:
        return DASH
    minutes, seconds = divmod(max(0, round(milliseconds / 1000)), 60)
    if minutes < 1:
        return f"{seconds} s"
    return f"{minutes}:{seconds:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02} h"
