"""The rows that each level counts: where they come from, their moment, and what may be joined."""

from collections.abc import Mapping
from dataclasses import dataclass

from everycall.metrics.model import Level
from everycall.metrics.slots import SLOT

JUDGED = ("missed", "lost", "abandoned", "dropped", "voicemail", "callback", "flow_out")
"""Words of definitions that a verdict says yes or no to, each in a column of its own."""

TABLES = {
    "teams": {"queue": "VARCHAR", "team": "VARCHAR"},
}
"""Tables beside those of calls that come from the site file."""

_CALL_JOINS = """
LEFT JOIN verdicts AS j ON j.call_id = c.call_id
LEFT JOIN last_tags AS g ON g.call_id = c.call_id
LEFT JOIN neighbours AS n ON n.call_id = c.call_id
LEFT JOIN ratings AS y ON y.call_id = c.call_id
"""

_RING_STATES = """
LEFT JOIN ring_states AS z
  ON z.call_id = a.call_id AND z.agent = a.agent AND z.began_at = a.began_at
"""

CALL_ALIASES = frozenset({"j", "g", "n", "y"})
"""What is joined to the call, and so needs it."""

LAST_VISITS = """
LEFT JOIN (
  SELECT call_id, MAX(began_at) AS last_at FROM visits GROUP BY call_id
) AS w ON w.call_id = v.call_id
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a level.

    Attributes:
        source: a query with every join that might be needed; those that are not used are left out.
        at: the moment that a row belongs to.
        event_at: the same where the moment of the event is asked for.
        scope: which rows count at all.
        always: joins that decide which rows there are.
        alone: the scope instead, without the join, where nothing else is asked of the call.
        ends_at: when a row that lasts ends; it belongs to each stretch of time that it touches.
        parts: what is asked by where rows are parts of a whole, and not the whole itself.
        of_parts: the scope instead where one of these is asked by.
    """

    source: str
    at: str
    event_at: str
    scope: str
    always: frozenset[str] = frozenset()
    alone: str = ""
    ends_at: str = ""
    parts: frozenset[str] = frozenset()
    of_parts: str = ""


def _source(begin: str, queue: str, joins: str = _CALL_JOINS) -> str:
    team = f"LEFT JOIN teams AS t ON t.queue = {queue}"
    return f"SELECT 1 FROM {begin} INNER JOIN slots AS s ON s.slot = (:moment) // {SLOT} {joins} {team}"


_STARTED = "v.began_at"
CAME_IN = "direction IN ('inbound', 'internal')"
"""Calls whose stays and rings are counted; in those that we made nobody waits for us."""

_NOT_OURS = f"NOT {{}}.call_id IN (SELECT call_id FROM calls WHERE NOT {CAME_IN})"
"""Leaving out the few calls that we made costs a third of finding every call that came in."""

ROWS: Mapping[Level, Rows] = {
    Level.CALL: Rows(
        _source("calls AS c", "c.first_queue"),
        "c.arrived_at",
        "COALESCE(c.answered_at, c.ended_at, c.arrived_at)",
        "c.direction = 'inbound'",
    ),
    Level.MADE: Rows(
        _source("calls AS c", "c.first_queue"),
        "c.arrived_at",
        "COALESCE(c.answered_at, c.ended_at, c.arrived_at)",
        "c.direction IN ('outbound', 'callback')",
    ),
    Level.VISIT: Rows(
        _source(
            "stays AS v INNER JOIN calls AS c ON c.call_id = v.call_id",
            "v.queue",
            _CALL_JOINS + LAST_VISITS,
        ),
        _STARTED,
        _STARTED,
        f"c.{CAME_IN}",
        frozenset({"c"}),
        _NOT_OURS.format("v"),
    ),
    Level.ATTEMPT: Rows(
        _source(
            "attempts AS a INNER JOIN calls AS c ON c.call_id = a.call_id",
            "a.queue",
            _CALL_JOINS + _RING_STATES,
        ),
        "a.began_at",
        "a.began_at",
        f"c.{CAME_IN} AND COALESCE(a.agent_kind, 'person') = 'person'",
        frozenset({"c"}),
        f"{_NOT_OURS.format('a')} AND COALESCE(a.agent_kind, 'person') = 'person'",
    ),
    Level.EPISODE: Rows(
        _source(
            "episodes AS e INNER JOIN calls AS c ON c.call_id = e.episode",
            "c.first_queue",
            _CALL_JOINS + "LEFT JOIN episode_people AS q ON q.episode = e.episode",
        ),
        "e.began_at",
        "e.began_at",
        "TRUE",
        frozenset({"c"}),
    ),
    Level.STAFF: Rows(
        "SELECT 1 FROM presence AS p INNER JOIN slots AS s ON s.slot = p.slot "
        "LEFT JOIN teams AS t ON t.queue = p.queue",
        "p.began_at",
        "p.began_at",
        "NOT p.by_queue",
        ends_at="p.ended_at",
        parts=frozenset({"queue", "team"}),
        of_parts="p.by_queue",
    ),
    Level.NEED: Rows(
        _source(
            "returns AS d INNER JOIN calls AS c ON c.call_id = d.first_missed", "c.first_queue"
        ),
        "d.missed_at",
        "d.missed_at",
        "TRUE",
        frozenset({"c"}),
    ),
    Level.LINE: Rows(
        "SELECT 1 FROM line_use AS l INNER JOIN slots AS s ON s.slot = l.slot",
        "l.began_at",
        "l.began_at",
        "l.together",
        parts=frozenset({"trunk"}),
        of_parts="NOT l.together",
    ),
}
"""The rows of every level, each in one place."""
