"""Calls that we made: they are never missed, and are counted apart from those that came in."""

from everycall.metrics.forms import count, share
from everycall.metrics.model import Better, Level, Metric, Unit

_OVER = "c.outcome <> 'pending'"

METRICS = (
    Metric(
        "calls_made",
        "Calls we made",
        "Calls that we made, calls back among them.",
        Unit.COUNT,
        Better.NEITHER,
        "calls that went out or called back",
        (count(Level.MADE, "TRUE"),),
    ),
    Metric(
        "reached",
        "Reached",
        "Calls that we made in which the one who was called spoke with a person of ours.",
        Unit.COUNT,
        Better.MORE,
        "calls we made with the outcome reached",
        (count(Level.MADE, "c.outcome = 'reached'"),),
    ),
    Metric(
        "reach_rate",
        "Reached, of the calls we made",
        "Of the calls that we made, the share in which somebody was reached.",
        Unit.SHARE,
        Better.MORE,
        "reached / calls we made that are over",
        (share(Level.MADE, _OVER, "c.outcome = 'reached'"),),
        null="we made no call",
    ),
)
