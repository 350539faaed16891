"""What a shape is drawn from: a chart's table as rows, and the paper it is drawn on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import altair as alt

from everycall.reports import Chart, Unit, Words
from everycall.reports.words import by_unit


class Paper(Enum):
    """How much room there is."""

    WIDE = "wide"
    NARROW = "narrow"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart that is being drawn."""

    chart: Chart
    words: Words
    paper: Paper

    @property
    def wide(self) -> bool:
        """Tell whether it is drawn for a desk."""
        return self.paper is Paper.WIDE

    @property
    def width(self) -> int:
        """Return how wide the whole picture is, in pixels."""
        return 920 if self.wide else 340

    @property
    def rows(self) -> Sequence[tuple[Any, ...]]:
        """Return the rows of the table behind it."""
        return self.chart.table.rows

    def write(self, value: float | None, unit: Unit) -> str:
        """Write a value as the report does."""
        found: str = by_unit(self.words).get(unit.value, str)(value)
        return found

    def unit(self, column: int) -> Unit:
        """Return the unit of a column."""
        return self.chart.table.columns[column].unit

    def title(self, column: int) -> str:
        """Return the heading of a column."""
        return self.chart.table.columns[column].title

    @staticmethod
    def data(rows: Sequence[dict[str, Any]]) -> alt.InlineData:
        """Return rows as data."""
        return alt.InlineData(values=list(rows))
