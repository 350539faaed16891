"""Stretches of time: one ring of a phone, one stay in a queue, one talk, one hold.

Each is first paired within a source (the k-th beginning with the k-th end of the same thread), then
matched across sources: the row of the finest source speaks, the others fill what it leaves null.
A row whose moments are vague never stands beside a finer source that did not see it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from everycall.calls.model import Setting, SourceView
from everycall.calls.statement import fill, words
from everycall.events.sights import Sight

EXACT = 2_000_000
"""A moment known no better than this, in microseconds, is no ground for a duration."""

SLACK = 1_500_000
"""Two sources may differ by this much, in microseconds, on when the same thing happened."""


@dataclass(frozen=True, slots=True)
class Span:
    """A kind of stretch: which events begin and end it, and what tells two of them apart.

    Attributes:
        seen: the name of the table before sources are matched.
        thread: the SQL that says which beginning belongs to which end.
        same: the SQL that says that rows r (coarser) and f (finer) of one call are the same.
        ends_once: an end just after an end says the same again, where there are more ends.
    """

    name: str
    seen: str
    doc: str
    begins: tuple[str, ...]
    ends: tuple[str, ...]
    thread: str
    same: str
    ends_once: bool = False


_NAMED = "r.leg = f.leg OR r.agent = f.agent OR NOT k.one IS NULL"
"""The same phone: the same leg, the same name, or two names that are known to mean one phone."""

_ALIKE = "n.row_id IS NULL AND r.nth = f.nth AND ABS(r.began_at - f.began_at) <= :slack"
"""Phones that nothing is known of: the one that rang at the same time, by its place in the row."""

ATTEMPTS = Span(
    name="attempts",
    seen="rings",
    doc="One row per ring of one phone.",
    begins=("agent.rang",),
    ends=("agent.stopped",),
    thread="COALESCE(leg, agent, '')",
    same=f"{_NAMED} OR ({_ALIKE} AND ABS(r.ended_at - f.ended_at) <= :slack)",
)
VISITS = Span(
    name="visits",
    seen="stays",
    doc="One row per stay in one queue, or refusal at its door.",
    begins=("queue.entered",),
    ends=("queue.left",),
    thread="COALESCE(queue, '')",
    same="r.queue = f.queue",
    ends_once=True,
)
TALKS = Span(
    name="talks",
    seen="said",
    doc="One row per talk of the caller with one person, bot or device.",
    begins=("talk.started",),
    ends=("talk.ended",),
    thread="COALESCE(agent, leg, '')",
    # nobody talks with two people at once, so what overlaps is the same talk
    same="TRUE",
)
HOLDS = Span(
    name="holds",
    seen="held",
    doc="One row per time that the caller was on hold or parked.",
    begins=("hold.started", "park.started"),
    ends=("hold.ended", "park.ended"),
    thread="''",
    same="TRUE",
)
SPANS = (ATTEMPTS, VISITS, TALKS, HOLDS)

_THREADS = """
SELECT call_id, source, :thread AS thread, CAST(1 AS BIGINT) AS n, :columns,
  SUM(CASE WHEN :is_end THEN 1 ELSE 0 END) AS end_count, COUNT(*) AS edge_count
FROM linked
WHERE (:is_begin OR :is_end) AND NOT call_id IS NULL
GROUP BY call_id, source, :thread
"""

_COLUMNS = """
MAX(agent) AS agent, MAX(agent_kind) AS agent_kind, MAX(queue) AS queue, MAX(leg) AS leg,
MIN(seq) AS seq,
COALESCE(
  MIN(CASE WHEN NOT (:is_end) THEN at END),
  MIN(CASE WHEN :is_end THEN at - COALESCE(value, :at_the_door) * 1000 END)
) AS began_at,
COALESCE(
  MIN(CASE WHEN NOT (:is_end) THEN resolution END),
  MIN(CASE WHEN :is_end AND NOT COALESCE(value, :at_the_door) IS NULL THEN resolution END)
) AS began_within,
MAX(CASE WHEN :is_end THEN at END) AS ended_at,
MAX(CASE WHEN :is_end THEN resolution END) AS ended_within,
MAX(CASE WHEN :is_end THEN value END) AS stated_ms,
MAX(CASE WHEN :is_end THEN reason END) AS result,
MAX(CASE WHEN :is_end THEN q850 END) AS q850
"""

_AT_THE_DOOR = "CASE WHEN reason IN ('full', 'unstaffed') THEN 0 END"
"""Who was refused at a queue's door was there for no time, also where no word says who came."""

_PAIRED = """
SELECT call_id, source, thread, n, agent, agent_kind, queue, leg, seq, began_at, began_within,
  ended_at, ended_within, stated_ms, result, q850
FROM threads
WHERE end_count <= 1 AND edge_count - end_count <= 1
UNION ALL
SELECT call_id, source, thread, n, :columns
FROM (
  SELECT d.*,
    ROW_NUMBER() OVER (
      PARTITION BY call_id, source, thread, :is_end ORDER BY at, seq
    ) AS n
  FROM (
    SELECT e.*, t.thread, :said_again AS said_again
    FROM linked AS e
    INNER JOIN threads AS t
      ON t.call_id = e.call_id AND t.source = e.source AND t.thread = :thread_of_e
    WHERE (:is_begin OR :is_end) AND (t.end_count > 1 OR t.edge_count - t.end_count > 1)
  ) AS d
  WHERE NOT said_again
) AS edges
GROUP BY call_id, source, thread, n
"""

_SAID_AGAIN = f"""
COALESCE(
  :is_end AND t.end_count * 2 > t.edge_count AND e.at - LAG(e.at) OVER (
    PARTITION BY e.call_id, e.source, t.thread, :is_end ORDER BY e.at, e.seq
  ) <= {EXACT}, FALSE)
"""
"""Some phone systems say in two words that a caller left a queue: EXITEMPTY, LEAVEEMPTY."""

_IMPLIED = f"""
UNION ALL
SELECT t.call_id, t.source, t.queue AS thread, CAST(0 AS BIGINT) AS n, t.agent, t.agent_kind,
  t.queue, NULL AS leg, t.seq, t.began_at, {EXACT} AS began_within, t.began_at AS ended_at,
  t.ended_within, NULL AS stated_ms, 'answered' AS result, NULL AS q850
FROM threads_said AS t
LEFT JOIN threads_stays AS v
  ON v.call_id = t.call_id AND v.source = t.source AND v.thread = t.queue
WHERE t.edge_count = t.end_count AND t.result IN ('caller', 'agent', 'transfer')
  AND NOT t.queue IS NULL AND v.call_id IS NULL
"""
"""Who ended a talk in a queue had been in it; a file that begins later says only that it ended."""

_MATCHED = """
SELECT w.call_id,
  MIN_BY(w.agent, w.naming) FILTER (WHERE NOT w.agent IS NULL) AS agent,
  MIN_BY(w.agent_kind, w.fine) FILTER (WHERE NOT w.agent_kind IS NULL) AS agent_kind,
  MIN_BY(w.queue, w.fine) FILTER (WHERE NOT w.queue IS NULL) AS queue,
  MIN_BY(w.leg, w.fine) FILTER (WHERE NOT w.leg IS NULL) AS leg,
  MIN(w.seq) AS seq,
  MIN_BY(w.began_at, w.began_within * 100 + w.fine) FILTER (WHERE NOT w.began_at IS NULL)
    AS began_at,
  MIN(w.began_within) AS began_within,
  MIN_BY(w.ended_at, w.ended_within * 100 + w.fine) FILTER (WHERE NOT w.ended_at IS NULL)
    AS ended_at,
  MIN(w.ended_within) AS ended_within,
  MIN_BY(w.lasted_ms, w.fine) FILTER (WHERE NOT w.lasted_ms IS NULL) AS lasted_ms,
  MIN_BY(w.result, w.fine + :vague) FILTER (WHERE NOT w.result IS NULL) AS result,
  MIN_BY(w.q850, w.fine) FILTER (WHERE NOT w.q850 IS NULL) AS q850
FROM (
  SELECT m.*, COALESCE(p.anchor, m.row_id) AS anchor
  FROM weighed AS m
  LEFT JOIN (
    SELECT r.row_id, f.row_id AS anchor,
      ROW_NUMBER() OVER (
        PARTITION BY r.row_id
        ORDER BY CASE WHEN :named THEN 0 ELSE 1 END, f.fine, ABS(r.began_at - f.began_at), f.row_id
      ) AS choice
    FROM weighed AS r
    INNER JOIN weighed AS f ON r.call_id = f.call_id
    LEFT JOIN same_agents AS k ON k.one = r.agent AND k.other = f.agent
    LEFT JOIN named AS n ON n.row_id = r.row_id
    WHERE f.fine < r.fine AND (:same)
      AND r.began_at <= COALESCE(f.ended_at, f.began_at + 86400000000) + :slack
      AND f.began_at <= COALESCE(r.ended_at, r.began_at + 86400000000)
        + GREATEST(COALESCE(r.ended_within, 0), :slack)
  ) AS p ON p.row_id = m.row_id AND p.choice = 1
  WHERE NOT p.anchor IS NULL OR m.fine = m.finest OR COALESCE(m.began_within, 0) < :exact
) AS w
GROUP BY w.call_id, w.anchor
"""

_KNOWN = """
SELECT DISTINCT r.row_id
FROM weighed AS r
INNER JOIN weighed AS f ON r.call_id = f.call_id
LEFT JOIN same_agents AS k ON k.one = r.agent AND k.other = f.agent
WHERE f.fine < r.fine AND (:named)
"""

_WEIGHED = """
SELECT s.*, :fine AS fine, :naming AS naming, :lasted AS lasted_ms,
  MIN(:fine) OVER (PARTITION BY s.call_id) AS finest,
  ROW_NUMBER() OVER (PARTITION BY s.call_id, s.source, s.heap ORDER BY s.seq) AS nth,
  ROW_NUMBER() OVER (ORDER BY s.call_id, s.source, s.thread, s.n) AS row_id
FROM (
  SELECT h.*, SUM(apart) OVER (PARTITION BY call_id, source ORDER BY ended_at, seq) AS heap
  FROM (
    SELECT a.*,
      CASE WHEN a.ended_at - LAG(a.ended_at) OVER (
        PARTITION BY a.call_id, a.source ORDER BY a.ended_at, a.seq
      ) > :slack THEN 1 ELSE 0 END AS apart
    FROM seen AS a
    INNER JOIN several AS c ON c.call_id = a.call_id
  ) AS h
) AS s
"""

_LASTED = """
COALESCE(
  stated_ms,
  CASE WHEN began_within < :exact AND ended_within < :exact AND ended_at >= began_at
    THEN (ended_at - began_at) // 1000 END
)
"""

_ALONE = """
SELECT s.call_id, COALESCE(p.agent, s.agent) AS agent, s.agent_kind, s.queue, s.leg, s.seq,
  s.began_at, s.began_within, s.ended_at, s.ended_within, :lasted AS lasted_ms, s.result, s.q850
FROM seen AS s
LEFT JOIN agent_names AS p ON p.endpoint = s.agent
"""

_JOINED = """
SELECT b.call_id, COALESCE(p.agent, b.agent) AS agent, b.agent_kind, b.queue, b.leg, b.seq,
  b.began_at, b.began_within, b.ended_at, b.ended_within, b.lasted_ms, b.result, b.q850
FROM (
  SELECT s.call_id, s.agent, s.agent_kind, s.queue, s.leg, s.seq, s.began_at, s.began_within,
    s.ended_at, s.ended_within, :lasted AS lasted_ms, s.result, s.q850
  FROM seen AS s
  LEFT JOIN several AS c ON c.call_id = s.call_id
  WHERE c.call_id IS NULL
  UNION ALL
  SELECT call_id, agent, agent_kind, queue, leg, seq, began_at, began_within, ended_at,
    ended_within, lasted_ms, result, q850
  FROM matched
) AS b
LEFT JOIN agent_names AS p ON p.endpoint = b.agent
"""


def threads(span: Span) -> exp.Expr:
    """Return the statement that gathers the edges of each thread; most threads are one span."""
    return _spanning(_THREADS, span)


def paired(span: Span) -> exp.Expr:
    """Return the statement that pairs, in threads with more edges, k-th beginnings and ends."""
    text = _PAIRED.replace(":said_again", _SAID_AGAIN if span.ends_once else "FALSE")
    text += _IMPLIED if span is VISITS else ""
    return _spanning(text, span, {"threads": f"threads_{span.seen}"})


def _spanning(template: str, span: Span, tables: Mapping[str, str] | None = None) -> exp.Expr:
    text = template.replace(":columns", _COLUMNS)
    places = {
        "thread": span.thread,
        "thread_of_e": re.sub(r"\b(leg|agent|queue)\b", r"e.\1", span.thread),
        "is_begin": f"kind IN ({words(span.begins)})",
        "is_end": f"kind IN ({words(span.ends)})",
        "at_the_door": _AT_THE_DOOR,
    }
    used = {name: part for name, part in places.items() if re.search(rf":{name}\b", text)}
    return fill(text, tables, **used)


def weighed(span: Span, setting: Setting) -> exp.Expr:
    """Return the statement that takes the rows of calls which several sources saw.

    Rows that ended together are a heap, and each has its place in it.
    """
    return fill(
        _WEIGHED,
        tables={"seen": span.seen},
        fine=by_source(setting, "s.source", fineness),
        naming=by_source(setting, "s.source", naming),
        lasted=_lasted(),
        slack=SLACK,
    )


def known(span: Span) -> exp.Expr:
    """Return the statement that finds the rows whose phone a finer source knows by name."""
    return fill(_KNOWN, tables={"weighed": f"weighed_{span.seen}"}, named=_NAMED)


def matched(span: Span, setting: Setting) -> exp.Expr:
    """Return the statement that makes one row of what several sources saw of one stretch."""
    vague = by_source(setting, "w.source", lambda s: 0 if Sight.RING_RESULT in s.sees else 100)
    return fill(
        _MATCHED,
        tables={"weighed": f"weighed_{span.seen}", "named": f"named_{span.seen}"},
        same=span.same.replace(":slack", str(SLACK)),
        named=_NAMED,
        vague=f"CASE WHEN w.result = 'no_answer' THEN {vague} ELSE 0 END",
        slack=SLACK,
        exact=EXACT,
    )


def alone(span: Span) -> exp.Expr:
    """Return the statement of the finished table where only one source ever spoke."""
    return fill(_ALONE, tables={"seen": span.seen}, lasted=_lasted())


def joined(span: Span) -> exp.Expr:
    """Return the statement of the finished table: single-source rows as they are, others matched."""
    tables = {"seen": span.seen, "matched": f"matched_{span.seen}"}
    return fill(_JOINED, tables=tables, lasted=_lasted())


def fineness(source: SourceView) -> int:
    """Weigh a source by how exact its moments are: the smaller, the finer."""
    return source.fineness


def naming(source: SourceView) -> int:
    """Weigh a source by how well it names people: the smaller, the better."""
    return source.fineness + (0 if source.people else 100)


def by_source(setting: Setting, column: str, weight: Callable[[SourceView], int]) -> str:
    """Return the SQL that gives each source's weight, by its number."""
    whens = " ".join(f"WHEN {i} THEN {weight(s)}" for i, s in enumerate(setting.sources))
    return f"CASE {column} {whens} ELSE 99 END"


def _lasted() -> str:
    return _LASTED.replace(":exact", str(EXACT))
