"""The terminal: tables that fit 80 columns, numbers to the right, a dash for what is unknown."""

from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from everycall.reports.model import Column, Report, Section, Table, Unit
from everycall.reports.words import DASH, count, duration, percent

NARROWEST = 80
WIDEST = 110
BAR = 18


def console(*, stderr: bool = False) -> Console:
    """Return a console as wide as the terminal, within reason."""
    found = Console(stderr=stderr, highlight=False)
    found.width = max(NARROWEST, min(found.width, WIDEST)) if found.is_terminal else NARROWEST
    return found


def show_report(report: Report, out: Console) -> None:
    """Print a report."""
    out.print()
    out.print(Text(report.title, style="bold"))
    out.print(Text(report.subtitle, style="dim"))
    for section in report.sections:
        out.print(_section(section))


def _section(section: Section) -> Group:
    parts: list[Any] = ["", Text(section.title, style="bold underline"), Text(section.lead)]
    for table in section.tables:
        if table.title:
            parts.append(Text(f"\n{table.title}", style="bold"))
        parts.append(grid(table))
        if table.note:
            parts.append(Padding(Text(table.note, style="dim"), (0, 0, 0, 1)))
    parts += [Padding(Text(note, style="dim"), (0, 0, 0, 1)) for note in section.notes]
    return Group(*parts)


def grid(table: Table) -> Grid:
    """Return a table as the terminal shows it."""
    shown = Grid(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for column in table.columns:
        text = column.unit in (Unit.TEXT, Unit.BAR)
        shown.add_column(
            column.title,
            justify="left" if text else "right",
            no_wrap=not text,
            overflow="fold",
            min_width=min(12, _widest(table, column)) if text else None,
        )
    largest = _largest(table)
    for row in table.rows:
        cells = zip(table.columns, row, largest, strict=True)
        shown.add_row(*(_cell(column, value, most) for column, value, most in cells))
    return shown


def _widest(table: Table, column: Column) -> int:
    place = table.columns.index(column)
    return max((len(str(row[place])) for row in table.rows), default=0)


def _largest(table: Table) -> Sequence[float]:
    bars = [
        max((row[i] or 0 for row in table.rows), default=0) if column.unit is Unit.BAR else 0
        for i, column in enumerate(table.columns)
    ]
    return [float(bar) for bar in bars]


def _cell(column: Column, value: Any, most: float) -> Text:
    if value is None:
        return Text(DASH, style="dim")
    if column.unit is Unit.BAR:
        return Text("█" * round(value / most * BAR) if most else "", style="dim")
    write = {Unit.COUNT: count, Unit.SHARE: percent, Unit.DURATION: duration}.get(column.unit, str)
    return Text(write(value))
