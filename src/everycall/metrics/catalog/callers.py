"""Callers: whether they had to ring again, how many people it took, whether they served themselves."""

from everycall.events.sights import Sight
from everycall.metrics.catalog.counts import OVER
from everycall.metrics.forms import count, mean, rows, share
from everycall.metrics.model import Better, Form, Level, Metric, Parameter, Shape, Unit

_KNOWN = f"{OVER} AND NOT n.call_id IS NULL"
_BEFORE = "COALESCE(n.previous_at >= c.arrived_at - :limit_us, FALSE)"
_CLOSED = "c.arrived_at + :limit_us <= :spoken_to"
_QUIET = "COALESCE(n.next_at > c.arrived_at + :limit_us, TRUE)"
_DAYS = Parameter("Within so much time.", "d", 7)
_PROVISIONAL = "whose time is not over yet (provisional)"


def _without_another(of: str) -> Form:
    """The share of calls after which the caller did not ring again, where that is settled."""
    return Form(
        Level.CALL,
        Shape.SHARE,
        rows(f"{of} AND {_CLOSED} AND {_QUIET}"),
        rows(f"{of} AND {_CLOSED}"),
        rows(f"{of} AND NOT ({_CLOSED})"),
    )


METRICS = (
    Metric(
        "repeat_rate",
        "Repeat calls",
        "Of the calls whose caller is known, the share that came soon after another of theirs.",
        Unit.SHARE,
        Better.LESS,
        "calls with an earlier call of the same caller within the time / calls with a caller that "
        "can be recognised; withheld and shared numbers are left out",
        (share(Level.CALL, _KNOWN, _BEFORE),),
        _DAYS,
        needs=(Sight.CALLER,),
        null="no call whose caller can be recognised",
    ),
    Metric(
        "retry_rate",
        "Retries",
        "Of the calls whose caller is known, the share that followed one that nobody answered.",
        Unit.SHARE,
        Better.LESS,
        "calls whose caller's call before, within the time, was not answered / calls with a caller "
        "that can be recognised",
        (share(Level.CALL, _KNOWN, f"{_BEFORE} AND NOT n.previous_answered"),),
        Parameter("Within so much time.", "d", 1),
        needs=(Sight.CALLER,),
        null="no call whose caller can be recognised",
    ),
    Metric(
        "fcr",
        "First-contact resolution (a proxy)",
        "Of the answered calls, the share after which the caller did not ring again within the time.",
        Unit.SHARE,
        Better.MORE,
        "answered calls without a later call of that caller within the time / answered calls of "
        "callers who can be recognised, where the time is over",
        (_without_another(f"{_KNOWN} AND c.answered"),),
        _DAYS,
        needs=(Sight.CALLER,),
        null="no answered call whose time is over",
        unseen=_PROVISIONAL,
    ),
    Metric(
        "containment",
        "Served in the menu",
        "Of the callers who came to a menu, the share that was helped there, with evidence for it.",
        Unit.SHARE,
        Better.MORE,
        "served themselves / calls that entered a menu",
        (share(Level.CALL, f"{OVER} AND c.menu_entries > 0", "c.self_served"),),
        needs=(Sight.MENU, Sight.SELF_SERVICE),
        null="nobody came to a menu",
    ),
    Metric(
        "verified_self_service",
        "Served and did not ring again",
        "Of the callers who served themselves, the share that did not ring again within the time.",
        Unit.SHARE,
        Better.MORE,
        "served themselves without a later call within the time / served themselves, where the "
        "caller can be recognised and the time is over",
        (_without_another(f"{_KNOWN} AND c.outcome = 'self_served'"),),
        Parameter("Within so much time.", "h", 24),
        needs=(Sight.SELF_SERVICE, Sight.CALLER),
        null="nobody served themselves, or the time is not over",
        unseen=_PROVISIONAL,
    ),
    Metric(
        "menu_repeats",
        "Menu heard again",
        "Of the callers who came to a menu, the share that came to one more than once.",
        Unit.SHARE,
        Better.LESS,
        "calls that entered a menu twice or more / calls that entered a menu",
        (share(Level.CALL, f"{OVER} AND c.menu_entries > 0", "c.menu_entries > 1"),),
        needs=(Sight.MENU,),
        null="nobody came to a menu",
    ),
    Metric(
        "needs",
        "Needs",
        "What callers wanted, each once however often they had to ring for it.",
        Unit.COUNT,
        Better.NEITHER,
        "needs of callers that began",
        (count(Level.EPISODE, "TRUE"),),
    ),
    Metric(
        "people_per_episode",
        "People for one need",
        "How many people a caller who was helped had to speak with, over all calls of the need.",
        Unit.NUMBER,
        Better.LESS,
        "different people who spoke / needs that were helped",
        (mean(Level.EPISODE, "e.state = 'helped'", "q.people"),),
        needs=(Sight.TALK,),
        null="no need was helped",
    ),
    Metric(
        "calls_per_episode",
        "Calls for one need",
        "How many calls of theirs a need took on average.",
        Unit.NUMBER,
        Better.LESS,
        "calls that came in / needs",
        (mean(Level.EPISODE, "TRUE", "e.inbound_calls"),),
        null="nobody had a need",
    ),
    Metric(
        "transfers_per_call",
        "Hand-overs per call",
        "How often an answered caller was handed on.",
        Unit.NUMBER,
        Better.LESS,
        "hand-overs / answered calls",
        (mean(Level.CALL, f"{OVER} AND c.answered", "c.transfers"),),
        needs=(Sight.TRANSFER,),
        null="no call was answered",
    ),
    Metric(
        "lost_on_hold",
        "Lost on hold",
        "Callers who had been answered and left while on hold or parked.",
        Unit.COUNT,
        Better.LESS,
        "calls whose caller left while on hold or parked",
        (count(Level.CALL, OVER, "c.left_on_hold"),),
        needs=(Sight.HOLD,),
        null="nobody can tell",
    ),
    Metric(
        "csat",
        "Satisfied callers",
        "Of the ratings that callers gave, the share of 4 and 5 out of 5.",
        Unit.SHARE,
        Better.MORE,
        "ratings of 4 or 5 / ratings",
        (share(Level.CALL, "NOT y.rating IS NULL", "y.rating >= 4"),),
        null="nobody rated a call",
    ),
    Metric(
        "csat_mean",
        "Mean rating",
        "The mean of the ratings that callers gave.",
        Unit.NUMBER,
        Better.MORE,
        "sum of ratings / ratings",
        (mean(Level.CALL, "NOT y.rating IS NULL", "y.rating"),),
        null="nobody rated a call",
    ),
    Metric(
        "csat_response_rate",
        "Callers who rated",
        "Of the answered calls, the share whose caller gave a rating.",
        Unit.SHARE,
        Better.MORE,
        "answered calls with a rating / answered calls",
        (
            Form(
                Level.CALL,
                Shape.SHARE,
                rows(f"{OVER} AND c.answered AND NOT y.rating IS NULL"),
                f"CASE WHEN COUNT(y.rating) > 0 THEN {rows(f'{OVER} AND c.answered')} END",
            ),
        ),
        null="nobody rated a call",
    ),
)
