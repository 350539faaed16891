"""How long callers waited, and how long handling them took."""

from everycall.events.sights import Sight
from everycall.metrics.catalog.counts import GAVE_UP, OVER, VISIT_GAVE_UP
from everycall.metrics.forms import largest, mean, quantile, quotient, rows, total
from everycall.metrics.model import Better, Form, Level, Metric, Parameter, Unit

_ANSWERED = f"{OVER} AND c.answered"
_ASKED = f"{OVER} AND c.asked_for_person"
_HERE = "v.result = 'answered'"


def _wait(
    name: str, title: str, doc: str, formula: str, *forms: Form, parameter: Parameter | None = None
) -> Metric:
    return Metric(
        name,
        title,
        doc,
        Unit.DURATION,
        Better.LESS,
        formula,
        forms,
        parameter,
        needs=(Sight.QUEUE,),
        null="nobody waited",
    )


METRICS = (
    _wait(
        "asa",
        "Average speed of answer",
        "How long callers who were answered had waited, on average, in queues and ringing.",
        "sum of the waits of answered calls / answered calls whose wait is known",
        mean(Level.CALL, _ANSWERED, "c.wait_ms"),
        mean(Level.VISIT, _HERE, "v.lasted_ms"),
    ),
    _wait(
        "answer_wait.median",
        "Median wait until answered",
        "Half of the callers who were answered had waited no longer than this.",
        "median of the waits of answered calls",
        quantile(Level.CALL, _ANSWERED, "c.wait_ms", 0.5),
        quantile(Level.VISIT, _HERE, "v.lasted_ms", 0.5),
    ),
    _wait(
        "answer_wait.p90",
        "Nine in ten waited until answered",
        "Nine of ten callers who were answered had waited no longer than this.",
        "90th percentile of the waits of answered calls",
        quantile(Level.CALL, _ANSWERED, "c.wait_ms", 0.9),
        quantile(Level.VISIT, _HERE, "v.lasted_ms", 0.9),
    ),
    _wait(
        "average_wait",
        "Average wait",
        "How long everybody who asked for a person waited on average, answered or not.",
        "sum of all waits / calls that asked for a person and whose wait is known",
        mean(Level.CALL, _ASKED, "c.wait_ms"),
        mean(Level.VISIT, "TRUE", "v.lasted_ms"),
    ),
    _wait(
        "time_to_abandon",
        "Average time to give up",
        "How long callers who gave up had waited on average.",
        "sum of the waits of callers who gave up / callers who gave up",
        mean(Level.CALL, f"{OVER} AND {GAVE_UP}", "c.wait_ms"),
        mean(Level.VISIT, VISIT_GAVE_UP, "v.lasted_ms"),
    ),
    _wait(
        "longest_wait",
        "Longest wait",
        "The longest that anybody waited, answered or not.",
        "largest wait of all calls that asked for a person",
        largest(Level.CALL, _ASKED, "c.wait_ms"),
        largest(Level.VISIT, "TRUE", "v.lasted_ms"),
    ),
    Metric(
        "ring_time",
        "Average ring until answered",
        "How long the phone rang that was answered, on average.",
        Unit.DURATION,
        Better.LESS,
        "sum of the rings that were answered / rings that were answered",
        (
            mean(Level.CALL, _ANSWERED, "c.ring_ms"),
            mean(Level.ATTEMPT, "a.result = 'answered'", "a.lasted_ms"),
        ),
        needs=(Sight.RINGS,),
        null="no answered ring was measured",
    ),
    Metric(
        "talk_time",
        "Average talk",
        "How long people spoke with a caller on average, hold left out where it was seen.",
        Unit.DURATION,
        Better.NEITHER,
        "sum of talk / answered calls whose talk is known",
        (mean(Level.CALL, _ANSWERED, "c.talk_ms"),),
        needs=(Sight.TALK,),
        null="no talk was measured",
    ),
    Metric(
        "hold_time",
        "Average hold",
        "How long answered callers were on hold or parked on average.",
        Unit.DURATION,
        Better.LESS,
        "sum of hold / answered calls whose hold is known",
        (mean(Level.CALL, _ANSWERED, "c.hold_ms"),),
        needs=(Sight.HOLD,),
        null="no answered call whose hold is known",
    ),
    Metric(
        "aht_no_acw",
        "Average handling time without wrap-up",
        "Talk and hold of an answered call, on average; where hold is unseen, talk includes it.",
        Unit.DURATION,
        Better.NEITHER,
        "(sum of talk + sum of hold) / answered calls whose talk is known",
        (
            quotient(
                Level.CALL,
                total(
                    "c.talk_ms + COALESCE(c.hold_ms, 0)", f"{_ANSWERED} AND NOT c.talk_ms IS NULL"
                ),
                rows(f"{_ANSWERED} AND NOT c.talk_ms IS NULL"),
                rows(f"{_ANSWERED} AND c.talk_ms IS NULL"),
            ),
        ),
        needs=(Sight.TALK,),
        null="no talk was measured",
    ),
)
