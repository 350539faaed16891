"""How the values of a report's tables are written."""

from typing import Any

from django import template
from django.utils.translation import gettext

from everycall.reports.model import Column, Unit
from everycall.reports.words import DASH
from everycall.web.live.words import live_words
from everycall.web.wording.deeds import deed, named, trouble
from everycall.web.wording.saying import (
    CLOCK,
    LENGTHS,
    count,
    duration,
    limit_words,
    percent,
    say,
    share,
    words,
)

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


register.filter("limit_words", limit_words)
register.filter("say", say)
register.filter("deed", deed)
register.filter("trouble", trouble)
register.filter("named", named)
register.simple_tag(live_words, name="live_words")


@register.filter
def channel_kind(name: str) -> str:
    """Write by what somebody is told."""
    return {"mail": gettext("E-mail"), "chat": gettext("chat or SMS")}.get(name, name)


_BRANDS = {
    "ami": "Asterisk",
    "ari": "Asterisk (ARI)",
    "queue_log": "queue_log",
    "ringcentral": "RingCentral",
    "freeswitch": "FreeSWITCH",
    "amazon_connect": "Amazon Connect",
}


@register.filter
def brand(name: str) -> str:
    """Write the name of a phone system as its maker does."""
    return _BRANDS.get(name, name.capitalize())


@register.filter
def plain(name: str) -> str:
    """Write a name that stands in code without its underscores."""
    return name.replace("_", " ")


@register.filter
def box(picture: dict[str, Any] | None, about: Any) -> str:
    """Write a stat box for browsers whose scripts do not run."""
    if picture is None:
        return DASH
    value = picture["boxes"].get(about.name)
    if about.unit == "since":
        return short(picture["as_of"] - value if value is not None else 0)
    return _number(value, about.unit)


@register.filter
def held_value(held: dict[str, Any], about: Any) -> str:
    """Write what a target is held against where that is not the number in the box."""
    return _number(held["open"], about.unit)


def _number(value: Any, unit: str) -> str:
    if value is None:
        return DASH
    return {"ms": short, "share": share}.get(unit, count)(value)


@register.filter
def target(picture: dict[str, Any] | None, about: Any) -> dict[str, Any]:
    """Return the target that a box is held against; empty if there is none."""
    found: dict[str, Any] = (picture or {}).get("targets", {}).get(about.name, {})
    return found


def short(milliseconds: int | None) -> str:
    """Write a duration as a box has room for: 45 s, 1:10, 2:05 h."""
    if milliseconds is None:
        return DASH
    minutes, seconds = divmod(max(0, round(milliseconds / 1000)), 60)
    if minutes < 1:
        return words()(LENGTHS["s"], s=seconds)
    if minutes < 60:
        return f"{minutes}:{seconds:02}"
    return words()(CLOCK, time=f"{minutes // 60}:{minutes % 60:02}")
