"""Lines: how many were in use at once, against how many there are."""

from everycall.events.sights import Sight
from everycall.metrics.model import Better, Form, Level, Metric, Shape, Unit

METRICS = (
    Metric(
        "lines_peak",
        "Lines in use at once",
        "The most lines that were in use at the same time; a call that is forwarded takes two.",
        Unit.COUNT,
        Better.NEITHER,
        "largest number of legs on the line, or on all lines, at one moment",
        (Form(Level.LINE, Shape.PICK, "MAX(l.peak)", "COUNT(*)"),),
        needs=(Sight.TRUNK, Sight.END),
        null="no line was in use",
    ),
    Metric(
        "line_use",
        "Lines in use of those there are",
        "The most lines in use at once, as a part of the calls that the line carries.",
        Unit.SHARE,
        Better.LESS,
        "largest number of legs at one moment / calls that the line carries, by the site file",
        (Form(Level.LINE, Shape.PART, "MAX(l.peak)", "MAX(l.channels)"),),
        needs=(Sight.TRUNK, Sight.END),
        null="how many calls the line carries is not in the site file (channels)",
    ),
)
