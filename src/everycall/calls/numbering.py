"""Calls and sources by number: a chain that joins and groups by numbers is far quicker than by names.

The numbers hold within one run of the chain; what leaves it has the call's own id again. Beside it
stands a number that no other call of the site has, for those who read many calls at once; it holds
until the month of the call is counted again.
"""

from sqlglot import exp

from everycall.calls.model import Setting
from everycall.calls.statement import add_columns, fill, parse
from everycall.events import COLUMNS

_NUMBERS = """
SELECT call_id, ROW_NUMBER() OVER (ORDER BY call_id) AS number
FROM (SELECT DISTINCT call_id FROM told WHERE NOT call_id IS NULL) AS ids
"""

_NUMBERED = """
SELECT n.number AS call_id, :source AS source
FROM told AS e
LEFT JOIN call_numbers AS n ON n.call_id = e.call_id
WHERE NOT n.number IS NULL OR e.kind = 'source.gap'
"""

_UNUSED = {"call_id", "source", "site", "event_id", "caller"}
"""Columns that the chain takes from elsewhere, or not at all."""

_FINISHED = """
SELECT n.call_id, t.* EXCLUDE (call_id)
FROM numbered AS t
INNER JOIN call_numbers AS n ON n.number = t.call_id
"""

_STORED = """
SELECT n.call_id, :base + n.number AS call_no, t.* EXCLUDE (call_id)
FROM numbered AS t
INNER JOIN call_numbers AS n ON n.number = t.call_id
"""

_MOST = 1 << 32
"""No month has more calls."""


def numbers() -> exp.Expr:
    """Return the statement that gives each call a number."""
    return parse(_NUMBERS)


def numbered(setting: Setting) -> exp.Expr:
    """Return the statement of the events that speak of calls, by the number of call and source."""
    places = " ".join(f"WHEN '{s.name}' THEN {i}" for i, s in enumerate(setting.sources))
    tree = fill(_NUMBERED, source=f"CASE e.source {places} ELSE -1 END")
    used = [(c.name, f'e."{c.name}"') for c in COLUMNS if c.name not in _UNUSED]
    return add_columns(tree, used)


def finished(table: str) -> exp.Expr:
    """Return the statement that gives the rows of a table the ids of their calls again."""
    return fill(_FINISHED, tables={"numbered": table})


def stored(table: str, month: str) -> exp.Expr:
    """Return the same with the numbers of the calls, which no call of another month (2026-11) has.

    Numbers follow the order of the ids.
    """
    year, number = month.split("-")
    base = (int(year) * 12 + int(number)) * _MOST
    return fill(_STORED, tables={"numbered": table}, base=base)
