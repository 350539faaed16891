"""Texts: what carries them, what was sent, who wants none; and the door through which answers come."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from everycall.events.callers import caller
from everycall.records.roles import Right
from everycall.records.stored_promises import StoredPromises
from everycall.records.texts import OptOut, Text, TextGateway
from everycall.records.trail import note
from everycall.recovery import Move, State
from everycall.recovery.promises import Step
from everycall.web.declared import brand_field, fields_of, kept_of
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.requesting import pages
from everycall.web.views.callbacks import found_promise
from everycall.web.wording.saying import say
from everycall.web.wording.writing import number_for
from everycall.web.work.mailing import mails_of, send_link
from everycall.web.work.texting import KINDS, received, reply
from everycall.wire.secret import is_secret
from everycall.wire.twilio import is_signed

LONGEST = 16_384
"""Bytes that an answer may have."""


@needs(Right.SET_UP)
def texts(request: HttpRequest) -> HttpResponse:
    """Show the gateways, what was sent and came, and who wants no texts."""
    person = person_of(request)
    rows = Paginator(Text.objects.order_by("-at", "-id"), 100).get_page(request.GET.get("page"))
    terms = site_reader().settings().texts
    page = {
        "gateways": [
            {"row": row, "answers": f"{settings.ADDRESS}{reverse('texts-in', args=[row.key])}"}
            for row in TextGateway.objects.filter(removed_at=None)
        ],
        "kinds": [
            (name, say(kind.__doc__.rstrip(".")) if kind.__doc__ else name)
            for name, kind in KINDS.items()
        ],
        "rows": rows,
        "shown": [{"one": one, "caller": number_for(one.number, person)} for one in rows],
        "opted_out": OptOut.objects.count(),
        "on": terms.on,
        "pages": [
            {"brand": name, "address": f"{settings.ADDRESS}{_page_of(slug)}"}
            for name, slug in pages(site_reader().settings())
        ],
        "mails_on": site_reader().settings().mails.on,
        "senders": terms.senders,
    }
    return render(request, "web/texts.html", page)


def _page_of(slug: str) -> str:
    return reverse("request-brand", args=[slug]) if slug else reverse("request")


@needs(Right.MANAGE_PEOPLE)
def connect(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Connect what carries texts, or change how it is reached."""
    if kind not in KINDS:
        raise Http404
    row = get_object_or_404(TextGateway, pk=pk, kind=kind, removed_at=None) if pk else None
    given = row.given() if row else None
    shown = fields_of(KINDS[kind], given)
    shown |= brand_field(_("The brand whose texts it carries"), row.client if row else "")
    form: forms.Form = type("GatewayForm", (forms.Form,), shown)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = row or TextGateway(kind=kind)
        row.client = form.cleaned_data.get("client", "")
        row.keep(kept_of(KINDS[kind], form.cleaned_data, given))
        row.save()
        note(person_of(request), "text gateway connected", str(row))
        return redirect("texts")
    page = {"form": form, "title": _("Texts"), "back": ("texts", _("Texts"))}
    return render(request, "web/form.html", page)


@require_POST
@needs(Right.MANAGE_PEOPLE)
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """End a gateway; what was sent stays."""
    row = get_object_or_404(TextGateway, pk=pk)
    row.removed_at = timezone.now()
    row.keep({})
    row.save()
    note(person_of(request), "text gateway ended", str(row))
    return redirect("texts")


@require_POST
@needs(Right.WORK_CALLBACKS)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a caller who wrote; with `settled` it was all that they needed."""
    promise, person = found_promise(request, pk), person_of(request)
    body = request.POST.get("body", "").strip()[:480]
    if not body or not reply(promise, body, str(person)):
        messages.error(request, _("The text was not sent: nothing carries texts, or it is empty."))
    elif request.POST.get("settled") and State(promise.state).is_open:
        step = Step(Move.KEEP, str(person), gettext_noop("answered by text"))
        StoredPromises().move(promise.plain(), step, timezone.now())
    return redirect("callback", pk)


@require_POST
@needs(Right.WORK_CALLBACKS)
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a caller the link to their page by mail, to the address that they gave."""
    promise, person = found_promise(request, pk), person_of(request)
    address = request.POST.get("address", "").strip()
    try:
        validate_email(address)
    except ValidationError:
        messages.error(request, _("That is no e-mail address."))
        return redirect("callback", pk)
    site = site_reader().settings()
    allowed = mails_of(site, promise.client).on and State(promise.state).is_open
    if not request.POST.get("agreed"):
        messages.error(request, _("Nothing was sent: they have to agree to get a mail."))
    elif not allowed or not send_link(promise, site, address, str(person)):
        messages.error(request, _("Nothing was sent: they had a mail already, or want none."))
    return redirect("callback", pk)


@csrf_exempt  # programs post here; each is known by its signature or its key
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    """Take an answer from a gateway."""
    row = TextGateway.objects.filter(key=key, removed_at=None).first()
    if row is None or len(request.body) > LONGEST:
        return HttpResponse(status=404 if row is None else 413)
    told = _twilio(request, row) if row.kind == "twilio" else _gateway(request, row)
    if told is None:
        return HttpResponse("the signature or the key is wrong", status=403)
    number = caller(told.get("from", ""), site_reader().settings().region).e164
    if number is not None:
        received(row, number, told.get("text", ""), told.get("id", ""), timezone.now())
    return HttpResponse("<Response/>", content_type="text/xml")


def _twilio(request: HttpRequest, row: TextGateway) -> dict[str, str] | None:
    form = {name: request.POST.getlist(name) for name in request.POST}
    address = f"{settings.ADDRESS}{request.get_full_path()}"
    given = request.headers.get("X-Twilio-Signature")
    if not is_signed(row.given().get("secret", ""), address, form, given):
        return None
    told = request.POST
    return {
        "from": told.get("From", ""),
        "text": told.get("Body", ""),
        "id": told.get("MessageSid", ""),
    }


def _gateway(request: HttpRequest, row: TextGateway) -> dict[str, str] | None:
    """Read an answer from a gateway of one's own: it says the same key that it is given."""
    given: dict[str, Any] = row.given()
    said = request.headers.get("Authorization", "")
    if not is_secret(given.get("secret", ""), said):
        return None
    names = {"from": given["to_field"], "text": given["text_field"], "id": "id"}
    names["from"] = given["from_field"]
    try:
        told = request.POST if given.get("form") else json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, Mapping):
        return {}
    return {name: str(told.get(field, "")) for name, field in names.items()}
