"""The workbook: every table on a sheet of its own, with numbers as numbers."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from everycall.reports import Column, Report, Table, Unit, Words

DAY_MS = 86_400_000
_FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.NUMBER: "#,##0.00",
    Unit.SHARE: "0.0%",
    Unit.DURATION: "[h]:mm:ss",
    Unit.MONEY: "#,##0",
    Unit.BAR: "#,##0",
}
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
WIDEST = 60


def write_workbook(report: Report, words: Words, path: Path) -> Path:
    """Write a report as a workbook."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties({"title": report.title, "subject": report.subtitle})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        units = {unit: book.add_format({"num_format": form}) for unit, form in _FORMATS.items()}
        _overview(book.add_worksheet(words("In short")), report, words, head, units)
        for name, table in report.tables():
            sheet = book.add_worksheet(_sheet_name(name))
            _table(sheet, table, head, units)
        if words.language.way == "rtl":
            for sheet in book.worksheets():
                sheet.right_to_left()
    return path


def _sheet_name(name: str) -> str:
    return _FORBIDDEN.sub(" ", name)[:LONGEST_NAME]


def _overview(
    sheet: Worksheet, report: Report, say: Words, head: Format, units: dict[Unit, Format]
) -> None:
    sheet.write_row(0, 0, [report.title], head)
    sheet.write_string(1, 0, report.subtitle)
    titles = (
        *(say("number"), say("value"), say("time before")),
        *(say("usual a day, from"), say("usual a day, to"), say("what it means")),
    )
    sheet.write_row(3, 0, titles, head)
    row = 4
    for section in report.sections:
        for figure in section.figures:
            sheet.write_string(row, 0, figure.title)
            for place, value in enumerate((figure.value, figure.before, *(figure.usual or ())), 1):
                _cell(sheet, row, place, value, Column("", figure.unit), units)
            sheet.write_string(row, 5, figure.doc)
            row += 1
    for one in (answer for section in report.sections for answer in section.answers):
        row += 1
        sheet.write_string(row, 0, one.question)
        sheet.write_string(row, 1, one.answer)
    row += 1
    for section in report.sections:
        row += 1
        sheet.write_string(row, 0, section.title)
        sheet.write_string(row, 1, section.lead)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 4, 14)
    sheet.set_column(5, 5, WIDEST)


def _table(sheet: Worksheet, table: Table, head: Format, units: dict[Unit, Format]) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, _heading(column), head)
        sheet.set_column(place, place, _width(table.rows, place, column))
    for line, row in enumerate(table.rows, 1):
        for place, value in enumerate(row):
            _cell(sheet, line, place, value, table.columns[place], units)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    if table.note:
        sheet.write_string(len(table.rows) + 2, 0, table.note)


def _heading(column: Column) -> str:
    return f"{column.title} ({column.currency})" if column.currency else column.title


def _cell(
    sheet: Worksheet,
    row: int,
    place: int,
    value: Any,
    column: Column,
    units: dict[Unit, Format],
) -> None:
    """Write a cell; what is not known stays empty, never 0."""
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, place, value)
        return
    number = value / DAY_MS if column.unit is Unit.DURATION else value
    sheet.write_number(row, place, number, units.get(column.unit))


def _width(rows: Sequence[tuple[Any, ...]], place: int, column: Column) -> int:
    texts = [len(row[place]) for row in rows if isinstance(row[place], str)]
    return min(WIDEST, max([len(_heading(column)) + 2, 10, *(text + 2 for text in texts)]))
