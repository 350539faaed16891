"""The report: what was lost and why, over any period."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.app.asking import Asking, day_bounds
from everycall.app.auditing import make_audit
from everycall.clock import from_micros
from everycall.records.roles import Right
from everycall.web.guards import needs
from everycall.web.pages import site_reader


@needs(Right.SEE_REPORTS)
def report(request: HttpRequest) -> HttpResponse:
    """Show the audit of a period: the last 30 days of the data unless others are asked for."""
    if not site_reader().has_calls():
        return render(request, "web/no_calls.html")
    with site_reader().apart() as asking:
        since, until = _period(request, asking)
        made = make_audit(asking, *day_bounds(since, until, asking.zone))
    return render(request, "web/report.html", {"report": made, "since": since, "until": until})


def _period(request: HttpRequest, asking: Asking) -> tuple[date, date]:
    last = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0]
    newest = from_micros(last).astimezone(asking.zone).date()
    until = _day(request.GET.get("to")) or newest
    since = _day(request.GET.get("from")) or until - timedelta(days=29)
    return min(since, until), until


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
