"""The calls behind a number of a report: why it is what it is."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.app.audit.kept_choices import Choice
from everycall.errors import EverycallError, NotFoundError
from everycall.records.models import Person
from everycall.records.roles import Right
from everycall.reports import Words
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.reports.behind import address_of, calls_behind, wanted_of
from everycall.web.reports.making import question
from everycall.web.views.calls import PAGE
from everycall.web.views.report import AGAIN, wish_of
from everycall.web.wording.writing import shown_call


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
    if found.choice is not None:
        page |= _shown(found.choice, number, person)
        page["said"] = _said(found.choice, asked.words)
        page["newer"] = address_of(wish, wanted, number - 1) if number > 1 else ""
        if PAGE * number < found.choice.calls:
            page["older"] = address_of(wish, wanted, number + 1)
    elif asks_again:
        return HttpResponse(status=202)
    else:
        page["again"] = request.GET.urlencode()
    return render(request, "web/behind.html", page)


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
