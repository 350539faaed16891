"""Shares of calls: answered, given up, short; each letter of an abandonment rate is printed."""

from dataclasses import replace

from everycall.events.sights import Sight
from everycall.metrics.catalog.counts import GAVE_UP, OVER, VISIT_GAVE_UP
from everycall.metrics.forms import count, share
from everycall.metrics.model import Better, Form, Level, Metric, Parameter, Unit

_ASKED = f"{OVER} AND c.asked_for_person"
_SERVED = (
    "'callback_requested', 'self_served', 'caller_left_in_menu', 'caller_left_in_bot', "
    "'caller_left_closed'"
)
_SHORT = Parameter("A caller who gave up sooner than this gave up shortly.", "s", 5)


def _share(name: str, title: str, doc: str, better: Better, formula: str, *forms: Form) -> Metric:
    null = "no call that it divides by"
    return Metric(name, title, doc, Unit.SHARE, better, formula, forms, null=null)


METRICS = (
    _share(
        "answer_rate",
        "Answered, of those who asked",
        "Of the calls that asked for a person, the share that a person answered.",
        Better.MORE,
        "answered / offered; by queue: answered / (stays - refused because closed)",
        share(Level.CALL, _ASKED, "c.answered"),
        share(Level.VISIT, "NOT COALESCE(v.result = 'closing', FALSE)", "v.result = 'answered'"),
        share(Level.ATTEMPT, "TRUE", "a.result = 'answered'"),
    ),
    _share(
        "answer_rate.arrived",
        "Answered, of all that came in",
        "Of all calls that came in, the share that a person answered.",
        Better.MORE,
        "answered / arrived",
        share(Level.CALL, OVER, "c.answered"),
    ),
    _share(
        "handled_rate",
        "Dealt with",
        "Of all calls that came in, the share answered, ended in the menu or to be called back.",
        Better.MORE,
        "(answered + ended before asking for a person + callback requested) / arrived",
        share(Level.CALL, OVER, f"c.answered OR c.outcome IN ({_SERVED})"),
    ),
    _share(
        "abandon_rate.a",
        "Abandonment (a)",
        "Of the calls that asked for a person, the share that gave up waiting.",
        Better.LESS,
        "gave up / offered",
        share(Level.CALL, _ASKED, GAVE_UP),
        share(Level.VISIT, "TRUE", VISIT_GAVE_UP),
    ),
    replace(
        _share(
            "abandon_rate.b",
            "Abandonment (b), without short calls",
            "The same with callers who gave up at once left out of both parts.",
            Better.LESS,
            "(gave up - gave up shortly) / (offered - gave up shortly)",
            share(
                Level.CALL,
                f"{_ASKED} AND NOT COALESCE({GAVE_UP} AND c.wait_ms < :limit_ms, FALSE)",
                GAVE_UP,
            ),
            share(
                Level.VISIT,
                f"NOT COALESCE({VISIT_GAVE_UP} AND v.lasted_ms < :limit_ms, FALSE)",
                VISIT_GAVE_UP,
            ),
        ),
        parameter=_SHORT,
    ),
    replace(
        _share(
            "abandon_rate.c",
            "Abandonment (c), after a wait",
            "Of the calls that asked for a person, the share that gave up after this wait or more.",
            Better.LESS,
            "gave up after at least the time / offered",
            share(Level.CALL, _ASKED, f"{GAVE_UP} AND c.wait_ms >= :limit_ms"),
            share(Level.VISIT, "TRUE", f"{VISIT_GAVE_UP} AND v.lasted_ms >= :limit_ms"),
        ),
        parameter=Parameter("A caller who gave up after at least this long counts.", "s", 30),
    ),
    _share(
        "abandon_rate.d",
        "Abandonment (d), never queued",
        "Of all calls that came in, the share that ended before anybody was rung or queued for.",
        Better.LESS,
        "neither answered, nor queued, nor rung / arrived",
        share(Level.CALL, OVER, "NOT (c.answered OR c.queued OR c.rang_directly)"),
    ),
    Metric(
        "short_abandons",
        "Gave up shortly",
        "Callers who gave up sooner than the time, perhaps a wrong number.",
        Unit.COUNT,
        Better.NEITHER,
        "callers who gave up with a wait below the time",
        (
            count(Level.CALL, f"{OVER} AND {GAVE_UP}", "c.wait_ms < :limit_ms"),
            count(Level.VISIT, VISIT_GAVE_UP, "v.lasted_ms < :limit_ms"),
        ),
        _SHORT,
    ),
    replace(
        _share(
            "voicemail_rate",
            "Voicemail",
            "Of all calls that came in, the share that ended in voicemail.",
            Better.LESS,
            "ended in voicemail / arrived",
            share(Level.CALL, OVER, "c.outcome IN ('voicemail_left', 'voicemail_no_message')"),
        ),
        needs=(Sight.VOICEMAIL,),
    ),
)
