"""NHS England's monthly figures on telephony in general practice, as they are exported."""

from collections.abc import Iterator, Sequence
from typing import Any

from everycall.metrics.nhs import (
    ANSWERED,
    CALLBACK,
    COVERAGE,
    DURATION_BANDS,
    IN_MENU,
    INBOUND,
    MADE,
    MISSED,
    RATE,
    TIMES,
    TOTAL,
    WAIT_BANDS,
    WEEKDAYS_WORKED,
    WORKING,
    Line,
    NhsMonth,
    NhsSettings,
    coverage,
    lines,
)
from everycall.reports.comparing import write
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

UNSEEN_WAIT = "{calls} answered are in no band: nobody saw their wait."
UNSEEN_LENGTH = "{calls} answered are in no band: nobody saw their length."

_COUNTED = (TOTAL, ANSWERED, IN_MENU, CALLBACK, MADE, MISSED, *WAIT_BANDS, *DURATION_BANDS)
"""The published counts; each share stands beside the count that it is of."""

TEXTS = (
    *MONTHS,
    *_COUNTED,
    *(measure for section, measure, _ in coverage(NhsSettings()) if section == COVERAGE),
    WEEKDAYS_WORKED,
    RATE,
    UNSEEN_WAIT,
    UNSEEN_LENGTH,
)
"""What is said here and declared elsewhere; `tools/texts.py` collects it."""


def nhs(desk: Desk) -> Section | None:
    """Say what NHS England would publish of each month that the report touches."""
    if not desk.nhs:
        return None
    say, last = desk.say, desk.nhs[-1]
    lead = say(
        "{month}: {calls} came in; {answered} were answered, {missed} were missed.",
        month=_name(desk, last),
        calls=say.calls(last.whole.inbound),
        answered=say.percent(_share(last.whole.answered, last.whole.inbound)),
        missed=say.percent(_share(last.whole.missed, last.whole.inbound)),
    )
    tables = [table for month in reversed(desk.nhs) for table in _tables(desk, month)]
    return Section(
        "nhs",
        say("NHS England's monthly figures"),
        lead,
        (*tables, _coverage(desk, last)),
        tuple(_notes(desk)),
        (_times(desk, last),),
    )


def _name(desk: Desk, month: NhsMonth) -> str:
    return f"{desk.say(MONTHS[month.first.month - 1])} {month.first.year}"


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else part / whole


def _tables(desk: Desk, month: NhsMonth) -> Iterator[Table]:
    say = desk.say
    whole, core = (_values(desk, month, core=only) for only in (False, True))
    rows = [(say(name), *whole[name], *core[name]) for name in _COUNTED]
    yield Table(
        (
            Column(say("measure")),
            Column(say("calls"), Unit.COUNT),
            Column(say("share"), Unit.SHARE),
            Column(say("calls in core hours"), Unit.COUNT),
            Column(say("share"), Unit.SHARE),
        ),
        rows,
        _of_what(desk),
        title=_name(desk, month),
    )
    yield Table(
        (
            Column(say("day")),
            Column(say("date")),
            Column(say("calls"), Unit.COUNT),
            *(Column(name, Unit.COUNT) for name, _ in TIMES),
        ),
        [(say(str(row[0])[:3]), *row[1:]) for row in month.days],
        title=say("{month}, day by day", month=_name(desk, month)),
        folded=True,
    )


def _of_what(desk: Desk) -> str:
    return desk.say(
        "Shares: of the calls that came in; call backs made of those requested; waits and lengths of "
        "the calls that were answered. Core hours: weekdays from 8:00 to 18:30, bank holidays left out."
    )


Values = tuple[float | None, float | None]


def _values(desk: Desk, month: NhsMonth, *, core: bool) -> dict[str, Values]:
    """Return each published count with the share that is published of it."""
    found = list(lines(month.core if core else month.whole, desk.practice))
    counts = {name: value for _, name, value in found}
    return {name: (counts[name], _published(found, name)) for name in _COUNTED}


def _published(found: Sequence[Line], name: str) -> float | None:
    by_name = {measure: value for _, measure, value in found}
    section = next(s for s, measure, _ in found if measure == name)
    names = [m for s, m, _ in found if s == section and not m.startswith("Percentage")]
    shares = [m for s, m, _ in found if s == section and m.startswith("Percentage")]
    if section == INBOUND:
        return None
    return by_name[shares[names.index(name)]]


def _coverage(desk: Desk, month: NhsMonth) -> Table:
    say = desk.say
    found: list[Any] = list(lines(month.whole, desk.practice))
    shown = [(m, v) for s, m, v in found if s in (COVERAGE, WORKING) or m == RATE]
    return Table(
        (Column(say("measure")), Column(say("value"), Unit.WRITTEN)),
        [(say(name), _written(desk, name, value)) for name, value in shown],
        say("What is a dash is not said in the site file, under [nhs]."),
        title=say("Coverage, {month}", month=_name(desk, month)),
    )


def _written(desk: Desk, name: str, value: float | None) -> str | None:
    if value is None:
        return None
    unit = Unit.SHARE if name.endswith("coverage") else Unit.COUNT
    return write(value, Unit.NUMBER if name == RATE else unit, desk.say)


def _times(desk: Desk, month: NhsMonth) -> Chart:
    say = desk.say
    names = list(dict.fromkeys(str(row[0]) for row in month.days))
    order = sorted(names, key=_WEEKDAYS.index)
    rows = [
        (say(name[:3]), *(_sum(month, name, place) for place in range(3, 3 + len(TIMES))))
        for name in order
    ]
    table = Table(
        (Column(say("day")), *(Column(name, Unit.COUNT) for name, _ in TIMES)),
        rows,
    )
    return Chart(
        "times",
        say("Calls that came in, by weekday and NHS England's times of day"),
        Shape.HEAT,
        table,
        say("All of {month}.", month=_name(desk, month)),
    )


_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _sum(month: NhsMonth, weekday: str, place: int) -> int:
    return sum(int(row[place]) for row in month.days if row[0] == weekday)


def _notes(desk: Desk) -> Iterator[str]:
    say = desk.say
    yield say(
        "Each month is counted whole and in the words of NHS England (definition nhs_gp), as "
        "`everycall export nhs-cbt` writes it, whatever the days and words of the rest of this report."
    )
    for month in desk.nhs:
        first, last = month.seen
        if first > month.first or (last - first).days + 1 < len(month.days):
            yield say(
                "Of {month} the sources speak from {first} to {last} only.",
                month=_name(desk, month),
                first=first,
                last=last,
            )
        for count, text in (
            (month.whole.unseen_waits, UNSEEN_WAIT),
            (month.whole.unseen_durations, UNSEEN_LENGTH),
        ):
            if count:
                yield f"{_name(desk, month)}: {say(text, calls=say.calls(count))}"
