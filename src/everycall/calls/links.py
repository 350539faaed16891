"""Which ids mean the same call: channels of one call, transfers, and a carrier's own records."""

from collections.abc import Iterator

from sqlglot import exp

from everycall.calls.model import Setting, SourceView
from everycall.calls.statement import add_columns, fill, parse, words
from everycall.events.schema import COLUMNS

_CHANNEL_LINKS = """
SELECT e.leg AS id, MIN_BY(e.call_id, e.at) AS call_id
FROM events AS e
INNER JOIN (SELECT DISTINCT call_id FROM events WHERE :known) AS c ON c.call_id = e.leg
WHERE :from_channels AND e.leg <> e.call_id
GROUP BY e.leg
"""

_LOOSE_TRANSFERS = """
SELECT t.call_id, t.queue, t.agent, t.at
FROM events AS t
LEFT JOIN events AS own
  ON own.call_id = t.call_id AND own.queue = t.queue AND own.kind = 'talk.started'
WHERE t.kind = 'transfer.started' AND t.reason = 'attended' AND NOT t.queue IS NULL
  AND own.call_id IS NULL
"""

_TRANSFER_LINKS = """
SELECT x.call_id AS id, MAX_BY(t.call_id, t.at) AS call_id
FROM loose_transfers AS x
INNER JOIN events AS t ON t.queue = x.queue AND t.agent = x.agent
WHERE t.kind = 'talk.started' AND t.call_id <> x.call_id
  AND t.at <= x.at AND t.at > x.at - 14400000000
GROUP BY x.call_id
"""

_CARRIER_LINKS = """
SELECT id, call_id
FROM (
  SELECT c.call_id AS id, o.call_id,
    ROW_NUMBER() OVER (PARTITION BY c.call_id ORDER BY ABS(c.at - o.at), o.call_id) AS ours,
    ROW_NUMBER() OVER (PARTITION BY o.call_id ORDER BY ABS(c.at - o.at), c.call_id) AS theirs
  FROM (
    SELECT call_id, MIN(at) AS at, COALESCE(MAX(caller_key), '') AS caller, MAX(called) AS called
    FROM events
    WHERE :by_carrier AND NOT call_id IS NULL
    GROUP BY call_id
  ) AS c
  INNER JOIN (
    SELECT call_id, MIN(at) AS at, COALESCE(MAX(caller_key), '') AS caller, MAX(called) AS called
    FROM events
    WHERE NOT (:by_carrier) AND NOT call_id IS NULL AND :any_carrier
    GROUP BY call_id
  ) AS o ON o.caller = c.caller
  WHERE ABS(c.at - o.at) <= :within
    AND (RIGHT(c.called, 6) = RIGHT(o.called, 6)
      OR NOT COALESCE(:their_number, FALSE) OR NOT COALESCE(:our_number, FALSE))
) AS near
WHERE ours = 1 AND theirs = 1
"""

_IS_NUMBER = "LENGTH({0}) >= 6 AND NOT TRY_CAST(RIGHT({0}, 6) AS BIGINT) IS NULL"
"""What was called can be compared: it is no extension, and no name of a queue or dialplan."""

_ALL_LINKS = """
SELECT id, MIN(call_id) AS call_id
FROM (
  SELECT id, call_id FROM channel_links
  UNION ALL
  SELECT id, call_id FROM transfer_links
  UNION ALL
  SELECT id, call_id FROM carrier_links
) AS every
GROUP BY id
"""

_LINKS = """
SELECT a.id, COALESCE(c.call_id, b.call_id, a.call_id) AS call_id
FROM all_links AS a
LEFT JOIN all_links AS b ON b.id = a.call_id AND b.call_id <> a.id
LEFT JOIN all_links AS c ON c.id = b.call_id AND c.call_id <> a.call_id
"""

_LINKED = """
SELECT COALESCE(l.call_id, e.call_id) AS call_id
FROM events AS e
LEFT JOIN links AS l ON l.id = e.call_id
"""

SEVERAL = "SELECT call_id FROM touched WHERE (seen_by & (seen_by - 1)) <> 0"

_KNOWN_AGENTS = """
SELECT one, other FROM given_agents
UNION
SELECT other AS one, one AS other FROM given_agents
UNION
SELECT one, other FROM learned_agents
UNION
SELECT party AS one, agent AS other FROM linked WHERE kind = 'agent.rang' AND NOT party IS NULL
UNION
SELECT agent AS one, party AS other FROM linked WHERE kind = 'agent.rang' AND NOT party IS NULL
UNION
SELECT a.agent AS one, b.agent AS other
FROM rings AS a
INNER JOIN several AS s ON s.call_id = a.call_id
INNER JOIN rings AS b ON b.call_id = a.call_id AND b.leg = a.leg
WHERE a.agent <> b.agent
"""

_SAME_AGENTS = """
SELECT one, other FROM known_agents
UNION
SELECT one, other
FROM (
  SELECT a.agent AS one, b.agent AS other, COUNT(*) AS times,
    SUM(COUNT(*)) OVER (PARTITION BY a.agent, a.source, b.source) AS all_times
  FROM lone_answers AS a
  INNER JOIN lone_answers AS b ON b.call_id = a.call_id
  WHERE a.source <> b.source AND a.agent <> b.agent
  GROUP BY a.agent, a.source, b.agent, b.source
) AS pairs
WHERE times * 2 > all_times
"""

LONE_ANSWERS = """
SELECT r.call_id, r.source, MAX(r.agent) AS agent
FROM rings AS r
INNER JOIN several AS s ON s.call_id = r.call_id
WHERE r.result = 'answered' AND NOT r.agent IS NULL
GROUP BY r.call_id, r.source
HAVING COUNT(*) = 1
"""

_AGENT_NAMES = """
SELECT k.one AS endpoint, MIN(COALESCE(g.other, k.other)) AS agent
FROM same_agents AS k
LEFT JOIN given_agents AS g ON g.one = k.other
WHERE k.one LIKE '%/%' AND NOT COALESCE(g.other, k.other) LIKE '%/%'
GROUP BY k.one
HAVING COUNT(DISTINCT COALESCE(g.other, k.other)) = 1
UNION ALL
SELECT one AS endpoint, other AS agent FROM given_agents WHERE NOT one LIKE '%/%'
"""
"""A phone has the one name that is known for it; any other name means whom the site says."""


def _from(column: str, sources: list[SourceView]) -> str:
    """Return the condition that a row comes from one of these sources."""
    names = words(source.name for source in sources)
    return f"{column} IN ({names})" if names else "FALSE"


def linking(setting: Setting) -> Iterator[tuple[str, exp.Expr]]:
    """Yield the statements that lead from `events` to `links`: each id, and the call it means."""
    channels = [source for source in setting.sources if source.channels]
    carriers = [source for source in setting.sources if source.carrier]
    yield (
        "channel_links",
        fill(
            _CHANNEL_LINKS,
            from_channels=_from("e.source", channels),
            known="NOT call_id IS NULL" if channels else "FALSE",
        ),
    )
    yield "loose_transfers", parse(_LOOSE_TRANSFERS)
    yield "transfer_links", parse(_TRANSFER_LINKS)
    yield (
        "carrier_links",
        fill(
            _CARRIER_LINKS,
            by_carrier=_from("source", carriers),
            any_carrier="TRUE" if carriers else "FALSE",
            their_number=_IS_NUMBER.format("c.called"),
            our_number=_IS_NUMBER.format("o.called"),
            within=int(setting.limits.carrier_match.total_seconds() * 1_000_000),
        ),
    )
    yield "all_links", parse(_ALL_LINKS)
    yield "links", parse(_LINKS)


def linked() -> exp.Expr:
    """Return the statement that gives every event the id of its call across sources."""
    others = [(c.name, f'e."{c.name}"') for c in COLUMNS if c.name != "call_id"]
    return add_columns(parse(_LINKED), others)


def known_agents() -> exp.Expr:
    """Return the statement that finds the names which somebody said mean the same phone."""
    return parse(_KNOWN_AGENTS)


def same_agents() -> exp.Expr:
    """Return the statement that adds the names of which the answered calls show it."""
    return parse(_SAME_AGENTS)


def agent_names() -> exp.Expr:
    """Return the statement that finds the person's name for endpoints that have just one."""
    return parse(_AGENT_NAMES)
