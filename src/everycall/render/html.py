"""The page: one file with everything in it, that needs no network and works without scripts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from everycall import __version__
from everycall.render.charts import Picture, draw
from everycall.render.kept_calls import KeptCalls
from everycall.render.links import query
from everycall.render.palette import properties
from everycall.reports import Calls, Column, Figure, Report, Table, Unit, Words
from everycall.reports.comparing import beside, write

_PAGE = files("everycall.render") / "page"

_DAY = re.compile(r"\b\d{4}-[01]\d-[0-3]\d\b")

MOST_BYTES = 2_900_000
"""The page stays under 3 MB."""


@dataclass(frozen=True, slots=True)
class Page:
    """A report as it is written for the screen, in its language."""

    report: Report
    words: Words
    calls: KeptCalls

    def html(self) -> str:
        """Return the whole page; if its tables are long, fewer calls are listed in it."""
        pictures = self._pictures()
        page = self.page(pictures)
        over = len(page.encode()) - MOST_BYTES
        if over <= 0:
            return page
        fewer = replace(self.calls, most=max(0, self.calls.most - over))
        return replace(self, calls=fewer).page(pictures)

    def page(self, pictures: Mapping[str, Picture]) -> str:
        """Return the page with its pictures."""
        environment = Environment(
            loader=PackageLoader("everycall.render", "page"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        helpers = {
            "say": self.words,
            "write": self.write,
            "cell": self.cell,
            "linked": self.linked,
            "length": _length,
            "order": _order,
            "beside": self.beside,
        }
        environment.globals.update(helpers)
        table = environment.get_template("table.html.j2")

        def as_table(one: Table, label: str) -> Markup:
            return Markup(table.render(table=one, label=label))  # noqa: S704  our own template

        return environment.get_template("report.html.j2").render(
            report=self.report,
            way=self.words.language.way,
            style=properties() + _text("report.css"),
            script=_text("report.js"),
            table=as_table,
            pictures=pictures,
            version=__version__,
            ledger=self.calls.as_json(),
            kept=self.calls.kept(),
            command=self.calls.command,
            list_columns=self.calls.headings(),
            first_calls=self.calls.first(),
        )

    def _pictures(self) -> dict[str, Picture]:
        return {
            f"{section.id}-{chart.id}": draw(chart, self.words)
            for section in self.report.sections
            for chart in section.charts
        }

    def write(self, value: Any, unit: Unit) -> str:
        """Write a value by its unit; what is not known is a dash."""
        return write(value, unit, self.words)

    def cell(self, value: Any, column: Column) -> str:
        """Write a value of a table."""
        return write(value, column.unit, self.words, column.currency)

    def linked(
        self, text: str, calls: Calls | None, value: Any, unit: Unit, about: str
    ) -> str | Markup:
        """Write a number as a link to the calls behind it, if they can be listed."""
        if calls is None or not value:
            return text
        number = Markup(' data-number="{}"').format(abs(value)) if unit is Unit.COUNT else ""
        return Markup('<a href="#calls" data-calls="{}"{} data-about="{}">{}</a>').format(
            query(calls), number, about, text
        )

    def beside(self, figure: Figure) -> Sequence[str]:
        """Return what a headline number is to be compared with."""
        return beside(figure, self.words)


def _length(table: Table, column: int, value: float | None) -> int:
    most = max((row[column] or 0 for row in table.rows), default=0)
    return round((value or 0) / most * 100) if most else 0


def _order(value: Any) -> float | None:
    """Return by what a cell is sorted: a number, or the day in it."""
    if not isinstance(value, str):
        return None if value is None else float(value)
    found = _DAY.search(value)
    return date.fromisoformat(found[0]).toordinal() if found else None


def _text(name: str) -> str:
    return (_PAGE / name).read_text(encoding="utf-8")
