"""Connecting a phone system: say where it is, try it, and see what it cannot see."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.errors import EverycallError
from everycall.events.origins import MARK
from everycall.records.connections import Connection
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.declared import fields_of, kept_of
from everycall.web.guards import needs, person_of
from everycall.web.phones.connecting import live
from everycall.web.phones.kinds import KINDS, POSTING, origin_of
from everycall.web.phones.manager_rights import MANAGER_CONF
from everycall.web.phones.trying import tried
from everycall.web.steps import WALK, is_walk, onward, walk


def _form(kind: str, given: dict[str, Any] | None, data: Any) -> forms.Form:
    shown: dict[str, forms.Field] = {}
    if given is None:
        shown["name"] = forms.SlugField(label=_("A short name, such as: office"), max_length=40)
    shown |= fields_of(KINDS[kind], given)
    first = kind == "ami" and "" not in _marks()
    if given is not None or first:
        # as the name, it stands in the journal and in history; the first one has none
        shown.pop("mark", None)
    if given is None and first:
        shown.pop("own_queues", None)
    form: forms.Form = type("ConnectionForm", (forms.Form,), shown)(data)
    return form


@needs(Right.SET_UP)
def connect(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Connect a phone system, or change how it is reached."""
    if kind not in KINDS:
        raise Http404
    found = get_object_or_404(Connection, pk=pk, kind=kind) if pk else Connection(kind=kind)
    given = found.given() if pk else None
    form = _form(kind, given, request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _is_free(form, pk)
        and _is_apart(kind, form)
    ):
        found.name = found.name or form.cleaned_data["name"]
        found.keep(_marked(kind, form, given))
        found.save()
        note(person_of(request), "connection changed", found.name)
        live.change()
        return _after(request, found)
    page = {"form": form, "title": _("Phone system"), **walk(request, "step-connect")}
    page["manager_conf"] = MANAGER_CONF if kind == "ami" else ""
    return render(request, "web/connect.html", page)


def _after(request: HttpRequest, found: Connection) -> HttpResponse:
    """Try what was saved: it is mended on the same page, or it works and things go on."""
    if not _is_well(request, found):
        here = reverse("connection", args=(found.kind, found.pk))
        return redirect(f"{here}?{WALK}" if is_walk(request) else here)
    # who has to copy the address that it posts to finds that on Set-up
    return redirect("setup-site") if found.kind in POSTING else onward(request, "step-connect")


def _is_free(form: forms.Form, pk: int | None) -> bool:
    """Refuse a name that a connection has, or had: its records are in the journal."""
    if pk is None and Connection.objects.filter(name=form.cleaned_data["name"]).exists():
        form.add_error("name", _("This name is, or was, in use; take another one."))
        return False
    return True


def _marked(kind: str, form: forms.Form, given: dict[str, Any] | None) -> dict[str, Any]:
    """Return what is kept of a connection: a further phone system is marked, if only by its name."""
    kept = kept_of(KINDS[kind], form.cleaned_data, given)
    if "mark" not in {one.name for one in fields(KINDS[kind])}:
        return kept
    if given is not None:
        return {**kept, "mark": given.get("mark", "")}
    further = kind == "ami" and "" in _marks()
    mark = kept.get("mark") or (_as_mark(form.cleaned_data["name"]) if further else "")
    return {**kept, "mark": mark}


def _as_mark(name: str) -> str:
    return name.lower().replace("_", "-").lstrip("-")[:31] or "second"


def _marks() -> set[str]:
    """Return the marks of the phone systems that are connected; that of the first is empty."""
    rows = Connection.objects.filter(kind="ami", removed_at=None)
    return {origin_of(row.given()).mark for row in rows}


def _is_apart(kind: str, form: forms.Form) -> bool:
    """Refuse a mark that is none, or that another phone system has."""
    mark = form.cleaned_data.get("mark")
    if mark and not MARK.fullmatch(mark):
        form.add_error("mark", _("A mark is made of lower-case letters, digits and hyphens."))
    elif mark and kind == "ami" and mark in _marks():
        form.add_error("mark", _("Another phone system has this mark."))
    return not form.errors


@require_POST
@needs(Right.SET_UP)
def try_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a connection, now, and say what it saw."""
    _is_well(request, get_object_or_404(Connection, pk=pk, removed_at=None))
    return redirect("setup-site")


def _is_well(request: HttpRequest, found: Connection) -> bool:
    """Try a connection, say what it saw, and tell whether nothing is to be mended."""
    try:
        seen = tried(found)
    except (EverycallError, OSError, TimeoutError) as error:
        messages.error(request, _("It does not work: %s") % (str(error) or _("no answer")))
        return False
    if seen.good:
        messages.success(request, seen.good)
    if seen.lacks:
        messages.error(request, seen.lacks)
    return not seen.lacks


@require_POST
@needs(Right.SET_UP)
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """End a connection; what it said stays."""
    found = get_object_or_404(Connection, pk=pk)
    found.removed_at = timezone.now()
    found.save(update_fields=["removed_at"])
    note(person_of(request), "connection ended", found.name)
    live.change()
    return redirect("setup-site")
