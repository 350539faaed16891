"""Stays in queues: those that were entered, and talks of a queue whose entry nobody saw."""

from everycall.calls.statement import fill, write

_LONE = """
SELECT t.call_id, t.agent, t.agent_kind, t.queue, t.leg, t.seq, t.began_at, t.began_within,
  t.began_at AS ended_at, t.began_within AS ended_within, CAST(NULL AS BIGINT) AS lasted_ms,
  'answered' AS result, CAST(NULL AS INTEGER) AS q850
FROM talks AS t
INNER JOIN (
  SELECT call_id FROM calls
  WHERE answered AND NOT answered_queue IS NULL
    AND COALESCE(last_queue, '') <> answered_queue
) AS c ON c.call_id = t.call_id
LEFT JOIN visits AS v ON v.call_id = t.call_id AND v.queue = t.queue
WHERE NOT t.queue IS NULL AND v.call_id IS NULL
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.call_id, t.queue ORDER BY t.began_at, t.seq) = 1
"""

COLUMNS = (
    "call_id, agent, agent_kind, queue, leg, seq, began_at, began_within, ended_at, "
    "ended_within, lasted_ms, result, q850"
)
"""The columns of a stay."""


def lone_stays(calls: str = "calls", talks: str = "talks", visits: str = "visits") -> str:
    """Return the statement of the stays that began unseen, over tables of these names."""
    return write(fill(_LONE, {"calls": calls, "talks": talks, "visits": visits}))
