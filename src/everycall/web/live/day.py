"""The day that the live picture is of."""

from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from everycall.web.live.hub import hub
from everycall.web.reading import site_reader


def live_day() -> date:
    """Return the day of the newest picture; where there is none, today where the site is."""
    if hub.board is not None:
        return date.fromisoformat(hub.board.today)
    return timezone.now().astimezone(site_reader().settings().zone or ZoneInfo("UTC")).date()
