"""Connecting a phone system: say where it is, try it, and see what it cannot see."""

import asyncio
import contextlib
from dataclasses import fields
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.app.live.reaching import Silence, silences
from everycall.clock import from_micros
from everycall.errors import EverycallError
from everycall.events.origins import MARK
from everycall.records.connections import Connection
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.settings import read_table
from everycall.telephony import PhoneSystemError
from everycall.web.declared import fields_of, kept_of
from everycall.web.guards import needs, person_of
from everycall.web.phones.connecting import live
from everycall.web.phones.kinds import (
    KINDS,
    POSTING,
    TwilioSettings,
    account_of,
    ari_of,
    origin_of,
    pbx_of,
    people_in,
)
from everycall.wire.ami import AmiError
from everycall.wire.ami import Connection as AmiConnection
from everycall.wire.ari import AriError
from everycall.wire.twilio_calls import TwilioError

PATIENCE = 8.0
"""Seconds that a try may take."""

NAMED = 6
"""So many phones are named in a sentence."""


def _form(kind: str, given: dict[str, Any] | None, data: Any) -> forms.Form:
    shown: dict[str, forms.Field] = {}
    if given is None:
        shown["name"] = forms.SlugField(label=_("A short name, such as: office"), max_length=40)
    shown |= fields_of(KINDS[kind], given)
    if given is not None:
        # as the name, it stands in the journal and in history
        shown.pop("mark", None)
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
        return redirect("setup-site")
    return render(request, "web/form.html", {"form": form, "title": _("Phone system")})


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
    found = get_object_or_404(Connection, pk=pk, removed_at=None)
    try:
        said = _tried(found)
    except (EverycallError, OSError, TimeoutError) as error:
        messages.error(request, _("It does not work: %s") % (str(error) or _("no answer")))
    else:
        messages.success(request, said)
    return redirect("setup-site")


def _tried(found: Connection) -> str:
    if found.kind == "twilio" and found.given().get("account"):
        return asyncio.run(_try_twilio(found))
    if found.kind == "ari":
        return asyncio.run(_try_ari(found))
    if found.kind in POSTING:
        return _("It posts to us, so there is nothing to try: ring, and look at Now.")
    if found.kind == "queue_log":
        path = Path(str(found.given()["path"]))
        with path.open("rb") as file:
            file.read(1)
        changed = from_micros(int(path.stat().st_mtime * 1_000_000))
        return _("The log can be read; its last change was at %s UTC.") % f"{changed:%F %T}"
    return asyncio.run(_try_manager(found))


async def _try_twilio(found: Connection) -> str:
    terms = read_table(TwilioSettings, found.given(), found.name)
    people_in(terms.people)
    account = account_of(terms)
    try:
        named = str((await account.myself()).get("friendly_name") or terms.account)
        owned = not terms.number or bool(await account.numbers(terms.number))
    except TwilioError as error:
        raise PhoneSystemError(str(error)) from None
    said = [_("It works: the account %s answers.") % named]
    if not terms.number:
        said.append(_("It does not dial for you: no number of the account is named."))
    elif not owned:
        said.append(_("%s is no number of this account, so it cannot dial.") % terms.number)
    if not settings.ADDRESS.startswith("https://"):
        said.append(_("Twilio has to reach us: start with EVERYCALL_ADDRESS=https://..."))
    return " ".join(said)


async def _try_ari(found: Connection) -> str:
    ari = ari_of(found.given(), found.name)
    try:
        version = (await ari.ask("GET", "/asterisk/info", only="system"))["system"]["version"]
        phones = await ari.ask("GET", "/endpoints")
    except AriError as error:
        raise PhoneSystemError(str(error)) from None
    return _("It works: Asterisk %(version)s, %(phones)d phones and lines.") % {
        "version": version,
        "phones": len(phones),
    }


async def _try_manager(found: Connection) -> str:
    async with asyncio.timeout(PATIENCE):
        connection = await AmiConnection.open(pbx_of(found.given(), found.name), lambda _: None)
        try:
            members = await connection.listing("QueueStatus")
            phones = await _phones(connection)
        finally:
            await connection.close()
    queues = {event.get("Queue") for event in members if event.get("Event") == "QueueParams"}
    people = {event.get("Name") for event in members if event.get("Event") == "QueueMember"}
    said = _("It works: %(queues)d queues and %(people)d people were seen.") % {
        "queues": len(queues),
        "people": len(people),
    }
    joined = [event for event in members if event.get("Event") == "QueueMember"]
    unseen = [_silence(one) for one in silences(phones, joined)]
    return " ".join([said, *unseen])


async def _phones(connection: AmiConnection) -> list[dict[str, Any]]:
    with contextlib.suppress(AmiError):
        return await connection.listing("PJSIPShowAors")
    return []


def _silence(found: Silence) -> str:
    """Say how long a phone's silence would go unseen."""
    names = ", ".join(found.phones[:NAMED])
    more = len(found.phones) - NAMED
    if more > 0:
        names = _("%(names)s and %(more)d more") % {"names": names, "more": more}
    if found.within_s is None:
        return (
            _(
                "Nobody asks these phones whether they are there, so their silence is seen at the "
                "next call only: %s. Set qualify_frequency=10 for them in pjsip.conf."
            )
            % names
        )
    seconds = f"{found.within_s:g}"
    return _("A silence of these is seen within %(seconds)s s: %(names)s.") % {
        "seconds": seconds,
        "names": names,
    }


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
