"""What happened to the calls: every one has an outcome, and the outcomes add up."""

from everycall.calls.outcomes import INBOUND_RULES
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Figure, Section, Shape, Table, Unit, share

ARRIVED = "direction = 'inbound' AND outcome <> 'pending'"
AMONG = {"arrived": "yes"}
"""What holds of the calls behind every number of calls: they arrived."""


def outcomes(desk: Desk) -> Section:
    """Say what happened to the calls."""
    say = desk.say
    found = _found(desk)
    arrived = desk.query(f"SELECT COUNT(*) FROM calls WHERE {ARRIVED}")[0][0]
    answered = found.get("answered", 0)
    lead = say(
        "{calls} arrived; a person answered {answered} of them ({share}).",
        calls=say.calls(arrived),
        answered=say.count(answered),
        share=say.percent(share(answered, arrived)),
    )
    check = say(
        "{sum} = {arrived}: every call that arrived has exactly one outcome.",
        sum=say.count(sum(found.values())),
        arrived=say.count(arrived),
    )
    return Section(
        "outcomes",
        say("What happened to the calls"),
        lead,
        (_table(desk, found, arrived, check),),
        _apart(desk),
        (_bar(desk, found, arrived),),
        _figures(desk, found, arrived),
    )


def _found(desk: Desk) -> dict[str, int]:
    rows = desk.query(f"SELECT outcome, COUNT(*) FROM calls WHERE {ARRIVED} GROUP BY outcome")
    counted: dict[str, int] = dict(rows)
    return {r.outcome: counted[r.outcome] for r in INBOUND_RULES if r.outcome in counted}


def _apart(desk: Desk) -> tuple[str, ...]:
    rows = desk.query(
        "SELECT CASE WHEN outcome = 'pending' THEN 'not over yet' ELSE direction END, COUNT(*) "
        "FROM calls WHERE direction <> 'inbound' OR outcome = 'pending' GROUP BY 1 ORDER BY 1"
    )
    say = desk.say
    listed = ", ".join(f"{say.count(number)} {say(name)}" for name, number in rows)
    return (say("Counted apart: {listed}.", listed=listed),) if listed else ()


def name(outcome: str) -> str:
    """Return an outcome as people say it."""
    return outcome.replace("_", " ")


def _table(desk: Desk, found: dict[str, int], arrived: int, check: str) -> Table:
    say = desk.say
    docs = {rule.outcome: rule.doc for rule in INBOUND_RULES}
    return Table(
        (
            Column(say("outcome")),
            Column(say("calls"), Unit.COUNT, calls={}),
            Column(say("share"), Unit.SHARE),
            Column(say("what it means")),
        ),
        [
            (say(name(outcome)), n, share(n, arrived), say(docs[outcome]))
            for outcome, n in found.items()
        ],
        check,
        behind=[{**AMONG, "outcome": outcome} for outcome in found],
    )


def _bar(desk: Desk, found: dict[str, int], arrived: int) -> Chart:
    say = desk.say
    # the whole picture is the answered calls first, then the rest by size
    order = sorted(found, key=lambda outcome: (outcome != "answered", -found[outcome]))
    table = Table(
        (Column(say("outcome")), Column(say("calls"), Unit.COUNT, calls={})),
        [(say(name(outcome)), found[outcome]) for outcome in order],
        behind=[{**AMONG, "outcome": outcome} for outcome in order],
    )
    rest = [outcome for outcome in order if outcome != "answered"]
    sentence = say("Every call that arrived was answered.")
    if rest:
        sentence = say(
            "Most of the calls without an answer: {outcome}, {n} of {all}.",
            outcome=say(name(rest[0])),
            n=say.count(found[rest[0]]),
            all=say.count(sum(found[outcome] for outcome in rest)),
        )
    total = f"{say.count(sum(found.values()))} = {say.count(arrived)}"
    title = say("All calls that arrived, by what became of them")
    return Chart("sum", title, Shape.PARTS, table, sentence, total=total)


def _figures(desk: Desk, found: dict[str, int], arrived: int) -> tuple[Figure, ...]:
    say = desk.say
    answered = found.get("answered", 0)
    return (
        Figure(
            "arrived",
            say("arrived"),
            arrived,
            doc=say("Every call from outside, also those that were refused."),
            calls=AMONG,
        ),
        Figure(
            "answered",
            say("answered"),
            share(answered, arrived),
            Unit.SHARE,
            say("A person spoke with the caller, of all calls that arrived."),
            {**AMONG, "outcome": "answered"},
            better="more",
        ),
        Figure(
            "unanswered",
            say("without an answer"),
            arrived - answered,
            doc=say("Calls that arrived and have another outcome than answered."),
            calls={**AMONG, "answered": "no"},
            better="less",
        ),
    )
