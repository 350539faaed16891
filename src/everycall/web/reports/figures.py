"""A report's sections as a page shows them: values written, numbers that lead to their calls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

from django.template.defaultfilters import floatformat
from django.utils.formats import localize
from django.utils.html import escape
from django.utils.safestring import mark_safe

from everycall.reports import Calls, Chart, Column, Figure, Report, Section, Table, Unit, Words
from everycall.reports.comparing import beside, write
from everycall.web.reports.behind import address_of
from everycall.web.reports.making import Wish

_LINK = re.compile(r'href="#calls" tabindex="-1" data-calls="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Shown:
    """A report, its pictures, and the words that it is written in."""

    report: Report
    pictures: Mapping[str, Mapping[str, str]]
    words: Words
    wish: Wish

    def sections(self) -> list[dict[str, Any]]:
        """Return the sections as the template wants them."""
        return [self._section(section) for section in self.report.sections]

    def _section(self, section: Section) -> dict[str, Any]:
        return {
            "section": section,
            "figures": [self._figure(figure) for figure in section.figures],
            "charts": [self._chart(section, chart) for chart in section.charts],
            "tables": [self.table(table) for table in section.tables],
        }

    def _figure(self, figure: Figure) -> dict[str, Any]:
        return {
            "title": figure.title,
            "value": write(figure.value, figure.unit, self.words),
            "beside": beside(figure, self.words),
            "doc": figure.why or figure.doc,
            "link": self.link(figure.calls) if figure.value else "",
        }

    def _chart(self, section: Section, chart: Chart) -> dict[str, Any]:
        found = self.pictures.get(f"{section.id}-{chart.id}", {})
        picture = {size: _LINK.sub(self._leading, drawn) for size, drawn in found.items()}
        return {"chart": chart, "picture": picture, "table": self.table(chart.table)}

    def _leading(self, found: re.Match[str]) -> str:
        """Let a part of a picture lead to its calls."""
        link = self.link(dict(parse_qsl(unescape(found[1]), keep_blank_values=True)))
        return f'href="{escape(link)}" tabindex="-1"'

    def table(self, table: Table) -> dict[str, Any]:
        """Return a table with its rows written: a template takes three times as long for them."""
        largest = [_largest(table, place) for place in range(len(table.columns))]
        rows = (
            "".join(
                self._cell(table, (row, column), value, largest[column])
                for column, value in enumerate(values)
            )
            for row, values in enumerate(table.rows)
        )
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return {"table": table, "body": mark_safe(body)}  # noqa: S308 - each part of it is escaped

    def _cell(self, table: Table, place: tuple[int, int], value: Any, largest: float) -> str:
        about = table.columns[place[1]]
        if about.unit is Unit.BAR:
            return _bar(value or 0, largest)
        text: str = escape(write(value, about.unit, self.words, about.currency))
        if place[1] == 0:
            return f'<th scope="row">{text}</th>'
        link = self.link(table.calls(*place))
        if link:
            text = f'<a href="{escape(link)}">{text}</a>'
        return f'<td class="number">{text}</td>' if _is_number(about) else f"<td>{text}</td>"

    def link(self, calls: Calls | None) -> str:
        """Return the address of the calls behind a number; '' where none are listed."""
        return "" if calls is None else address_of(self.wish, calls)


def _bar(value: float, largest: float) -> str:
    most, now = floatformat(largest, "-3u"), floatformat(value, "-3u")
    return f'<td><meter min="0" max="{most}" value="{now}">{escape(localize(value))}</meter></td>'


def _is_number(column: Column) -> bool:
    return column.unit is not Unit.TEXT


def _largest(table: Table, place: int) -> float:
    if table.columns[place].unit is not Unit.BAR:
        return 1
    return max((float(row[place] or 0) for row in table.rows), default=0) or 1
