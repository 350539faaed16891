"""The people behind the calls: who called again, who was helped, who was not."""

from everycall.reports.frame import Desk
from everycall.reports.model import Chart, Column, Section, Shape, Table, Unit
from everycall.reports.sections.outcomes import AMONG

STATES = {
    "helped": "helped",
    "open": "still open",
    "not_helped": "not helped",
}


def callers(desk: Desk) -> Section:
    """Say how many callers had a need, and how many of them were helped."""
    say = desk.say
    states: dict[str, int] = dict(desk.query("SELECT state, COUNT(*) FROM episodes GROUP BY state"))
    helped, open_, lost = (states.get(s, 0) for s in STATES)
    lead = say(
        "{callers}: {helped} were helped, {lost} were not, {open} may still be.",
        callers=say.many(sum(states.values()), "{n} caller had a need", "{n} callers had a need"),
        helped=say.count(helped),
        lost=say.count(lost),
        open=say.count(open_),
    )
    unjoined = desk.query("SELECT COUNT(*) FROM episodes WHERE NOT joined")[0][0]
    note = say(
        "A need is all calls of one caller until somebody spoke with them long enough, or the window "
        "passed. {calls} without a number of its own stand alone.",
        calls=say.calls(unjoined),
    )
    title = say("The people behind the calls")
    return Section("callers", title, lead, _repeats(desk), (note,), (_times_called(desk),))


def _repeats(desk: Desk) -> tuple[Table, ...]:
    say = desk.say
    rows = desk.query(
        "SELECT episode, COALESCE(caller_key, 'withheld'), inbound_calls, unanswered_calls, state, "
        "CASE WHEN NOT helped_at IS NULL THEN (helped_at - began_at) // 1000 END "
        "FROM episodes WHERE inbound_calls > 1 ORDER BY inbound_calls DESC, began_at LIMIT 10"
    )
    columns = (
        Column(say("caller")),
        Column(say("calls"), Unit.COUNT, calls={}),
        Column(say("not answered"), Unit.COUNT, calls={"spoke": "no"}),
        Column(say("in the end")),
        Column(say("until helped"), Unit.DURATION),
    )
    shown = [
        (caller, calls, missed, say(STATES[state]), until)
        for _, caller, calls, missed, state, until in rows
    ]
    title = say("Callers who rang most often for one need")
    behind = [{**AMONG, "episode": row[0]} for row in rows]
    return (Table(columns, shown, title=title, behind=behind),) if rows else ()


def _times_called(desk: Desk) -> Chart:
    say = desk.say
    rows = desk.query(
        "SELECT LEAST(inbound_calls, 5), COUNT(*) FILTER (WHERE state = 'helped'), "
        "COUNT(*) FILTER (WHERE state <> 'helped') FROM episodes GROUP BY 1 ORDER BY 1"
    )
    found = {n: (helped, rest) for n, helped, rest in rows}
    table = Table(
        (
            Column(say("calls for one need")),
            Column(say("helped"), Unit.COUNT),
            Column(say("not helped"), Unit.COUNT),
        ),
        [(f"{n}" if n < 5 else "5 +", *found.get(n, (0, 0))) for n in range(1, 6)],
    )
    again = sum(sum(pair) for n, pair in found.items() if n > 1)
    sentence = say(
        "{again} called more than once for one need.",
        again=say.many(again, "{n} caller", "{n} callers"),
    )
    title = say("How often they had to call")
    return Chart("repeats", title, Shape.COLUMNS, table, sentence)
