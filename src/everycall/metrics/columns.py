"""What metrics ask of calls: the columns that have to be at hand to answer any question."""

from collections.abc import Iterator
from functools import cache

from sqlglot import exp

from everycall.calls.statement import parse
from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.levels import ROWS


@cache
def call_columns() -> frozenset[str]:
    """Return the columns of calls that any metric, by anything, may ask for."""
    columns = (column for sql in _asked() for column in parse(sql).find_all(exp.Column))
    return frozenset(column.name for column in columns if column.table == "c") - {"call_id"}


def _asked() -> Iterator[str]:
    for metric in METRICS.values():
        for form in metric.forms:
            yield from (form.numerator, form.denominator, form.unseen or "0")
    for dimension in DIMENSIONS:
        yield from dimension.sql.values()
    for rows in ROWS.values():
        yield from (rows.source, rows.at, rows.event_at, rows.scope)
