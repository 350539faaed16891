"""What the site file says, as the tables that the chain begins with."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.site.sitefile import SiteFile
from everycall.calls.chain import INPUTS
from everycall.calls.episodes import INPUTS as EPISODE_INPUTS
from everycall.events.callers import caller
from everycall.history import Engine
from everycall.hours import Calendar, calendars, spans_table

DAY = 86_400_000_000


def give(engine: Engine, site: SiteFile, moment: tuple[int, int, int]) -> None:
    """Make every table of the chain's inputs except the events."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "given_agents": list(site.agents.items()),
        "learned_agents": [],
        "places": list(_places(site)),
        "schedules": list(_schedules(site)),
        "calendar": list(_calendar(site, moment)),
        "moment": [moment],
    }
    for name, given in rows.items():
        engine.load(name, INPUTS[name], given)


def give_windows(engine: Engine, site: SiteFile, moment: tuple[int, int, int]) -> None:
    """Make the tables that episodes need: shared numbers, and when the next business day ends."""
    shared = ((key,) for key in _shared_keys(site))
    engine.load("shared", EPISODE_INPUTS["shared"], shared)
    engine.load("day_ends", EPISODE_INPUTS["day_ends"], _day_ends(site, moment))


def said_of(site: SiteFile, moment: tuple[int, int, int]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield all that is given of a site for a time, each thing in an order of its own."""
    yield sorted(site.agents.items())
    yield sorted(_places(site))
    yield sorted(_schedules(site))
    yield sorted(_calendar(site, moment))
    yield sorted((key,) for key in _shared_keys(site))
    yield sorted(_day_ends(site, moment))


def _shared_keys(site: SiteFile) -> Iterator[str]:
    for number in site.shared_numbers:
        key = caller(number, site.region, site.internal).key
        if key is not None:
            yield key


def _day_ends(
    site: SiteFile, moment: tuple[int, int, int]
) -> Iterator[tuple[str, int, int, int, int]]:
    first, last = _days(moment)
    rows = list(spans_table(site_calendars(site), first, last))
    for row, following in zip_longest(rows, rows[1:]):
        if row.business_day_end_us is None:
            continue
        same = following is not None and following.schedule_id == row.schedule_id
        until = following.opens_at_us if following and same else row.closes_at_us
        for schedule, day, from_at, to_at in _cut(row.schedule_id, row.opens_at_us, until):
            yield schedule, day, from_at, to_at, row.business_day_end_us


def _places(site: SiteFile) -> Iterator[tuple[str, str, str, str]]:
    for name, client in site.clients.items():
        for kind, places in (
            ("number", client.numbers),
            ("queue", client.queues),
            ("trunk", client.trunks),
        ):
            for place in places:
                yield kind, place, name, client.language


def _schedules(site: SiteFile) -> Iterator[tuple[str, str, str]]:
    for schedule, hours in site.hours.schedules().items():
        kind, _, place = schedule.partition(":")
        yield kind, place, schedule
        if hours.known:
            yield "known", "", schedule


def site_calendars(site: SiteFile) -> dict[str, Calendar]:
    """Return the calendars of a site; a site without a zone lives by UTC."""
    return calendars(site.hours, site.zone or ZoneInfo("UTC"))


def _calendar(site: SiteFile, moment: tuple[int, int, int]) -> Iterator[tuple[str, int, int, int]]:
    first, last = _days(moment)
    for schedule, calendar in site_calendars(site).items():
        for _, opens_at, closes_at in calendar.stretches(first, last):
            yield from _cut(schedule, opens_at, closes_at)


def _days(moment: tuple[int, int, int]) -> tuple[date, date]:
    as_of, covered_from, _ = moment
    return _day(covered_from) - timedelta(days=2), _day(as_of) + timedelta(days=2)


def _day(micros: int) -> date:
    return datetime.fromtimestamp(micros // 1_000_000, UTC).date()


def _cut(schedule: str, opens_at: int, closes_at: int) -> Iterator[tuple[str, int, int, int]]:
    """Cut a stretch at midnight UTC, so that a call finds it by its day."""
    day = opens_at // DAY
    while day * DAY < closes_at:
        yield schedule, day, max(opens_at, day * DAY), min(closes_at, (day + 1) * DAY)
        day += 1
