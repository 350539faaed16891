"""The first steps of a new installation: in which order, which are done; each can be left out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from everycall.app.site.sitefile import SiteFile
from everycall.records.alerts import AlertRule
from everycall.records.connections import Connection
from everycall.records.people import Person
from everycall.web.reading import site_reader


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its page, what it is called, and whether it is done."""

    name: str
    title: Any
    done: Callable[[SiteFile], bool]


def _connected(_site: SiteFile) -> bool:
    return Connection.objects.filter(removed_at=None).exists() or site_reader().has_calls()


STEPS = (
    Step("step-connect", _("Phone system"), _connected),
    Step("set-hours", _("Opening hours"), lambda site: site.hours.known),
    Step("set-found", _("Queues and people"), lambda site: bool(site.agents)),
    Step("set-targets", _("Targets"), lambda site: bool(site.targets)),
    Step("set-trade", _("Trade and words"), lambda site: bool(site.trade or site.definition)),
    Step("alert-rules", _("Alerts"), lambda _site: AlertRule.objects.exists()),
    Step("people", _("People"), lambda _site: Person.objects.count() > 1),
)
"""The steps, in their order; each page can be found again under Set-up."""

WALK = "first"
"""What stands in the address while somebody walks through the steps."""


def is_walk(request: HttpRequest) -> bool:
    """Tell whether somebody walks through the first steps."""
    return WALK in request.GET


def walk(request: HttpRequest, here: str) -> dict[str, Any]:
    """Return what the line of steps above a page needs; nothing outside of a walk."""
    if not is_walk(request):
        return {}
    site = site_reader().settings()
    shown = [
        {"title": s.title, "url": _address(s.name), "here": s.name == here, "done": s.done(site)}
        for s in STEPS
    ]
    return {"steps": shown, "next": after(here)}


def after(here: str) -> str:
    """Return the address of the step that follows, or of the first page."""
    names = [step.name for step in STEPS]
    place = names.index(here) + 1
    return _address(names[place]) if place < len(names) else reverse("home")


def _address(name: str) -> str:
    return f"{reverse(name)}?{WALK}"


def onward(request: HttpRequest, here: str) -> HttpResponse:
    """Go on after a page was saved: to the next step of a walk, or back to Set-up."""
    return redirect(after(here) if is_walk(request) else reverse("setup-site"))
