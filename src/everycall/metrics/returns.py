"""What became of missed needs, and when: the ledger with the first call back and business time.

Tables that the engine provides: `ledger`, `needs`, `episode_calls`, `calls`, `own_schedules` (kind,
place, schedule) and `business`: each stretch of opening hours with the open time before it.
"""

from collections.abc import Iterator, Mapping

from everycall.calls.statement import fill, write
from everycall.clock import from_micros, to_micros
from everycall.hours import Calendar, Span

BUSINESS = {
    "schedule": "VARCHAR",
    "opens_at": "BIGINT",
    "closes_at": "BIGINT",
    "before_us": "BIGINT",
}
OWN_SCHEDULES = {"kind": "VARCHAR", "place": "VARCHAR", "schedule": "VARCHAR"}

_FIRST_DIALS = """
SELECT n.need, MIN(c.arrived_at) AS dialled_at
FROM ledger AS l
INNER JOIN needs AS n ON n.need = l.need
INNER JOIN episode_calls AS x ON x.episode = n.episode
INNER JOIN calls AS c ON c.call_id = x.call_id
WHERE c.direction IN ('outbound', 'callback') AND c.arrived_at > l.missed_at
GROUP BY n.need
"""

_PLACED = """
SELECT l.*, z.dialled_at, COALESCE(sn.schedule, sq.schedule, sc.schedule, 'site') AS schedule
FROM ledger AS l
LEFT JOIN first_dials AS z ON z.need = l.need
LEFT JOIN own_schedules AS sn ON sn.kind = 'number' AND sn.place = l.number
LEFT JOIN own_schedules AS sq ON sq.kind = 'queue' AND sq.place = l.queue
LEFT JOIN own_schedules AS sc ON sc.kind = 'client' AND sc.place = l.client
"""

_OPEN = """
SELECT t.need, t.mark, b.before_us + LEAST(t.at, b.closes_at) - b.opens_at AS open_us
FROM (
  SELECT need, schedule, 'missed' AS mark, missed_at AS at FROM placed
  UNION ALL
  SELECT need, schedule, 'dialled' AS mark, dialled_at AS at FROM placed
  WHERE NOT dialled_at IS NULL
  UNION ALL
  SELECT need, schedule, 'settled' AS mark, settled_at AS at FROM placed
  WHERE NOT settled_at IS NULL
  UNION ALL
  SELECT need, schedule, 'end' AS mark, :spoken_to AS at FROM placed
) AS t
ASOF JOIN business AS b ON b.schedule = t.schedule AND t.at >= b.opens_at
"""

_RETURNS = """
SELECT p.*, (d.open_us - m.open_us) // 1000 AS dialled_business_ms,
  (s.open_us - m.open_us) // 1000 AS settled_business_ms,
  (e.open_us - m.open_us) // 1000 AS business_left_ms
FROM placed AS p
LEFT JOIN open_times AS m ON m.need = p.need AND m.mark = 'missed'
LEFT JOIN open_times AS d ON d.need = p.need AND d.mark = 'dialled'
LEFT JOIN open_times AS s ON s.need = p.need AND s.mark = 'settled'
LEFT JOIN open_times AS e ON e.need = p.need AND e.mark = 'end'
"""


def return_steps(spoken_to: int) -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from the ledger to `returns`."""
    trees = (
        ("first_dials", fill(_FIRST_DIALS)),
        ("placed", fill(_PLACED)),
        ("open_times", fill(_OPEN, spoken_to=spoken_to)),
        ("returns", fill(_RETURNS)),
    )
    return tuple((name, write(tree)) for name, tree in trees)


def business(
    calendars: Mapping[str, Calendar], first: int, last: int
) -> Iterator[tuple[str, int, int, int]]:
    """Yield every stretch of opening hours with the open time before it, in microseconds."""
    for schedule, calendar in calendars.items():
        days = (from_micros(at).astimezone(calendar.zone).date() for at in (first, last))
        spans = calendar.spans(*days)
        if spans is not None:
            yield schedule, 0, 0, 0
            yield from _summed(schedule, spans)


def _summed(schedule: str, spans: tuple[Span, ...]) -> Iterator[tuple[str, int, int, int]]:
    before = 0
    for span in spans:
        opens, closes = to_micros(span.opens_at), to_micros(span.closes_at)
        yield schedule, opens, closes, before
        before += closes - opens
