"""People: rings that were theirs to take, and how evenly the work lay on them."""

from everycall.events.sights import Sight
from everycall.metrics.forms import count, quotient, share
from everycall.metrics.model import Better, Form, Level, Metric, Parameter, Shape, Unit

_LONG_ENOUGH = Parameter("A ring that was not answered counts if it lasted so long.", "s", 5)

_TAKEN = "a.result = 'answered'"
_COULD = "NOT z.talking AND NOT z.paused AND COALESCE(z.signed_in, TRUE)"
_LEFT = (
    f"(a.result = 'rejected' OR (a.result = 'no_answer' AND a.lasted_ms >= :limit_ms)) AND {_COULD}"
)
_THEIRS = f"({_TAKEN} OR ({_LEFT}))"

PER_HOUR = Metric(
    "answered_per_hour",
    "Talks per hour signed in",
    "How many talks people began for each hour in which they were signed in.",
    Unit.NUMBER,
    Better.NEITHER,
    "talks begun while signed in / hours signed in",
    (
        quotient(
            Level.STAFF,
            "SUM(CASE WHEN p.signed_in THEN p.talks ELSE 0 END)",
            "SUM(CASE WHEN p.signed_in THEN LEAST(p.ended_at, :until) "
            "- GREATEST(p.began_at, :since) ELSE 0 END) / 3600000000.0",
        ),
    ),
    needs=(Sight.STAFF, Sight.TALK),
    null="nobody was signed in",
)

METRICS = (
    Metric(
        "opportunities",
        "Rings to take",
        "Rings that were a person's to take: signed in, not paused, not talking, rung long enough.",
        Unit.COUNT,
        Better.NEITHER,
        "rings answered, refused, or unanswered after at least the time, of people who were signed "
        "in (or never seen signing in), not paused and not talking",
        (count(Level.ATTEMPT, "TRUE", _THEIRS),),
        _LONG_ENOUGH,
        needs=(Sight.RINGS,),
        null="nobody can tell",
    ),
    Metric(
        "missed_opportunities",
        "Rings missed that were theirs",
        "Of the rings that were a person's to take, those that were not taken.",
        Unit.COUNT,
        Better.LESS,
        "rings refused, or unanswered after at least the time, that were theirs to take",
        (count(Level.ATTEMPT, "TRUE", _LEFT),),
        _LONG_ENOUGH,
        needs=(Sight.RINGS,),
        null="nobody can tell",
    ),
    Metric(
        "opportunity_rate",
        "Rings taken of those to take",
        "Of the rings that were a person's to take, the share that was answered.",
        Unit.SHARE,
        Better.MORE,
        "rings answered / rings to take",
        (share(Level.ATTEMPT, _THEIRS, _TAKEN),),
        _LONG_ENOUGH,
        needs=(Sight.RINGS,),
        null="no ring was theirs to take",
    ),
    PER_HOUR,
    Metric(
        "unevenness",
        "Unevenness between people",
        "How unevenly talks lay on the people signed in: 0 if all had as many an hour, near 1 if "
        "one had all.",
        Unit.NUMBER,
        Better.LESS,
        "Gini coefficient of the talks per hour signed in of each person",
        (
            Form(
                Level.LOAD,
                Shape.QUOTIENT,
                "2.0 * SUM(b.place * b.load) - (COUNT(*) + 1) * SUM(b.load)",
                "COUNT(*) * SUM(b.load)",
            ),
        ),
        needs=(Sight.STAFF, Sight.TALK),
        null="nobody was signed in, or nobody had a talk",
    ),
)
