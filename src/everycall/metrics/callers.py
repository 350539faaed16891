"""What came before and after each call of the same caller, and how many people a need took."""

from everycall.calls.statement import fill, write

_NEIGHBOURS = """
SELECT c.call_id,
  LAG(c.arrived_at) OVER (PARTITION BY c.client, c.caller_key ORDER BY c.arrived_at, c.call_id)
    AS previous_at,
  LAG(c.answered) OVER (PARTITION BY c.client, c.caller_key ORDER BY c.arrived_at, c.call_id)
    AS previous_answered,
  LEAD(c.arrived_at) OVER (PARTITION BY c.client, c.caller_key ORDER BY c.arrived_at, c.call_id)
    AS next_at
FROM calls AS c
LEFT JOIN sharing AS s ON s.caller_key = c.caller_key
WHERE c.direction = 'inbound' AND NOT c.caller_key IS NULL AND s.caller_key IS NULL
"""
"""Only of callers who can be recognised: a withheld or shared number is nobody's."""

_EPISODE_PEOPLE = """
SELECT e.episode, c.people, 1 AS calls
FROM episodes AS e
INNER JOIN calls AS c ON c.call_id = e.episode
WHERE e.calls = 1 AND c.people > 0
UNION ALL
SELECT e.episode, COUNT(DISTINCT t.agent) AS people, COUNT(DISTINCT x.call_id) AS calls
FROM episodes AS e
INNER JOIN episode_calls AS x ON x.episode = e.episode
INNER JOIN talks AS t ON t.call_id = x.call_id
LEFT JOIN calls AS c ON c.call_id = e.episode
WHERE NOT (e.calls = 1 AND COALESCE(c.people > 0, FALSE))
  AND COALESCE(t.agent_kind, 'person') IN ('person', 'external')
GROUP BY e.episode
"""
"""Most needs are one call, of which it is known already how many people spoke."""

_RATINGS = """
SELECT call_id, MAX_BY(rating, (at, seq)) AS rating
FROM (
  SELECT COALESCE(i.call_id, c.call_id) AS call_id, e.at, e.seq,
    COALESCE(TRY_CAST(e.text AS DOUBLE), e.value) AS rating
  FROM events AS e
  LEFT JOIN call_ids AS i ON i.id = e.call_id
  LEFT JOIN (
    SELECT s.event_at, s.caller_key, MAX_BY(k.call_id, k.arrived_at) AS call_id
    FROM (
      SELECT DISTINCT at AS event_at, caller_key FROM events
      WHERE kind = 'survey.answered' AND call_id IS NULL AND NOT caller_key IS NULL
    ) AS s
    INNER JOIN calls AS k ON k.caller_key = s.caller_key
    WHERE k.arrived_at <= s.event_at AND k.arrived_at > s.event_at - 86400000000
    GROUP BY s.event_at, s.caller_key
  ) AS c ON c.caller_key = e.caller_key AND c.event_at = e.at AND e.call_id IS NULL
  WHERE e.kind = 'survey.answered'
) AS said
WHERE NOT call_id IS NULL AND NOT rating IS NULL
GROUP BY call_id
"""
"""A rating without a call belongs to the last call of its caller within the day before it; the last that was said counts."""


def neighbours() -> str:
    """Return the statement of the call before and after each call of a caller."""
    return write(fill(_NEIGHBOURS))


def episode_people() -> str:
    """Return the statement of how many people spoke with a caller in one need."""
    return write(fill(_EPISODE_PEOPLE))


def ratings() -> str:
    """Return the statement of the ratings that callers gave, one for each call."""
    return write(fill(_RATINGS))
