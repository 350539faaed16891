"""Episodes: one caller's need, from the first call to the help that ended it or the window's end.

Calls of one caller and client are one episode while each comes within the window of the one before
and nobody has helped yet. Our own calls to the caller belong to it, but never begin it. Withheld
numbers and numbers that several people share are never joined.

Tables that the engine provides: `contacts` (the finished calls), `shared` (caller_key), `day_ends`
(schedule, day, from_at, to_at, ends_at: the end of the next business day) and `moment`.
"""

from everycall.calls.model import Limits
from everycall.calls.statement import fill, write

OVERLAP = 2_000_000
"""Two calls of one number that overlap by more than this, in microseconds, are two people."""

INPUTS = {
    "shared": {"caller_key": "VARCHAR"},
    "day_ends": {
        "schedule": "VARCHAR",
        "day": "BIGINT",
        "from_at": "BIGINT",
        "to_at": "BIGINT",
        "ends_at": "BIGINT",
    },
}

_SHARING = """
SELECT caller_key FROM shared
UNION
SELECT caller_key
FROM (
  SELECT caller_key, ended_at,
    LEAD(arrived_at) OVER (PARTITION BY caller_key ORDER BY arrived_at, call_id) AS following_at
  FROM contacts
  WHERE direction = 'inbound' AND NOT caller_key IS NULL
) AS calls
WHERE following_at < ended_at - :overlap
"""

_WINDOWS = """
SELECT c.call_id, COALESCE(c.client, '') AS client, c.caller_key, c.direction, c.arrived_at,
  c.outcome, c.answered,
  COALESCE(c.answered AND NOT c.outside_only AND COALESCE(c.talk_ms >= :helped_ms, TRUE), FALSE)
    AS helped,
  COALESCE(c.ended_at, c.arrived_at) AS last_at,
  GREATEST(
    c.arrived_at + :gap, COALESCE(own.ends_at, site.ends_at, c.arrived_at)
  ) AS window_end
FROM contacts AS c
LEFT JOIN sharing AS s ON s.caller_key = c.caller_key
LEFT JOIN day_ends AS own ON own.schedule = 'client:' || c.client
  AND own.day = c.arrived_at // 86400000000
  AND c.arrived_at >= own.from_at AND c.arrived_at < own.to_at
LEFT JOIN day_ends AS site ON site.schedule = 'site' AND site.day = c.arrived_at // 86400000000
  AND c.arrived_at >= site.from_at AND c.arrived_at < site.to_at
WHERE NOT c.caller_key IS NULL AND s.caller_key IS NULL AND c.direction <> 'internal'
"""

_STRETCHES = """
SELECT *, SUM(CASE WHEN follows THEN 0 ELSE 1 END) OVER (
    PARTITION BY client, caller_key ORDER BY arrived_at, call_id
  ) AS stretch
FROM (
  SELECT *, COALESCE(
      NOT LAG(helped) OVER (PARTITION BY client, caller_key ORDER BY arrived_at, call_id)
      AND arrived_at <= LAG(window_end) OVER (
        PARTITION BY client, caller_key ORDER BY arrived_at, call_id
      ), FALSE) AS follows
  FROM windows
) AS linked
"""

_MEMBERS = """
SELECT m.*, f.episode
FROM stretches AS m
INNER JOIN (
  SELECT client, caller_key, stretch, MIN_BY(call_id, arrived_at) AS episode,
    MIN(arrived_at) AS began_at
  FROM stretches
  WHERE direction = 'inbound'
  GROUP BY client, caller_key, stretch
) AS f ON f.client = m.client AND f.caller_key = m.caller_key AND f.stretch = m.stretch
WHERE m.arrived_at >= f.began_at
"""

_EPISODE_CALLS = """
SELECT call_id, episode FROM members
UNION ALL
SELECT c.call_id, c.call_id AS episode
FROM contacts AS c
LEFT JOIN sharing AS s ON s.caller_key = c.caller_key
WHERE c.direction = 'inbound' AND (c.caller_key IS NULL OR NOT s.caller_key IS NULL)
"""

_EPISODES = """
SELECT episode, NULLIF(MAX(client), '') AS client, MAX(caller_key) AS caller_key,
  MIN(arrived_at) AS began_at, MAX(last_at) AS last_at, MAX(window_end) AS window_end,
  COUNT(*) AS calls,
  COUNT(*) FILTER (WHERE direction = 'inbound') AS inbound_calls,
  COUNT(*) FILTER (WHERE direction = 'inbound' AND NOT COALESCE(answered, FALSE))
    AS unanswered_calls,
  MIN(CASE WHEN helped THEN arrived_at END) AS helped_at,
  MIN_BY(call_id, arrived_at) FILTER (WHERE helped) AS helped_by,
  MIN_BY(direction, arrived_at) FILTER (WHERE helped) AS helped_direction,
  MIN_BY(outcome, arrived_at) AS first_outcome,
  MAX_BY(outcome, arrived_at) AS last_outcome,
  CASE WHEN MAX(CASE WHEN helped THEN 1 ELSE 0 END) = 1 THEN 'helped'
    WHEN MAX(window_end) >= MAX(m.as_of) THEN 'open' ELSE 'not_helped' END AS state,
  TRUE AS joined
FROM members
CROSS JOIN moment AS m
GROUP BY episode
UNION ALL
SELECT c.call_id AS episode, c.client, NULL AS caller_key, c.arrived_at AS began_at,
  COALESCE(c.ended_at, c.arrived_at) AS last_at, c.arrived_at + :gap AS window_end, 1 AS calls,
  1 AS inbound_calls, CASE WHEN COALESCE(c.answered, FALSE) THEN 0 ELSE 1 END AS unanswered_calls,
  CASE WHEN c.answered THEN c.arrived_at END AS helped_at,
  CASE WHEN c.answered THEN c.call_id END AS helped_by,
  CASE WHEN c.answered THEN 'inbound' END AS helped_direction,
  c.outcome AS first_outcome, c.outcome AS last_outcome,
  CASE WHEN c.answered THEN 'helped' WHEN c.arrived_at + :gap >= m.as_of THEN 'open'
    ELSE 'not_helped' END AS state,
  FALSE AS joined
FROM contacts AS c
LEFT JOIN sharing AS s ON s.caller_key = c.caller_key
CROSS JOIN moment AS m
WHERE c.direction = 'inbound' AND (c.caller_key IS NULL OR NOT s.caller_key IS NULL)
"""


def episode_steps(limits: Limits, dialect: str = "duckdb") -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from `contacts` to `episodes` and `episode_calls`."""
    gap = int(limits.episode_gap.total_seconds() * 1_000_000)
    helped_ms = int(limits.helped_after.total_seconds() * 1000)
    trees = (
        ("sharing", fill(_SHARING, overlap=OVERLAP)),
        ("windows", fill(_WINDOWS, helped_ms=helped_ms, gap=gap)),
        ("stretches", fill(_STRETCHES)),
        ("members", fill(_MEMBERS)),
        ("episode_calls", fill(_EPISODE_CALLS)),
        ("episodes", fill(_EPISODES, gap=gap)),
    )
    return tuple((name, write(tree, dialect)) for name, tree in trees)
