"""The numbers of a report that lead to a list of calls."""

from collections.abc import Iterator

from everycall.reports import Calls, Report, Unit


def clickable(report: Report) -> Iterator[tuple[str, float, Calls]]:
    """Yield every count with calls behind it, and where it stands."""
    for section in report.sections:
        for figure in section.figures:
            if figure.calls is not None and figure.unit is Unit.COUNT and figure.value:
                yield f"{section.id}: {figure.id}", figure.value, figure.calls
    for name, table in report.tables():
        for line, row in enumerate(table.rows):
            for place, column in enumerate(table.columns):
                calls = table.calls(line, place)
                if calls is not None and column.unit is Unit.COUNT:
                    yield f"{name}: {row[0]}, {column.title}", row[place], calls
