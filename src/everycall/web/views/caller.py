"""The caller's own page, behind a link: their place in line, another time, or no call at all.

Nobody logs in here. The address holds a secret, and the page says nothing that its reader does not
know: no name, no number, nothing about the call. Looking changes nothing; programs look at links, too.
"""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from everycall.records.promises import Promise
from everycall.records.requests import set_time
from everycall.records.stored_promises import StoredPromises
from everycall.records.texts import CallerLink, ended_link_of, link_of, opt_out
from everycall.recovery import Move, State
from everycall.recovery.line import Expected, expected
from everycall.recovery.promises import Step
from everycall.web.reading import site_reader
from everycall.web.slots import calendar_for, moment, slots, zone_of
from everycall.web.work.texting import texts_of

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
            answer = _over(request, secret, now)
        elif request.method == "POST":
            _done(request, link, now)
            answer = redirect("caller", secret)
        else:
            answer = render(request, "web/caller.html", _page(link, now))
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Content-Language"] = language or "en"
    return answer


def _over(request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
    """Say that a link is over; whoever has it may still ask for no more messages."""
    link = ended_link_of(secret)
    if link is not None and request.method == "POST" and _wants_none(request):
        opt_out(link.promise.caller, link.promise.client, now, "on their page")
        return render(request, "web/caller_over.html", {"stopped": True})
    # a link that is over looks like one that was guessed: its page tells nobody that it was one
    return render(request, "web/caller_over.html", status=404)


def _wants_none(request: HttpRequest) -> bool:
    """Tell whether no more messages are wanted, by the page's button or a mail program's."""
    given = request.POST
    return given.get("do") == "stop" or given.get("List-Unsubscribe") == "One-Click"


def _page(link: CallerLink, now: datetime) -> dict[str, Any]:
    promise, zone = link.promise, zone_of(site_reader().settings())
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
    site = site_reader().settings()
    calendar = calendar_for(site, promise.number, promise.queue, promise.client)
    return slots(calendar, now, texts_of(site, promise.client).slot_callers, promise.pk)


def _done(request: HttpRequest, link: CallerLink, now: datetime) -> None:
    """Do what a caller asks; what is no longer possible changes nothing, and the page says so."""
    promise, asked = link.promise, request.POST.get("do")
    if asked == "cancel":
        step = Step(Move.WITHDRAW, "the caller", gettext_noop("they cancelled on their page"))
        _STORE.move(promise.plain(), step, now)
    elif _wants_none(request):
        opt_out(promise.caller, promise.client, now, "on their page")
    elif asked == "time":
        chosen = moment(request.POST.get("at", ""))
        if chosen is not None and chosen in _slots(promise, now):
            why = gettext_noop("they chose a time on their page")
            set_time(promise, chosen, "the caller", why, now)
