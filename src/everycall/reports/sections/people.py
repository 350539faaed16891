"""Person by person: one row per ring of a phone."""

from typing import Any

from everycall.events.sights import Sight
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit

_RINGS = """
SELECT COALESCE(a.agent, '(not said)'), COUNT(*),
  COUNT(*) FILTER (WHERE a.result = 'answered'),
  COUNT(*) FILTER (WHERE a.result = 'no_answer'),
  COUNT(*) FILTER (WHERE a.result = 'rejected'),
  COUNT(*) FILTER (WHERE a.result IN ('busy', 'unreachable')),
  COUNT(*) FILTER (WHERE a.result IN ('elsewhere', 'cancelled')), MAX(t.spoken)
FROM attempts AS a INNER JOIN period_calls AS c ON c.call_id = a.call_id
LEFT JOIN (
  SELECT k.agent, SUM(k.lasted_ms) AS spoken FROM talks AS k
  INNER JOIN period_calls AS i ON i.call_id = k.call_id WHERE i.direction IN ('inbound', 'internal')
  GROUP BY k.agent
) AS t ON t.agent = a.agent
WHERE c.direction IN ('inbound', 'internal') AND COALESCE(a.agent_kind, 'person') = 'person'
GROUP BY 1 ORDER BY 1
"""


RESULTS = slice(4, 6)
"""Where refused and busy stand; few sources tell them from no answer."""


def _rings(desk: Desk) -> list[tuple[Any, ...]]:
    rows = desk.query(_RINGS)
    if Sight.RING_RESULT not in desk.frame.unseen:
        return rows
    return [(*row[:4], *(number or None for number in row[RESULTS]), *row[6:]) for row in rows]


def people(desk: Desk) -> Section:
    """Say how the load lay on the people, in the order of their names: nobody is ranked."""
    say = desk.say
    rows = _rings(desk)
    answered = sum(row[2] for row in rows)
    lead = say("No source showed whose phone rang.")
    if rows:
        lead = say(
            "{people} answered {rings}.",
            people=say.many(len(rows), "{n} person", "{n} people"),
            rings=say.many(answered, "{n} ring", "{n} rings"),
        )
    columns = (
        Column(say("person")),
        Column(say("rings"), Unit.COUNT, calls={}),
        Column(say("answered"), Unit.COUNT, calls={"ring": "answered"}),
        Column(say("no answer"), Unit.COUNT, calls={"ring": "no_answer"}),
        Column(say("refused"), Unit.COUNT, calls={"ring": "rejected"}),
        Column(say("busy"), Unit.COUNT, calls={"ring": "busy"}),
        Column(say("other"), Unit.COUNT, calls={"ring": "other"}),
        Column(say("talking"), Unit.DURATION),
    )
    note = say(
        "One row per ring of a phone: a call that rang on four phones is four rings. Busy: or out of "
        "reach. Other: not theirs to take, the caller left or somebody else answered."
    )
    behind = [{"agent": row[0]} for row in rows]
    tables = (Table(columns, rows, note, behind=behind),) if rows else ()
    charts = (_load(desk, rows),) if any(row[7] for row in rows) else ()
    return Section("people", say("Person by person"), lead, tables, charts=charts)


def gini(values: list[float]) -> float | None:
    """Return how unevenly values are spread: 0 where all are equal, near 1 where one has all."""
    ordered, total = sorted(values), sum(values)
    if not total:
        return None
    n = len(ordered)
    weighted = sum(place * value for place, value in enumerate(ordered, 1))
    return 2 * weighted / (n * total) - (n + 1) / n


def _load(desk: Desk, rows: list[tuple[object, ...]]) -> Chart:
    say = desk.say
    spoken = [(str(row[0]), float(str(row[7] or 0))) for row in rows]
    table = Table(
        (Column(say("person")), Column(say("talking"), Unit.DURATION)),
        spoken,
    )
    times = [value for _, value in spoken]
    sentence = say(
        "From {least} to {most}; unevenness {gini} (Gini: 0 is even, 1 is all on one person).",
        least=say.duration(min(times)),
        most=say.duration(max(times)),
        gini=say.decimal(gini(times)),
    )
    return Chart("load", say("Time spent talking"), Shape.BARS, table, sentence)
