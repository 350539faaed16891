"""The people behind the calls: who was missed, who rang again, who was reached, who was lost."""

from collections import Counter

from everycall.money.ledger import CATEGORIES, KINDS, State
from everycall.reports.figures import AMONG
from everycall.reports.frame import Desk
from everycall.reports.masking import masked
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit, share
from everycall.reports.sections.measures import measures

NAMES = {
    State.RETURNED: "rang again and was helped",
    State.RECOVERED: "was called back and reached",
    State.AT_RISK: "may still be helped",
    State.LOST: "was not helped",
}
"""What became of a caller who was missed, as people say it."""

NEEDS = {"helped": "helped", "open": "still open", "not_helped": "not helped"}

MEASURES = (
    "repeat_rate:7",
    "retry_rate:1",
    "fcr:7",
    "calls_per_episode",
    "people_per_episode",
    "transfers_per_call",
)

DELAYS = (5, 15, 30, 60, 120, 240, 480, 1440, 2880)
"""Minutes after the miss at which the curve is drawn."""


def callers(desk: Desk) -> Section:
    """Say how many callers were missed, and what became of them."""
    say = desk.say
    found: dict[str, int] = dict(
        desk.query("SELECT state, COUNT(*) FROM period_ledger GROUP BY state")
    )
    total = sum(found.values())
    lead = say("No caller was missed.")
    if total:
        lead = say(
            "{callers} ({calls}); {lost} of them were never helped, {open} may still be.",
            callers=say.many(total, "{n} caller was missed", "{n} callers were missed"),
            calls=_calls(desk),
            lost=say.count(found.get(State.LOST, 0)),
            open=say.count(found.get(State.AT_RISK, 0)),
        )
    charts = (_states(desk, found), _delays(desk, total)) if total else ()
    title = say("The people behind the calls")
    tables = (measures(desk, MEASURES), *_repeats(desk))
    return Section("callers", title, lead, tables, _notes(desk), (*charts, _times_called(desk)))


def _calls(desk: Desk) -> str:
    """Say how many calls these callers made in vain, and what the definition calls them."""
    say = desk.say
    found: dict[str, int] = dict(desk.query(KINDS))
    kinds = [
        say("{n} {kind}", n=say.count(found[kind]), kind=say(kind))
        for kind in CATEGORIES
        if kind in found
    ]
    return say(
        "{calls} of theirs without help: {kinds}",
        calls=say.calls(sum(found.values())),
        kinds=", ".join(kinds),
    )


def _notes(desk: Desk) -> tuple[str, ...]:
    say = desk.say
    unjoined = desk.query("SELECT COUNT(*) FROM period_needs WHERE NOT joined")[0][0]
    return (
        say(
            "A caller belongs to the day of the first call without help, with all calls until somebody "
            "helped. So these are not quite the calls that came in on these days."
        ),
        say(
            "A need is all calls of one caller until somebody spoke with them long enough, or the "
            "window passed. {calls} without a number of their own stand alone.",
            calls=say.calls(unjoined),
        ),
    )


def _states(desk: Desk, found: dict[str, int]) -> Chart:
    say = desk.say
    states = [state for state in NAMES if found.get(state)]
    table = Table(
        (
            Column(say("caller who was missed")),
            Column(say("callers"), Unit.COUNT, calls={}),
            Column(say("what it means")),
        ),
        [(say(NAMES[state]), found[state], say(state.doc)) for state in states],
        behind=[{**AMONG, "missed_caller": state} for state in states],
    )
    total = say.count(sum(found.values()))
    helped = sum(found.get(state, 0) for state in (State.RETURNED, State.RECOVERED))
    sentence = say(
        "{share} of the callers who were missed were helped in the end.",
        share=say.percent(share(helped, sum(found.values()))),
    )
    title = say("What became of callers who were missed")
    return Chart("states", title, Shape.PARTS, table, sentence, total=f"{total} = {total}")


def _delays(desk: Desk, total: int) -> Chart:
    say = desk.say
    counted = ", ".join(
        f"COUNT(*) FILTER (WHERE state = '{state}' "
        f"AND settled_at - missed_at <= {minutes * 60_000_000})"
        for state in (State.RETURNED, State.RECOVERED)
        for minutes in DELAYS
    )
    row = desk.query(f"SELECT {counted} FROM period_ledger")[0]
    returned, recovered = row[: len(DELAYS)], row[len(DELAYS) :]
    table = Table(
        (
            Column(say("within")),
            Column(say("rang again and were helped"), Unit.SHARE),
            Column(say("were called back and reached"), Unit.SHARE),
        ),
        [
            (say.duration(minutes * 60_000), share(own, total), share(ours, total))
            for minutes, own, ours in zip(DELAYS, returned, recovered, strict=True)
        ],
    )
    hour = DELAYS.index(60)
    sentence = say(
        "Within an hour {own} had rung again and were helped, {ours} had been called back.",
        own=say.percent(share(returned[hour], total)),
        ours=say.percent(share(recovered[hour], total)),
    )
    title = say("How soon callers who were missed were helped")
    return Chart("delays", title, Shape.COLUMNS, table, sentence)


def _repeats(desk: Desk) -> tuple[Table, ...]:
    say = desk.say
    caller = masked("caller_key") if desk.mask else "caller_key"
    rows = desk.query(
        f"SELECT episode, COALESCE({caller}, 'withheld'), inbound_calls, unanswered_calls, state, "
        "CASE WHEN NOT helped_at IS NULL THEN (helped_at - began_at) // 1000 END "
        "FROM period_needs WHERE inbound_calls > 1 ORDER BY inbound_calls DESC, began_at LIMIT 10"
    )
    columns = (
        Column(say("caller")),
        Column(say("calls"), Unit.COUNT),
        Column(say("not answered"), Unit.COUNT),
        Column(say("in the end")),
        Column(say("until helped"), Unit.DURATION),
    )
    shown = [
        (caller, calls, missed, say(NEEDS[state]), until)
        for _, caller, calls, missed, state, until in rows
    ]
    title = say("Callers who rang most often for one need")
    return (Table(columns, shown, title=title),) if rows else ()


def _times_called(desk: Desk) -> Chart:
    say = desk.say
    answer = desk.measure(["needs"], by=["need_calls", "need"])
    found: Counter[tuple[int, str]] = Counter()
    for row in answer.rows:
        found[int(row.keys[0]), row.keys[1]] += round(row.cells["needs"].value or 0)
    table = Table(
        (
            Column(say("calls for one need")),
            Column(say("helped"), Unit.COUNT, calls={"need": "helped"}),
            Column(say("still open"), Unit.COUNT, calls={"need": "open"}),
            Column(say("not helped"), Unit.COUNT, calls={"need": "not_helped"}),
        ),
        [(f"{n}" if n < 5 else "5 +", *(found[n, state] for state in NEEDS)) for n in range(1, 6)],
        behind=[{"need_calls": n} for n in range(1, 6)],
    )
    again = sum(number for (n, _), number in found.items() if n > 1)
    sentence = say.many(
        again,
        "{n} caller called more than once for one need.",
        "{n} callers called more than once for one need.",
    )
    title = say("How often they had to call")
    return Chart("repeats", title, Shape.COLUMNS, table, sentence)
