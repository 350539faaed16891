"""The ledger of calls, and one call told from beginning to end."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.app.asking import Asking, Filter, day_bounds
from everycall.app.explaining import explain
from everycall.calls.outcomes import outcome_names
from everycall.errors import NotFoundError
from everycall.records.roles import Right
from everycall.web.drawing import lanes
from everycall.web.guards import needs, person_of
from everycall.web.pages import site_reader
from everycall.web.scope import may_see, within
from everycall.web.writing import shown_call, steps

PAGE = 100
DIRECTIONS = ("inbound", "outbound", "internal", "callback")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks to see of the ledger, as it stands in the address."""

    since: date | None = None
    until: date | None = None
    outcome: str = ""
    queue: str = ""
    agent: str = ""
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
            number=given.get("number", "").strip()[:40],
            direction=given.get("direction", "inbound"),
            page=max(1, int(page)) if (page := given.get("page", "1")).isdecimal() else 1,
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
            callers=_one(self.number),
        )

    def address(self, **changes: Any) -> str:
        """Return the address of this wish, changed."""
        wish = replace(self, **changes)
        given = {
            "from": wish.since or "",
            "to": wish.until or "",
            "outcome": wish.outcome,
            "queue": wish.queue,
            "agent": wish.agent,
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


@needs(Right.SEE_CALLS)
def ledger(request: HttpRequest) -> HttpResponse:
    """Show the calls that were asked for, newest first."""
    if not site_reader().has_calls():
        return render(request, "web/no_calls.html")
    wish = Wish.of(request)
    with site_reader().asking() as asking:
        found = within(wish.filter(asking), person_of(request), asking)
        total = asking.count(found)
        first = (wish.page - 1) * PAGE
        page_of = replace(found, newest_first=True, skip=first, limit=PAGE)
        rows = [
            shown_call(call, asking, person_of(request))
            for call in asking.calls(page_of, evidence=False)
        ]
        choices = {"queues": asking.queues(), "outcomes": outcome_names(), "directions": DIRECTIONS}
    page = {
        "wish": wish,
        "rows": rows,
        "total": total,
        "first": first + 1,
        "last": first + len(rows),
        "newer": wish.address(page=wish.page - 1) if wish.page > 1 else "",
        "older": wish.address(page=wish.page + 1) if first + PAGE < total else "",
    }
    return render(request, "web/calls.html", {**page, **choices})


@needs(Right.SEE_CALLS)
def call(request: HttpRequest, call_id: str) -> HttpResponse:
    """Tell one call: what was seen, what became of it and why."""
    with site_reader().asking() as asking:
        try:
            told = explain(asking, call_id, site_reader().settings())
        except NotFoundError as error:
            raise Http404(str(error)) from None
        if not may_see(told, person_of(request), asking):
            raise Http404("there is no such call")
        shown = shown_call(told, asking, person_of(request))
        page = {"call": shown, "told": told, "drawn": lanes(told), "steps": steps(told)}
    return render(request, "web/call.html", page)
