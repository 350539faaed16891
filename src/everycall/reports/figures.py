"""Metrics as the report shows them: units, words, and the calls behind each number."""

from collections.abc import Sequence

from everycall.metrics import Cell, Metric
from everycall.metrics import Unit as Measured
from everycall.metrics.asked import asked, written
from everycall.reports.model import Calls, Column, Unit
from everycall.reports.words import Words

UNITS = {
    Measured.COUNT: Unit.COUNT,
    Measured.SHARE: Unit.SHARE,
    Measured.DURATION: Unit.DURATION,
    Measured.NUMBER: Unit.NUMBER,
}

AMONG: Calls = {"arrived": "yes"}
"""What holds of the calls behind every number of calls: they came in."""

_BEHIND: dict[str, Calls] = {
    "arrived": {},
    "offered": {"asked": "yes"},
    "answered": {"spoke": "yes"},
    "not_answered": {"spoke": "no"},
    "gave_up": {"gave_up": "yes"},
    "answer_rate": {"spoke": "yes", "asked": "yes"},
    "answer_rate.arrived": {"spoke": "yes"},
    "missed": {"missed": "yes"},
    "missed_rate": {"missed": "yes"},
    "abandoned": {"abandoned": "yes"},
    "abandoned_rate": {"abandoned": "yes"},
    "lost": {"lost": "yes"},
    "lost_rate": {"lost": "yes"},
    "asa": {"spoke": "yes", "asked": "yes"},
    "answer_wait.median": {"spoke": "yes", "asked": "yes"},
    "answer_wait.p90": {"spoke": "yes", "asked": "yes"},
    "time_to_abandon": {"gave_up": "yes"},
    "average_wait": {"asked": "yes"},
    "longest_wait": {"asked": "yes"},
    "aht_no_acw": {"spoke": "yes"},
    "callbacks_requested": {"outcome": "callback_requested"},
    "abandon_rate.b": {"gave_up": "yes"},
    **{f"service_level.sl{number}": {"asked": "yes"} for number in range(1, 9)},
}
"""What holds of the calls that a metric counts or is a mean of; of a share, those that it shows."""


def unit(metric: Metric) -> Unit:
    """Return how a metric's values are written."""
    return UNITS[metric.unit]


def title(name: str, say: Words) -> str:
    """Return what people call a metric, with its number."""
    found = asked(name)
    text = say(found.metric.title)
    if found.metric.parameter is None or found.milliseconds is None:
        return text
    number, unit = written(found.milliseconds, found.metric.parameter).split()
    length = say(f"{{{unit}}} {unit}", **{unit: say.language.marks(number)})
    return f"{text} ({length})"


def behind(name: str) -> Calls | None:
    """Return what holds of the calls behind a metric; None if they cannot be listed."""
    own = _BEHIND.get(name.partition(":")[0])
    return None if own is None else {**AMONG, **own}


def column(name: str, say: Words, calls: Calls | None = None, heading: str = "") -> Column:
    """Return the column of a metric."""
    metric = asked(name).metric
    return Column(heading or title(name, say), unit(metric), say(metric.doc), calls, term=name)


def values(cells: Sequence[Cell]) -> tuple[float | None, ...]:
    """Return the values of cells; what is not known stays so."""
    return tuple(cell.value for cell in cells)
