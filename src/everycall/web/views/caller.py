"""The caller's own page, behind a link: their place in line, another time, or no call at all.

Nobody logs in here. The address holds a secret, and the page says nothing that its reader does not
know: no name, no number, nothing about the call. Looking changes nothing; programs look at links, too.
"""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from everycall.hours import Calendar, calendars
from everycall.records.promises import Promise, StoredPromises
from everycall.records.texts import CallerLink, link_of, opt_out
from everycall.recovery import Move, State, open_states
from everycall.recovery.appointments import appointments
from everycall.recovery.line import Expected, expected
from everycall.recovery.promises import Step
from everycall.web.pages import site_reader
from everycall.web.texting import texts_of

LOOKED_AT = 60
"""So many ends of promises tell the pace of the line."""

_STORE = StoredPromises()


@csrf_exempt  # who has the link may act, and there is no session that somebody else could abuse
@require_http_methods(["GET", "HEAD", "POST"])
def caller(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a caller's place in line; let them choose a time, or cancel."""
    now = timezone.now()
    link = link_of(secret, now)
    language = link.language if link else translation.get_language_from_request(request)
    with translation.override(language or None):
        if link is None:
            answer = render(request, "web/caller_over.html", status=404)
        elif request.method == "POST":
            _done(request, link, now)
            answer = redirect("caller", secret)
        else:
            answer = render(request, "web/caller.html", _page(link, now))
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Content-Language"] = language or "en"
    return answer


def _page(link: CallerLink, now: datetime) -> dict[str, Any]:
    promise, zone = link.promise, _zone()
    chosen = promise.next_at if promise.requested and promise.next_at else None
    place = _place(promise)
    likely = None if chosen and chosen > now else _expected(promise, place, now)
    return {
        "brand": ""
        if texts_of(site_reader().settings(), promise.client).neutral
        else promise.client,
        "open": State(promise.state).is_open,
        "kept": promise.state == State.KEPT.value,
        "busy": promise.state in (State.DIALLING.value, State.TALKING.value),
        "place": place,
        "likely": [m.astimezone(zone) for m in (likely.first, likely.last)] if likely else None,
        "chosen": chosen.astimezone(zone) if chosen and chosen > now else None,
        "slots": [m.astimezone(zone) for m in _slots(promise, now)],
        "zone": zone.key.split("/")[-1].replace("_", " "),
    }


def _zone() -> ZoneInfo:
    return site_reader().settings().zone or ZoneInfo("UTC")


def _place(promise: Promise) -> int:
    """Return the place of a promise among those of its brand; 1 is next."""
    line = _STORE.next_to_do(timezone.now()).filter(client=promise.client)
    ids = list(line.values_list("pk", flat=True))
    return ids.index(promise.pk) + 1 if promise.pk in ids else 1


def _expected(promise: Promise, place: int, now: datetime) -> Expected | None:
    ended = Promise.objects.filter(client=promise.client).exclude(ended_at=None)
    moments = ended.order_by("-ended_at").values_list("ended_at", flat=True)[:LOOKED_AT]
    return expected(place, [moment for moment in moments if moment is not None], now)


def _slots(promise: Promise, now: datetime) -> list[datetime]:
    if promise.state != State.WAITING.value:
        return []
    chosen = Promise.objects.filter(
        state__in=[s.value for s in open_states()], requested=True, next_at__gt=now
    ).exclude(pk=promise.pk)
    taken = Counter(at for at in chosen.values_list("next_at", flat=True) if at is not None)
    most = texts_of(site_reader().settings(), promise.client).slot_callers
    return appointments(_calendar(promise), now, taken, most)


def _calendar(promise: Promise) -> Calendar:
    hours = site_reader().settings().hours
    name = hours.schedule_id(
        number=promise.number or None, queue=promise.queue or None, client=promise.client or None
    )
    return calendars(hours, _zone())[name]


def _done(request: HttpRequest, link: CallerLink, now: datetime) -> None:
    """Do what a caller asks; what is no longer possible changes nothing, and the page says so."""
    promise, asked = link.promise, request.POST.get("do")
    if asked == "cancel":
        step = Step(Move.WITHDRAW, "the caller", gettext_noop("they cancelled on their page"))
        _STORE.move(promise.plain(), step, now)
    elif asked == "stop":
        opt_out(promise.caller, promise.client, now, "on their page")
    elif asked == "time":
        chosen = _moment(request.POST.get("at", ""))
        if chosen in _slots(promise, now):
            why = gettext_noop("they chose a time on their page")
            step = Step(Move.SET_TIME, "the caller", why, next_at=chosen)
            if _STORE.move(promise.plain(), step, now):
                Promise.objects.filter(pk=promise.pk).update(requested=True)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
