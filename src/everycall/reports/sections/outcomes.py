"""What happened to the calls: every one has an outcome, and the outcomes add up."""

from collections.abc import Mapping

from everycall.calls.outcomes import INBOUND_RULES
from everycall.reports.figures import AMONG
from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit, share

Found = Mapping[str, int]


def outcomes(desk: Desk) -> Section:
    """Say what happened to the calls."""
    say = desk.say
    found = _found(desk)
    arrived = round(desk.measure(["arrived"]).cell("arrived").value or 0)
    rest = [outcome for outcome in _by_size(found) if outcome != "answered"]
    lead = say("No calls arrived.")
    if arrived:
        lead = say("Every call that arrived was answered.")
    if rest:
        lead = say(
            "Most of the calls that were not simply answered: {outcome}, {n} of {all}.",
            outcome=say(name(rest[0])),
            n=say.count(found[rest[0]]),
            all=say.count(sum(found[outcome] for outcome in rest)),
        )
    check = say(
        "{sum} = {arrived}: every call that arrived has exactly one outcome.",
        sum=say.count(sum(found.values())),
        arrived=say.count(arrived),
    )
    table = _table(desk, found, arrived, check)
    title = say("What happened to the calls")
    charts = (_bar(desk, found, arrived),) if arrived else ()
    return Section("outcomes", title, lead, (table,), _apart(desk), charts)


def _found(desk: Desk) -> Found:
    answer = desk.measure(["arrived"], by=["outcome"])
    counted = {row.keys[0]: round(row.cells["arrived"].value or 0) for row in answer.rows}
    return {r.outcome: counted[r.outcome] for r in INBOUND_RULES if counted.get(r.outcome)}


def _apart(desk: Desk) -> tuple[str, ...]:
    rows = desk.query(
        "SELECT direction, COUNT(*) FROM period_calls WHERE direction <> 'inbound' "
        "GROUP BY 1 ORDER BY 1"
    )
    say = desk.say
    listed = ", ".join(f"{say.count(number)} {say(name)}" for name, number in rows)
    return (say("Counted apart: {listed}.", listed=listed),) if listed else ()


def name(outcome: str) -> str:
    """Return an outcome as people say it."""
    return outcome.replace("_", " ")


def _by_size(found: Found) -> list[str]:
    """Return the answered calls first, then the rest by size: the whole picture, then the point."""
    return sorted(found, key=lambda outcome: (outcome != "answered", -found[outcome]))


def _table(desk: Desk, found: Found, arrived: int, check: str) -> Table:
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
        terms=[f"outcome-{outcome}" for outcome in found],
    )


def _bar(desk: Desk, found: Found, arrived: int) -> Chart:
    say = desk.say
    order = _by_size(found)
    table = Table(
        (Column(say("outcome")), Column(say("calls"), Unit.COUNT, calls={})),
        [(say(name(outcome)), found[outcome]) for outcome in order],
        behind=[{**AMONG, "outcome": outcome} for outcome in order],
    )
    total = f"{say.count(sum(found.values()))} = {say.count(arrived)}"
    title = say("All calls that arrived, by what became of them")
    sentence = say("The parts of the bar add up to the calls that arrived.")
    return Chart("sum", title, Shape.PARTS, table, sentence, total=total)
