"""Values in words, and headline numbers beside what they are compared with."""

from collections.abc import Iterator
from typing import Any

from everycall.reports.model import Figure, Unit
from everycall.reports.words import DASH, Words, by_unit


def write(value: Any, unit: Unit, say: Words, currency: str = "") -> str:
    """Write a value by its unit; what is not known is a dash."""
    if value is None:
        return DASH
    if unit is Unit.MONEY:
        return say.money(value, currency)
    if isinstance(value, str):
        return say.language.inside(value)
    found: str = by_unit(say).get(unit.value, str)(value)
    return found


def beside(figure: Figure, say: Words) -> tuple[str, ...]:
    """Return the lines that stand below a headline number."""
    return tuple(_lines(figure, say))


def _lines(figure: Figure, say: Words) -> Iterator[str]:
    if figure.of is not None and figure.value is not None:
        n, whole = say.count(figure.count), say.count(figure.of)
        if figure.unseen:
            left = say.count(figure.unseen)
            yield say("{n} of {all}; not counted: {left}", n=n, all=whole, left=left)
        else:
            yield say("{n} of {all}", n=n, all=whole)
    if figure.target is not None and figure.value is not None:
        kept = figure.value >= figure.target
        met = kept if figure.better == "more" else figure.value <= figure.target
        target = write(figure.target, figure.unit, say)
        yield (
            say("✓ target {target}", target=target)
            if met
            else say("✗ target {target}", target=target)
        )
    if figure.before is not None:
        yield say("time before: {value}", value=write(figure.before, figure.unit, say))
    if figure.usual is not None:
        low, high = (write(end, figure.unit, say) for end in figure.usual)
        if figure.a_day is None:
            yield say("usual day: {low} to {high}", low=low, high=high)
        else:
            own = write(figure.a_day, figure.unit, say)
            yield say("{own} a day, usual {low} to {high}", own=own, low=low, high=high)
