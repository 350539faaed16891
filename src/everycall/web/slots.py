"""The half hours among which a caller may choose, wherever they choose."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from everycall.app.site.sitefile import SiteFile
from everycall.hours import Calendar, calendars
from everycall.records.promises import Promise
from everycall.recovery import open_states
from everycall.recovery.appointments import appointments


def zone_of(site: SiteFile) -> ZoneInfo:
    """Return the zone whose clocks are meant."""
    return site.zone or ZoneInfo("UTC")


def calendar_for(site: SiteFile, number: str, queue: str, client: str) -> Calendar:
    """Return the opening hours of whoever calls back."""
    hours = site.hours
    name = hours.schedule_id(number=number or None, queue=queue or None, client=client or None)
    return calendars(hours, zone_of(site))[name]


def slots(calendar: Calendar, now: datetime, most: int, apart_from: int = 0) -> list[datetime]:
    """Return the half hours that are left; the choice of one promise does not count against it."""
    chosen = Promise.objects.filter(
        state__in=[s.value for s in open_states()], requested=True, next_at__gt=now
    ).exclude(pk=apart_from)
    taken = Counter(at for at in chosen.values_list("next_at", flat=True) if at is not None)
    return appointments(calendar, now, taken, most)


def moment(text: str) -> datetime | None:
    """Return the half hour that a form or a program named; None if it is no moment with a zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
