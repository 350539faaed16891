"""When the calls came: by hour and weekday, and day by day."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from everycall.hours.periods import WEEKDAYS
from everycall.reports.figures import AMONG
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit, share

Hours = Mapping[tuple[int, int], int]
"""How many calls came on a weekday (Monday is 1) and hour."""


def times(desk: Desk) -> Section:
    """Say when the calls came, and when they went without an answer."""
    say = desk.say
    answer = desk.measure(["arrived", "not_answered"], by=["weekday", "hour"])
    places = [(WEEKDAYS.index(row.keys[0]) + 1, int(row.keys[1]), row.cells) for row in answer.rows]
    arrived, missed = (
        {(day, hour): round(cells[name].value or 0) for day, hour, cells in places}
        for name in ("arrived", "not_answered")
    )
    charts = (
        _heat(desk, "arrivals", say("Calls that arrived, by weekday and hour"), arrived, {}),
        _heat(
            desk,
            "misses",
            say("Calls without an answer, by weekday and hour"),
            missed,
            {"spoke": "no"},
        ),
    )
    tables = (_by_hour(desk, arrived, missed), _by_day(desk, arrived, missed))
    lead = _lead(desk, arrived, missed)
    return Section("time", say("When they came"), lead, tables, charts=charts)


def _lead(desk: Desk, arrived: Hours, missed: Hours) -> str:
    say = desk.say
    if not arrived:
        return say("No calls arrived.")
    hour = max(range(24), key=lambda h: _sum(missed, hour=h))
    return say(
        "Most calls without an answer came between {start} and {end}: {missed} of the {arrived} that "
        "came in then.",
        start=f"{hour:02}:00",
        end=f"{(hour + 1) % 24:02}:00",
        missed=say.count(_sum(missed, hour=hour)),
        arrived=say.count(_sum(arrived, hour=hour)),
    )


def _sum(counted: Hours, *, hour: int | None = None, day: int | None = None) -> int:
    return sum(n for (d, h), n in counted.items() if hour in (None, h) and day in (None, d))


def _heat(
    desk: Desk, identity: str, title: str, counted: Hours, calls: dict[str, str | int]
) -> Chart:
    say = desk.say
    hours = _hours(counted)
    columns = tuple(Column(f"{h:02}", Unit.COUNT, calls={"hour": h, **calls}) for h in hours)
    table = Table(
        (Column(say("day")), *columns),
        [(say.weekday(d), *(counted.get((d, h), 0) for h in hours)) for d in range(1, 8)],
        behind=[{**AMONG, "weekday": d} for d in range(1, 8)],
    )
    sentence = say("Nothing to show.")
    if any(counted.values()):
        (day, hour), most = max(counted.items(), key=lambda item: item[1])
        sentence = say(
            "Most on {day} from {start} to {end}: {n}.",
            day=say.weekday(day),
            start=f"{hour:02}:00",
            end=f"{(hour + 1) % 24:02}:00",
            n=say.count(most),
        )
    return Chart(identity, title, Shape.HEAT, table, sentence)


def _hours(counted: Hours) -> range:
    seen = [hour for (_, hour), n in counted.items() if n] or [8, 17]
    return range(min(seen), max(seen) + 1)


def _counted(desk: Desk) -> tuple[Column, ...]:
    say = desk.say
    return (
        Column(say("arrived"), Unit.COUNT, calls={}),
        Column(say("not answered"), Unit.COUNT, calls={"spoke": "no"}),
        Column(say("share"), Unit.SHARE),
    )


def _by_hour(desk: Desk, arrived: Hours, missed: Hours) -> Table:
    say = desk.say
    hours = [h for h in range(24) if _sum(arrived, hour=h)]
    pairs = [(h, _sum(arrived, hour=h), _sum(missed, hour=h)) for h in hours]
    return Table(
        (Column(say("hour")), *_counted(desk), Column(say("not answered"), Unit.BAR)),
        [(f"{h:02}:00", n, m, share(m, n), m) for h, n, m in pairs],
        title=say("By hour"),
        behind=[{**AMONG, "hour": h} for h in hours],
        folded=True,
    )


def _by_day(desk: Desk, arrived: Hours, missed: Hours) -> Table:
    say = desk.say
    dates = Counter(
        date.fromisoformat(row.keys[0]).isoweekday()
        for row in desk.measure(["arrived"], by=["day"]).rows
    )
    days = [d for d in range(1, 8) if _sum(arrived, day=d)]
    rows = [(d, _sum(arrived, day=d), _sum(missed, day=d)) for d in days]
    return Table(
        (Column(say("day")), *_counted(desk), Column(say("arrived per day"), Unit.COUNT)),
        [(say.weekday(d), n, m, share(m, n), n / dates[d]) for d, n, m in rows],
        title=say("By weekday"),
        behind=[{**AMONG, "weekday": d} for d in days],
    )
