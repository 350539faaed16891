"""What the site file says, as the tables that the chain begins with."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.sitefile import SiteFile
from everycall.calls.chain import INPUTS
from everycall.history import Engine
from everycall.hours import Calendar, calendars

DAY = 86_400_000_000


def give(engine: Engine, site: SiteFile, moment: tuple[int, int, int]) -> None:
    """Make every table of the chain's inputs except the events."""
    rows: dict[str, list[tuple[Any, ...]]] = {
        "given_agents": list(site.agents.items()),
        "places": list(_places(site)),
        "schedules": list(_schedules(site)),
        "calendar": list(_calendar(site, moment)),
        "moment": [moment],
    }
    for name, given in rows.items():
        engine.load(name, INPUTS[name], given)


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
