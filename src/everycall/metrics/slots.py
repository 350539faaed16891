"""Local time as a table: each quarter of an hour that existed, with its day, hour and month there.

A zone's offsets are looked up once and joined; days of 23 and 25 hours come out by themselves.
"""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlglot import exp

from everycall.calls.statement import parse
from everycall.clock import from_micros

SLOT = 900_000_000
"""Microseconds of a slot; every offset of a zone is a whole number of slots."""

OFFSETS = {"from_slot": "BIGINT", "to_slot": "BIGINT", "offset_us": "BIGINT"}
"""The table of offsets: from this slot on, before that one, local time is so much ahead of UTC."""

_DAY_SLOTS = 96


def offsets(zone: ZoneInfo, first_at: int, last_at: int) -> Iterator[tuple[int, int, int]]:
    """Yield the offsets of a zone for all days from one moment to another, in order."""
    start, end = first_at // SLOT - 2 * _DAY_SLOTS, last_at // SLOT + 2 * _DAY_SLOTS
    since, known = start, _offset(start, zone)
    for slot in range(start, end, _DAY_SLOTS):
        ahead = min(slot + _DAY_SLOTS, end)
        if _offset(ahead, zone) != known:
            change = _change(slot, ahead, zone)
            yield since, change, known
            since, known = change, _offset(change, zone)
    yield since, end, known


def _offset(slot: int, zone: ZoneInfo) -> int:
    found = from_micros(slot * SLOT).astimezone(zone).utcoffset() or timedelta()
    return found // timedelta(microseconds=1)


def _change(before: int, after: int, zone: ZoneInfo) -> int:
    """Return the first slot with a new offset."""
    old = _offset(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _offset(middle, zone) == old else (before, middle)
    return after


_SLOTS = f"""
SELECT slot, slot * {SLOT} AS from_at, (slot + 1) * {SLOT} AS to_at,
  slot * {SLOT} AS quarter_hour,
  slot * {SLOT} - local_us % 1800000000 AS half_hour,
  slot * {SLOT} - local_us % 3600000000 AS whole_hour,
  local_us // 3600000000 % 24 AS hour,
  local_us // 1800000000 % 48 AS half_of_day,
  day, date, (day + 3) % 7 + 1 AS weekday, day - (day + 3) % 7 AS week,
  YEAR(date) * 100 + MONTH(date) AS month,
  YEAR(date) * 10 + (MONTH(date) + 2) // 3 AS quarter,
  YEAR(date) AS year
FROM (
  SELECT slot, local_us, local_us // 86400000000 AS day,
    CAST(MAKE_TIMESTAMP(local_us) AS DATE) AS date
  FROM (
    SELECT r.slot, r.slot * {SLOT} + o.offset_us AS local_us
    FROM quarters AS r
    INNER JOIN offsets AS o ON r.slot >= o.from_slot AND r.slot < o.to_slot
  ) AS moved
) AS local
"""


def slots() -> exp.Expr:
    """Return the statement of the table of slots, from `offsets` and `quarters` (slot numbers)."""
    return parse(_SLOTS)
