"""Lines: how many were in use at once, against how many there are."""

from typing import Any

from everycall.metrics import Cell
from everycall.reports.figures import column
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table

NAMES = ("lines_peak", "line_use")


def lines(desk: Desk) -> Section:
    """Say how full the lines were at their fullest, and when that was."""
    say = desk.say
    whole = desk.measure(NAMES).cell("lines_peak")
    title = say("Lines in use")
    if whole.value is None:
        lead = say("It is not known how many lines were in use.")
        return Section("lines", title, lead, notes=(say(whole.note),) if whole.note else ())
    by_trunk = desk.measure(NAMES, by=["trunk"])
    rows: list[tuple[Any, ...]] = [
        (row.keys[0] or say("(not said)"), *(row.cells[name].value for name in NAMES))
        for row in by_trunk.rows
    ]
    lead = say("At most {n} lines were in use at once.", n=say.count(whole.value))
    full = [row[0] for row in rows if row[2] is not None and row[2] >= 1]
    if full:
        lead = say(
            "At most {n} lines were in use at once; all were in use on: {lines}.",
            n=say.count(whole.value),
            lines=", ".join(full),
        )
    table = Table(
        (
            Column(say("line")),
            column("lines_peak", say, heading=say("in use at once")),
            column("line_use", say, heading=say("of those there are")),
        ),
        rows,
        _note(desk, [row.cells["line_use"] for row in by_trunk.rows]),
    )
    return Section("lines", title, lead, (table,), charts=(_by_hour(desk),))


def _note(desk: Desk, cells: list[Cell]) -> str:
    unknown = next((cell.note for cell in cells if cell.value is None and cell.note), "")
    return desk.say(unknown) if unknown else ""


def _by_hour(desk: Desk) -> Chart:
    say = desk.say
    found = {
        row.keys[0]: row.cells["lines_peak"].value
        for row in desk.measure(["lines_peak"], by=["hour"]).rows
    }
    table = Table(
        (Column(say("hour")), column("lines_peak", say, heading=say("lines in use at once"))),
        [(f"{hour:02}", found.get(hour)) for hour in range(24) if found.get(hour) is not None],
    )
    sentence = say("The most lines in use at one moment of that hour, on any day.")
    return Chart("peaks", say("When the lines were fullest"), Shape.COLUMNS, table, sentence)
