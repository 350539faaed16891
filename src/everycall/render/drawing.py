"""What a shape is drawn from: a chart's table as rows, and the paper it is drawn on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import altair as alt

from everycall.render.links import query
from everycall.reports import Chart, Unit, Words
from everycall.reports.comparing import write


class Paper(Enum):
    """How much room there is."""

    WIDE = "wide"
    NARROW = "narrow"
    PRINT = "print"


_WIDTHS = {Paper.WIDE: 920, Paper.NARROW: 340, Paper.PRINT: 700}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart that is being drawn."""

    chart: Chart
    words: Words
    paper: Paper

    @property
    def wide(self) -> bool:
        """Tell whether it is drawn for a desk."""
        return self.paper is not Paper.NARROW

    @property
    def width(self) -> int:
        """Return how wide the whole picture is, in pixels."""
        return _WIDTHS[self.paper]

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Return the rows of the table behind it."""
        return self.chart.table.rows

    def write(self, value: float | str | None, unit: Unit) -> str:
        """Write a value as the report does."""
        return write(value, unit, self.words)

    def cell(self, value: float | None, column: int) -> str:
        """Write a value of a column, with its currency."""
        declared = self.chart.table.columns[column]
        return write(value, declared.unit, self.words, declared.currency)

    def briefly(self, value: float | None, unit: Unit) -> str:
        """Write a value where many stand side by side: on a phone without decimals."""
        if unit is Unit.SHARE and not self.wide and value is not None:
            return f"{self.words.number(value * 100, 0)}%"
        return self.write(value, unit)

    def unit(self, column: int) -> Unit:
        """Return the unit of a column."""
        return self.chart.table.columns[column].unit

    def title(self, column: int) -> str:
        """Return the heading of a column."""
        return self.chart.table.columns[column].title

    def link(self, row: int, column: int) -> str:
        """Return where the calls behind a value are listed; '' on paper and where there are none."""
        calls = None if self.paper is Paper.PRINT else self.chart.table.calls(row, column)
        return "" if calls is None else f"#calls?{query(calls)}"

    @staticmethod
    def data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
        """Return rows as data."""
        return alt.InlineData(values=list(rows))
