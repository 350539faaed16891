"""The calls behind a number of a report: why it is what it is."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.errors import NotFoundError
from everycall.records.roles import Right
from everycall.reports import Words
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.reports.behind import Behind, address_of, calls_behind, wanted_of
from everycall.web.reports.making import question
from everycall.web.views.calls import PAGE
from everycall.web.views.report import wish_of
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
    first = PAGE * (number - 1)
    wish = wish_of(request, person)
    asked = question(wish, person)
    try:
        with calls_behind(asked, wanted) as found:
            page_of = replace(found.only, newest_first=True, skip=first, limit=PAGE)
            listed = found.asking.calls(page_of, evidence=False, parts=False)
            rows = [shown_call(call, person) for call in listed]
    except NotFoundError as error:
        raise Http404(str(error)) from None
    page = {
        "report": wish.query,
        "language": asked.words.name,
        "title": found.about or asked.words("Chosen calls"),
        "said": _said(found, asked.words),
        "rows": rows,
        "first": first + 1,
        "last": first + len(rows),
        "newer": address_of(wish, wanted, number - 1) if number > 1 else "",
        "older": address_of(wish, wanted, number + 1) if first + PAGE < found.calls else "",
    }
    return render(request, "web/behind.html", page)


def _said(found: Behind, say: Words) -> str:
    calls = say.count(found.calls)
    if found.number == found.calls:
        return say("{calls} calls, all listed here.", calls=calls)
    return say("{sum} in {calls} calls, all listed here.", sum=say.count(found.number), calls=calls)
