"""The ledger of calls, and one call told from beginning to end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.app.answers.explaining import explain
from everycall.app.history.asking import Asking, Filter, day_bounds
from everycall.app.keeping.recordings import recordings
from everycall.calls.outcomes import outcome_names
from everycall.errors import NotFoundError
from everycall.events.callers import caller
from everycall.records.models import Person, SavedView
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.handing_out import TOGETHER, HandedOut
from everycall.web.live.day import live_day
from everycall.web.reading import site_reader
from everycall.web.reports.making import as_csv
from everycall.web.scope import clients_of, may_see, queues_of, within
from everycall.web.wording.drawing import picture
from everycall.web.wording.story import told_once
from everycall.web.wording.writing import (
    DIRECTIONS,
    colleague,
    guarded,
    outcome_words,
    outcomes,
    shown_call,
    steps,
)

PAGE = 100

MOST = 100_000
"""So many calls are taken away in one file."""

_COLUMNS = (
    *("id", "at", "direction", "caller", "called", "client", "queue", "agent", "wait_ms"),
    *("talk_ms", "outcome", "confidence"),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks to see of the ledger, as it stands in the address."""

    since: date | None = None
    until: date | None = None
    outcome: str = ""
    queue: str = ""
    agent: str = ""
    client: str = ""
    number: str = ""
    direction: str = "inbound"
    page: int = 1

    @classmethod
    def of(cls, request: HttpRequest) -> "Wish":
        """Read an address; what makes no sense in it is left out."""
        given = request.GET
        return cls(
            since=_day(given.get("from")),
            until=_day(given.get("to")),
            outcome=given.get("outcome", "") if given.get("outcome") in outcome_names() else "",
            queue=given.get("queue", "")[:120],
            agent=given.get("agent", "")[:120],
            client=given.get("client", "")[:120],
            number=given.get("number", "").strip()[:40],
            direction=given.get("direction", "inbound"),
            page=max(1, whole(given.get("page", "1"))),
        )

    def filter(self, asking: Asking) -> Filter:
        """Return the filter over calls."""
        first, after = day_bounds(self.since, self.until, asking.zone)
        return Filter(
            since=first,
            until=after,
            outcomes=_one(self.outcome),
            directions=_one(self.direction) if self.direction in DIRECTIONS else (),
            queues=_one(self.queue),
            agents=_one(self.agent),
            clients=_one(self.client),
            callers=_numbers(self.number),
        )

    def is_of(self, day: date) -> bool:
        """Tell whether a day is among those whose calls are asked for."""
        return (not self.since or self.since <= day) and (not self.until or day <= self.until)

    def address(self, **changes: Any) -> str:
        """Return the address of this wish, changed."""
        wish = replace(self, **changes)
        given = {
            "from": wish.since or "",
            "to": wish.until or "",
            "outcome": wish.outcome,
            "queue": wish.queue,
            "agent": wish.agent,
            "client": wish.client,
            "number": wish.number,
            "direction": wish.direction if wish.direction != "inbound" else "",
            "page": wish.page if wish.page > 1 else "",
        }
        return "?" + urlencode({name: value for name, value in given.items() if value})


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _one(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _numbers(text: str) -> tuple[str, ...]:
    """Return a number as it was typed, and as calls are joined by it: 030 123 is +4930123."""
    if not text:
        return ()
    site = site_reader().settings()
    key = caller(text, site.region, site.internal).key
    return tuple(dict.fromkeys(name for name in (text, key) if name))


@needs(Right.SEE_CALLS)
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the calls that were asked for, newest first; to reveal their numbers is put on record."""
    if not site_reader().has_calls():
        return render(request, "web/no_calls.html")
    wish, person = Wish.of(request), person_of(request)
    reveal = request.method == "POST" and person.may(Right.REVEAL_NUMBERS)
    with site_reader().asking() as asking:
        found = within(wish.filter(asking), person)
        total = asking.count(found)
        first = (wish.page - 1) * PAGE
        page_of = replace(found, newest_first=True, skip=first, limit=PAGE)
        rows = [
            shown_call(call, person, reveal=reveal)
            for call in asking.calls(page_of, evidence=False, parts=False)
        ]
        choices = _choices(asking, person)
    if reveal:
        note(person, "numbers revealed", wish.address()[:200], calls=len(rows))
    page = {
        "wish": wish,
        "rows": rows,
        "unsure": len(rows) > 1 and all(row["confidence"] == "low" for row in rows),
        "total": total,
        "first": first + 1,
        "last": first + len(rows),
        "newer": wish.address(page=wish.page - 1) if wish.page > 1 else "",
        "older": wish.address(page=wish.page + 1) if first + PAGE < total else "",
        "here": wish.address(),
        "views": views_of(person),
        "may_reveal": person.may(Right.REVEAL_NUMBERS) and not reveal,
        "may_take": person.may(Right.TAKE_AWAY),
        "is_outdated": site_reader().is_outdated(),
        "heard_until": site_reader().heard_until() if wish.is_of(live_day()) else None,
    }
    return render(request, "web/calls.html", {**page, **choices})


def _choices(asking: Asking, person: Person) -> dict[str, Any]:
    queues, mine = queues_of(person), clients_of(person)
    clients = mine or tuple(site_reader().settings().clients)
    return {
        "queues": [name for name in asking.queues(mine) if not queues or name in queues],
        "clients": clients if len(clients) > 1 else (),
        "outcomes": outcomes(),
        "directions": [(name, _(words)) for name, words in DIRECTIONS.items()],
    }


@needs(Right.TAKE_AWAY)
def take_away(request: HttpRequest) -> Any:  # Django has two kinds of answer
    """Hand the calls out as CSV, as somebody may see them; that is put on record."""
    if not site_reader().has_calls():
        raise Http404
    wish, person = Wish.of(request), person_of(request)
    reveal = person.may(Right.REVEAL_NUMBERS)
    with site_reader().asking() as asking:
        found = replace(within(wish.filter(asking), person), limit=MOST)
        calls = min(asking.count(found), MOST)
    # before the first of them is handed out: who breaks off has taken them away all the same
    note(person, "calls taken away", wish.address()[:200], calls=calls, numbers=reveal)
    rows = _lines(found, person, get_language(), reveal=reveal)
    return HandedOut(
        as_csv(list(_COLUMNS), rows, TOGETHER), "text/csv; charset=utf-8", "everycall-calls.csv"
    )


def _lines(
    found: Filter, person: Person, language: str | None, *, reveal: bool
) -> Iterator[list[Any]]:
    """Yield the rows of a file of calls, from an opening of their own: nobody waits for them."""
    with site_reader().apart() as asking:
        for call in asking.calls(found, evidence=False, parts=False):
            with translation.override(language):
                shown = shown_call(call, person, reveal=reveal)
            yield _line(call, shown)


def _line(call: dict[str, Any], shown: dict[str, Any]) -> list[Any]:
    plain = {**shown, "at": call["arrived_at"], "wait_ms": call["wait_ms"]}
    plain |= {"talk_ms": call["talk_ms"], "outcome": call["outcome"]}
    return [plain[name] for name in _COLUMNS]


@needs(Right.SEE_CALLS)
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Tell one call: what was seen, what became of it and why."""
    return _told(request, call_id, reveal=False)


@require_POST
@needs(Right.REVEAL_NUMBERS)
def reveal_call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Tell one call with its number in full; that is put on record."""
    answer = _told(request, call_id, reveal=True)
    note(person_of(request), "number revealed", call_id)
    return answer


def _told(request: HttpRequest, call_id: str, *, reveal: bool) -> HttpResponse:
    person = person_of(request)
    with site_reader().asking() as asking:
        try:
            whole = explain(asking, call_id, site_reader().settings())
        except NotFoundError as error:
            raise Http404(str(error)) from None
        if not may_see(whole, person):
            raise Http404("there is no such call")
        whole["moments"] = told_once(whole["timeline"])
        shown = shown_call(whole, person, reveal=reveal)
        told = guarded(whole, person, reveal=reveal)
        hears = person.may(Right.HEAR_RECORDINGS)
        heard = recordings(asking, whole, site_reader().settings().recordings) if hears else []
    page = {
        "ledger": _came_from(request),
        "recordings": heard,
        "call": shown,
        "told": told,
        "drawn": picture(whole, told),
        "steps": steps(told["moments"]),
        "every_step": steps(told["timeline"]) if len(whole["sources"]) > 1 else [],
        "words": outcome_words(shown["outcome"]),
        "may_reveal": person.may(Right.REVEAL_NUMBERS) and not reveal and whole["caller"],
        "may_search": person.may(Right.REVEAL_NUMBERS) and reveal and whole["caller"],
    }
    return render(request, "web/call.html", page)


def _came_from(request: HttpRequest) -> str:
    """Return the list that led to a call, as it was filtered."""
    home = reverse("calls")
    try:
        before = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # a browser says what it likes
        return home
    return f"{home}?{before.query}" if before.path == home and before.query else home


# ---- saved views


def views_of(person: Person) -> list[dict[str, Any]]:
    """Return the views that somebody saved, and those that others share and that name only theirs."""
    found = SavedView.objects.filter(Q(person=person) | Q(is_shared=True)).select_related("person")
    return [
        {"view": one, "by": colleague(one.person.name, person)}
        for one in found
        if one.person_id == person.pk or _names_theirs(one.address, person)
    ]


def _names_theirs(address: str, person: Person) -> bool:
    """Tell whether a view names no brand, queue or colleague that is not theirs to see, and no number:
    a caller's number is put on record where it is shown.
    """
    given = dict(parse_qsl(address.removeprefix("?")))
    clients, queues = clients_of(person), queues_of(person)
    return (
        (not clients or given.get("client", clients[0]) in clients)
        and (not queues or given.get("queue", queues[0]) in queues)
        and (person.may(Right.SEE_PEOPLE) or "agent" not in given)
        and "number" not in given
    )


@require_POST
@needs(Right.SEE_CALLS)
def save_view(request: HttpRequest) -> HttpResponse:
    """Save a filter under a name; the same name again changes it. To share is for who sets up."""
    person, name = person_of(request), request.POST.get("name", "").strip()[:60]
    address = request.POST.get("address", "")[:600]
    if name and (address == "" or address.startswith("?")):
        shared = request.POST.get("shared") == "on" and person.may(Right.SHARE_VIEWS)
        SavedView.objects.update_or_create(
            person=person, name=name, defaults={"address": address, "is_shared": shared}
        )
    return redirect(reverse("calls") + address)


@require_POST
@needs(Right.SEE_CALLS)
def drop_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own view away."""
    get_object_or_404(SavedView, pk=pk, person=person_of(request)).delete()
    return redirect("calls")
