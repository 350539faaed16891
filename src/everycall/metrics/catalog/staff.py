"""Time of people: signed in, paused, wrapping up, talking, free; and how full it was."""

from everycall.events.sights import Sight
from everycall.metrics.forms import quotient
from everycall.metrics.model import Better, Form, Level, Metric, Shape, Unit

_LASTED = "LEAST(p.ended_at, :until) - GREATEST(p.began_at, :since)"
_HANDLING = "(p.talking OR p.wrapping)"
_IDLE = "p.signed_in AND NOT (p.paused OR p.wrapping OR p.talking OR p.ringing)"


def _time(when: str) -> str:
    return f"SUM(CASE WHEN {when} THEN {_LASTED} ELSE 0 END) // 1000"


def _spent(name: str, title: str, doc: str, formula: str, when: str) -> Metric:
    form = Form(Level.STAFF, Shape.COUNT, _time(when), "COUNT(*)")
    needs = (Sight.TALK,) if name == "conversation_time" else (Sight.STAFF,)
    return Metric(name, title, doc, Unit.DURATION, Better.NEITHER, formula, (form,), needs=needs)


_FREE = "an idle person waits for every queue at once: ask by agent"

METRICS = (
    _spent(
        "login_time",
        "Signed in",
        "How long people were signed in, each moment once however many queues.",
        "time signed in; by queue: to that queue",
        "p.signed_in",
    ),
    _spent(
        "pause_time",
        "Paused",
        "How long people were paused, in any of their queues.",
        "time paused; by queue: in that queue",
        "p.paused",
    ),
    _spent(
        "wrap_up_time",
        "Wrap-up",
        "How long people were wrapping up after a call.",
        "time in wrap-up, as the phone system said it",
        "p.wrapping",
    ),
    _spent(
        "conversation_time",
        "In conversation",
        "How long people had a caller on the line, hold included, in calls of any direction.",
        "time with a caller on the line",
        "p.talking",
    ),
    Metric(
        "idle_time",
        "Free",
        "How long people were signed in and neither paused, rung, talking nor wrapping up.",
        Unit.DURATION,
        Better.NEITHER,
        "time signed in - time paused, being rung, talking or wrapping up",
        (
            Form(
                Level.STAFF,
                Shape.COUNT,
                _time(_IDLE),
                "COUNT(*) FILTER (WHERE NOT p.by_queue)",
                "COUNT(*) FILTER (WHERE p.by_queue)",
            ),
        ),
        needs=(Sight.STAFF,),
        null=_FREE,
    ),
    Metric(
        "staffed",
        "People signed in",
        "How many people were signed in on average over the time that existed.",
        Unit.NUMBER,
        Better.NEITHER,
        "time signed in / time that existed in the interval",
        (quotient(Level.STAFF, _time("p.signed_in"), "MAX(x.ms)"),),
        needs=(Sight.STAFF,),
        null="no such time existed",
    ),
    Metric(
        "occupancy",
        "Occupancy",
        "Of the time in which people handled calls or were free to, the share spent handling.",
        Unit.SHARE,
        Better.NEITHER,
        "(conversation + wrap-up) / (conversation + wrap-up + free)",
        (
            Form(
                Level.STAFF,
                Shape.PART,
                _time(f"NOT p.by_queue AND {_HANDLING}"),
                _time(f"NOT p.by_queue AND ({_HANDLING} OR ({_IDLE}))"),
            ),
        ),
        needs=(Sight.STAFF, Sight.TALK),
        null=f"nobody was signed in, or {_FREE}",
    ),
    Metric(
        "utilisation",
        "Utilisation",
        "Of the time in which people were signed in, pauses included, the share spent handling.",
        Unit.SHARE,
        Better.NEITHER,
        "(conversation + wrap-up while signed in) / signed in",
        (
            Form(
                Level.STAFF,
                Shape.PART,
                _time(f"p.signed_in AND {_HANDLING}"),
                _time("p.signed_in"),
            ),
        ),
        needs=(Sight.STAFF, Sight.TALK),
        null="nobody was signed in",
    ),
    Metric(
        "acw",
        "Average wrap-up",
        "How long a wrap-up after a call lasted on average, where one was seen.",
        Unit.DURATION,
        Better.NEITHER,
        "time in wrap-up / wrap-ups seen",
        (quotient(Level.STAFF, _time("p.wrapping"), "SUM(p.wraps)"),),
        needs=(Sight.STAFF,),
        null="no wrap-up was seen",
    ),
    Metric(
        "aht",
        "Average handling time",
        "Conversation, hold and wrap-up for each talk of a person, on average.",
        Unit.DURATION,
        Better.NEITHER,
        "(conversation with hold + wrap-up) / talks begun, where wrap-ups were seen",
        (
            quotient(
                Level.STAFF,
                _time(_HANDLING),
                "CASE WHEN SUM(p.wraps) > 0 THEN SUM(p.talks) END",
            ),
        ),
        needs=(Sight.STAFF, Sight.TALK),
        null="no wrap-up was seen; ask for aht_no_acw",
    ),
)
