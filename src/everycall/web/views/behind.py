"""The calls behind a number of a report: why it is what it is."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import capfirst

from everycall.app.answers.defining import chosen
from everycall.app.audit.kept_choices import Choice
from everycall.errors import EverycallError, NotFoundError
from everycall.metrics.catalog import METRICS
from everycall.records.models import Person
from everycall.records.roles import Right
from everycall.reports import Calls, Words
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.live.day import live_day
from everycall.web.live.hub import hub
from everycall.web.reading import site_reader
from everycall.web.reports.behind import address_of, calls_behind, wanted_of
from everycall.web.reports.making import Wish, question
from everycall.web.stat_boxes import Box, boxes_of
from everycall.web.views.calls import PAGE
from everycall.web.views.report import AGAIN, wish_of
from everycall.web.wording.saying import say
from everycall.web.wording.writing import outcome_words, shown_call


def opens(person: Person) -> bool:
    """Tell whether somebody may see the calls behind numbers."""
    return person.may(Right.SEE_REPORTS) and person.may(Right.SEE_CALLS)


@needs(Right.SEE_LIVE)
@needs(Right.SEE_REPORTS)
@needs(Right.SEE_CALLS)
def of_today(request: HttpRequest) -> HttpResponse:
    """Lead from a number of the live picture to the calls behind it, of the day that the picture shows."""
    wanted = wanted_of(request.GET.urlencode())
    if not wanted:
        raise Http404
    address = address_of(Wish(live_day(), live_day()), wanted)
    box = request.GET.get("box", "")
    return redirect(f"{address}&{urlencode({'box': box})}" if boxes_of([box]) else address)


@needs(Right.SEE_REPORTS)
@needs(Right.SEE_CALLS)
def behind(request: HttpRequest) -> HttpResponse:
    """List the calls behind a number, newest first."""
    wanted = wanted_of(request.GET.get("calls", ""))
    if not wanted:
        raise Http404
    if not site_reader().has_calls():
        return render(request, "web/no_calls.html")
    person, number = person_of(request), max(1, whole(request.GET.get("page", "1")))
    asks_again = request.headers.get("X-Part") == "report"
    wish = wish_of(request, person)
    asked = question(wish, person)
    page: dict[str, Any] = {"report": wish.query, "language": asked.words.name}
    try:
        found = calls_behind(asked, wanted, AGAIN if asks_again else None)
    except NotFoundError as error:
        raise Http404(str(error)) from None
    except EverycallError as error:
        return render(request, "web/behind.html", {**page, "trouble": str(error)}, status=503)
    page["title"] = found.about or asked.words("Chosen calls")
    page |= _box(request, wish)
    if found.choice is not None:
        page |= _shown(found.choice, number, person)
        page["said"] = _said(found.choice, asked.words)
        page["outcomes"] = _outcomes(found.choice, wish, wanted)
        page["newer"] = address_of(wish, wanted, number - 1) if number > 1 else ""
        if PAGE * number < found.choice.calls:
            page["older"] = address_of(wish, wanted, number + 1)
    elif asks_again:
        return HttpResponse(status=202)
    else:
        page["again"] = request.GET.urlencode()
    return render(request, "web/behind.html", page)


def _box(request: HttpRequest, wish: Wish) -> dict[str, Any]:
    """Return what the number is called that led here, and what it means, if that was one of today."""
    if not wish.since == wish.until == live_day():
        return {}
    found: dict[str, Any] = {"heard_until": site_reader().heard_until()}
    for box in boxes_of([request.GET.get("box", "")]):
        judged = METRICS[box.name].judged if box.calls else None
        words = chosen(site_reader().settings(), wish.definition or None)
        found |= {"title": capfirst(box.title), "doc": box.doc, "why_not": _why_not(box)}
        found["by"] = say(words.title) if judged else ""
    return found


def _why_not(box: Box) -> str:
    """Return why nobody knows the number; '' where it is known."""
    day = hub.board.day if hub.board is not None else None
    cell = day.measures.get(box.name) if day is not None else None
    return say(cell.note.partition(":")[0]) if cell and cell.value is None and cell.note else ""


def _outcomes(choice: Choice, wish: Wish, wanted: Calls) -> list[dict[str, Any]]:
    """Return what became of the calls, if not the same of all."""
    if len(choice.outcomes) < 2:
        return []
    return [
        {
            "words": outcome_words(outcome),
            "calls": calls,
            "address": address_of(wish, {**wanted, "outcome": outcome}),
        }
        for outcome, calls in choice.outcomes.items()
    ]


def _shown(choice: Choice, number: int, person: Person) -> dict[str, Any]:
    """Return one page of the calls."""
    first = PAGE * (number - 1)
    with site_reader().asking() as asking:
        listed = asking.calls(choice.page(asking, first, PAGE), evidence=False, parts=False)
        rows = [shown_call(call, person) for call in listed]
    return {"rows": rows, "first": first + 1, "last": first + len(rows)}


def _said(choice: Choice, say: Words) -> str:
    calls = say.count(choice.calls)
    if choice.number == choice.calls:
        return say("Calls: {calls}, all listed here.", calls=calls)
    return say("{sum}. Calls: {calls}, all listed here.", sum=say.count(choice.number), calls=calls)
