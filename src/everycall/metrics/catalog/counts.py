"""Plain counts: what arrived, what was asked for, what became of it."""

from everycall.events.sights import Sight
from everycall.metrics.forms import count
from everycall.metrics.model import Better, Form, Level, Metric, Unit

OVER = "c.outcome <> 'pending'"
"""Calls that are not over are in neither part of any share."""

GAVE_UP = "c.outcome IN ('caller_left_in_queue', 'caller_left_while_ringing')"
VISIT_GAVE_UP = "v.result = 'caller'"
FLOWED_OUT = (
    "v.result IN ('timeout', 'empty', 'full', 'unstaffed', 'key', 'moved', 'withdrawn', 'closing')"
)


def _count(name: str, title: str, doc: str, better: Better, formula: str, *forms: Form) -> Metric:
    return Metric(name, title, doc, Unit.COUNT, better, formula, forms)


def _outcomes(name: str, title: str, doc: str, better: Better, *outcomes: str) -> Metric:
    listed = ", ".join(f"'{outcome}'" for outcome in outcomes)
    formula = f"calls that came in with the outcome {' or '.join(outcomes)}"
    return _count(name, title, doc, better, formula, count(Level.CALL, f"c.outcome IN ({listed})"))


METRICS = (
    _count(
        "arrived",
        "Arrived",
        "Every call that came in, refused ones included; in a queue, every stay.",
        Better.NEITHER,
        "calls that came in; by queue: stays; by person: rings",
        count(Level.CALL, "TRUE"),
        count(Level.VISIT, "TRUE"),
        count(Level.ATTEMPT, "TRUE"),
    ),
    _count(
        "offered",
        "Offered",
        "Calls that asked for a person: entered a queue, were refused at its door, or rang someone.",
        Better.NEITHER,
        "ended calls that asked for a person; by queue: stays; by person: rings",
        count(Level.CALL, OVER, "c.asked_for_person"),
        count(Level.VISIT, "TRUE"),
        count(Level.ATTEMPT, "TRUE"),
    ),
    _count(
        "answered",
        "Answered",
        "Calls in which a person spoke with the caller, also if the talk was cut off later.",
        Better.MORE,
        "calls in which a person spoke; by queue: stays that ended by an answer; by person: rings",
        count(Level.CALL, OVER, "c.answered"),
        count(Level.VISIT, "TRUE", "v.result = 'answered'"),
        count(Level.ATTEMPT, "TRUE", "a.result = 'answered'"),
    ),
    _count(
        "not_answered",
        "Not answered",
        "Calls in which nobody spoke with the caller, whatever the reason.",
        Better.LESS,
        "ended calls in which no person spoke; by queue: stays without an answer; by person: rings",
        count(Level.CALL, OVER, "NOT c.answered"),
        count(Level.VISIT, "TRUE", "v.result <> 'answered'"),
        count(Level.ATTEMPT, "TRUE", "a.result <> 'answered'"),
    ),
    _count(
        "gave_up",
        "Gave up",
        "Callers who hung up while waiting in a queue or while a phone rang.",
        Better.LESS,
        "calls with the outcome caller_left_in_queue or caller_left_while_ringing; by queue: stays",
        count(Level.CALL, OVER, GAVE_UP),
        count(Level.VISIT, "TRUE", VISIT_GAVE_UP),
    ),
    _count(
        "passed_on",
        "Passed on",
        "Stays in a queue that ended with neither an answer nor a hang-up: time-out, key, full ...",
        Better.NEITHER,
        "stays that the queue ended or the caller left by a key",
        count(Level.VISIT, "TRUE", FLOWED_OUT),
    ),
    _count(
        "closed_doors",
        "Closed",
        "Callers whom a queue sent away because it was closed.",
        Better.NEITHER,
        "stays that ended because the queue was closed",
        count(Level.VISIT, "TRUE", "v.result = 'closing'"),
    ),
    _count(
        "full_doors",
        "Full",
        "Callers whom a queue refused because it was full.",
        Better.LESS,
        "stays refused because the queue was full",
        count(Level.VISIT, "TRUE", "v.result = 'full'"),
    ),
    _count(
        "unstaffed_doors",
        "Unstaffed",
        "Callers whom a queue refused or let go because nobody was signed in.",
        Better.LESS,
        "stays refused or ended because nobody was signed in",
        count(Level.VISIT, "TRUE", "v.result IN ('unstaffed', 'empty')"),
    ),
    _outcomes("pending", "Not over", "Calls that are not over yet.", Better.NEITHER, "pending"),
    _outcomes(
        "voicemails",
        "Voicemail",
        "Calls that ended in voicemail, with a message or without.",
        Better.LESS,
        "voicemail_left",
        "voicemail_no_message",
    ),
    _outcomes(
        "callbacks_requested",
        "Callback requested",
        "Callers who accepted to be called back.",
        Better.NEITHER,
        "callback_requested",
    ),
    _outcomes(
        "self_served",
        "Served themselves",
        "Callers who were helped without a person, with evidence for it.",
        Better.MORE,
        "self_served",
    ),
    _outcomes(
        "dropped",
        "Dropped in talk",
        "Calls that a fault cut off while a person spoke, with evidence for it.",
        Better.LESS,
        "dropped_in_talk",
    ),
    Metric(
        "refused_before_ring",
        "Never got in",
        "Calls that never got in: all lines busy, network, a wrong route.",
        Unit.COUNT,
        Better.LESS,
        "calls with the outcome failed_before_ring",
        (count(Level.CALL, "c.outcome = 'failed_before_ring'"),),
        needs=(Sight.LOST,),
    ),
)
