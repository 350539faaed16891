"""Service level: eight formulas in use that do not mean the same; none is shown without its id."""

from everycall.metrics.catalog.counts import FLOWED_OUT, GAVE_UP, OVER, VISIT_GAVE_UP
from everycall.metrics.forms import share
from everycall.metrics.model import Better, Level, Metric, Parameter, Unit

_WITHIN = Parameter("A call counts if it waited no longer than this.", "s", 60)

_CALL_ASKED = f"{OVER} AND c.asked_for_person"
_CALL_IN_TIME = "c.wait_ms <= :limit_ms"
_CALL_FLOWED = (
    "c.outcome IN ('timed_out', 'queue_empty', 'queue_full', 'queue_unstaffed', 'left_by_key', "
    "'closed_while_waiting', 'voicemail_left', 'voicemail_no_message', 'callback_requested')"
)
_VISIT_ANSWERED = "v.result = 'answered'"
_VISIT_TO_BE_CALLED = "(v.result = 'key' AND c.outcome = 'callback_requested')"
_VISIT_IN_TIME = "v.lasted_ms <= :limit_ms"


def _level(
    number: int,
    doc: str,
    formula: str,
    call: tuple[str, str],
    visit: tuple[str, str],
) -> Metric:
    return Metric(
        f"service_level.sl{number}",
        f"Service level SL{number}",
        doc,
        Unit.SHARE,
        Better.MORE,
        formula,
        (share(Level.CALL, *call), share(Level.VISIT, *visit)),
        parameter=None if number == 8 else _WITHIN,
        null="no call that this formula divides by",
    )


METRICS = (
    _level(
        1,
        "Of the calls that were answered, the share answered within the time.",
        "answered within the time / answered",
        (f"{OVER} AND c.answered", _CALL_IN_TIME),
        (_VISIT_ANSWERED, _VISIT_IN_TIME),
    ),
    _level(
        2,
        "Of the calls that asked for a person, the share answered within the time.",
        "answered within the time / offered",
        (_CALL_ASKED, f"c.answered AND {_CALL_IN_TIME}"),
        ("TRUE", f"{_VISIT_ANSWERED} AND {_VISIT_IN_TIME}"),
    ),
    _level(
        3,
        "As SL2, but callers who gave up within the time are left out.",
        "answered within the time / (offered - gave up within the time)",
        (
            f"{_CALL_ASKED} AND NOT COALESCE({GAVE_UP} AND {_CALL_IN_TIME}, FALSE)",
            f"c.answered AND {_CALL_IN_TIME}",
        ),
        (
            f"NOT COALESCE({VISIT_GAVE_UP} AND {_VISIT_IN_TIME}, FALSE)",
            f"{_VISIT_ANSWERED} AND {_VISIT_IN_TIME}",
        ),
    ),
    _level(
        4,
        "As SL2, but callers who gave up within the time count as well served.",
        "(answered within the time + gave up within the time) / offered",
        (_CALL_ASKED, f"(c.answered OR {GAVE_UP}) AND {_CALL_IN_TIME}"),
        ("TRUE", f"({_VISIT_ANSWERED} OR {VISIT_GAVE_UP}) AND {_VISIT_IN_TIME}"),
    ),
    _level(
        5,
        "Of the calls that queued, the share that left the queue within the time by an answer, a "
        "hang-up or a request to be called back.",
        "(answered + gave up + callback requested, each within the time) / queued",
        (
            f"{OVER} AND c.queued",
            f"(c.answered OR {GAVE_UP} OR c.outcome = 'callback_requested') AND {_CALL_IN_TIME}",
        ),
        (
            "NOT COALESCE(v.result IN ('full', 'unstaffed') AND v.lasted_ms = 0, FALSE)",
            f"({_VISIT_ANSWERED} OR {VISIT_GAVE_UP} OR {_VISIT_TO_BE_CALLED}) AND {_VISIT_IN_TIME}",
        ),
    ),
    _level(
        6,
        "As SL2, but callers who gave up before the site's limit of a short call are left out.",
        "answered within the time / (offered - short abandons)",
        (
            f"{_CALL_ASKED} AND NOT COALESCE({GAVE_UP} AND c.wait_ms < :short_ms, FALSE)",
            f"c.answered AND {_CALL_IN_TIME}",
        ),
        (
            f"NOT COALESCE({VISIT_GAVE_UP} AND v.lasted_ms < :short_ms, FALSE)",
            f"{_VISIT_ANSWERED} AND {_VISIT_IN_TIME}",
        ),
    ),
    _level(
        7,
        "Of the calls that were answered, gave up or were passed on, the share answered within the "
        "time; what a fault ended is left out.",
        "answered within the time / (answered + gave up + passed on)",
        (
            f"{_CALL_ASKED} AND (c.answered OR {GAVE_UP} OR {_CALL_FLOWED})",
            f"c.answered AND {_CALL_IN_TIME}",
        ),
        (
            f"{_VISIT_ANSWERED} OR {VISIT_GAVE_UP} OR {FLOWED_OUT}",
            f"{_VISIT_ANSWERED} AND {_VISIT_IN_TIME}",
        ),
    ),
    _level(
        8,
        "Of the calls that asked for a person, the share answered, however long it took.",
        "answered / (answered + not answered)",
        (_CALL_ASKED, "c.answered"),
        ("TRUE", _VISIT_ANSWERED),
    ),
)
