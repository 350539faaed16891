"""NHS England's monthly figures on telephony in general practice, from a practice's own calls.

The nine measures are counts of calls that came in during a local month: all; answered, by how long
the caller waited and by how long the call lasted; ended in the automated stage; asked to be called
back; called back; missed. The words are those of the definition `nhs_gp`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, timedelta
from itertools import pairwise

from everycall.app.answers.defining import judged
from everycall.app.history.asking import Asking, day_bounds
from everycall.calls.statement import write
from everycall.clock import from_micros, to_micros
from everycall.definitions import load
from everycall.hours import Calendar, PublicHolidays, Schedule, WeekLine
from everycall.hours.local_time import moment_of
from everycall.metrics.nhs import TIMES, Month, NhsMonth

BANDS = ((0, 60), (60, 120), (120, 300), (300, None))
"""Whole seconds of waiting or talking: more than the first, up to the second."""

CORE = Schedule(
    week=(WeekLine.from_text("mon-fri 08:00-18:30"),),
    holidays=PublicHolidays.from_text("GB-ENG"),
)
"""A practice's core hours: weekdays from 8:00 to 18:30, bank holidays left out."""


def months_of(asking: Asking, since: int, until: int) -> Iterator[NhsMonth]:
    """Yield every local month that a period touches; each is counted whole, as it is published."""
    spoken = (
        min(source.first_at for source in asking.manifest.sources),
        max(source.last_at for source in asking.manifest.sources),
    )
    begins, ends = (_date(asking, at) for at in spoken)
    first, last = _date(asking, since).replace(day=1), _date(asking, until - 1)
    while first <= last:
        ended = _last_day(first)
        whole, core = (month_of(asking, first, core=only) for only in (False, True))
        days = tuple(days_of(asking, first))
        yield NhsMonth(first, whole, core, days, (max(first, begins), min(ended, ends)))
        first = ended + timedelta(days=1)


def _date(asking: Asking, micros: int) -> date:
    return from_micros(micros).astimezone(asking.zone).date()


def month_of(asking: Asking, first: date, *, core: bool = False) -> Month:
    """Count the calls that came in during a local month, in core hours only if that is asked."""
    last = _last_day(first)
    _make_calls(asking, first, last, core=core)
    names = [field.name for field in fields(Month)][:6]
    counts = ", ".join(_SUMS[name] for name in names)
    waits = ", ".join(_in_band("wait_ms", band) for band in BANDS)
    durations = ", ".join(_in_band("lasted_ms", band) for band in BANDS)
    unseen = "COUNT(*) FILTER (WHERE category = 'answered' AND {} IS NULL)"
    row = asking.rows(
        f"SELECT {counts}, {waits}, {durations}, {unseen.format('wait_ms')}, "
        f"{unseen.format('lasted_ms')} FROM nhs_calls"
    )[0]
    counted = dict(zip(names, row[:6], strict=True))
    return Month(
        **counted,
        waits=_known(row[6:10], row[14]),
        durations=_known(row[10:14], row[15]),
        unseen_waits=row[14],
        unseen_durations=row[15],
        weekdays=sum(1 for day in _days(first, last) if CORE.rule(day).periods),
    )


def _known(bands: Sequence[int], unseen: int) -> tuple[int | None, ...]:
    """Bands of which no answered call is known are unknown, not empty."""
    return tuple(None for _ in bands) if unseen and not sum(bands) else tuple(bands)


_SUMS: Mapping[str, str] = {
    "inbound": "COUNT(*)",
    "called_back": (
        "CASE WHEN COUNT(callback_tries) + COUNT(*) FILTER (WHERE category = 'callback') = 0 "
        "OR COUNT(callback_tries) > 0 THEN COUNT(*) FILTER (WHERE callback_tries > 0) END"
    ),
} | {
    name: f"COUNT(*) FILTER (WHERE category = '{name}')"
    for name in ("answered", "ended_in_menu", "callback", "missed")
}


def _in_band(column: str, band: tuple[int, int | None]) -> str:
    above, until = band
    low = f"{column} // 1000 > {above}" if above else "TRUE"
    high = f"{column} // 1000 <= {until}" if until is not None else "TRUE"
    known = f"NOT {column} IS NULL"
    return f"COUNT(*) FILTER (WHERE category = 'answered' AND {known} AND {low} AND {high})"


def _make_calls(asking: Asking, first: date, last: date, *, core: bool) -> None:
    since, until = day_bounds(first, last, asking.zone)
    asking.engine.table(
        "nhs_verdicts", write(judged(asking, load("nhs_gp"), _within(since, until)))
    )
    hours = Calendar(CORE, asking.zone).spans(first, last) or ()
    spans = [(to_micros(span.opens_at), to_micros(span.closes_at)) for span in hours]
    asking.engine.load("nhs_hours", {"opens_at": "BIGINT", "closes_at": "BIGINT"}, spans)
    only = "INNER JOIN nhs_hours AS h ON c.arrived_at >= h.opens_at AND c.arrived_at < h.closes_at"
    asking.engine.table(
        "nhs_calls",
        "SELECT c.arrived_at, c.wait_ms, c.callback_tries, v.category, "
        "c.talk_ms + COALESCE(c.hold_ms, 0) AS lasted_ms "
        f"FROM {asking.stored} AS c INNER JOIN nhs_verdicts AS v ON v.call_id = c.call_id "
        f"{only if core else ''} WHERE NOT v.category IN ('not_counted', 'pending')",
    )


def _within(since: int | None, until: int | None) -> str:
    return f"c.arrived_at >= {since} AND c.arrived_at < {until}"


def days_of(asking: Asking, first: date) -> Iterator[tuple[str | int, ...]]:
    """Yield the calls that came in on each day of a month, by time of day."""
    last = _last_day(first)
    _make_calls(asking, first, last, core=False)
    for day in _days(first, last):
        edges = [moment_of(day, minute, asking.zone) for _, minute in TIMES]
        edges.append(moment_of(day, 24 * 60, asking.zone))
        counts = ", ".join(
            f"COUNT(*) FILTER (WHERE arrived_at >= {low} AND arrived_at < {high})"
            for low, high in pairwise(edges)
        )
        found = asking.rows(
            f"SELECT {counts} FROM nhs_calls WHERE arrived_at >= {edges[0]} AND arrived_at < {edges[-1]}"
        )[0]
        yield f"{day:%A}", f"{day}", sum(found), *found


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def _last_day(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(days=1)
