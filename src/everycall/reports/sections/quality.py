"""How far the report can be trusted, by what its sources can see."""

from everycall.reports.frame import Desk
from everycall.reports.model import Column, Section, Table, Unit, share


def quality(desk: Desk) -> Section:
    """Say how sure the outcomes are, what was read, and what nobody can see."""
    say = desk.say
    sure: dict[str, int] = dict(
        desk.query(
            "SELECT confidence, COUNT(*) FROM period_calls WHERE direction = 'inbound' "
            "AND outcome <> 'pending' GROUP BY confidence"
        )
    )
    total = sum(sure.values())
    high, medium, low = (share(sure.get(s, 0), total) for s in ("high", "medium", "low"))
    lead = say(
        "{high} of the outcomes are certain, {medium} fairly sure, {low} unsure, by what these "
        "sources can see.",
        high=say.percent(high),
        medium=say.percent(medium),
        low=say.percent(low),
    )
    blind = (_blind(desk),) if desk.frame.blind else ()
    tables = (_sources(desk), *blind)
    return Section("quality", say("How far to trust this"), lead, tables, _doubts(desk))


def _sources(desk: Desk) -> Table:
    say = desk.say
    return Table(
        (
            Column(say("source")),
            Column(say("from")),
            Column(say("to")),
            Column(say("lines"), Unit.COUNT),
            Column(say("unreadable"), Unit.COUNT),
            Column(say("no word for"), Unit.COUNT),
        ),
        [
            (c.title, c.since, c.until, c.lines, c.unreadable, c.without_word)
            for c in desk.frame.coverage
        ],
    )


def _blind(desk: Desk) -> Table:
    say = desk.say
    columns = (
        Column(say("what none of your sources can see")),
        Column(say("what would show it")),
    )
    return Table(columns, [(say(one.what), say(one.remedy)) for one in desk.frame.blind])


def _doubts(desk: Desk) -> tuple[str, ...]:
    say = desk.say
    assumed, closed = desk.query(
        "SELECT COUNT(*) FILTER (WHERE direction_assumed), "
        "COUNT(*) FILTER (WHERE told_closed AND open_at_arrival) FROM period_calls"
    )[0]
    notes = []
    if assumed:
        notes.append(
            say(
                "{calls} are taken for inbound because no source shows a direction.",
                calls=say.calls(assumed),
            )
        )
    if closed:
        notes.append(
            say(
                "{calls} heard that you are closed while your opening hours say open.",
                calls=say.calls(closed),
            )
        )
    return tuple(notes)
