"""Who was there when a caller began to wait: signed in, paused, talking, free.

Levels are running sums over the edges of stretches, so that no call is compared with every person.

Tables that the engine provides: `sign_ins` and `pauses` (made by `metrics.presence`, as for every
number about staff), `attempts`, `talks`, `visits`, `calls`, `missed`, `days` (day: numbers of UTC days),
`client_queues` (client, queue) and `probes` ("at").

A queue whose people answer without ever signing in says nothing of who is there: of such queues,
nothing is known.
"""

from collections.abc import Iterator

from everycall.calls.statement import fill, write

DAY = 86_400_000_000

INPUTS = {
    "days": {"day": "BIGINT"},
    "client_queues": {"client": "VARCHAR", "queue": "VARCHAR"},
    "probes": {"at": "BIGINT"},
}

_STRETCHES = """
SELECT s.agent, COALESCE(NULLIF(s.queue, ''), q.queue) AS queue, s.paused, s.from_at, s.to_at
FROM (
  SELECT agent, queue, FALSE AS paused, began_at AS from_at, ended_at AS to_at FROM sign_ins
  UNION ALL
  SELECT agent, queue, TRUE AS paused, began_at AS from_at, ended_at AS to_at FROM pauses
) AS s
LEFT JOIN (SELECT DISTINCT agent, queue FROM attempts WHERE NOT queue IS NULL) AS q
  ON s.queue = '' AND q.agent = s.agent
"""
"""Who signs in to no queue in particular is there for those in which their phone rings."""

_SIGNED = """
SELECT s.agent, s.queue, s.from_at, s.to_at, d.day, s.queue = f.queue AS main
FROM stretches AS s
INNER JOIN days AS d ON d.day BETWEEN s.from_at // :day AND s.to_at // :day
INNER JOIN (SELECT agent, MIN(queue) AS queue FROM stretches GROUP BY agent) AS f
  ON f.agent = s.agent
WHERE NOT s.paused AND s.to_at > s.from_at
"""

_TRUSTED = """
SELECT queue
FROM (
  SELECT a.queue, COUNT(*) AS answers, COUNT(s.agent) AS covered
  FROM attempts AS a
  LEFT JOIN signed AS s ON s.agent = a.agent AND s.queue = a.queue
    AND s.day = a.began_at // :day AND a.began_at >= s.from_at AND a.began_at < s.to_at
  WHERE a.result = 'answered' AND NOT a.queue IS NULL
  GROUP BY a.queue
) AS answered
WHERE 20 * covered >= 19 * answers
"""

_PAUSED = """
SELECT DISTINCT s.agent, s.queue, s.main, GREATEST(p.from_at, s.from_at) AS from_at,
  LEAST(p.to_at, s.to_at) AS to_at
FROM stretches AS p
INNER JOIN signed AS s ON s.agent = p.agent AND s.queue = p.queue
  AND s.day = p.from_at // :day AND p.from_at < s.to_at AND p.to_at > s.from_at
WHERE p.paused AND p.to_at > p.from_at
"""

_TALKED = """
SELECT s.agent, s.queue, s.main, t.began_at AS from_at, t.ended_at AS to_at,
  COALESCE(t.queue, '') <> s.queue AS elsewhere
FROM talks AS t
INNER JOIN signed AS s ON s.agent = t.agent AND s.day = t.began_at // :day
  AND t.began_at >= s.from_at AND t.began_at < s.to_at
INNER JOIN trusted AS r ON r.queue = s.queue
WHERE t.ended_at > t.began_at
"""

_EDGES = """
SELECT queue, main, from_at AS "at", 1 AS signed_in, 0 AS paused, 0 AS talking, 0 AS elsewhere
FROM signed WHERE day = from_at // :day
UNION ALL
SELECT queue, main, to_at, -1, 0, 0, 0 FROM signed WHERE day = from_at // :day
UNION ALL
SELECT queue, main, from_at, 0, 1, 0, 0 FROM on_pause
UNION ALL
SELECT queue, main, to_at, 0, -1, 0, 0 FROM on_pause
UNION ALL
SELECT queue, main, from_at, 0, 0, 1, CASE WHEN elsewhere THEN 1 ELSE 0 END FROM talked
UNION ALL
SELECT queue, main, to_at, 0, 0, -1, CASE WHEN elsewhere THEN -1 ELSE 0 END FROM talked
"""

_LAST_STAY = """
SELECT v.call_id, MAX_BY(v.queue, v.began_at) AS queue, MAX(v.began_at) AS entered_at
FROM visits AS v
INNER JOIN missed AS m ON m.call_id = v.call_id
GROUP BY v.call_id
"""

_ASKED = """
SELECT m.call_id, TRUE AS visited, v.queue, COALESCE(v.entered_at, m.arrived_at) AS "at"
FROM missed AS m
INNER JOIN last_stay AS v ON v.call_id = m.call_id
UNION ALL
SELECT m.call_id, FALSE AS visited, q.queue, m.arrived_at AS "at"
FROM missed AS m
INNER JOIN calls AS c ON c.call_id = m.call_id
INNER JOIN client_queues AS q ON q.client = c.client
LEFT JOIN last_stay AS v ON v.call_id = m.call_id
WHERE v.call_id IS NULL AND COALESCE(c.open_at_arrival, FALSE)
  AND NOT c.outcome IN ('caller_left_in_menu', 'caller_left_closed', 'caller_left_in_bot')
"""

_SUMMED = ", ".join(
    f'SUM({one}) OVER (PARTITION BY queue ORDER BY "at", asking) AS {one}'
    for one in ("signed_in", "paused", "talking", "elsewhere")
)

_LEVELS = f"""
SELECT call_id, visited, queue, CAST(signed_in AS BIGINT) AS signed_in,
  CAST(paused AS BIGINT) AS paused, CAST(talking AS BIGINT) AS talking,
  CAST(elsewhere AS BIGINT) AS elsewhere,
  CAST(GREATEST(signed_in - paused - talking, 0) AS BIGINT) AS free
FROM (
  SELECT call_id, visited, queue, asking, {_SUMMED}
  FROM (
    SELECT NULL AS call_id, NULL AS visited, queue, "at", 0 AS asking, signed_in, paused, talking,
      elsewhere FROM level_edges
    WHERE queue IN (SELECT queue FROM trusted)
    UNION ALL
    SELECT call_id, visited, queue, "at", 1, 0, 0, 0, 0 FROM asked
    WHERE queue IN (SELECT queue FROM trusted)
  ) AS every
) AS summed
WHERE asking = 1
"""

_TEAM_EDGES = """
SELECT "at", signed_in, paused FROM level_edges
WHERE main AND talking = 0 AND queue IN (SELECT queue FROM trusted)
"""

_TEAM_LEVELS = """
SELECT "at", CAST(signed_in AS BIGINT) AS signed_in, CAST(paused AS BIGINT) AS paused
FROM (
  SELECT "at", asking, SUM(signed_in) OVER (ORDER BY "at", asking) AS signed_in,
    SUM(paused) OVER (ORDER BY "at", asking) AS paused
  FROM (
    SELECT "at", 0 AS asking, signed_in, paused FROM team_edges
    UNION ALL
    SELECT "at", 1, 0, 0 FROM probes
    WHERE EXISTS (SELECT queue FROM trusted)
  ) AS every
) AS summed
WHERE asking = 1
"""

_PRESENCE = """
SELECT call_id, queue, signed_in, paused, talking, elsewhere, free
FROM levels WHERE visited
UNION ALL
SELECT call_id, MIN(queue) AS queue, 0 AS signed_in, 0 AS paused, 0 AS talking, 0 AS elsewhere,
  0 AS free
FROM levels WHERE NOT visited AND signed_in = 0
GROUP BY call_id
"""


PRESENT = ("trusted", "team_edges", "present")
"""Of the steps, what is asked for; all others only lead there."""


def presence_steps(dialect: str = "duckdb") -> Iterator[tuple[str, str]]:
    """Yield the statements that lead to `present`, a row per missed call, and to `team_edges`."""
    for name, template in (
        ("stretches", _STRETCHES),
        ("signed", _SIGNED),
        ("trusted", _TRUSTED),
        ("on_pause", _PAUSED),
        ("talked", _TALKED),
        ("level_edges", _EDGES),
        ("team_edges", _TEAM_EDGES),
        ("last_stay", _LAST_STAY),
        ("asked", _ASKED),
        ("levels", _LEVELS),
        ("present", _PRESENCE),
    ):
        tree = fill(template, day=DAY) if ":day" in template else fill(template)
        yield name, write(tree, dialect)


def team_steps(dialect: str = "duckdb") -> Iterator[tuple[str, str]]:
    """Yield the statement that leads from `team_edges`, `trusted` and `probes` to `team_levels`."""
    yield "team_levels", write(fill(_TEAM_LEVELS), dialect)
