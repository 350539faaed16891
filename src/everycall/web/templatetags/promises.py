"""How promises are written on pages."""

from datetime import datetime

from django import template
from django.utils import timezone

from everycall.records.promises import Promise
from everycall.reports.words import DASH
from everycall.web.wording.said import done, party, party_to, said, said_to, state
from everycall.web.wording.saying import duration

register = template.Library()

MINUTE = 60

register.filter("said", said)
register.filter("state", state)
register.filter("done", done)
register.filter("party", party)
register.filter("said_to", said_to)
register.filter("party_to", party_to)


@register.filter
def away(value: datetime | None) -> str:
    """Write how far off a moment is, before or after now: 47 min, 20 h 47 min, 1 d 4 h."""
    if value is None:
        return DASH
    seconds = abs((value - timezone.now()).total_seconds())
    return duration(max(1, round(seconds / MINUTE)) * MINUTE * 1000)


@register.filter
def meant(promise: Promise) -> str:
    """Write whom the caller wanted: the brand, the queue, the number, as far as they are known."""
    known = (promise.client, promise.queue, promise.number)
    return " · ".join(str(one) for one in known if one) or DASH
