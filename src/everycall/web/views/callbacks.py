"""Callbacks: whom to call next and why, and the card of a caller: nobody explains twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycall.records.models import NotReturnable, Promise
from everycall.records.people import Person
from everycall.records.promises import is_late
from everycall.records.roles import Right
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import OwingSettings, State, open_states
from everycall.recovery.quiet import may_ring, zones_of
from everycall.web.cards import calls_of, crm_pages
from everycall.web.guards import needs, person_of
from everycall.web.phones.doing import phone_of
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of, queues_of
from everycall.web.wording.said import said
from everycall.web.wording.saying import duration
from everycall.web.wording.writing import number_for

LISTED = 100
SNOOZES = {"15": timedelta(minutes=15), "60": timedelta(hours=1), "240": timedelta(hours=4)}
CLOSED = 8
LATELY = timedelta(hours=24)
UNKNOWN = timedelta(days=7)

_STORE = StoredPromises()
_OPEN = [state.value for state in open_states()]


@needs(Right.WORK_CALLBACKS)
def callbacks(request: HttpRequest) -> HttpResponse:
    """List what is owed, the most urgent first; only the list where a page renews itself."""
    person, now = person_of(request), timezone.now()
    zone, terms = _zone(), _settings()
    owed = theirs(_STORE.next_to_do(now), person)
    rows = [_row(promise, person, now, terms, zone) for promise in owed[:LISTED]]
    counted = {"total": len(rows), "late": sum(row["late"] for row in rows)}
    if len(rows) == LISTED:
        counted = theirs(_open(), person).aggregate(
            total=Count("id"), late=Count("id", filter=is_late(now))
        )
    unknown = theirs(
        NotReturnable.objects.filter(promise=None, missed_at__gt=now - UNKNOWN), person
    )
    page = {
        "rows": rows,
        **counted,
        "first": _first(rows, person),
        "closed": [_closed(one, person) for one in _lately(person, now)],
        "unknown": list(unknown[:20]),
        "ledger": person.may(Right.SEE_REPORTS),
        "reader": person,
    }
    part = request.headers.get("X-Part") == "inbox"
    return render(request, "web/callbacks_list.html" if part else "web/callbacks.html", page)


@needs(Right.WORK_CALLBACKS)
def next_callback(request: HttpRequest) -> HttpResponse:
    """Lead to what is to be done next."""
    person = person_of(request)
    first = _STORE.next_one(timezone.now(), lambda owed: theirs(owed, person))
    return redirect("callback", first.pk) if first is not None else redirect("callbacks")


def _first(rows: list[dict[str, Any]], person: Person) -> dict[str, Any] | None:
    """Return what is next for somebody: what they took, then what nobody has."""
    own = (row for row in rows if row["promise"].owner == str(person))
    free = (row for row in rows if row["promise"].state == State.WAITING.value)
    return next(own, None) or next(free, None)


def _open() -> "QuerySet[Promise]":
    return Promise.objects.filter(state__in=_OPEN).order_by()


def theirs(owed: Any, person: Person) -> Any:
    """Return what somebody may work on: their brands and their teams' queues."""
    if clients := clients_of(person):
        owed = owed.filter(client__in=clients)
    if queues := queues_of(person):
        owed = owed.filter(queue__in=[*queues, ""])
    return owed


def _lately(person: Person, now: datetime) -> Iterable[Promise]:
    closed = Promise.objects.exclude(state__in=_OPEN).filter(ended_at__gt=now - LATELY)
    found: Iterable[Promise] = theirs(closed, person).order_by("-ended_at")[:CLOSED]
    return found


def _closed(promise: Promise, person: Person) -> dict[str, Any]:
    last = promise.moves.exclude(move="note").last()
    return {
        "promise": promise,
        "caller": number_for(promise.caller, person),
        "why": last.why if last else "",
        "who": last.who if last else "",
        "call": last.call_id if last else "",
    }


def _row(
    promise: Promise, person: Person, now: datetime, terms: OwingSettings, zone: ZoneInfo
) -> dict[str, Any]:
    due = promise.first_due
    quiet = may_ring(promise.caller, now, terms.quiet, zone)
    return {
        "promise": promise,
        "caller": number_for(promise.caller, person),
        "due": due,
        "late": due < now,
        "later": promise.next_at is not None and promise.next_at > now,
        "quiet": quiet if quiet > now else None,
        "why": _why(promise, late=due < now),
        "mine": str(person) in (promise.owner, promise.keeper),
    }


def _why(promise: Promise, *, late: bool) -> str:
    """Say in words why a promise stands where it stands."""
    parts = [] if promise.requested else [said(promise.reason)]
    if promise.doubt:
        parts.append(_("may have been reached: look before you call"))
    if promise.requested:
        left = promise.reason == "voicemail_left"
        parts.append(_("left a message for us") if left else _("asked to be called"))
    if promise.misses > 1:
        parts.append(_("missed %d times") % promise.misses)
    if late:
        parts.append(_("overdue"))
    if promise.message_left:
        parts.append(_("has our message"))
    if promise.tries:
        parts.append(ngettext("tried %d time", "tried %d times", promise.tries) % promise.tries)
    return ", ".join(parts)


@needs(Right.WORK_CALLBACKS)
def callback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one promise with the card of its caller."""
    promise, person, now = found_promise(request, pk), person_of(request), timezone.now()
    page = {
        **_row(promise, person, now, _settings(), _zone()),
        **_at_a_glance(promise.caller, person),
        "reader": person,
        "people": _others(person),
        "mine": promise.owner == str(person),
        "state": State(promise.state),
        "snoozes": [(name, duration(t.total_seconds() * 1000)) for name, t in SNOOZES.items()],
        "dials": phone_of(person) is not None,
    }
    if request.headers.get("X-Part") == "inbox":  # asked for each second
        return render(request, "web/callback_state.html", page)
    page |= card(promise.caller, person, promise)
    page["moves"] = promise.moves.all()
    page["suggestions"] = promise.calls.filter(certain=False, settled_at=None)
    return render(request, "web/callback.html", page)


def _others(person: Person) -> list[Person]:
    """Return to whom somebody may hand a promise over."""
    active = Person.objects.filter(is_active=True).exclude(pk=person.pk)
    return [one for one in active if one.may(Right.WORK_CALLBACKS)]


def card(caller: str, person: Person, promise: Promise | None = None) -> dict[str, Any]:
    """Return what is known of a caller: calls, messages, promises and notes of before, time, links."""
    others = Promise.objects.filter(caller=caller).prefetch_related("moves")
    if promise is not None:
        others = others.exclude(pk=promise.pk)
    earlier = list(theirs(others, person).order_by("-missed_at")[:10])
    notes = [m for one in earlier for m in one.moves.all() if m.move == "note" or m.why]
    return {
        **_at_a_glance(caller, person),
        "others": earlier,
        "notes": sorted(notes, key=lambda m: m.at, reverse=True)[:5],
        "crm": crm_pages(caller, person),
        **calls_of(caller, person),
    }


def _at_a_glance(caller: str, person: Person) -> dict[str, Any]:
    zones = zones_of(caller)
    return {
        "number": number_for(caller, person),
        "there": timezone.now().astimezone(zones[0]).time() if len(zones) == 1 else None,
        "links": [
            {"name": name, "url": _filled(url, caller)}
            for name, url in _settings().links.items()
            if person.may(Right.REVEAL_NUMBERS)
        ],
    }


def _filled(url: str, caller: str) -> str:
    return url.replace("{digits}", caller.lstrip("+")).replace(
        "{number}", caller.replace("+", "%2B")
    )


def found_promise(request: HttpRequest, pk: int) -> Promise:
    """Return a promise that somebody may work on."""
    owed = theirs(Promise.objects.all(), person_of(request))
    promise: Promise = get_object_or_404(owed, pk=pk)
    return promise


def _settings() -> OwingSettings:
    terms: OwingSettings = site_reader().settings().promises
    return terms


def _zone() -> ZoneInfo:
    return site_reader().settings().zone or ZoneInfo("UTC")
