"""Queue by queue: one row per stay."""

from everycall.reports.frame import Desk
from everycall.reports.model import Column, Section, Table, Unit, share


def queues(desk: Desk) -> Section:
    """Say how the stays in each queue ended."""
    say = desk.say
    rows = desk.query(
        "SELECT v.queue, COUNT(*), COUNT(*) FILTER (WHERE v.result = 'answered'), "
        "COUNT(*) FILTER (WHERE v.result = 'caller'), "
        "COUNT(*) FILTER (WHERE v.result NOT IN ('answered', 'caller') AND NOT v.result IS NULL), "
        "AVG(v.lasted_ms), MAX(v.lasted_ms) FROM visits AS v "
        "INNER JOIN calls AS c ON c.call_id = v.call_id "
        "WHERE c.direction IN ('inbound', 'internal') GROUP BY v.queue ORDER BY 2 DESC, 1"
    )
    visits = sum(row[1] for row in rows)
    answered = sum(row[2] for row in rows)
    lead = say("No queue was seen.")
    if rows:
        lead = say(
            "{stays} in {queues}, {share} ended with an answer there.",
            stays=say.many(visits, "{n} stay", "{n} stays"),
            queues=say.many(len(rows), "{n} queue", "{n} queues"),
            share=say.percent(share(answered, visits)),
        )
    columns = (
        Column(say("queue")),
        Column(say("entered"), Unit.COUNT, calls={}),
        Column(say("answered"), Unit.COUNT, calls={"stay": "answered"}),
        Column(say("gave up"), Unit.COUNT, calls={"stay": "caller"}),
        Column(say("sent on"), Unit.COUNT, calls={"stay": "on"}),
        Column(say("average"), Unit.DURATION),
        Column(say("longest"), Unit.DURATION),
    )
    note = say(
        "One row per stay: a call that went through two queues is in both. Sent on: by time-out, "
        "key, an empty or full queue."
    )
    behind = [{"queue": row[0]} for row in rows]
    tables = (Table(columns, rows, note, behind=behind),) if rows else ()
    return Section("queues", say("Queue by queue"), lead, tables)
