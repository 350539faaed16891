"""What metrics ask of calls: the columns that have to be at hand to answer any question."""

import re
from collections.abc import Iterator
from functools import cache

from everycall.metrics.catalog import METRICS
from everycall.metrics.dimensions import DIMENSIONS
from everycall.metrics.levels import ROWS

_OF_CALL = re.compile(r"\bc\.(\w+)")


@cache
def call_columns() -> frozenset[str]:
    """Return the columns of calls that any metric, by anything, may ask for."""
    return frozenset(name for sql in _asked() for name in _OF_CALL.findall(sql)) - {"call_id"}


def _asked() -> Iterator[str]:
    for metric in METRICS.values():
        for form in metric.forms:
            yield from (form.numerator, form.denominator, form.unseen)
    for dimension in DIMENSIONS:
        yield from dimension.sql.values()
    for rows in ROWS.values():
        yield from (rows.source, rows.at, rows.event_at, rows.scope)
