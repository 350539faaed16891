"""How long callers waited for a person."""

from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.outcomes import AMONG, ARRIVED

BANDS = (5, 10, 20, 30, 60, 120, 180, 300, 600)
"""Where one band of waiting ends and the next begins, in seconds."""

BAND = "CASE {} ELSE {} END".format(
    " ".join(f"WHEN wait_ms < {end * 1000} THEN {place}" for place, end in enumerate(BANDS)),
    len(BANDS),
)
"""In which band a call waited, as an expression."""

_FIGURES = (
    "COUNT(*), COUNT(wait_ms), AVG(wait_ms), MEDIAN(wait_ms), QUANTILE_CONT(wait_ms, 0.9), "
    "MAX(wait_ms)"
)


def waits(desk: Desk) -> Section:
    """Say how long callers waited who asked for a person."""
    say = desk.say
    rows = desk.query(
        f"SELECT answered, {_FIGURES} FROM calls WHERE {ARRIVED} AND asked_for_person "
        "GROUP BY 1 ORDER BY 1 DESC"
    )
    answered = next((row for row in rows if row[0]), None)
    lead = say("Nobody who asked for a person was answered.")
    if answered is not None:
        lead = say(
            "Callers who were answered waited {median} (median); one in ten waited {ninth} or more.",
            median=say.duration(answered[4]),
            ninth=say.duration(answered[5]),
        )
    columns = (
        Column(say("callers")),
        Column(say("calls"), Unit.COUNT, calls={}),
        Column(say("wait seen"), Unit.COUNT),
        Column(say("average"), Unit.DURATION),
        Column(say("median"), Unit.DURATION),
        Column(say("9 in 10"), Unit.DURATION),
        Column(say("longest"), Unit.DURATION),
    )
    note = say(
        "Of callers who asked for a person. Waiting is time in queues and ringing before the first "
        "person; menus are left out. 9 in 10: nine of ten waited no longer."
    )
    shown = [(say("answered") if row[0] else say("not answered"), *row[1:]) for row in rows]
    behind = [{**AMONG, "spoke": "yes" if row[0] else "no", "asked": "yes"} for row in rows]
    table = Table(columns, shown, note, behind=behind)
    return Section("waits", say("How long they waited"), lead, (table,), charts=(_bands(desk),))


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
        f"FROM calls WHERE {ARRIVED} AND asked_for_person AND NOT wait_ms IS NULL GROUP BY 1"
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
        behind=[{**AMONG, "band": place, "asked": "yes"} for place in places],
    )
    left = sum(no for _, no in found.values())
    late = sum(found.get(place, (0, 0))[1] for place in places if place > BANDS.index(30))
    sentence = say(
        "Of {left} who got no answer, {late} had waited 30 s or longer.",
        left=say.count(left),
        late=say.count(late),
    )
    return Chart("bands", say("How long they waited"), Shape.COLUMNS, table, sentence)
