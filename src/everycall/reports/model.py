"""What a report is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Query = Callable[[str], list[tuple[Any, ...]]]
"""Runs a statement over calls, visits, attempts, talks and episodes, and returns its rows."""


class Unit(StrEnum):
    """How a value is written; null is always written as a dash."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    DURATION = "duration"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, how its values are written, what it means."""

    title: str
    unit: Unit = Unit.TEXT
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with a sentence that says what they add up to or leave out."""

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    note: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One question, answered in a sentence with the number in it, and the tables behind it."""

    id: str
    title: str
    lead: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its title, for when and where, and its sections."""

    title: str
    subtitle: str
    sections: tuple[Section, ...] = field(default=())


def share(part: float | None, whole: float | None) -> float | None:
    """Return a ratio; of nothing there is none."""
    return None if part is None or not whole else part / whole
