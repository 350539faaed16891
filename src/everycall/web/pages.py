"""The frame of every page: the menu of whoever looks at it."""

import os
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from everycall.records.models import Connection, Person
from everycall.records.roles import Right
from everycall.web.reading import site_reader


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu."""

    name: str
    title: Any
    right: Right
    key: str


MENU = (
    Place("now", _("Now"), Right.SEE_LIVE, "n"),
    Place("my-day", _("My day"), Right.SEE_OWN, "m"),
    Place("callbacks", _("Callbacks"), Right.WORK_CALLBACKS, "b"),
    Place("calls", _("Calls"), Right.SEE_CALLS, "c"),
    Place("alerts", _("Alerts"), Right.SEE_ALERTS, "a"),
    Place("report", _("Report"), Right.SEE_REPORTS, "r"),
    Place("setup-site", _("Set-up"), Right.SET_UP, "s"),
)


def _is_within(request: HttpRequest, place: Place) -> bool:
    """Tell whether a page is a place of the menu, or lies beneath it."""
    first = reverse(place.name).removeprefix(get_script_prefix()).partition("/")[0]
    return request.path_info.startswith(f"/{first}/")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame of every page needs: the menu of this person."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"menu": ()}
    entries = [
        {"title": p.title, "url": reverse(p.name), "key": p.key, "here": _is_within(request, p)}
        for p in MENU
        if person.may(p.right)
    ]
    sets_up = person.may(Right.SET_UP)
    return {"menu": entries, "person": person, "sets_up": sets_up, "is_new": is_new}


def is_new() -> bool:
    """Tell whether nothing has been connected or taken in yet; pages have something else to say then."""
    plays = "EVERYCALL_SAMPLE" in os.environ
    connected = plays or Connection.objects.filter(removed_at=None).exists()
    return not connected and not site_reader().has_calls()
