"""How long callers waited for a person."""

from dataclasses import replace

from everycall.metrics.asked import asked
from everycall.reports.figures import unit
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.measures import measures

BANDS = (5, 10, 20, 30, 60, 120, 180, 300, 600)
"""Where one band of waiting ends and the next begins, in seconds."""

BAND = "CASE {} ELSE {} END".format(
    " ".join(f"WHEN wait_ms < {end * 1000} THEN {place}" for place, end in enumerate(BANDS)),
    len(BANDS),
)
"""In which band a call waited, as an expression."""

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


def band_name(desk: Desk, place: int) -> str:
    """Write a band of waiting: under 5 s, 5-10 s, 10 min and more."""
    say = desk.say
    low = BANDS[place - 1] if place else 0
    if place == len(BANDS):
        return say("{low} min +", low=low // 60)
    high = BANDS[place]
    if high <= 60:
        return say("{low}–{high} s", low=low, high=high)
    return say("{low}–{high} min", low=low // 60, high=high // 60)


def _bands(desk: Desk) -> Chart:
    say = desk.say
    rows = desk.query(
        f"SELECT {BAND}, COUNT(*) FILTER (WHERE answered), COUNT(*) FILTER (WHERE NOT answered) "
        "FROM period_calls WHERE direction = 'inbound' AND asked_for_person "
        "AND NOT wait_ms IS NULL GROUP BY 1"
    )
    found = {band: (yes, no) for band, yes, no in rows}
    places = range(len(BANDS) + 1)
    table = Table(
        (
            Column(say("waited")),
            Column(say("answered"), Unit.COUNT, calls={"spoke": "yes"}),
            Column(say("not answered"), Unit.COUNT, calls={"spoke": "no"}),
        ),
        [(band_name(desk, place), *found.get(place, (0, 0))) for place in places],
        behind=[{"arrived": "yes", "band": place, "asked": "yes"} for place in places],
    )
    left = sum(no for _, no in found.values())
    late = sum(found.get(place, (0, 0))[1] for place in places if place > BANDS.index(30))
    sentence = say(
        "Of {left} who got no answer, {late} had waited 30 s or longer.",
        left=say.count(left),
        late=say.count(late),
    )
    return Chart("bands", say("Waits, answered and not"), Shape.COLUMNS, table, sentence)


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
