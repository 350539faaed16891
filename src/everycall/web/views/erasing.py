"""Erasing one caller from a page: what would go is shown before it goes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from everycall.errors import BusyError, NotFoundError
from everycall.records.roles import Right
from everycall.web.erasing import Erased, Known, erase_caller, known_of
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader


@needs(Right.ERASE)
def erase(request: HttpRequest) -> HttpResponse:
    """Ask for a number, show what is kept of it, and erase it when that is confirmed."""
    number = request.POST.get("number", "").strip()[:40]
    if request.method != "POST" or not number:
        return _page(request)
    try:
        if request.POST.get("confirmed") != "1":
            return _page(request, known_of(site_reader(), number))
        done = erase_caller(site_reader(), number, person_of(request))
    except NotFoundError:
        messages.error(request, _("That is no number of a caller; write it as +493023125001."))
        return _page(request)
    except BusyError:
        messages.error(request, _("History is just being written; nothing was done. Try again."))
        return _page(request)
    _say(request, done)
    return redirect("erase")


def _page(request: HttpRequest, known: Known | None = None) -> HttpResponse:
    return render(request, "web/erase.html", {"known": known})


def _say(request: HttpRequest, done: Erased) -> None:
    said = _("Erased. In %(n)d records and in history stands from now on: %(pseudonym)s")
    messages.success(request, said % {"n": done.records, "pseudonym": done.pseudonym})
    if refused := len(done.recordings.refused):
        said = ngettext(
            "%(n)d recording could not be deleted: this program has no right to.",
            "%(n)d recordings could not be deleted: this program has no right to.",
            refused,
        )
        messages.error(request, said % {"n": refused})
