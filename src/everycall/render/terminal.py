"""The terminal: tables that fit 80 columns, numbers to the right, a dash for what is unknown."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from everycall.reports.comparing import beside, write
from everycall.reports.model import Column, Report, Section, Shape, Table, Unit
from everycall.reports.words import DASH, Words

NARROWEST = 80
WIDEST = 110
BAR = 18
TEXT = 12
GAP = 2
_LEFT = (Unit.TEXT, Unit.BAR)
MOST_COLUMNS = 9
"""A wider table is in the files, where there is room for it."""


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, within reason."""
    found = Console(stderr=stderr, highlight=False)
    found.width = max(NARROWEST, min(found.width, WIDEST)) if found.is_terminal else NARROWEST
    return found


def show_report(report: Report, out: Console) -> None:
    """Print a report."""
    words = Words(report.language)
    out.print()
    out.print(Text(report.title, style="bold"))
    out.print(Text(report.subtitle, style="dim"))
    for section in report.sections:
        out.print(_section(section, words))


def _section(section: Section, words: Words) -> Group:
    parts: list[Any] = ["", Text(section.title, style="bold underline"), Text(section.lead)]
    if section.answers:
        parts.append(_answers(section))
    if section.figures:
        parts.append(_figures(section, words))
    for table in _tables(section):
        if table.title:
            parts.append(Text(f"\n{table.title}", style="bold"))
        parts.append(grid(table, words))
        if table.note:
            parts.append(Padding(Text(table.note, style="dim"), (0, 0, 0, 1)))
    parts += [Padding(Text(note, style="dim"), (0, 0, 0, 1)) for note in section.notes]
    return Group(*parts)


def _answers(section: Section) -> Grid:
    shown = Grid(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for one in section.answers:
        shown.add_row(Text(one.question, style="dim"), Text(one.answer))
    return shown


def _figures(section: Section, words: Words) -> Grid:
    shown = Grid(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for figure in section.figures:
        value = Text(write(figure.value, figure.unit, words), style="bold", justify="right")
        shown.add_row(
            Text(figure.title), value, Text("; ".join(beside(figure, words)), style="dim")
        )
    return shown


def _tables(section: Section) -> Sequence[Table]:
    """Return what a terminal has room for: the tables, and the way from one number to another."""
    ways = [chart.table for chart in section.charts if chart.shape is Shape.STEPS]
    return [*ways, *(t for t in section.tables if not t.folded or (_counts(t) and _fits(t)))]


def _fits(table: Table) -> bool:
    return len(table.columns) <= MOST_COLUMNS


def _counts(table: Table) -> bool:
    return any(column.unit is Unit.COUNT for column in table.columns)


def grid(table: Table, words: Words | None = None) -> Grid:
    """Return a table as the terminal shows it."""
    say = words or Words()
    shown = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column, width in zip(table.columns, _widths(table, say), strict=True):
        text = column.unit in _LEFT
        shown.add_column(
            column.title,
            justify="left" if text else "right",
            overflow="fold",
            min_width=width if text else None,
            # numbers have a width of their own, or they would be cut where texts are long
            width=None if text else width,
        )
    largest = _largest(table)
    for row in table.rows:
        cells = zip(table.columns, row, largest, strict=True)
        shown.add_row(*(_cell(column, value, most, say) for column, value, most in cells))
    return shown


def _widths(table: Table, say: Words) -> list[int]:
    """Return how wide each number's column is, and each text's at least.

    Where room is short, headings of numbers are broken first, and then texts have less.
    """
    titles = [len(column.title) for column in table.columns]
    wide, found = titles, titles
    for text in (TEXT, *range(TEXT, 5, -1)):
        found = [
            min(text, _widest(table, column))
            if column.unit in _LEFT
            else max(title, _room(table, column, say))
            for column, title in zip(table.columns, wide, strict=True)
        ]
        if sum(found) + GAP * (len(found) - 1) <= NARROWEST:
            break
        wide = [0] * len(titles)
    return found


def _room(table: Table, column: Column, say: Words) -> int:
    """Return how wide a column of numbers is at least: its numbers stay whole, and its words do."""
    place = table.columns.index(column)
    numbers = (write(row[place], column.unit, say, column.currency) for row in table.rows)
    return max(map(len, (*numbers, *column.title.split())), default=0)


def _widest(table: Table, column: Column) -> int:
    place = table.columns.index(column)
    return max((len(str(row[place])) for row in table.rows), default=0)


def _largest(table: Table) -> Sequence[float]:
    bars = [
        max((row[i] or 0 for row in table.rows), default=0) if column.unit is Unit.BAR else 0
        for i, column in enumerate(table.columns)
    ]
    return [float(bar) for bar in bars]


def _cell(column: Column, value: Any, most: float, words: Words) -> Text:
    if value is None:
        return Text(DASH, style="dim")
    if column.unit is Unit.BAR:
        return Text("█" * round(value / most * BAR) if most else "", style="dim")
    return Text(write(value, column.unit, words, column.currency).replace("\u00a0", " "))
