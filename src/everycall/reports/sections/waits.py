"""How long callers waited for a person."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from everycall.metrics import Cell
from everycall.metrics.asked import asked
from everycall.metrics.dimensions import WAITS
from everycall.reports.figures import AMONG, unit
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.measures import measures

METRICS = (
    "asa",
    "answer_wait.median",
    "answer_wait.p90",
    "average_wait",
    "time_to_abandon",
    "longest_wait",
)
PROMISES = (10, 20, 30, 60, 90, 120, 180, 300)
"""The seconds for which the share of calls that were answered within them is drawn."""


def waits(desk: Desk) -> Section:
    """Say how long callers waited who asked for a person."""
    say = desk.say
    found = desk.measure(METRICS)
    median, ninth = (found.cell(f"answer_wait.{name}").value for name in ("median", "p90"))
    lead = say("Nobody who asked for a person was answered.")
    if median is not None:
        lead = say(
            "Callers who were answered waited {median} (median); one in ten waited {ninth} or more.",
            median=say.duration(median),
            ninth=say.duration(ninth),
        )
    note = say("Waiting is time in queues and ringing before the first person; menus are left out.")
    table = replace(measures(desk, METRICS, found), note=note)
    charts = (_bands(desk), _promises(desk))
    return Section("waits", say("How long they waited"), lead, (table,), charts=charts)


def _name(desk: Desk, low: int, high: int | None) -> str:
    """Write a band of waiting: 0–5 s, 5–10 s, 10 min +."""
    say = desk.say
    if high is None:
        return say("{low} min +", low=low // 60)
    if high <= 60:
        return say("{low}–{high} s", low=low, high=high)
    return say("{low}–{high} min", low=low // 60, high=high // 60)


BANDS: Sequence[tuple[int, int | None]] = (*pairwise(WAITS), (WAITS[-1], None))
"""The bands of waiting, each with its two ends in seconds."""


def _band(low: int, high: int | None) -> str:
    return f"{low}-{high or ''}"


def _bands(desk: Desk) -> Chart:
    say, names = desk.say, ("answered", "not_answered")
    answer = desk.measure(names, by=["waited"], where={"asked": ["true"]})
    cells = {row.keys[0]: row.cells for row in answer.rows if row.keys[0]}
    found = [
        (_count(cells, _band(*one), "answered"), _count(cells, _band(*one), "not_answered"))
        for one in BANDS
    ]
    table = Table(
        (
            Column(say("waited")),
            Column(say("answered"), Unit.COUNT, calls={"spoke": "yes"}),
            Column(say("not answered"), Unit.COUNT, calls={"spoke": "no"}),
        ),
        [(_name(desk, *one), *pair) for one, pair in zip(BANDS, found, strict=True)],
        behind=[{**AMONG, "waited": _band(*one), "asked": "yes"} for one in BANDS],
    )
    late = sum(no for (low, _), (_, no) in zip(BANDS, found, strict=True) if low >= 30)
    sentence = say(
        "Of {left} who got no answer, {late} had waited 30 s or longer.",
        left=say.count(sum(no for _, no in found)),
        late=say.count(late),
    )
    return Chart("bands", say("Waits, answered and not"), Shape.COLUMNS, table, sentence)


def _count(cells: Mapping[str, Mapping[str, Cell]], band: str, name: str) -> int:
    return round(cells[band][name].value or 0) if band in cells else 0


def _promises(desk: Desk) -> Chart:
    say = desk.say
    names = [f"service_level.sl2:{seconds}" for seconds in PROMISES]
    found = desk.measure(names)
    table = Table(
        (Column(say("within")), Column(say("answered"), unit(asked(names[0]).metric))),
        [
            (say.duration(seconds * 1000), found.cell(name).value)
            for seconds, name in zip(PROMISES, names, strict=True)
        ],
    )
    minute = found.cell("service_level.sl2:60").value
    sentence = say(
        "Of all who asked for a person, {share} were answered within a minute (service level SL2).",
        share=say.percent(minute),
    )
    title = say("Answered within so much time")
    return Chart("promises", title, Shape.LINE, table, sentence)
