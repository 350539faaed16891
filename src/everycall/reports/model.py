"""What a report is made of: data first, each number with its unit, its meaning and its calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Query = Callable[[str], list[tuple[Any, ...]]]
"""Runs a statement over calls, visits, attempts, talks and episodes, and returns its rows."""

Calls = Mapping[str, str | int]
"""Which calls are behind a number: dimensions of the ledger and their values; all must hold."""


class Unit(StrEnum):
    """How a value is written; null is always written as a dash."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"
    DURATION = "duration"
    MONEY = "money"
    WRITTEN = "written"
    """A number that is written already, because those of its column have several units."""
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, how its values are written, what it means.

    Attributes:
        calls: what holds of the calls behind its numbers, beside what holds of their row;
            None where no calls are listed.
        term: the id of the word that its heading leads to.
    """

    title: str
    unit: Unit = Unit.TEXT
    doc: str = ""
    calls: Calls | None = None
    currency: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings, with a sentence that says what they add up to or leave out.

    Attributes:
        behind: for each row what holds of its calls; None where none are listed.
        terms: for each row the id of the word that its first cell leads to.
        folded: a picture above says the same, so it opens when it is asked for.
    """

    columns: tuple[Column, ...]
    rows: Sequence[tuple[Any, ...]]
    note: str = ""
    title: str = ""
    behind: Sequence[Calls | None] = ()
    folded: bool = False
    terms: Sequence[str] = ()

    def calls(self, row: int, column: int) -> Calls | None:
        """Return which calls are behind one number of the table."""
        own = self.columns[column].calls
        if own is None or not self.behind or self.rows[row][column] in (None, 0):
            return None
        base = self.behind[row]
        return None if base is None else {**base, **own}


class Shape(StrEnum):
    """How a chart is drawn, and so how it reads its table."""

    PARTS = "parts"
    """One bar: a label and a value for each part; the parts add up to the whole."""
    HEAT = "heat"
    """One row for each row of the table, one field for each column after the first."""
    COLUMNS = "columns"
    """Upright bars along a scale: a label, then one value for each series, stacked."""
    BARS = "bars"
    """Lying bars, one for each row: a label and a value."""
    LINE = "line"
    """A line: a place, a value, and a band from low to high if there are two columns more."""
    STEPS = "steps"
    """From one total to another: a label, the change, the total reached."""
    RANGE = "range"
    """A label, then low, middle and high."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of a table, and the sentence that says what is to be seen in it.

    Attributes:
        target: a line to compare with: its name and its value.
        total: what the parts of a bar add up to, in words.
    """

    id: str
    title: str
    shape: Shape
    table: Table
    sentence: str
    target: tuple[str, float] | None = None
    total: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A headline number: what it is called, what it means, what to compare it with.

    Attributes:
        before: the same number in the period before, of equal length.
        usual: from where to where a usual day of these weekdays lies.
        better: 'more' or 'less', where one of them is.
        why: why there is no value.
        a_day: what it is on average for a day.
        count, of, unseen: of a share, how many of how many it is, and how many are in neither.
        target: what it should be.
    """

    id: str
    title: str
    value: float | None
    unit: Unit = Unit.COUNT
    doc: str = ""
    calls: Calls | None = None
    before: float | None = None
    usual: tuple[float, float] | None = None
    better: str = ""
    why: str = ""
    a_day: float | None = None
    count: float | None = None
    of: float | None = None
    unseen: int | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A question that somebody has who has ten minutes, its answer, and where more of it stands."""

    question: str
    answer: str
    section: str


@dataclass(frozen=True, slots=True)
class Section:
    """One question, answered in a sentence with the number in it, and what stands behind it."""

    id: str
    title: str
    lead: str
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    figures: tuple[Figure, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A word that the report uses, and what it means.

    Attributes:
        id: what headings lead to it by.
        rule: how it is counted, or whose word it is.
    """

    word: str
    doc: str
    id: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its title, for when and where, its sections and the words that it uses.

    Attributes:
        options: what tells the command line whose calls these are: `--from`, `--to`, `--site`.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...] = field(default=())
    terms: tuple[Term, ...] = ()
    language: str = "en"
    options: str = ""

    def tables(self) -> list[tuple[str, Table]]:
        """Return every table under a name of its own, those behind the charts included."""
        found: list[tuple[str, Table]] = []
        for section in self.sections:
            found += [(f"{section.id}-{chart.id}", chart.table) for chart in section.charts]
            many = len(section.tables) > 1
            found += [
                (f"{section.id}-{place}" if many else section.id, table)
                for place, table in enumerate(section.tables, 1)
            ]
        return found

    def about(self, calls: Calls) -> str:
        """Return what the first number is called that has these calls behind it; '' if none has."""
        wanted = {name: str(value) for name, value in calls.items()}
        return next((name for name, one in self._clickable() if _same(one, wanted)), "")

    def _clickable(self) -> Iterator[tuple[str, Calls | None]]:
        for section in self.sections:
            yield from ((figure.title, figure.calls) for figure in section.figures)
        for section in self.sections:
            for chart in section.charts:
                yield from _named(chart.table, f"{chart.title}: ", ", ")
            for table in section.tables:
                yield from _named(table, "", ": ")


def _named(table: Table, before: str, between: str) -> Iterator[tuple[str, Calls | None]]:
    """Yield what each cell is called, by its row and column, and the calls behind it."""
    for row, cells in enumerate(table.rows):
        for place, column in enumerate(table.columns):
            yield f"{before}{cells[0]}{between}{column.title}", table.calls(row, place)


def _same(calls: Calls | None, wanted: Mapping[str, str]) -> bool:
    return calls is not None and {name: str(value) for name, value in calls.items()} == wanted


def share(part: float | None, whole: float | None) -> float | None:
    """Return a ratio; of nothing there is none."""
    return None if part is None or not whole else part / whole
