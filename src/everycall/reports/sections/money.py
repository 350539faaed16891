"""What unreached callers were worth, in what the team itself said of its money."""

from collections.abc import Iterator
from typing import Any

from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit

READINGS = {
    "direct": "first orders not placed",
    "lifetime": "all orders of these customers, the first included",
    "churn": "customers who leave",
}


def money(desk: Desk) -> tuple[Section, ...]:
    """Say for each client what was lost, as a range; nothing is made up for what was not said."""
    return tuple(_section(desk, one, place) for place, one in enumerate(desk.money, 1))


def _section(desk: Desk, one: Any, place: int) -> Section:
    say = desk.say
    whose = one.client or say("calls without a client")
    title = (
        say("What it cost") if len(desk.money) == 1 else say("What it cost: {client}", client=whose)
    )
    found = [
        (key, figure) for key in READINGS if (figure := getattr(one.estimate, key)) is not None
    ]
    charts = (_ranges(desk, one, found),) if found else ()
    tables = (_states(desk, one), *_missing(desk, one), *_lines(desk, one))
    notes = tuple(say(note) for note in one.notes)
    identity = "money" if len(desk.money) == 1 else f"money-{place}"
    return Section(identity, title, _lead(desk, one), tables, notes, charts)


def _lead(desk: Desk, one: Any) -> str:
    say, direct = desk.say, one.estimate.direct
    low, high = (
        round(getattr(one.unreached.enquiries, e) + getattr(one.unreached.unsaid, e))
        for e in ("low", "high")
    )
    people = say.count(high) if low == high else f"{say.count(low)}–{say.count(high)}"
    if direct is None:
        return say(
            "{callers} callers who may have wanted to order were not helped; no amount is shown, "
            "because your numbers are not known yet.",
            callers=people,
        )
    return say(
        "{low} to {high} expected to be lost in first orders, from {callers} callers who were not helped.",
        low=say.money(direct.low, one.currency),
        high=say.money(direct.high, one.currency),
        callers=people,
    )


def _ranges(desk: Desk, one: Any, found: list[tuple[str, Any]]) -> Chart:
    say = desk.say
    unit = one.currency or ""
    table = Table(
        (
            Column(say("reading")),
            Column(say("low"), Unit.MONEY, currency=unit),
            Column(say("base"), Unit.MONEY, currency=unit),
            Column(say("high"), Unit.MONEY, currency=unit),
        ),
        [(say(READINGS[key]), f.low, f.base, f.high) for key, f in found],
    )
    sentence = say("Readings of the same loss: they are never added up.")
    return Chart(
        f"range-{one.client or 'all'}", say("From low to high"), Shape.RANGE, table, sentence
    )


def _states(desk: Desk, one: Any) -> Table:
    say = desk.say
    unit = one.currency or ""
    return Table(
        (
            Column(say("callers who were missed")),
            Column(say("callers"), Unit.COUNT),
            Column(say("worth"), Unit.MONEY, currency=unit),
        ),
        [
            (
                say(group.name.replace("_", " ")),
                group.callers.base,
                group.direct.base if group.direct else None,
            )
            for group in one.by_state
        ],
    )


def _missing(desk: Desk, one: Any) -> Iterator[Table]:
    say = desk.say
    if one.asked:
        yield Table(
            (Column(say("not known yet")), Column(say("what it is")), Column(say("needed for"))),
            [(asked.name, say(asked.doc), say(asked.needed_for)) for asked in one.asked],
            say("Write them into the site file, under [money]."),
        )


def _lines(desk: Desk, one: Any) -> Iterator[Table]:
    say = desk.say
    unit = one.currency or ""
    yield Table(
        (
            Column(say("further cost")),
            Column(say("amount"), Unit.MONEY, currency=unit),
            Column(say("where it comes from")),
        ),
        [(say(line.name), line.base, say(line.source)) for line in one.lines],
    )
