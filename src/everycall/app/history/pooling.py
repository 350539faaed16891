"""The events that a count draws from: each said once, and each call in the month it arrived in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from everycall.calls.chain import Chain
from everycall.events import COLUMNS
from everycall.history import Engine
from everycall.history.store import Stray, month_of

DAY = 86_400_000_000
"""Microseconds of a day: a call that goes on for longer may be cut at the end of a month."""

_COLUMNS = ", ".join(f'"{c.name}"' for c in COLUMNS)
_DERIVED = {"seq", "event_id", "caller", "caller_key"}
_SAID = ", ".join(f'"{c.name}"' for c in COLUMNS if c.name not in _DERIVED)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of time in which one import, or all that came before it, speaks for a source."""

    source: str
    first_at: int
    last_at: int


def reading(files: Sequence[Path]) -> str:
    """Return the query of all events in some files; none for no files."""
    if not files:
        nothing = ", ".join(f'CAST(NULL AS {c.type}) AS "{c.name}"' for c in COLUMNS)
        return f"SELECT {nothing} WHERE FALSE"
    names = ", ".join(literal(file) for file in files)
    return f"SELECT {_COLUMNS} FROM read_parquet([{names}])"


def months_of(engine: Engine, files: Sequence[Path]) -> set[str]:
    """Return the months in which calls may have arrived of which some files speak."""
    if not files:
        return set()
    names = ", ".join(literal(file) for file in files)
    days = engine.rows(f'SELECT DISTINCT "at" // {DAY} FROM read_parquet([{names}])')
    return months_of_days(day for (day,) in days)


def months_of_days(days: Iterable[int]) -> set[str]:
    """Return the months in which calls may have arrived of which something is said on some days."""
    return {month_of(at) for day in days for at in (day * DAY, (day - 1) * DAY)}


def literal(thing: Path | str) -> str:
    """Write a text as an SQL literal."""
    return "'" + str(thing).replace("'", "''") + "'"


_ONCE = f"""
SELECT {_COLUMNS} FROM fresh WHERE NOT (:doubtful)
UNION ALL
SELECT {_COLUMNS} FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY {_SAID}, nth ORDER BY is_new, seq) AS copy
  FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY {_SAID}, is_new ORDER BY seq) AS nth
    FROM (
      SELECT {_COLUMNS}, FALSE AS is_new FROM known
      UNION ALL
      SELECT {_COLUMNS}, TRUE AS is_new FROM fresh
    ) AS every
    WHERE :doubtful
  ) AS numbered
) AS once
WHERE copy = 1 AND is_new
"""


def without_repeats(
    engine: Engine, fresh: Sequence[Path], known: Sequence[Path], windows: Sequence[Part]
) -> str:
    """Return the query of new events that are not known yet.

    The same event in two files is one event; two equal events of one file are two.
    """
    doubtful = " OR ".join(
        f'(source = {literal(w.source)} AND "at" BETWEEN {w.first_at} AND {w.last_at})'
        for w in windows
    )
    engine.view("fresh", reading(fresh))
    engine.view("known", reading(known))
    return _ONCE.replace(":doubtful", doubtful or "FALSE")


def overlaps(part: Part, others: Iterable[Part]) -> list[Part]:
    """Return the stretches in which other parts speak for the same source."""
    found = (
        Part(part.source, max(part.first_at, o.first_at), min(part.last_at, o.last_at))
        for o in others
        if o.source == part.source
    )
    return [window for window in found if window.first_at <= window.last_at]


_EDGE = """
CREATE OR REPLACE TABLE {name} AS
SELECT e.call_id
FROM events AS e
LEFT JOIN links AS l ON l.id = e.call_id
WHERE NOT e.call_id IS NULL
QUALIFY MIN(e."at") OVER (PARTITION BY COALESCE(l.call_id, e.call_id)) < {edge}
  AND MAX(e."at") OVER (PARTITION BY COALESCE(l.call_id, e.call_id)) >= {edge}
"""

_MONTH = f"""
SELECT {_COLUMNS} FROM pool
WHERE "at" >= :start AND "at" < :end AND NOT COALESCE(call_id IN (SELECT call_id FROM over_start), FALSE)
UNION ALL
SELECT {_COLUMNS} FROM pool
WHERE "at" >= :end AND "at" < :end + {DAY} AND call_id IN (SELECT call_id FROM over_end)
"""


_STRAYS = """
CREATE OR REPLACE TABLE strays AS
SELECT COALESCE(l.id, s.call_id) AS call_id, s.here
FROM (VALUES {said}) AS s (call_id, here)
LEFT JOIN links AS l ON l.call_id = s.call_id
"""
"""Every id of calls that count in one month only, as far as is known of them in this one."""

_SETTLED = f"""
SELECT {_COLUMNS} FROM ({_MONTH}) AS month
WHERE NOT COALESCE(call_id IN (SELECT call_id FROM strays WHERE NOT here), FALSE)
UNION ALL
SELECT {_COLUMNS} FROM pool
WHERE "at" >= :end AND call_id IN (SELECT call_id FROM strays WHERE here)
  AND NOT ("at" < :end + {DAY} AND call_id IN (SELECT call_id FROM over_end))
"""


def take_month(
    engine: Engine,
    chain: Chain,
    files: Sequence[Path],
    bounds: tuple[int, int],
    strays: Sequence[Stray] = (),
) -> None:
    """Make the view `events` of everything about the calls that arrived in a month.

    A call belongs to the month in which it arrived, with all that is said of it afterwards.
    """
    start, end = bounds
    engine.view("pool", reading(files))
    for name, edge in (("over_start", start), ("over_end", end)):
        near = f'SELECT * FROM pool WHERE "at" >= {edge - DAY} AND "at" < {edge + DAY}'
        engine.view("events", near)
        link(engine, chain)
        engine.run(_EDGE.format(name=name, edge=edge))
    _take(engine, chain, _MONTH, bounds)
    if strays:
        month = month_of(start)
        said = ", ".join(f"({literal(s.call_id)}, {s.month == month})" for s in strays)
        engine.run(_STRAYS.format(said=said))
        _take(engine, chain, _SETTLED, bounds)


def _take(engine: Engine, chain: Chain, events: str, bounds: tuple[int, int]) -> None:
    start, end = map(str, bounds)
    engine.view("events", events.replace(":start", start).replace(":end", end))
    link(engine, chain)


def link(engine: Engine, chain: Chain) -> None:
    """Make the table `links` from the view `events`."""
    for name, statement in chain.linking:
        engine.table(name, statement)
