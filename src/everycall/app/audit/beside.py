"""Other ways to the same callers: calling them back, and lines for those whom no log shows."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from everycall.app.answers.ledger import Balance, Rates, within
from everycall.app.audit.clustering import outage_name
from everycall.app.audit.evidence import meanwhile
from everycall.app.audit.planned import Frame, plan_of
from everycall.app.audit.remedy_words import id_of
from everycall.app.history.stored import of_history
from everycall.metrics.lines import level_steps
from everycall.remedies.causes import CALL_BACK, CAUSES, LINES
from everycall.remedies.lines import LineHour, LineUse, line_steps, line_uses
from everycall.remedies.model import Cause, Remedy, Worth
from everycall.reports.words import Length, Name, Share, said

MORE_LINES = "Go from {most} to {needed} channels."
LINES_FULL = "All lines of {trunk} are in use at times"

LEAST = 5
"""Fewer calls than this are too few to act on."""


def call_back(frame: Frame, total: Balance) -> Iterator[Remedy]:
    """Yield the remedy of calling back, if enough missed callers were never dialled."""
    rows = frame.asking.rows(
        "SELECT client, COUNT(*), CAST(SUM(missed_calls) AS BIGINT), LIST(first_missed ORDER BY missed_at) "
        "FROM period_ledger WHERE state = 'lost' AND joined AND dialled_back = 0 "
        "AND counted_calls + closed_calls > 0 GROUP BY client ORDER BY client"
    )
    callers = sum(n for _, n, _, _ in rows)
    if callers < LEAST:
        return
    share = reached(frame.rates)
    told = [
        said(
            "{n} of {all} callers who were never helped have a number, and nobody dialled it.",
            n=callers,
            all=round(total.lost),
        ),
        *_rang_again(frame.rates),
    ]
    if share is not None:
        told.append(
            said(
                "Of those who were dialled, {share} were reached ({n} of {all}); the others are taken "
                "to be reached as often.",
                share=Share(share),
                n=round(frame.rates.recovered.numerator),
                all=round(frame.rates.dialled.numerator),
            )
        )
    worths = frame.worths.of({client: n * share for client, n, _, _ in rows}) if share else ()
    ids = [call for _, _, _, calls in rows for call in calls]
    caught = round(callers * share) if share is not None else None
    whole = sum(calls for _, _, calls, _ in rows)
    found = _beside(frame, CALL_BACK, (whole, callers, caught), worths, told, ids)
    yield found


def _rang_again(rates: Rates) -> Iterator[str]:
    share = rates.rang_again.value
    if share is not None:
        yield said(
            "{share} of missed callers ring again by themselves, measured here.", share=Share(share)
        )


def _beside(
    frame: Frame,
    cause: Cause,
    counts: tuple[int | None, int | None, int | None],
    worths: tuple[Worth, ...],
    told: Sequence[str],
    ids: Sequence[str],
    part: str | None = None,
) -> Remedy:
    calls, callers, caught = counts
    name = id_of(cause.id, part)
    return Remedy(
        id=name,
        cause=cause.id,
        kind=cause.kind,
        area=cause.area,
        title=cause.title,
        when=said("{first} to {last}", first=f"{frame.period.first}", last=f"{frame.period.last}"),
        where=Name(part) if part else said("all queues"),
        calls=calls,
        callers=callers,
        unreached=callers,
        caught=caught,
        worths=worths,
        presence=None,
        evidence=tuple(told),
        change=cause.change,
        effort=cause.effort,
        horizon=cause.horizon,
        plan=plan_of(frame, cause, None, name),
        additive=False,
        call_ids=tuple(ids),
    )


def lines_of(frame: Frame) -> Iterator[LineUse]:
    """Yield how full each trunk was in the period."""
    engine = frame.asking.engine
    engine.load("hours_after", {"k": "BIGINT"}, ((k,) for k in range(6)))
    since, until = frame.period.since, frame.period.until
    legs, levels = (within(column, since, until) for column in ("began_at", '"at"'))
    for name, statement in (*level_steps(), *line_steps(legs, levels)):
        engine.table(name, of_history(statement))
    hours = (LineHour(*row) for row in frame.asking.rows("SELECT * FROM line_hours"))
    yield from line_uses(hours, frame.site.channels)


def line_remedies(frame: Frame, lines: Sequence[LineUse], total: Balance) -> Iterator[Remedy]:
    """Yield a remedy for each trunk whose lines were often all in use."""
    for use in lines:
        turned_away = use.turned_away or 0.0
        if not use.is_limit or use.times < LOOKS_FULL or turned_away < LEAST:
            continue
        lost = turned_away * lost_of(total)
        told = tuple(_full(use, turned_away, lost))
        clients = frame.asking.rows(_TRUNK_CLIENTS, [use.trunk])
        worths = frame.worths.of({client: lost * part for client, part in clients})
        found = _beside(frame, LINES, (None, None, round(lost)), worths, told, (), use.trunk)
        change = said(MORE_LINES, most=use.most, needed=use.needed) if use.needed else LINES.change
        yield replace(found, change=change, title=said(LINES_FULL, trunk=Name(use.trunk)))


_TRUNK_CLIENTS = """
SELECT client, COUNT(*) / SUM(COUNT(*)) OVER () FROM counted
WHERE trunk = ? AND direction = 'inbound' GROUP BY client ORDER BY client
"""


def _full(use: LineUse, turned_away: float, lost: float) -> Iterator[str]:
    yield said(
        "All {most} channels of {trunk} were in use {times} times, {time} in all.",
        most=use.most,
        trunk=Name(use.trunk),
        times=use.times,
        time=Length(use.full_ms),
    )
    if not use.channels:
        yield said("It never had more, so this looks like its limit.")
    yield said(
        "About {n} calls came meanwhile and heard the busy tone; they are in no log of yours. If "
        "they fare as other missed callers do, {lost} were never helped.",
        n=round(turned_away),
        lost=round(lost),
    )
    if use.offered is not None and use.needed is not None:
        yield said(
            "In the busiest hour {offered} calls were wanted at once on average; so that 1 in 100 "
            "finds no line, {needed} channels are needed (Erlang B).",
            offered=use.offered,
            needed=use.needed,
        )


def lost_of(total: Balance) -> float:
    """Return how many callers are never helped for each missed call."""
    return total.lost / total.missed_calls if total.missed_calls else 0.0


def outage_remedies(frame: Frame, seen: Sequence[str | None], total: Balance) -> Iterator[Remedy]:
    """Yield a remedy for each outage of which no call is in any log, only the silence."""
    for one in frame.found.outages:
        name = outage_name(one, frame.asking.zone)
        if name in seen or (one.usual or 0) < LEAST:
            continue
        lost = (one.usual or 0.0) * lost_of(total)
        told = (
            said(
                "Nothing was heard of any call from {since} on, for {time}.",
                since=name,
                time=Length((one.to_at - one.from_at) // 1000),
            ),
            meanwhile(one.usual or 0.0),
        )
        worths = frame.worths.of({client: lost * n for client, n in frame.asking.rows(_CLIENTS)})
        cause = next(cause for cause in CAUSES if cause.id == "outage")
        found = _beside(frame, cause, (0, 0, round(lost)), worths, told, (), name)
        yield replace(found, title=said("{cause} on {day}", cause=cause.title, day=name))


_CLIENTS = """
SELECT client, COUNT(*) / SUM(COUNT(*)) OVER () FROM counted
WHERE direction = 'inbound' GROUP BY client
"""

LOOKS_FULL = 20
"""Fewer times than this are no reason to add lines."""


def reached(rates: Rates) -> float | None:
    """Return how many of the callers whom we dialled were reached, as measured here."""
    dialled = rates.dialled.numerator
    return min(1.0, rates.recovered.numerator / dialled) if dialled else None
