"""Lines in use at once, against their number: how long all were busy, and how many are needed.

Tables that the engine provides: `line_legs` and `line_levels` (made by `metrics.lines`, as for every
number about lines) and `hours_after` (k: 0, 1, 2 ...: hours after the first).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isinf
from operator import attrgetter

from everycall.calls.statement import fill, write
from everycall.staffing.erlang import lines_for, offered

HOUR = 3_600_000_000
BUSY_TONES = 0.01
"""The share of callers in the busiest hour who may hear the busy tone, when lines are counted."""

_LEGS = """
SELECT trunk, began_at AS from_at, ended_at AS to_at, direction FROM line_legs WHERE :legs
"""

_IN_USE = """
SELECT trunk, "at", CAST(level AS BIGINT) AS in_use,
  LEAD("at") OVER (PARTITION BY trunk ORDER BY "at") - "at" AS lasts
FROM line_levels
WHERE trunk <> '' AND :levels
"""

_HOURS = """
SELECT l.trunk, l.from_at // :hour + o.k AS hour,
  CAST(SUM(LEAST(l.to_at, (l.from_at // :hour + o.k + 1) * :hour)
    - GREATEST(l.from_at, (l.from_at // :hour + o.k) * :hour)) AS DOUBLE) / :hour AS load,
  COUNT(*) FILTER (WHERE o.k = 0 AND l.direction = 'inbound') AS arrived
FROM legs AS l
INNER JOIN hours_after AS o ON (l.from_at // :hour + o.k) * :hour < l.to_at
GROUP BY 1, 2
"""

_FULL = """
SELECT u.trunk, u."at" // :hour AS hour, CAST(SUM(u.lasts) AS BIGINT) AS full_us,
  COUNT(*) AS times
FROM in_use AS u
INNER JOIN tops AS t ON t.trunk = u.trunk
WHERE u.in_use >= t.top
GROUP BY 1, 2
"""

_TOPS = "SELECT trunk, MAX(in_use) AS top FROM in_use GROUP BY trunk"

_LINE_HOURS = """
SELECT h.trunk, h.hour, h.load, h.arrived, t.top, COALESCE(f.full_us, 0) AS full_us,
  COALESCE(f.times, 0) AS times
FROM hours AS h
INNER JOIN tops AS t ON t.trunk = h.trunk
LEFT JOIN full_hours AS f ON f.trunk = h.trunk AND f.hour = h.hour
ORDER BY h.trunk, h.hour
"""


def line_steps(legs: str, levels: str, dialect: str = "duckdb") -> Iterator[tuple[str, str]]:
    """Yield the statements that lead to `line_hours`: each hour of each trunk.

    `legs` and `levels` say which of them are of the period, by `began_at` and `"at"`.
    """
    yield "legs", write(fill(_LEGS, legs=legs), dialect)
    yield "in_use", write(fill(_IN_USE, levels=levels), dialect)
    yield "tops", write(fill(_TOPS), dialect)
    yield "hours", write(fill(_HOURS, hour=HOUR), dialect)
    yield "full_hours", write(fill(_FULL, hour=HOUR), dialect)
    yield "line_hours", write(fill(_LINE_HOURS), dialect)


@dataclass(frozen=True, slots=True)
class LineHour:
    """An hour of a trunk.

    Attributes:
        load: calls at once on average, in erlangs; `top`: the most at once in the whole period.
        full_us, times: how long and how often so many were at once in this hour.
    """

    trunk: str
    hour: int
    load: float
    arrived: int
    top: int
    full_us: int
    times: int


@dataclass(frozen=True, slots=True)
class LineUse:
    """How full a trunk was.

    Attributes:
        channels: what the site file says; None if it says nothing.
        most: the most calls at once. `full_ms`, `times`: how long and how often there were so many.
        busiest: the load of the busiest hour, in erlangs; `offered`: with those who got no line;
            null if the lines were busy all that hour.
        needed: channels of which 1 % of callers would find none in such an hour; null likewise.
        turned_away: about how many calls came while all were in use; null if that is no limit.
        is_limit: the most is a limit: declared, or so often reached and never passed that it looks
            like one.
    """

    trunk: str
    channels: int | None
    most: int
    full_ms: int
    times: int
    busiest_hour: int
    busiest: float
    offered: float | None
    needed: int | None
    turned_away: float | None
    is_limit: bool


LOOKS_LIKE_A_LIMIT = 20
"""So many times at the most and never one more is taken for a limit that nobody declared."""


def line_uses(hours: Iterable[LineHour], channels: dict[str, int]) -> Iterator[LineUse]:
    """Yield how full each trunk was."""
    for trunk, own in groupby(hours, key=attrgetter("trunk")):
        yield _use(trunk, list(own), channels.get(trunk))


def _use(trunk: str, hours: Sequence[LineHour], channels: int | None) -> LineUse:
    most, times = hours[0].top, sum(h.times for h in hours)
    is_limit = most >= channels if channels is not None else times >= LOOKS_LIKE_A_LIMIT
    busiest = max(hours, key=lambda h: h.load)
    lines = max(channels or 0, most)
    whole = offered(lines, busiest.load) if is_limit else busiest.load
    known = not isinf(whole)
    return LineUse(
        trunk,
        channels,
        most,
        sum(h.full_us for h in hours) // 1000,
        times,
        busiest.hour,
        busiest.load,
        whole if known else None,
        lines_for(whole, BUSY_TONES) if known else None,
        sum(_turned_away(h) for h in hours) if is_limit else None,
        is_limit,
    )


def _turned_away(hour: LineHour) -> float:
    """Return how many came while all lines were in use, if they came as evenly as the others."""
    full = min(hour.full_us / HOUR, 0.95)
    return hour.arrived * full / (1 - full)
