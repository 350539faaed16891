"""What unreached callers were worth, in what the team itself said of its money."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from everycall.money.ledger import State
from everycall.reports.figures import AMONG
from everycall.reports.frame import Desk
from everycall.reports.model import Calls, Chart, Column, Section, Shape, Table, Unit

READINGS = {
    "direct": "first orders not placed",
    "lifetime": "all orders of these customers, the first included",
    "churn": "customers who leave",
}


def money(desk: Desk) -> Section | None:
    """Say what was lost, as a range, client by client; nothing is made up for what was not said."""
    if not desk.money:
        return None
    charts = tuple(chart for one in desk.money for chart in _ranges(desk, one))
    tables = (*_steps(desk), _states(desk), *_won(desk), *_missing(desk), *_lines(desk))
    notes = tuple(dict.fromkeys(desk.say(note) for one in desk.money for note in one.notes))
    return Section("money", desk.say("What it cost"), _lead(desk), tables, notes, charts)


def _callers(one: Any, end: str) -> float:
    parts = (one.unreached.enquiries, one.unreached.unsaid)
    return sum(float(getattr(part, end)) for part in parts)


def _whole(desk: Desk) -> str:
    low, high = (round(sum(_callers(one, end) for one in desk.money)) for end in ("low", "high"))
    say = desk.say
    return say.count(high) if low == high else f"{say.count(low)}–{say.count(high)}"


def _lead(desk: Desk) -> str:
    say = desk.say
    known = [one for one in desk.money if one.estimate.direct is not None]
    if not known:
        return say(
            "{callers} callers who may have wanted to order were not helped; no amount is shown, "
            "because your numbers are not known yet.",
            callers=_whole(desk),
        )
    ranges = ", ".join(
        f"{say.money(one.estimate.direct.low, one.currency)} – "
        f"{say.money(one.estimate.direct.high, one.currency)}{_of(one, len(desk.money))}"
        for one in known
    )
    return say(
        "Expected to be lost in first orders: {ranges}, from {callers} callers who were not helped.",
        ranges=ranges,
        callers=_whole(desk),
    )


def _of(one: Any, clients: int) -> str:
    return f" ({one.client})" if clients > 1 and one.client else ""


def _client(desk: Desk, one: Any) -> str:
    return str(one.client or desk.say("calls without a client"))


def _ranges(desk: Desk, one: Any) -> Iterator[Chart]:
    say = desk.say
    found = [
        (key, figure) for key in READINGS if (figure := getattr(one.estimate, key)) is not None
    ]
    if found:
        low, base, high = (
            Column(say(end), Unit.MONEY, currency=one.currency or "", calls={})
            for end in ("low", "base", "high")
        )
        table = Table(
            (Column(say("reading")), low, base, high),
            [(say(READINGS[key]), f.low, f.base, f.high) for key, f in found],
            behind=[{**_of_client(one), "priced_caller": State.LOST} for _ in found],
        )
        sentence = say("Readings of the same loss: they are never added up.")
        title = say("From low to high") + _of(one, len(desk.money))
        yield Chart(f"range-{desk.money.index(one)}", title, Shape.RANGE, table, sentence)


def _of_client(one: Any) -> Calls:
    return {**AMONG, "client": one.client or ""}


_STEPS: Mapping[str, Calls] = {
    "missed_calls": {"ledgered": "yes"},
    "closed": {"priced": "closed"},
    "short": {"priced": "short"},
    "counted_calls": {"priced": "counted"},
    "callers": {"priced_need": "yes"},
    State.RECOVERED: {"priced_caller": State.RECOVERED},
    State.RETURNED: {"priced_caller": State.RETURNED},
    State.AT_RISK: {"priced_caller": State.AT_RISK},
    "unreached": {"priced_caller": State.LOST},
}
"""The calls behind each step from missed calls to callers who were never helped."""

STEPS = (
    "calls without help",
    "outside opening hours",
    "hung up at once",
    "calls without help that count",
    "callers behind them",
    "called back and reached",
    "rang again and were helped",
    "may still be helped",
    "callers never helped",
)


def _steps(desk: Desk) -> Iterator[Table]:
    """Yield the way from missed calls to callers, for each client."""
    say = desk.say
    for one in desk.money:
        if one.steps:
            yield Table(
                (Column(say("from calls to callers")), Column(say("number"), Unit.COUNT, calls={})),
                [
                    (f"− {say(step.doc)}" if step.minus else f"= {say(step.doc)}", step.count)
                    for step in one.steps
                ],
                title=say("How many were never helped{of}", of=_of(one, len(desk.money))),
                behind=[{**_of_client(one), **_STEPS[step.id]} for step in one.steps],
                folded=True,
            )


def _states(desk: Desk) -> Table:
    say = desk.say
    names = {
        State.AT_RISK: say("at risk"),
        State.RECOVERED: say("recovered"),
        State.RETURNED: say("returned"),
        State.LOST: say("lost"),
    }
    rows = []
    for one in desk.money:
        callers = {group.name: group.callers.base for group in one.by_state}
        rows.append((_client(desk, one), *(callers.get(state) for state in names)))
    columns = [
        Column(title, Unit.NUMBER, say(state.doc), calls={"priced_caller": state})
        for state, title in names.items()
    ]
    note = say(
        "Callers who were missed in opening hours and did not hang up at once. Callers without a "
        "number of their own are in it as so many as others who ring like them, so these are no "
        "whole numbers; the calls behind them are listed one by one."
    )
    behind = [_of_client(one) for one in desk.money]
    return Table((Column(say("client")), *columns), rows, note, behind=behind)


def _won(desk: Desk) -> Iterator[Table]:
    """Yield what callers bought after they were helped, measured, beside what was expected of them."""
    say, rows, behind = desk.say, list[tuple[Any, ...]](), list[Calls]()
    for one in desk.money:
        for state in dict.fromkeys(found.state for found in one.won):
            mine = [found for found in one.won if found.state == state]
            amounts = " + ".join(say.money(found.value, found.currency) for found in mine)
            callers = max(found.callers for found in mine) if len(mine) == 1 else None
            deals = sum(found.deals for found in mine)
            rows.append(
                (
                    _client(desk, one),
                    say(state),
                    callers,
                    deals,
                    amounts,
                    _expected(desk, one, state),
                )
            )
            behind.append({**_of_client(one), "bought": state})
    if rows:
        yield Table(
            (
                Column(say("client")),
                Column(say("what became of them")),
                Column(say("callers who bought"), Unit.COUNT, calls={}),
                Column(say("deals"), Unit.COUNT),
                Column(say("measured"), Unit.WRITTEN),
                Column(say("expected of all of them"), Unit.WRITTEN),
            ),
            rows,
            say(
                "Measured: what your CRM says was won within 30 days after the help, each deal once. "
                "Expected: what your own inputs make of all callers of this state. It is the same "
                "money, told in two ways: never add them up."
            ),
            title=say("What they bought after they were helped"),
            behind=behind,
        )


def _expected(desk: Desk, one: Any, state: str) -> str:
    figure = next((group.direct for group in one.by_state if group.name == state), None)
    if figure is None:
        return desk.say("not counted")
    low, high = (desk.say.money(end, one.currency) for end in (figure.low, figure.high))
    return low if low == high else f"{low} – {high}"


def _missing(desk: Desk) -> Iterator[Table]:
    say = desk.say
    asked: dict[str, tuple[Any, list[str]]] = {}
    for one in desk.money:
        for item in one.asked:
            asked.setdefault(item.name, (item, []))[1].append(_client(desk, one))
    if asked:
        yield Table(
            (Column(say("not known yet")), Column(say("what it is")), Column(say("needed for"))),
            [(item.name, say(item.doc), say(item.needed_for)) for item, _ in asked.values()],
            say("Write them into the site file, under [money]."),
        )


def _lines(desk: Desk) -> Iterator[Table]:
    say = desk.say
    rows: Sequence[tuple[Any, ...]] = [
        (f"{say(line.name)}{_of(one, len(desk.money))}", _amount(desk, line, one), say(line.source))
        for one in desk.money
        for line in one.lines
        if line.base is not None
    ]
    if not rows and desk.money:
        rows = [(say(line.name), None, say(line.source)) for line in desk.money[0].lines]
    yield Table(
        (
            Column(say("further cost")),
            Column(say("amount"), Unit.WRITTEN),
            Column(say("where it comes from")),
        ),
        rows,
    )


def _amount(desk: Desk, line: Any, one: Any) -> str:
    return desk.say.money(line.base, one.currency)
