"""Day by day: what was usual, and which days were not."""

from collections.abc import Mapping
from datetime import date

from everycall.reports.figures import AMONG, column
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.summary import by_day, values
from everycall.reports.usual import Daily, Usual, usual

NAMES = ("arrived", "not_answered")
MOST = 12
"""So many unusual days are listed."""


def days(desk: Desk) -> Section:
    """Say on which days it went otherwise than on others of the same weekday."""
    say = desk.say
    own = {name: values(cells) for name, cells in by_day(desk, NAMES).items()}
    learned = by_day(desk, NAMES, learned=True)
    known = {name: usual(values(learned[name])) for name in NAMES}
    strange = known["not_answered"].unlike(own["not_answered"])
    lead = say("No day stood out by its calls without an answer.")
    if strange:
        worst = strange[0]
        lead = say.many(
            len(strange),
            "{n} day stood out by its calls without an answer: {day}, {calls}.",
            "{n} days stood out by their calls without an answer, most of all {day}: {calls}.",
            day=_named(desk, worst),
            calls=say.count(own["not_answered"][worst]),
        )
    charts = tuple(_line(desk, name, own[name], known[name]) for name in NAMES if own[name])
    table = _strange(desk, strange[:MOST], own, known)
    tables = (table,) if strange else ()
    return Section("days", say("Day by day"), lead, tables, charts=charts)


def _named(desk: Desk, day: str) -> str:
    return f"{desk.say.weekday(date.fromisoformat(day).isoweekday())} {day}"


def _line(desk: Desk, name: str, own: Daily, known: Usual) -> Chart:
    say = desk.say
    headings = {
        "arrived": say("Calls that arrived"),
        "not_answered": say("Calls without an answer"),
    }
    rows = []
    for day, value in own.items():
        low, high = known.of(day) or (None, None)
        rows.append((day, value, low, high))
    calls = {} if name == "arrived" else {"spoke": "no"}
    table = Table(
        (
            Column(say("day")),
            column(name, say, calls, say("calls")),
            Column(say("usual from"), Unit.COUNT),
            Column(say("usual to"), Unit.COUNT),
        ),
        rows,
        behind=[{**AMONG, "day": day} for day in own],
    )
    sentence = say("The band is where eight of ten days of the same weekday lie.")
    return Chart(name, headings[name], Shape.LINE, table, sentence)


def _strange(
    desk: Desk, strange: list[str], own: Mapping[str, Daily], known: Mapping[str, Usual]
) -> Table:
    say = desk.say
    rows = [
        (
            _named(desk, day),
            own["arrived"].get(day),
            own["not_answered"].get(day),
            *(known["not_answered"].of(day) or (None, None)),
        )
        for day in strange
    ]
    return Table(
        (
            Column(say("day")),
            column("arrived", say, {}, say("arrived")),
            column("not_answered", say, {"spoke": "no"}, say("not answered")),
            Column(say("usual from"), Unit.COUNT),
            Column(say("usual to"), Unit.COUNT),
        ),
        rows,
        title=say("Days that stood out"),
        behind=[{**AMONG, "day": day} for day in strange],
    )
