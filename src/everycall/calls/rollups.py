"""What is summed up per call from its visits, attempts, talks and holds: one statement each."""

_PEOPLE = "COALESCE(agent_kind, 'person') IN ('person', 'external')"

_WITHIN = (
    "GREATEST(CASE WHEN GREATEST(began_within, ended_within) >= 2000000 THEN 1000000 "
    "ELSE GREATEST(began_within, ended_within) END, "
    "CASE WHEN lasted_ms % 1000 = 0 AND lasted_ms <> (ended_at - began_at) // 1000 "
    "THEN 1000000 END)"
)
"""How exact a duration is, in microseconds: as its moments, or in whole seconds as it was stated."""

_IN_TURN = (
    "began_at + CASE WHEN COALESCE(lasted_ms, 1) > 0 OR result IN ('caller', 'answered') "
    "THEN 1 ELSE 0 END "
    "- CASE WHEN lasted_ms * 1000 > ended_at - began_at + 1000000 THEN 2 ELSE 0 END"
)
"""Of two stays that began in the same second, the one that passed the caller on came first; before it
one that is known by its end alone, for it began sooner than anybody saw."""

CALL_VISITS = f"""
SELECT call_id,
  COUNT(*) AS visits,
  SUM(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS open_visits,
  SUM(CASE WHEN result IN ('full', 'unstaffed') AND lasted_ms = 0 THEN 1 ELSE 0 END) AS doors,
  MIN(began_at) AS first_entered_at,
  MAX(began_at) AS last_entered_at,
  MAX(ended_at) AS last_left_at,
  MIN_BY(queue, {_IN_TURN}) FILTER (WHERE NOT queue IS NULL) AS first_queue,
  MAX_BY(queue, {_IN_TURN}) FILTER (WHERE NOT queue IS NULL) AS last_queue,
  MAX_BY(COALESCE(result, ''), {_IN_TURN}) AS last_exit,
  MIN_BY(queue, ended_at) FILTER (WHERE result = 'answered') AS visit_answered_in,
  MIN_BY(began_at + lasted_ms * 1000, ended_at)
    FILTER (WHERE result = 'answered' AND NOT lasted_ms IS NULL) AS visit_answered_until,
  MAX_BY(began_at + lasted_ms * 1000, {_IN_TURN}) FILTER (WHERE NOT lasted_ms IS NULL)
    AS waited_until,
  SUM(CASE WHEN lasted_ms IS NULL THEN 1 ELSE 0 END) AS unmeasured_visits,
  MAX(CASE WHEN result = 'caller' THEN ended_at END) AS caller_left_at,
  MAX({_WITHIN}) AS stays_within
FROM visits
WHERE NOT (COALESCE(result, '') = 'closing' AND COALESCE(lasted_ms, -1) = 0)
GROUP BY call_id
"""

CALL_ATTEMPTS = f"""
SELECT call_id,
  COUNT(*) AS attempts,
  SUM(CASE WHEN ended_at IS NULL AND result IS NULL THEN 1 ELSE 0 END) AS open_rings,
  MAX(began_at) AS last_rang_at,
  MAX(ended_at) AS last_stopped_at,
  SUM(CASE WHEN queue IS NULL THEN 1 ELSE 0 END) AS direct_rings,
  MIN(CASE WHEN queue IS NULL THEN began_at END) AS first_direct_at,
  MAX(CASE WHEN queue IS NULL THEN began_at END) AS last_direct_at,
  MAX(CASE WHEN queue IS NULL AND NOT lasted_ms IS NULL THEN ended_at END) AS direct_until,
  MIN_BY(COALESCE(lasted_ms, -1), ended_at) FILTER (WHERE result = 'answered') AS answering_ring,
  MAX(CASE WHEN result = 'cancelled' THEN ended_at END) AS last_cancelled_at,
  MAX(CASE WHEN result = 'answered' THEN began_at END) AS last_answered_rang_at,
  MAX(CASE WHEN queue IS NULL THEN {_WITHIN} END) AS rings_within
FROM attempts
WHERE COALESCE(agent_kind, 'person') <> 'device'
GROUP BY call_id
"""

CALL_DIRECT = """
SELECT a.call_id,
  MIN_BY(
    a.result,
    CASE a.result WHEN 'answered' THEN 0 WHEN 'elsewhere' THEN 1 WHEN 'cancelled' THEN 2
      WHEN 'no_answer' THEN 3 WHEN 'rejected' THEN 4 WHEN 'busy' THEN 5 ELSE 6 END
  ) FILTER (WHERE NOT a.result IS NULL) AS direct_result
FROM attempts AS a
INNER JOIN call_attempts AS c ON c.call_id = a.call_id
WHERE a.queue IS NULL AND COALESCE(a.agent_kind, 'person') <> 'device'
  AND a.began_at >= c.last_direct_at - 2000000
GROUP BY a.call_id
"""

CALL_TALKS = f"""
SELECT call_id,
  COUNT(*) AS talks,
  SUM(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS open_talks,
  MIN(began_at) AS talked_at,
  MIN_BY(began_within, began_at) AS talked_within,
  MIN_BY(agent, began_at) FILTER (WHERE NOT agent IS NULL) AS first_agent,
  MIN_BY(COALESCE(queue, ''), began_at) AS first_talk_queue,
  MAX(began_at) AS last_talk_at,
  MAX(ended_at) AS last_talk_ended_at,
  SUM(lasted_ms) AS spoken_ms,
  SUM(CASE WHEN lasted_ms IS NULL THEN 1 ELSE 0 END) AS unmeasured_talks,
  MAX_BY(result, COALESCE(ended_at, began_at)) FILTER (WHERE NOT result IS NULL) AS talk_ended_by,
  MAX_BY(COALESCE(q850, -1), COALESCE(ended_at, began_at)) AS talk_q850,
  MAX(CASE WHEN result IN ('caller', 'agent', 'network') THEN ended_at END) AS hung_up_at,
  MAX(CASE WHEN COALESCE(result, '') <> 'transfer' THEN ended_at END) AS kept_until,
  MAX(CASE WHEN COALESCE(agent_kind, 'person') = 'person' THEN 1 ELSE 0 END) AS person_spoke,
  COUNT(DISTINCT agent) AS people,
  MAX({_WITHIN}) AS talks_within
FROM talks
WHERE {_PEOPLE}
GROUP BY call_id
"""

CALL_HOLDS = """
SELECT call_id,
  COUNT(*) AS holds,
  SUM(lasted_ms) AS hold_ms,
  SUM(CASE WHEN lasted_ms IS NULL THEN 1 ELSE 0 END) AS unmeasured_holds,
  MAX(began_at) AS last_hold_at,
  MAX(ended_at) AS last_hold_ended_at
FROM holds
GROUP BY call_id
"""

CALL_HELD = f"""
SELECT h.call_id,
  SUM(LEAST(h.ended_at, t.ended_at) - GREATEST(h.began_at, t.began_at)) // 1000 AS held_in_talk_ms
FROM holds AS h
INNER JOIN talks AS t
  ON t.call_id = h.call_id AND h.began_at < t.ended_at AND t.began_at < h.ended_at
WHERE {_PEOPLE.replace("agent_kind", "t.agent_kind")}
GROUP BY h.call_id
"""

GATHERED = """
SELECT t.*, i.* EXCLUDE (call_id), d.* EXCLUDE (call_id), o.* EXCLUDE (call_id), w.* EXCLUDE (call_id),
  a.* EXCLUDE (call_id), v.* EXCLUDE (call_id), s.* EXCLUDE (call_id), h.* EXCLUDE (call_id),
  CASE WHEN GREATEST(COALESCE(s.hung_up_at, 0), COALESCE(v.last_left_at, 0)) > v.last_entered_at
    THEN 0 ELSE COALESCE(v.open_visits, 0) END
  + COALESCE(s.open_talks, 0) + COALESCE(a.open_rings, 0) AS open_spans
FROM touched AS t
LEFT JOIN call_held AS i ON i.call_id = t.call_id
LEFT JOIN call_direct AS d ON d.call_id = t.call_id
LEFT JOIN call_holds AS o ON o.call_id = t.call_id
LEFT JOIN who AS w ON w.call_id = t.call_id
LEFT JOIN call_attempts AS a ON a.call_id = t.call_id
LEFT JOIN call_visits AS v ON v.call_id = t.call_id
LEFT JOIN call_talks AS s ON s.call_id = t.call_id
LEFT JOIN heard AS h ON h.call_id = t.call_id
"""
"""The widest comes last: what was joined before is carried through every join behind it."""

_ITS_OWN = """
CASE WHEN r.mark IS NULL THEN NOT n.call_id LIKE '%~%'
  ELSE n.call_id LIKE CONCAT(r.mark, '~%') END
"""
"""A phone system that ends takes its own calls along, not those of another one."""

STOPPED = f"""
SELECT o.call_id, MIN(r.at) AS stopped_at
FROM (
  SELECT t.call_id, t.last_at
  FROM touched AS t
  LEFT JOIN heard AS h ON h.call_id = t.call_id
  LEFT JOIN (
    SELECT call_id, MAX(CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END) AS is_open
    FROM (
      SELECT call_id, ended_at FROM visits
      UNION ALL
      SELECT call_id, ended_at FROM talks
      UNION ALL
      SELECT call_id, ended_at FROM attempts WHERE result IS NULL
    ) AS every
    GROUP BY call_id
  ) AS s ON s.call_id = t.call_id
  WHERE h.ended_at IS NULL AND COALESCE(s.is_open, 1) = 1
) AS o
INNER JOIN call_numbers AS n ON n.number = o.call_id
INNER JOIN restarts AS r ON r.at >= o.last_at AND {_ITS_OWN}
LEFT JOIN (
  SELECT DISTINCT l.call_id, r.source, r.seq
  FROM restarts AS r
  INNER JOIN linked AS l ON l.source = r.source AND l.at = r.at AND l.seq > r.seq
  WHERE NOT l.call_id IS NULL
) AS spoke ON spoke.call_id = o.call_id AND spoke.source = r.source AND spoke.seq = r.seq
WHERE spoke.call_id IS NULL
GROUP BY o.call_id
"""
"""A log knows whole seconds: of a call that it speaks of below its restart, that was not the end."""

RESTARTS = """
SELECT DISTINCT at - CASE WHEN reason = 'boot' THEN COALESCE(value, 0) * 1000 ELSE 0 END AS at,
  reason, leg AS mark, source, seq
FROM linked
WHERE kind = 'source.gap' AND reason IN ('restart', 'shutdown', 'boot')
"""

SHUT_DOWN = f"""
SELECT h.call_id, MIN(r.at) AS shut_at
FROM heard AS h
INNER JOIN touched AS t ON t.call_id = h.call_id
INNER JOIN call_numbers AS n ON n.number = h.call_id
INNER JOIN restarts AS r
  ON r.at > t.arrived_at AND r.at BETWEEN h.ended_at - 2000000 AND h.ended_at + 5000000 AND {_ITS_OWN}
WHERE h.ended_by = 'system' AND r.reason <> 'boot'
GROUP BY h.call_id
"""
"""A call that came after a start was not ended by it, however soon it was over."""
