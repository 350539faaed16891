"""How many lines were in use at once: every leg on a line counts, also a call that we forward.

For each line, and for all together, the peak of each quarter of an hour; a quarter in which nothing
began or ended has the level of the one before.
"""

from everycall.calls.statement import fill, write
from everycall.metrics.slots import SLOT

_LEGS = """
SELECT trunk, arrived_at AS began_at, ended_at, direction
FROM calls
WHERE NOT trunk IS NULL AND ended_at > arrived_at AND direction <> 'internal'
UNION ALL
SELECT c.trunk, a.began_at, a.ended_at, 'outbound' AS direction
FROM attempts AS a
INNER JOIN calls AS c ON c.call_id = a.call_id
WHERE a.agent_kind = 'external' AND NOT c.trunk IS NULL AND a.ended_at > a.began_at
UNION ALL
SELECT c.trunk, t.began_at, t.ended_at, 'outbound' AS direction
FROM talks AS t
INNER JOIN calls AS c ON c.call_id = t.call_id
WHERE t.agent_kind = 'external' AND c.direction = 'inbound' AND NOT c.trunk IS NULL
  AND t.ended_at > t.began_at
"""

_LEVELS = """
SELECT trunk, at, SUM(SUM(step)) OVER (PARTITION BY trunk ORDER BY at) AS level
FROM (
  SELECT trunk, began_at AS at, 1 AS step FROM line_legs
  UNION ALL
  SELECT trunk, ended_at AS at, -1 AS step FROM line_legs
  UNION ALL
  SELECT '' AS trunk, began_at AS at, 1 AS step FROM line_legs
  UNION ALL
  SELECT '' AS trunk, ended_at AS at, -1 AS step FROM line_legs
) AS steps
GROUP BY trunk, at
"""

_QUARTERS = f"""
SELECT trunk, slot, peak, after,
  COALESCE(LAG(after) OVER (PARTITION BY trunk ORDER BY slot), 0) AS before,
  LEAD(slot) OVER (PARTITION BY trunk ORDER BY slot) AS next_slot
FROM (
  SELECT trunk, at // {SLOT} AS slot, MAX(level) AS peak, MAX_BY(level, at) AS after
  FROM line_levels
  GROUP BY trunk, at // {SLOT}
) AS grouped
"""

_USE = f"""
SELECT NULLIF(u.trunk, '') AS trunk, u.trunk = '' AS together, u.slot,
  u.slot * {SLOT} AS began_at, u.peak, k.channels
FROM (
  SELECT trunk, slot, GREATEST(peak, before) AS peak FROM line_quarters
  UNION ALL
  SELECT trunk, UNNEST(RANGE(slot + 1, next_slot)) AS slot, after AS peak
  FROM line_quarters
  WHERE after > 0 AND next_slot > slot + 1
) AS u
LEFT JOIN channel_limits AS k ON k.trunk = CASE WHEN u.trunk = '' THEN '*' ELSE u.trunk END
"""

LIMITS = {"trunk": "VARCHAR", "channels": "BIGINT"}
"""The table `channel_limits`: how many calls each line carries; '*' for all together, if known."""


def level_steps() -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from the calls to `line_legs` and `line_levels`.

    The levels are how many legs there are at once from each moment on; those of '' are of all lines.
    """
    trees = (("line_legs", fill(_LEGS)), ("line_levels", fill(_LEVELS)))
    return tuple((name, write(tree)) for name, tree in trees)


def line_steps() -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from the calls to `line_use`."""
    trees = (
        ("line_quarters", fill(_QUARTERS)),
        ("line_use", fill(_USE)),
    )
    return (*level_steps(), *((name, write(tree)) for name, tree in trees))
