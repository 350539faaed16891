"""What would have caught the missed callers: causes by their worth for the effort, as a plan."""

from typing import Any

from everycall.reports.figures import AMONG
from everycall.reports.frame import Desk
from everycall.reports.model import Calls, Chart, Column, Section, Shape, Table, Unit

MOST = 10
"""So many remedies are drawn."""

LOST: Calls = {"missed_caller": "lost"}
"""The first missed calls of callers who were never helped."""


def remedies(desk: Desk) -> Section | None:
    """Say which change would catch the most callers who were never helped, and who sees to it."""
    say, found = desk.say, desk.remedies
    if found is None:
        return None
    first = next((one for one in found.remedies if one.caught), None)
    lead = say("No single change would have caught the callers who were never helped.")
    if first is not None:
        lead = say(
            "The change that brings most for its effort: {change} It would have caught {n}.",
            change=_sentence(say(first.change or first.title)),
            n=say.many(first.caught, "{n} caller", "{n} callers"),
        )
    tables = (_causes(desk), _plan(desk), _evidence(desk), *_rest(desk), *_presence(desk))
    charts = (_chart(desk),) if any(one.unreached for one in found.remedies) else ()
    notes = tuple(say(note) for note in found.notes)
    return Section("remedies", say("What would catch them"), lead, tables, notes, charts)


def why(desk: Desk) -> str:
    """Say the causes that cost the most callers who were never helped."""
    say = desk.say
    found = [] if desk.remedies is None else desk.remedies.remedies
    own = sorted((one for one in found if one.additive), key=lambda one: -(one.unreached or 0))[:3]
    listed = "; ".join(f"{say(one.title)} ({say.count(one.unreached)})" for one in own)
    if not listed:
        return ""
    return say("Of those who were never helped, most were missed so: {causes}.", causes=listed)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _chart(desk: Desk) -> Chart:
    say = desk.say
    own = [one for one in desk.remedies.remedies if one.additive]
    ones = sorted(own, key=lambda one: -(one.unreached or 0))[:MOST]
    table = Table(
        (Column(say("cause")), Column(say("never helped"), Unit.COUNT, calls=LOST)),
        [(say(one.title), one.unreached) for one in ones if one.unreached],
        behind=[{**AMONG, "remedy": one.id} for one in ones if one.unreached],
    )
    sentence = say("Callers whom nobody helped in the end, by why their first call was missed.")
    return Chart("causes", say("Why callers were missed"), Shape.BARS, table, sentence)


def _causes(desk: Desk) -> Table:
    say, found = desk.say, desk.remedies
    return Table(
        (
            Column(say("cause")),
            Column(say("kind")),
            Column(say("calls"), Unit.COUNT, calls={}),
            Column(say("callers"), Unit.COUNT, calls={"first_missed": "yes"}),
            Column(say("never helped"), Unit.COUNT, calls=LOST),
            Column(say("would be caught"), Unit.COUNT),
            _worth_column(desk),
        ),
        [
            (
                say(one.title),
                say(one.kind.value),
                one.calls,
                one.callers,
                one.unreached,
                one.caught,
                _worth(desk, one),
            )
            for one in found.remedies
        ],
        say("In order of what it brings for the effort. A dash: nobody can say yet."),
        behind=[{**AMONG, "remedy": one.id} if one.additive else None for one in found.remedies],
    )


def _worth_column(desk: Desk) -> Column:
    currency = desk.remedies.currency
    unit = Unit.MONEY if currency else Unit.WRITTEN
    return Column(desk.say("worth"), unit, currency=currency or "", calls=LOST)


def _worth(desk: Desk, one: Any) -> float | str | None:
    """Return an amount, or one for each currency: amounts of two are never added."""
    if desk.remedies.currency:
        return one.worth.base if one.worth else None
    return " + ".join(desk.say.money(w.figure.base, w.currency) for w in one.worths) or None


def _plan(desk: Desk) -> Table:
    say = desk.say
    return Table(
        (
            Column(say("cause")),
            Column(say("smallest change")),
            Column(say("effort (1 to 5)"), Unit.COUNT),
            Column(say("who")),
            Column(say("by when")),
            Column(say("calls a week before"), Unit.COUNT),
            Column(say("after"), Unit.COUNT),
        ),
        [
            (
                say(one.title),
                say(one.change) if one.change else "",
                one.effort,
                say(one.plan.owner),
                f"{one.plan.by}",
                _a_week(one.plan.before),
                _a_week(one.plan.after),
            )
            for one in desk.remedies.remedies
            if one.change
        ],
        title=say("The plan"),
    )


def _a_week(measure: Any) -> float | None:
    return measure.a_week if measure else None


def _evidence(desk: Desk) -> Table:
    say = desk.say
    return Table(
        (
            Column(say("cause")),
            Column(say("when")),
            Column(say("where")),
            Column(say("evidence")),
        ),
        [
            (
                say(one.title),
                say(one.when),
                say(one.where),
                " ".join(_sentence(say(shown)) for shown in one.evidence),
            )
            for one in desk.remedies.remedies
        ],
        title=say("Evidence"),
        folded=True,
    )


def _rest(desk: Desk) -> tuple[Table, ...]:
    say, rest = desk.say, desk.remedies.rest
    if not rest:
        return ()
    table = Table(
        (
            Column(say("cause")),
            Column(say("calls"), Unit.COUNT, calls={}),
            Column(say("never helped"), Unit.COUNT, calls=LOST),
            Column(say("why nothing is proposed")),
        ),
        [(say(one.title), one.calls, one.unreached, say(one.why)) for one in rest],
        behind=[{**AMONG, "remedy": one.id} for one in rest],
        title=say("For which nothing is proposed"),
        folded=True,
    )
    return (table,)


def _presence(desk: Desk) -> tuple[Table, ...]:
    say = desk.say
    there: Any = desk.remedies.presence
    if not there:
        return ()
    table = Table(
        (
            Column(say("who was there")),
            Column(say("missed calls"), Unit.COUNT, calls={}),
            Column(say("what it means")),
        ),
        [(say(one.state), one.calls, say(one.doc)) for one in there],
        say("Of missed callers who asked for a person, when they began to wait."),
        behind=[{**AMONG, "there": one.state} for one in there],
        title=say("Who was there when they began to wait"),
    )
    return (table,)
