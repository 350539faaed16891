"""Person by person: one row per ring of a phone."""

from collections import Counter
from typing import Any

from everycall.events.sights import Sight
from everycall.reports.figures import column
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit

_RESULTS = {
    "answered": "answered",
    "no_answer": "no_answer",
    "rejected": "rejected",
    "busy": "busy",
    "unreachable": "busy",
    "elsewhere": "other",
    "cancelled": "other",
}
"""In which column a ring stands, by how it ended."""

_COLUMNS = ("answered", "no_answer", "rejected", "busy", "other")
_RARE = ("rejected", "busy")
"""What few sources tell from no answer."""


def _rings(desk: Desk) -> list[tuple[Any, ...]]:
    found: dict[str, Counter[str]] = {}
    for row in desk.measure(["arrived"], by=["agent", "ring"]).rows:
        rings = round(row.cells["arrived"].value or 0)
        one = found.setdefault(row.keys[0] or "(not said)", Counter())
        one["all"] += rings
        one[_RESULTS.get(row.keys[1], "")] += rings
    talks = desk.measure(["conversation_time"], by=["agent"]).rows
    spoken = {row.keys[0]: row.cells["conversation_time"].value for row in talks}
    unseen = _RARE if Sight.RING_RESULT in desk.frame.unseen else ()
    return [
        (
            agent,
            rings["all"],
            *(rings[name] or (None if name in unseen else 0) for name in _COLUMNS),
            spoken.get(agent),
        )
        for agent, rings in sorted(found.items())
    ]


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
        column("conversation_time", say, heading=say("in conversation")),
    )
    note = say(
        "One row per ring of a phone: a call that rang on four phones is four rings. Busy: or out of "
        "reach. Other: not theirs to take, the caller left or somebody else answered. In conversation: "
        "in calls of any direction."
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
        (Column(say("person")), Column(say("in conversation"), Unit.DURATION)),
        spoken,
    )
    times = [value for _, value in spoken]
    sentence = say(
        "From {least} to {most}; unevenness {gini} (Gini: 0 is even, 1 is all on one person).",
        least=say.duration(min(times)),
        most=say.duration(max(times)),
        gini=say.decimal(gini(times)),
    )
    return Chart("load", say("Time in conversation"), Shape.BARS, table, sentence)
