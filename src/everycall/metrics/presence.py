"""Staff time: who was signed in, paused, wrapping up, talking or being rung, second by second.

Spans of each kind are swept into pieces in which nothing changes, so that overlapping sign-ins to
several queues count once, and pieces are cut where a quarter of an hour ends.
"""

from everycall.calls.statement import fill, write
from everycall.metrics.slots import SLOT

PERSON_STATES = "person_states"

NAMES = {"one": "VARCHAR", "other": "VARCHAR"}
"""The table `given_names`: names of the same person, as the site file says them."""

_KINDS = (
    "'agent.signed_in', 'agent.signed_out', 'agent.paused', 'agent.resumed', 'agent.wrapped_up'"
)

_STAFF_NAMES = """
SELECT endpoint, MIN(agent) AS agent
FROM (
  SELECT one AS endpoint, other AS agent FROM given_names
  UNION
  SELECT e.party AS endpoint, COALESCE(g.other, e.agent) AS agent
  FROM events AS e
  LEFT JOIN given_names AS g ON g.one = e.agent
  WHERE e.kind = 'agent.rang' AND e.party LIKE '%/%' AND NOT COALESCE(g.other, e.agent) LIKE '%/%'
) AS named
GROUP BY endpoint
HAVING COUNT(DISTINCT agent) = 1
"""

_STAFF_EVENTS = f"""
SELECT COALESCE(n.agent, e.agent) AS agent, COALESCE(e.queue, '') AS queue, e.kind, e.at, e.seq,
  e.value, e.reason
FROM events AS e
LEFT JOIN staff_names AS n ON n.endpoint = e.agent
WHERE e.kind IN ({_KINDS}) AND NOT e.agent IS NULL
"""

_TURNS = """
SELECT k.agent, k.queue, e.at, e.seq, e.kind = :on_kind AS is_on, e.value
FROM (SELECT DISTINCT agent, queue FROM staff_events WHERE kind IN (:on_kind, :off_kind)) AS k
INNER JOIN staff_events AS e ON e.agent = k.agent AND (e.queue = k.queue OR e.queue = '')
WHERE e.kind IN (:on_kind, :off_kind)
"""
"""What is said of all queues at once holds for each of them."""

_PAUSE_TURNS = f"""
{_TURNS}
UNION ALL
SELECT k.agent, k.queue, g.ended_at AS at, 0 AS seq, FALSE AS is_on, NULL AS value
FROM (SELECT DISTINCT agent, queue FROM staff_events WHERE kind = :on_kind) AS k
INNER JOIN (
  SELECT agent, at AS ended_at
  FROM (
    SELECT agent, at, SUM(SUM(step)) OVER (PARTITION BY agent ORDER BY at) AS queues
    FROM (
      SELECT agent, began_at AS at, 1 AS step FROM sign_ins
      UNION ALL
      SELECT agent, ended_at AS at, -1 AS step FROM sign_ins
    ) AS steps
    GROUP BY agent, at
  ) AS counted
  WHERE queues = 0
) AS g ON g.agent = k.agent
"""
"""Whoever has gone from every queue is no longer paused."""

_SPANS = """
SELECT agent, queue, began_at, COALESCE(ended_at, :as_of) AS ended_at
FROM (
  SELECT agent, queue, is_on,
    CASE WHEN is_on THEN at ELSE at - value * 1000 END AS began_at,
    CASE WHEN is_on THEN LEAD(at) OVER (PARTITION BY agent, queue ORDER BY at, seq) ELSE at END
      AS ended_at,
    is_first
  FROM (
    SELECT *, LAG(is_on) OVER (PARTITION BY agent, queue ORDER BY at, seq) IS NULL AS is_first,
      COALESCE(LAG(is_on) OVER (PARTITION BY agent, queue ORDER BY at, seq) <> is_on, TRUE)
        AS is_new
    FROM turns
  ) AS marked
  WHERE is_new
) AS changes
WHERE is_on OR (is_first AND NOT began_at IS NULL)
"""
"""A span begins at the first of several beginnings; an end alone says how long it had lasted."""

_STAFF_SPANS = """
SELECT agent, queue, 'signed_in' AS state, began_at, ended_at FROM sign_ins
UNION ALL
SELECT agent, queue, 'paused' AS state, began_at, ended_at FROM pauses
UNION ALL
SELECT agent, queue, 'wrapping' AS state,
  CASE WHEN COALESCE(reason, '') = 'begins' THEN at ELSE at - value * 1000 END AS began_at,
  CASE WHEN COALESCE(reason, '') = 'begins' THEN at + value * 1000 ELSE at END AS ended_at
FROM staff_events
WHERE kind = 'agent.wrapped_up' AND value > 0
UNION ALL
SELECT agent, COALESCE(queue, '') AS queue, 'talking' AS state, began_at,
  COALESCE(ended_at, began_at + lasted_ms * 1000) AS ended_at
FROM talks
WHERE COALESCE(agent_kind, 'person') = 'person' AND NOT agent IS NULL
UNION ALL
SELECT agent, COALESCE(queue, '') AS queue, 'ringing' AS state, began_at, ended_at
FROM attempts
WHERE COALESCE(agent_kind, 'person') = 'person' AND NOT agent IS NULL
"""

_STATES = ("signed_in", "paused", "wrapping", "talking", "ringing")
_MANY = 4096
"""Nobody is in one state so many times at once."""

_STAFF_PLACES = """
SELECT agent, place, ROW_NUMBER() OVER (ORDER BY agent, place) AS number
FROM (
  SELECT agent, '' AS place FROM known_spans
  UNION
  SELECT agent, queue AS place FROM known_spans
) AS places
"""
"""Each person at each queue, and at all together; by number they are sorted far quicker."""

_PLACED = f"""
SELECT k.number, s.began_at, s.ended_at,
  CASE s.state {" ".join(f"WHEN '{state}' THEN {_MANY**i}" for i, state in enumerate(_STATES))} END
    AS weight,
  CASE WHEN s.state = 'talking' THEN 1 ELSE 0 END AS talks,
  CASE WHEN s.state = 'wrapping' THEN 1 ELSE 0 END AS wraps
FROM known_spans AS s
INNER JOIN staff_places AS k ON k.agent = s.agent AND (k.place = '' OR k.place = s.queue)
"""
"""A span weighs more than all that a person can be in of the states before, so one sum tells all."""

_EDGES = """
SELECT number, at, CAST(SUM(weight) AS BIGINT) AS weight,
  CAST(SUM(talks) AS INTEGER) AS talks, CAST(SUM(wraps) AS INTEGER) AS wraps
FROM (
  SELECT number, began_at AS at, weight, talks, wraps FROM placed_spans
  UNION ALL
  SELECT number, ended_at AS at, -weight AS weight, 0 AS talks, 0 AS wraps FROM placed_spans
) AS steps
GROUP BY number, at
"""

_RUNNING = f"""
SELECT k.agent, k.place, r.began_at, r.talks, r.wraps, r.ended_at,
  {", ".join(f"r.level // {_MANY**i} % {_MANY} > 0 AS {state}" for i, state in enumerate(_STATES))}
FROM (
  SELECT number, at AS began_at, talks, wraps,
    LEAD(at) OVER (PARTITION BY number ORDER BY at) AS ended_at,
    CAST(SUM(weight) OVER (PARTITION BY number ORDER BY at) AS BIGINT) AS level
  FROM edges
) AS r
INNER JOIN staff_places AS k ON k.number = r.number
"""

_PRESENCE = f"""
SELECT r.agent, NULLIF(r.place, '') AS queue, r.place <> '' AS by_queue, s.slot,
  GREATEST(r.began_at, s.from_at) AS began_at, LEAST(r.ended_at, s.to_at) AS ended_at,
  r.signed_in, r.paused, r.wrapping, r.talking, r.ringing,
  CASE WHEN s.from_at <= r.began_at THEN r.talks ELSE 0 END AS talks,
  CASE WHEN s.from_at <= r.began_at THEN r.wraps ELSE 0 END AS wraps
FROM (
  SELECT *, UNNEST(RANGE(began_at // {SLOT}, (ended_at - 1) // {SLOT} + 1)) AS slot
  FROM running
  WHERE ended_at > began_at AND (signed_in OR paused OR wrapping OR talking OR ringing)
) AS r
INNER JOIN slots AS s ON s.slot = r.slot
"""


_SWEPT = {
    "staff_places": _STAFF_PLACES,
    "placed_spans": _PLACED,
    "edges": _EDGES,
    "running": _RUNNING,
    "presence": _PRESENCE,
    PERSON_STATES: "SELECT * FROM running WHERE place = ''",
}
"""From spans to the pieces in which nothing changes."""

_RING_STATES = """
SELECT a.call_id, a.agent, a.began_at,
  COALESCE(r.talking, FALSE) AS talking, COALESCE(r.paused, FALSE) AS paused,
  CASE WHEN NOT g.agent IS NULL THEN COALESCE(r.signed_in, FALSE) END AS signed_in
FROM attempts AS a
ASOF LEFT JOIN person_states AS r ON r.agent = a.agent AND a.began_at >= r.began_at
LEFT JOIN (SELECT DISTINCT agent FROM sign_ins) AS g ON g.agent = a.agent
WHERE NOT a.agent IS NULL
"""
"""Of each ring, what its person was doing; null if nobody ever saw them sign in."""


_TALKS = """
SELECT agent, began_at, ended_at,
  GREATEST(began_at, COALESCE(MAX(ended_at) OVER before, began_at)) AS alone_at
FROM staff_spans
WHERE ended_at > began_at AND state = 'talking'
WINDOW before AS (
  PARTITION BY agent ORDER BY began_at, ended_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
)
"""
"""Talks one after another; `alone_at` is when no earlier talk of the person is on any more."""

_TALKING = f"""
SELECT r.agent, CAST(NULL AS VARCHAR) AS queue, FALSE AS by_queue, s.slot,
  COALESCE(LEAST(GREATEST(r.alone_at, s.from_at), s.to_at), s.from_at) AS began_at,
  COALESCE(LEAST(GREATEST(r.ended_at, r.alone_at, s.from_at), s.to_at), s.from_at) AS ended_at,
  FALSE AS signed_in, FALSE AS paused, FALSE AS wrapping, talking, FALSE AS ringing,
  CASE WHEN r.talking AND s.from_at <= r.began_at THEN 1 ELSE 0 END AS talks, 0 AS wraps
FROM (
  SELECT DISTINCT agent, NULL AS began_at, NULL AS ended_at, NULL AS alone_at, FALSE AS talking,
    UNNEST(RANGE(began_at // {SLOT}, (ended_at - 1) // {SLOT} + 1)) AS slot
  FROM staff_spans
  WHERE ended_at > began_at AND state <> 'talking'
  UNION ALL
  SELECT agent, began_at, ended_at, alone_at, TRUE AS talking,
    UNNEST(RANGE(began_at // {SLOT}, (ended_at - 1) // {SLOT} + 1)) AS slot
  FROM talks_in_turn
) AS r
INNER JOIN slots AS s ON s.slot = r.slot
"""
"""Where only talks are asked for, whatever else somebody did needs not be cut into pieces, and of two
talks at once the second one begins to count when the first one ends: no moment counts twice."""

TALKING = "talking_presence"


SEEN_SPANS = "seen_spans"
"""Spans that are read where they are, and not kept."""


def seen_spans() -> str:
    """Return the query of `seen_spans`: what `staff_spans` keeps."""
    return write(fill(_STAFF_SPANS))


def talking_steps() -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from `seen_spans` to `talking_presence`.

    It is `presence` as far as it tells of talks, of people at all queues together.
    """
    own = {"staff_spans": SEEN_SPANS}
    return (("talks_in_turn", write(fill(_TALKS, own))), (TALKING, write(fill(_TALKING, own))))


def ring_steps() -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from the steps of `presence` to `ring_states`."""
    return (("ring_states", write(fill(_RING_STATES))),)


def sign_steps(as_of: int) -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from events and attempts to `sign_ins` and `pauses`.

    Each is a span of a person in a queue, '' for all of them.

    Args:
        as_of: until when the sources speak, in microseconds; what has no end ends there.
    """
    signing = {"on_kind": "'agent.signed_in'", "off_kind": "'agent.signed_out'"}
    pausing = {"on_kind": "'agent.paused'", "off_kind": "'agent.resumed'"}
    trees = (
        ("staff_names", fill(_STAFF_NAMES)),
        ("staff_events", fill(_STAFF_EVENTS)),
        ("sign_turns", fill(_TURNS, None, **signing)),
        ("sign_ins", fill(_SPANS, {"turns": "sign_turns"}, as_of=as_of)),
        ("pause_turns", fill(_PAUSE_TURNS, None, **pausing)),
        ("pauses", fill(_SPANS, {"turns": "pause_turns"}, as_of=as_of)),
    )
    return tuple((name, write(tree)) for name, tree in trees)


def presence_steps() -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from sign-ins, talks, attempts and slots to `presence`."""
    trees = (
        ("known_spans", fill("SELECT * FROM staff_spans WHERE ended_at > began_at")),
        *((name, fill(template)) for name, template in _SWEPT.items()),
    )
    return (("staff_spans", seen_spans()), *((name, write(tree)) for name, tree in trees))
