"""What became of callers who were missed: called back, rang again, reached, and how soon."""

from everycall.events.sights import Sight
from everycall.metrics.forms import count, quantile, rows, share
from everycall.metrics.model import Better, Form, Level, Metric, Parameter, Shape, Unit

_KNOWN = "d.joined"
_OVER = "d.missed_at + :limit_us <= :spoken_to"
_DIALLED_BEFORE = "COALESCE(d.dialled_at < d.settled_at, FALSE)"
_CAME_BACK_FIRST = f"(d.state = 'returned' AND NOT {_DIALLED_BEFORE})"
_SEES = (Sight.CALLER, Sight.DIRECTION)
_PENDING = "still inside their time (pending)"
_NOBODY = "nobody who can be recognised was missed, or their time is not over"


def _in_time(within: str, over: str, back_in_time: str) -> Form:
    """The share of owed calls back that were made in time; a caller who came back first is none."""
    owed = f"{_KNOWN} AND NOT COALESCE({_CAME_BACK_FIRST} AND {back_in_time}, FALSE)"
    settled = f"(COALESCE({within}, FALSE) OR {over})"
    return Form(
        Level.NEED,
        Shape.SHARE,
        rows(f"{owed} AND COALESCE({within}, FALSE)"),
        rows(f"{owed} AND {settled}"),
        rows(f"{owed} AND NOT COALESCE({settled}, FALSE)"),
    )


def _within(when: str) -> Form:
    """The share of missed needs for which something happened within the time."""
    happened = f"COALESCE({when} AND d.settled_at <= d.missed_at + :limit_us, FALSE)"
    return Form(
        Level.NEED,
        Shape.SHARE,
        rows(f"{_KNOWN} AND {happened}"),
        rows(f"{_KNOWN} AND ({happened} OR {_OVER})"),
        rows(f"{_KNOWN} AND NOT ({happened} OR {_OVER})"),
    )


def _rate(name: str, title: str, doc: str, formula: str, when: str) -> Metric:
    return Metric(
        name,
        title,
        doc,
        Unit.SHARE,
        Better.MORE,
        formula,
        (_within(when),),
        Parameter("Within so much time of the first miss.", "h", 24),
        needs=_SEES,
        null=_NOBODY,
        unseen=_PENDING,
    )


METRICS = (
    Metric(
        "missed_callers",
        "Callers missed",
        "Callers of whom a call was missed, lost, abandoned or dropped, each need once.",
        Unit.COUNT,
        Better.LESS,
        "needs with at least one call that the chosen definition calls missed, lost, abandoned or "
        "dropped",
        (count(Level.NEED, "TRUE"),),
    ),
    Metric(
        "callback_rate",
        "Callers called back",
        "Of the missed callers to whom a call back was owed, the share that was called back.",
        Unit.SHARE,
        Better.MORE,
        "missed needs with a call of ours afterwards / missed needs of callers who can be "
        "recognised and did not come back first",
        (share(Level.NEED, f"{_KNOWN} AND NOT {_CAME_BACK_FIRST}", "d.dialled_back > 0"),),
        needs=_SEES,
        null=_NOBODY,
    ),
    Metric(
        "callback_in_time",
        "Called back in time",
        "Of the calls back that were owed, the share whose first try came within the elapsed time.",
        Unit.SHARE,
        Better.MORE,
        "first call of ours within the time of the first miss / missed needs that are due; callers "
        "who came back first within it are left out",
        (
            _in_time(
                "d.dialled_at <= d.missed_at + :limit_us",
                _OVER,
                "d.settled_at <= d.missed_at + :limit_us",
            ),
        ),
        Parameter("Within so much elapsed time.", "min", 60),
        needs=_SEES,
        null=_NOBODY,
        unseen=_PENDING,
    ),
    Metric(
        "callback_in_business_time",
        "Called back in business time",
        "The same in opening hours only: the clock stands still while you are closed.",
        Unit.SHARE,
        Better.MORE,
        "first call of ours within so much open time of the first miss / missed needs that are due",
        (
            _in_time(
                "d.dialled_business_ms <= :limit_ms",
                "d.business_left_ms >= :limit_ms",
                "d.settled_business_ms <= :limit_ms",
            ),
        ),
        Parameter("Within so much time in opening hours.", "h", 2),
        needs=_SEES,
        null="no opening hours are declared, or nobody is due",
        unseen=_PENDING,
    ),
    Metric(
        "time_to_callback",
        "Median time to the call back",
        "Half of the calls back came no later than this after the first miss.",
        Unit.DURATION,
        Better.LESS,
        "median of the time from the first miss to our first call",
        (
            quantile(
                Level.NEED,
                f"{_KNOWN} AND NOT d.dialled_at IS NULL",
                "(d.dialled_at - d.missed_at) // 1000",
                0.5,
            ),
        ),
        needs=_SEES,
        null="nobody was called back",
    ),
    _rate(
        "recovery_rate",
        "Missed callers helped after all",
        "Of the missed callers, the share that was helped within the time, whoever rang.",
        "missed needs settled within the time / missed needs whose time is over or that are settled",
        "TRUE",
    ),
    _rate(
        "recovered_rate",
        "Missed callers we reached",
        "Of the missed callers, the share that we called back and reached within the time.",
        "missed needs settled by a call of ours within the time / missed needs whose time is over",
        "d.state = 'recovered'",
    ),
    _rate(
        "return_rate",
        "Missed callers who came back",
        "Of the missed callers, the share that rang again and was helped within the time.",
        "missed needs settled by the caller's own call within the time / missed needs whose time is "
        "over",
        "d.state = 'returned'",
    ),
    Metric(
        "rang_again_rate",
        "Missed callers who rang again",
        "Of the missed callers, the share that rang again by themselves, helped or not.",
        Unit.SHARE,
        Better.NEITHER,
        "missed needs with a later call of the caller / missed needs of callers who can be recognised",
        (share(Level.NEED, _KNOWN, "d.rang_again"),),
        needs=(Sight.CALLER,),
        null="nobody who can be recognised was missed",
    ),
)
