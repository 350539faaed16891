"""Queue by queue and client by client."""

from collections.abc import Mapping
from dataclasses import replace

from everycall.metrics.answering import Row
from everycall.reports.figures import AMONG, column, values
from everycall.reports.frame import Desk
from everycall.reports.model import Calls, Column, Section, Table, share

_QUEUES: Mapping[str, Calls | None] = {
    "arrived": {},
    "answered": {"stay": "answered"},
    "gave_up": {"stay": "caller"},
    "passed_on": {"stay": "on"},
    "service_level.sl2:60": None,
    "average_wait": None,
    "longest_wait": None,
}

_CLIENTS: Mapping[str, Calls | None] = {
    "arrived": {},
    "answered": {"spoke": "yes"},
    "answer_rate.arrived": None,
    "missed": {"missed": "yes"},
    "service_level.sl2:60": None,
    "asa": None,
}

NAMES = tuple(dict.fromkeys((*_QUEUES, *_CLIENTS)))
"""The metrics of both tables."""


def _headings(desk: Desk) -> Mapping[str, str]:
    say = desk.say
    return {
        "arrived": say("entered"),
        "answered": say("answered"),
        "gave_up": say("gave up"),
        "passed_on": say("sent on"),
        "service_level.sl2:60": say("within 60 s"),
        "average_wait": say("average"),
        "longest_wait": say("longest"),
        "answer_rate.arrived": say("share"),
        "missed": say("missed"),
        "asa": say("answered after"),
    }


def queues(desk: Desk) -> Section:
    """Say how the stays in each queue ended."""
    say = desk.say
    rows = [row for row in desk.measure(_QUEUES, by=["queue"]).rows if row.keys[0] is not None]
    visits = _sum(rows, "arrived")
    lead = say("No queue was seen.")
    if rows:
        lead = say(
            "{stays} in {queues}, {share} ended with an answer there.",
            stays=say.many(visits, "{n} stay", "{n} stays"),
            queues=say.many(len(rows), "{n} queue", "{n} queues"),
            share=say.percent(share(_sum(rows, "answered"), visits)),
        )
    note = say(
        "One row per stay: a call that went through two queues is in both. Sent on: by time-out, "
        "key, an empty or full queue."
    )
    table = _table(desk, say("queue"), rows, _QUEUES, note)
    tables = (table,) if rows else ()
    return Section("queues", say("Queue by queue"), lead, tables)


def clients(desk: Desk) -> Section | None:
    """Say how it went for each brand; nothing where there is only one."""
    say = desk.say
    rows = list(desk.measure(_CLIENTS, by=["client"]).rows)
    named = [row for row in rows if row.keys[0] is not None]
    if not named or len(rows) < 2:
        return None
    worst = min(named, key=lambda row: row.cells["answer_rate.arrived"].value or 0)
    lead = say(
        "{clients}; the smallest share was answered for {worst}: {share}.",
        clients=say.many(len(named), "{n} client", "{n} clients"),
        worst=worst.keys[0],
        share=say.percent(worst.cells["answer_rate.arrived"].value),
    )
    note = say("By the number that was dialled, the queue or the line.")
    table = _worded(desk, _table(desk, say("client"), rows, _CLIENTS, note), rows)
    return Section("clients", say("Client by client"), lead, (table,))


def _worded(desk: Desk, table: Table, rows: list[Row]) -> Table:
    """Add whose words each client's numbers are in, where they have words of their own."""
    definition = desk.frame.definition
    if not definition.of_clients:
        return table
    names = [definition.of(row.keys[0]).title for row in rows]
    return replace(
        table,
        columns=(*table.columns, Column(desk.say("in the words of"))),
        rows=[(*row, name) for row, name in zip(table.rows, names, strict=True)],
    )


def _sum(rows: list[Row], name: str) -> float:
    return sum(row.cells[name].value or 0 for row in rows)


def _table(
    desk: Desk, what: str, rows: list[Row], metrics: Mapping[str, Calls | None], note: str
) -> Table:
    say, headings = desk.say, _headings(desk)
    stays = metrics is _QUEUES
    columns = [column(name, say, calls, headings[name]) for name, calls in metrics.items()]
    if not stays:
        columns[0] = column("arrived", say, {}, say("arrived"))
    return Table(
        (Column(what), *columns),
        [
            (row.keys[0] or say("(none)"), *values([row.cells[name] for name in metrics]))
            for row in rows
        ],
        note,
        behind=[
            {"queue": row.keys[0]} if stays else {**AMONG, "client": row.keys[0] or ""}
            for row in rows
        ],
    )
