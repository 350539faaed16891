"""A list of metrics as a table: each with its value, how many it stands on, and what it means."""

from collections.abc import Sequence

from everycall.metrics.answering import Table as Answer
from everycall.metrics.asked import asked
from everycall.reports.comparing import write
from everycall.reports.figures import behind, title, unit
from everycall.reports.frame import Desk
from everycall.reports.model import Column, Table, Unit


def measures(desk: Desk, names: Sequence[str], found: Answer | None = None) -> Table:
    """Return some metrics of the report's time as a table; what is not known says why."""
    say = desk.say
    answer = found or desk.measure(names)
    rows = []
    for name in names:
        cell, metric = answer.cell(name), asked(name).metric
        means = say(metric.doc) if cell.value is not None else say(cell.note)
        rows.append(
            (title(name, say), write(cell.value, unit(metric), say), cell.denominator, means)
        )
    return Table(
        (
            Column(say("measure")),
            Column(say("value"), Unit.WRITTEN, calls={}),
            Column(say("counted on"), Unit.COUNT),
            Column(say("what it means")),
        ),
        rows,
        behind=[behind(name) for name in names],
        terms=names,
    )
