"""The report: what was lost and why, over any period; and the same as a file."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from everycall.definitions import definition_ids, load
from everycall.errors import EverycallError, NoCallsError, NotFoundError
from everycall.records.models import Person
from everycall.records.report_plans import ReportPlan
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.reports import Words
from everycall.reports.trades import TRADES
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.reports.awaiting import Drawn, awaited
from everycall.web.reports.figures import Shown
from everycall.web.reports.making import KINDS, Wish, export, last_days, making, question
from everycall.web.scope import clients_of
from everycall.web.wording.saying import say

AGAIN = 2.0
"""Seconds that a page which asks again is kept waiting for its report."""


@needs(Right.SEE_REPORTS)
def report(request: HttpRequest) -> HttpResponse:
    """Show the audit of a period, the last 30 days of the data unless others are asked for.

    One that takes a while is made behind the page; the page asks for itself until it is there.
    """
    if not site_reader().has_calls():
        return render(request, "web/no_calls.html")
    person = person_of(request)
    wish, asks_again = wish_of(request, person), request.headers.get("X-Part") == "report"
    page = {"wish": wish, "query": wish.query, **_choices(person)}
    page["is_outdated"] = site_reader().is_outdated()
    try:
        asked = question(wish, person)
        found = awaited(asked, AGAIN) if asks_again else awaited(asked)
    except EverycallError as error:
        return render(request, "web/report.html", {**page, "trouble": str(error)})
    if asks_again and found.seconds is not None:
        return HttpResponse(status=202)
    if found.drawn is not None:
        page |= _shown(found.drawn, asked.words, wish, person)
    return render(request, "web/report.html", {**page, "is_made": found.seconds is None})


def _shown(drawn: Drawn, words: Words, wish: Wish, person: Person) -> dict[str, Any]:
    return {
        "report": drawn.report,
        "made_at": drawn.made_at,
        "sections": Shown(drawn.report, drawn.pictures, words, wish).sections(),
        "kinds": KINDS if person.may(Right.TAKE_AWAY) else (),
        "plans": ReportPlan.objects.count() if person.may(Right.SET_UP) else 0,
    }


def _choices(person: Person) -> dict[str, Any]:
    mine = clients_of(person)
    clients = mine or tuple(site_reader().settings().clients)
    return {
        "clients": clients if len(clients) > 1 or not mine else (),
        "definitions": [(name, say(load(name).title)) for name in definition_ids()],
    }


def wish_of(request: HttpRequest, person: Person) -> Wish:
    """Read which report is wanted from an address; what makes no sense in it is left out."""
    given = request.GET
    with site_reader().asking() as asking:
        first, last = last_days(asking)
    until = _day(given.get("to")) or last
    since = _day(given.get("from")) or min(first, until)
    definition = given.get("definition", "")
    return Wish(
        min(since, until),
        max(since, until),
        given.get("client", "")[:120],
        definition if definition in definition_ids() else "",
        given.get("trade", "") if given.get("trade") in TRADES else "",
        get_language() or "en",
    )


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@needs(Right.TAKE_AWAY)
def take_away(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand the report out as a file; that is put on record."""
    if kind not in KINDS or not site_reader().has_calls():
        raise Http404
    person = person_of(request)
    if not person.may(Right.SEE_REPORTS):
        raise Http404
    wish = wish_of(request, person)
    try:
        with making(wish, person) as made:
            body = export(made, kind, person)
    except (NoCallsError, NotFoundError) as error:
        raise Http404(str(error)) from None
    note(person, "report taken away", f"{wish.since} to {wish.until}", kind=kind)
    ending = "zip" if kind == "csv" else kind
    headers = {"Content-Disposition": f'attachment; filename="{wish.name}.{ending}"'}
    return HttpResponse(body, content_type=KINDS[kind], headers=headers)
