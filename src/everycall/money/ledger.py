"""The ledger: every caller who was missed, and what became of them since.

A need that was missed is at risk while its window is open; then it was recovered by us, the caller
returned by themselves, or it is lost. Every missed need is in exactly one of these states.

A person who spoke with a caller and handed them on to nobody has not helped: where such a call is
missed by the definition, the caller's next calls within the window still belong to the same need.

Tables that the engine provides: `calls`, `episodes` and `episode_calls`, and `called_missed`
(call_id, category): which calls are missed.
"""

from dataclasses import dataclass
from enum import StrEnum

from everycall.calls.statement import fill, words, write


class State(StrEnum):
    """What became of a caller who was missed."""

    AT_RISK = "at_risk"
    RECOVERED = "recovered"
    RETURNED = "returned"
    LOST = "lost"

    @property
    def doc(self) -> str:
        """The sentence that explains it."""
        return _DOCS[self]


_DOCS = {
    State.AT_RISK: "Nobody has helped yet, and the window is still open.",
    State.RECOVERED: "We called back and reached the caller.",
    State.RETURNED: "The caller rang again by themselves and was helped.",
    State.LOST: "The window passed and nobody helped.",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the ledger: its name, what it says, and its expression."""

    name: str
    doc: str
    sql: str


FIELDS = (
    Field("need", "The need: the id of the first call of the caller's episode.", "n.need"),
    Field("client", "The brand that the caller wanted.", "n.client"),
    Field("caller_key", "What joins the caller's calls; null if withheld or shared.", "n.key"),
    Field(
        "joined", "The caller can be recognised, so that their other calls are seen.", "n.joined"
    ),
    Field("first_missed", "The call that was missed first.", "n.first_missed"),
    Field("missed_at", "When it arrived.", "n.missed_at"),
    Field("category", "What the definition calls it: missed, lost, abandoned.", "n.category"),
    Field("queue", "The queue that it came to last, if any.", "n.queue"),
    Field("number", "The number that was dialled.", "n.number"),
    Field("missed_calls", "How many calls of this need were missed.", "n.missed_calls"),
    Field(
        "counted_calls",
        "Of these, those that came in opening hours (or while hours are unknown) and did not hang "
        "up at once.",
        "n.counted_calls",
    ),
    Field("closed_calls", "Of the missed calls, those outside opening hours.", "n.closed_calls"),
    Field(
        "rang_again",
        "The caller rang again by themselves; null where they cannot be recognised.",
        "CASE WHEN n.joined THEN n.rang_again > 0 END",
    ),
    Field("dialled_back", "How often we rang the caller afterwards.", "n.dialled_back"),
    Field("state", "at_risk, recovered, returned or lost.", ":state"),
    Field("settled_at", "When the caller was helped; null if never.", "n.settled_at"),
    Field("settled_by", "The call that helped.", "n.settled_by"),
    Field("window_end", "Until when there is time to help.", "n.window_end"),
)
"""Every column of the ledger, in order."""

_STATE = """
CASE WHEN n.settled_direction = 'inbound' THEN 'returned'
  WHEN NOT n.settled_at IS NULL THEN 'recovered'
  WHEN n.window_end >= m.as_of THEN 'at_risk' ELSE 'lost' END
"""

_MISSED = """
SELECT c.call_id, x.episode, c.arrived_at, c.called, COALESCE(c.last_queue, c.first_queue) AS queue,
  j.category, c.callback_reached_at,
  COALESCE(NOT c.open_at_arrival, FALSE) AS closed,
  COALESCE(c.open_at_arrival, TRUE) AND NOT COALESCE(c.short, FALSE) AND NOT (
    c.outcome = 'caller_left_in_menu' AND COALESCE(c.ended_at - c.arrived_at < :short, FALSE)
  ) AS counted
FROM calls AS c
INNER JOIN called_missed AS j ON j.call_id = c.call_id
INNER JOIN episode_calls AS x ON x.call_id = c.call_id
WHERE c.direction = 'inbound' AND j.category IN (:categories)
"""

_SPLIT = """
SELECT DISTINCT COALESCE(e.client, '') AS client, e.caller_key
FROM episodes AS e
INNER JOIN missed AS m ON m.call_id = e.helped_by
WHERE e.joined
"""

_NEEDS = """
SELECT m.episode, m.episode AS need
FROM (SELECT DISTINCT episode FROM missed) AS m
INNER JOIN episodes AS e ON e.episode = m.episode
LEFT JOIN split AS s ON s.caller_key = e.caller_key AND s.client = COALESCE(e.client, '')
WHERE s.caller_key IS NULL
UNION ALL
SELECT episode, FIRST_VALUE(episode) OVER (
    PARTITION BY client, caller_key, stretch ORDER BY began_at, episode
  ) AS need
FROM (
  SELECT *, SUM(CASE WHEN follows THEN 0 ELSE 1 END) OVER (
      PARTITION BY client, caller_key ORDER BY began_at, episode
    ) AS stretch
  FROM (
    SELECT *, COALESCE(
        LAG(unsettled) OVER (PARTITION BY client, caller_key ORDER BY began_at, episode)
        AND began_at <= LAG(window_end) OVER (
          PARTITION BY client, caller_key ORDER BY began_at, episode
        ), FALSE) AS follows
    FROM (
      SELECT e.episode, e.began_at, e.window_end, s.client, s.caller_key,
        NOT m.call_id IS NULL AS unsettled
      FROM episodes AS e
      INNER JOIN split AS s ON s.caller_key = e.caller_key AND s.client = COALESCE(e.client, '')
      LEFT JOIN missed AS m ON m.call_id = e.helped_by
    ) AS judged_episodes
  ) AS linked
) AS stretches
"""

_FIRST = """
SELECT n.need, MIN(m.arrived_at) AS missed_at, COUNT(*) AS missed_calls,
  MIN_BY(m.call_id, m.arrived_at) AS first_missed, MIN_BY(m.category, m.arrived_at) AS category,
  MIN_BY(m.queue, m.arrived_at) AS queue, MIN_BY(m.called, m.arrived_at) AS number,
  COUNT(*) FILTER (WHERE m.counted) AS counted_calls,
  COUNT(*) FILTER (WHERE m.closed) AS closed_calls,
  MIN(m.callback_reached_at) AS called_back_at,
  MIN_BY(m.call_id, m.callback_reached_at) FILTER (WHERE NOT m.callback_reached_at IS NULL)
    AS called_back_for
FROM missed AS m
INNER JOIN needs AS n ON n.episode = m.episode
GROUP BY n.need
"""

_SINCE = """
SELECT f.need,
  COUNT(*) FILTER (WHERE c.direction = 'inbound' AND c.arrived_at > f.missed_at) AS rang_again,
  COUNT(*) FILTER (WHERE c.direction IN ('outbound', 'callback') AND c.arrived_at > f.missed_at)
    AS dialled_back
FROM first_missed AS f
INNER JOIN needs AS n ON n.need = f.need
INNER JOIN episodes AS e ON e.episode = n.episode
INNER JOIN episode_calls AS x ON x.episode = n.episode
INNER JOIN calls AS c ON c.call_id = x.call_id
WHERE e.calls > 1 OR n.episode <> n.need
GROUP BY f.need
"""
"""Most needs are one call, which is followed by none."""

_SETTLED = """
SELECT f.need, MIN(e.client) AS client, MIN(e.caller_key) AS key,
  MAX(CASE WHEN e.joined THEN 1 ELSE 0 END) = 1 AS joined, MAX(e.window_end) AS window_end,
  MIN(CASE WHEN h.call_id IS NULL AND e.helped_at > f.missed_at THEN e.helped_at END) AS helped_at,
  MIN_BY(e.helped_by, e.helped_at) FILTER (WHERE h.call_id IS NULL AND e.helped_at > f.missed_at)
    AS helped_by,
  MIN_BY(e.helped_direction, e.helped_at) FILTER (
    WHERE h.call_id IS NULL AND e.helped_at > f.missed_at
  ) AS helped_direction
FROM first_missed AS f
INNER JOIN needs AS n ON n.need = f.need
INNER JOIN episodes AS e ON e.episode = n.episode
LEFT JOIN missed AS h ON h.call_id = e.helped_by
GROUP BY f.need
"""

_GATHERED = """
SELECT f.*, s.client, s.key, s.joined, s.window_end, COALESCE(a.rang_again, 0) AS rang_again,
  COALESCE(a.dialled_back, 0) AS dialled_back,
  COALESCE(s.helped_at, f.called_back_at) AS settled_at,
  COALESCE(s.helped_by, f.called_back_for) AS settled_by,
  COALESCE(s.helped_direction, CASE WHEN NOT f.called_back_at IS NULL THEN 'callback' END)
    AS settled_direction
FROM first_missed AS f
INNER JOIN settled AS s ON s.need = f.need
LEFT JOIN since AS a ON a.need = f.need
"""

CATEGORIES = ("missed", "lost", "abandoned", "dropped")
"""What a definition may call a call that nobody helped."""

KINDS = """
SELECT m.category, COUNT(*) AS calls FROM missed AS m
INNER JOIN needs AS n ON n.episode = m.episode
INNER JOIN period_ledger AS p ON p.need = n.need
GROUP BY m.category
"""
"""What the definition calls the calls of a period's needs that nobody helped, and how many are so."""


def ledger_steps(short_us: int, dialect: str = "duckdb") -> tuple[tuple[str, str], ...]:
    """Return the statements that lead from `calls`, `episodes` and `called_missed` to `ledger`.

    `moment` (as_of) says until when the data speaks; `short_us`: who leaves sooner hung up at once.
    """
    columns = ", ".join(f"{field.sql} AS {field.name}" for field in FIELDS).replace(
        ":state", _STATE
    )
    trees = (
        ("missed", fill(_missed(), short=short_us)),
        ("split", fill(_SPLIT)),
        ("needs", fill(_NEEDS)),
        ("first_missed", fill(_FIRST)),
        ("since", fill(_SINCE)),
        ("settled", fill(_SETTLED)),
        ("gathered", fill(_GATHERED)),
        ("ledger", fill(f"SELECT {columns} FROM gathered AS n CROSS JOIN moment AS m")),
    )
    return tuple((name, write(tree, dialect)) for name, tree in trees)


def _missed() -> str:
    return _MISSED.replace(":categories", words(CATEGORIES))
