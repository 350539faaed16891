"""The audit: what happened to every call, by outcome, time, queue and person, and what is unseen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from everycall.calls.outcomes import INBOUND_RULES
from everycall.reports.model import Column, Query, Report, Section, Table, Unit, share
from everycall.reports.words import calls as calls_in_words
from everycall.reports.words import count, duration, percent, plural

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_ARRIVED = "direction = 'inbound' AND outcome <> 'pending'"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A source that has spoken: what it is, from when to when, and what it cannot see."""

    title: str
    since: str
    until: str
    lines: int
    unreadable: int
    without_word: int


@dataclass(frozen=True, slots=True)
class Blind:
    """A thing that no source of the site can see, and what would show it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Frame:
    """For which site and time a report is made, and what its sources are."""

    site: str
    zone: str
    period: str
    coverage: Sequence[Coverage] = ()
    blind: Sequence[Blind] = ()


def audit(query: Query, frame: Frame) -> Report:
    """Make the audit of the calls that a query sees; the query's `calls` are those of the period."""
    return Report(
        title=f"Call audit for {frame.site}",
        subtitle=f"{frame.period}, times in {frame.zone}",
        sections=(
            _outcomes(query),
            _by_time(query, frame),
            _waits(query),
            _queues(query),
            _people(query),
            _callers(query),
            _quality(query, frame),
        ),
    )


def _outcomes(query: Query) -> Section:
    found: dict[str, int] = dict(
        query(f"SELECT outcome, COUNT(*) FROM calls WHERE {_ARRIVED} GROUP BY outcome")
    )
    arrived = query(f"SELECT COUNT(*) FROM calls WHERE {_ARRIVED}")[0][0]
    answered = found.get("answered", 0)
    others: dict[str, int] = dict(
        query(
            "SELECT CASE WHEN outcome = 'pending' THEN 'not over yet' ELSE direction END, COUNT(*) "
            "FROM calls WHERE direction <> 'inbound' OR outcome = 'pending' GROUP BY 1 ORDER BY 1"
        )
    )
    rows = [
        (rule.outcome, found[rule.outcome], share(found[rule.outcome], arrived), rule.doc)
        for rule in INBOUND_RULES
        if rule.outcome in found
    ]
    total = sum(found.values())
    check = f"{count(total)} = {count(arrived)}: every call that arrived has exactly one outcome."
    apart = ", ".join(f"{count(number)} {name}" for name, number in others.items())
    lead = (
        f"{calls_in_words(arrived)} arrived; a person answered {count(answered)} of them "
        f"({percent(share(answered, arrived))})."
    )
    columns = (
        Column("outcome"),
        Column("calls", Unit.COUNT),
        Column("share", Unit.SHARE),
        Column("what it means"),
    )
    notes = (f"Counted apart: {apart}.",) if apart else ()
    return Section(
        "outcomes", "What happened to the calls", lead, (Table(columns, rows, check),), notes
    )


def _local(frame: Frame) -> str:
    return f"(make_timestamp(arrived_at) AT TIME ZONE 'UTC' AT TIME ZONE '{frame.zone}')"


def _by_time(query: Query, frame: Frame) -> Section:
    local = _local(frame)
    hours = query(
        f"SELECT hour({local}), COUNT(*), COUNT(*) FILTER (WHERE NOT answered) FROM calls "
        f"WHERE {_ARRIVED} GROUP BY 1 ORDER BY 1"
    )
    days = query(
        f"SELECT isodow({local}), COUNT(*), COUNT(*) FILTER (WHERE NOT answered), "
        f"COUNT(DISTINCT CAST({local} AS DATE)) FROM calls WHERE {_ARRIVED} GROUP BY 1 ORDER BY 1"
    )
    worst = max(hours, key=lambda row: row[2], default=None)
    lead = "No calls arrived."
    if worst is not None:
        lead = (
            f"Most calls without an answer came between {worst[0]:02}:00 and "
            f"{(worst[0] + 1) % 24:02}:00: {count(worst[2])} of {count(worst[1])}."
        )
    counted = (
        Column("arrived", Unit.COUNT),
        Column("not answered", Unit.COUNT),
        Column("share", Unit.SHARE),
        Column("not answered", Unit.BAR),
    )
    by_hour = Table(
        (Column("hour"), *counted),
        [(f"{h:02}:00", n, missed, share(missed, n), missed) for h, n, missed in hours],
        title="By hour",
    )
    by_day = Table(
        (Column("day"), *counted[:3], Column("arrived per day", Unit.COUNT)),
        [
            (WEEKDAYS[day - 1], n, missed, share(missed, n), n / dates)
            for day, n, missed, dates in days
        ],
        title="By weekday",
    )
    return Section("time", "When they came", lead, (by_hour, by_day))


_WAIT_FIGURES = (
    "COUNT(*), COUNT(wait_ms), AVG(wait_ms), MEDIAN(wait_ms), QUANTILE_CONT(wait_ms, 0.9), "
    "MAX(wait_ms)"
)


def _waits(query: Query) -> Section:
    rows = query(
        f"SELECT CASE WHEN answered THEN 'answered' ELSE 'not answered' END, {_WAIT_FIGURES} "
        f"FROM calls WHERE {_ARRIVED} AND asked_for_person GROUP BY 1 ORDER BY 1"
    )
    answered = next((row for row in rows if row[0] == "answered"), None)
    lead = "Nobody who asked for a person was answered."
    if answered is not None:
        lead = (
            f"Callers who were answered waited {duration(answered[4])} (median); "
            f"one in ten waited {duration(answered[5])} or more."
        )
    columns = (
        Column("callers"),
        Column("calls", Unit.COUNT),
        Column("wait seen", Unit.COUNT),
        Column("average", Unit.DURATION),
        Column("median", Unit.DURATION),
        Column("9 in 10", Unit.DURATION),
        Column("longest", Unit.DURATION),
    )
    note = (
        "Of callers who asked for a person. Waiting is time in queues and ringing before the first "
        "person; menus are left out. 9 in 10: nine of ten waited no longer."
    )
    return Section("waits", "How long they waited", lead, (Table(columns, rows, note),))


def _queues(query: Query) -> Section:
    rows = query(
        "SELECT v.queue, COUNT(*), COUNT(*) FILTER (WHERE v.result = 'answered'), "
        "COUNT(*) FILTER (WHERE v.result = 'caller'), "
        "COUNT(*) FILTER (WHERE v.result NOT IN ('answered', 'caller') AND NOT v.result IS NULL), "
        "AVG(v.lasted_ms), MAX(v.lasted_ms) FROM visits AS v "
        "INNER JOIN calls AS c ON c.call_id = v.call_id "
        "WHERE c.direction IN ('inbound', 'internal') GROUP BY v.queue ORDER BY 2 DESC, 1"
    )
    visits = sum(row[1] for row in rows)
    answered = sum(row[2] for row in rows)
    lead = (
        f"{plural(visits, 'stay', 'stays')} in {plural(len(rows), 'queue', 'queues')}, "
        f"{percent(share(answered, visits))} ended with an answer there."
        if rows
        else "No queue was seen."
    )
    columns = (
        Column("queue"),
        Column("entered", Unit.COUNT),
        Column("answered", Unit.COUNT),
        Column("gave up", Unit.COUNT),
        Column("sent on", Unit.COUNT),
        Column("average", Unit.DURATION),
        Column("longest", Unit.DURATION),
    )
    note = (
        "One row per stay: a call that went through two queues is in both. Sent on: by time-out, key, "
        "an empty or full queue."
    )
    return Section("queues", "Queue by queue", lead, (Table(columns, rows, note),) if rows else ())


def _people(query: Query) -> Section:
    rows = query(
        "SELECT COALESCE(a.agent, '(not said)'), COUNT(*), "
        "COUNT(*) FILTER (WHERE a.result = 'answered'), "
        "COUNT(*) FILTER (WHERE a.result = 'no_answer'), "
        "COUNT(*) FILTER (WHERE a.result = 'rejected'), "
        "COUNT(*) FILTER (WHERE a.result IN ('busy', 'unreachable')), "
        "COUNT(*) FILTER (WHERE a.result IN ('elsewhere', 'cancelled')), MAX(t.spoken) "
        "FROM attempts AS a INNER JOIN calls AS c ON c.call_id = a.call_id "
        "LEFT JOIN (SELECT k.agent, SUM(k.lasted_ms) AS spoken FROM talks AS k "
        "INNER JOIN calls AS i ON i.call_id = k.call_id WHERE i.direction IN ('inbound', 'internal') "
        "GROUP BY k.agent) AS t ON t.agent = a.agent "
        "WHERE c.direction IN ('inbound', 'internal') "
        "AND COALESCE(a.agent_kind, 'person') = 'person' GROUP BY 1 ORDER BY 3 DESC, 1"
    )
    answered = sum(row[2] for row in rows)
    lead = (
        f"{plural(len(rows), 'person', 'people')} answered {plural(answered, 'ring', 'rings')}."
        if rows
        else "No source showed whose phone rang."
    )
    columns = (
        Column("person"),
        Column("rings", Unit.COUNT),
        Column("answered", Unit.COUNT),
        Column("no answer", Unit.COUNT),
        Column("refused", Unit.COUNT),
        Column("busy", Unit.COUNT),
        Column("other", Unit.COUNT),
        Column("talking", Unit.DURATION),
    )
    note = (
        "One row per ring of a phone: a call that rang on four phones is four rings. Busy: or out of "
        "reach. Other: not theirs to take, the caller left or somebody else answered."
    )
    return Section(
        "people", "Person by person", lead, (Table(columns, rows, note),) if rows else ()
    )


def _callers(query: Query) -> Section:
    states: dict[str, int] = dict(query("SELECT state, COUNT(*) FROM episodes GROUP BY state"))
    total = sum(states.values())
    helped, open_, lost = (states.get(s, 0) for s in ("helped", "open", "not_helped"))
    unjoined = query("SELECT COUNT(*) FROM episodes WHERE NOT joined")[0][0]
    repeats = query(
        "SELECT COALESCE(caller_key, 'withheld'), inbound_calls, unanswered_calls, state, "
        "CASE WHEN NOT helped_at IS NULL THEN (helped_at - began_at) // 1000 END "
        "FROM episodes WHERE inbound_calls > 1 ORDER BY inbound_calls DESC, began_at LIMIT 10"
    )
    lead = (
        f"{plural(total, 'caller had', 'callers had')} a need: {count(helped)} were helped, "
        f"{count(lost)} were not, {count(open_)} may still be."
    )
    columns = (
        Column("caller"),
        Column("calls", Unit.COUNT),
        Column("not answered", Unit.COUNT),
        Column("in the end"),
        Column("until helped", Unit.DURATION),
    )
    note = (
        "A need is all calls of one caller until somebody spoke with them long enough, or the window "
        f"passed. {plural(unjoined, 'call', 'calls')} without a number of its own stand alone."
    )
    title = "Callers who rang most often for one need"
    tables = (Table(columns, repeats, title=title),) if repeats else ()
    return Section("callers", "The people behind the calls", lead, tables, (note,))


def _quality(query: Query, frame: Frame) -> Section:
    sure: dict[str, int] = dict(
        query(f"SELECT confidence, COUNT(*) FROM calls WHERE {_ARRIVED} GROUP BY confidence")
    )
    total = sum(sure.values())
    lead = (
        f"{percent(share(sure.get('high', 0), total))} of the outcomes are certain, "
        f"{percent(share(sure.get('medium', 0), total))} fairly sure, "
        f"{percent(share(sure.get('low', 0), total))} unsure, by what these sources can see."
    )
    sources = Table(
        (
            Column("source"),
            Column("from"),
            Column("to"),
            Column("lines", Unit.COUNT),
            Column("unreadable", Unit.COUNT),
            Column("no word for", Unit.COUNT),
        ),
        [
            (c.title, c.since, c.until, c.lines, c.unreadable, c.without_word)
            for c in frame.coverage
        ],
    )
    blind = Table(
        (Column("what none of your sources can see"), Column("what would show it")),
        [(one.what, one.remedy) for one in frame.blind],
    )
    tables: list[Table] = [sources, *([blind] if frame.blind else [])]
    return Section("quality", "How far to trust this", lead, tuple(tables), _doubts(query))


def _doubts(query: Query) -> tuple[str, ...]:
    assumed, closed = query(
        "SELECT COUNT(*) FILTER (WHERE direction_assumed), "
        "COUNT(*) FILTER (WHERE told_closed AND open_at_arrival) FROM calls"
    )[0]
    notes: list[Any] = []
    if assumed:
        notes.append(
            f"{calls_in_words(assumed)} are taken for inbound because no source shows a direction."
        )
    if closed:
        notes.append(
            f"{calls_in_words(closed)} heard that you are closed while your opening hours say open."
        )
    return tuple(notes)
