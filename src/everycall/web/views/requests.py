"""The public page on which a caller asks for a call. Nobody logs in here, and no cookie is set.

What it answers never depends on what is known of a number: it is the same for a stranger's, for one
that is owed a call already, for one that is never rung, and for a program that filled in the trap.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from everycall.recovery.requested import RequestSettings, number_to_ring
from everycall.web.api.counting import counted
from everycall.web.api.limits import Buckets, Rate
from everycall.web.middleware.places import place_of
from everycall.web.reading import site_reader
from everycall.web.requesting import Wanted, brand_of, offered, requests_of, take
from everycall.web.slots import calendar_for, moment, zone_of

TRAP = "website"
"""A field that people do not see; who fills it in is a program."""

A_PLACE, A_BRAND = Rate(1 / 120, 5), Rate(1 / 10, 100)
"""Five requests from a place at once, then one in two minutes; for a brand a hundred, then one in ten seconds."""

people, brands = Buckets(A_PLACE), Buckets(A_BRAND)
"""Requests that came to this process: what is far too much costs the records nothing."""


class Form(forms.Form):
    """What a caller says."""

    number = forms.CharField(max_length=40)
    at = forms.CharField(max_length=40, required=False)
    about = forms.CharField(max_length=200, required=False)
    agreed = forms.BooleanField()


@csrf_exempt  # nobody is logged in here, so there is no right that somebody else could abuse
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, brand: str = "") -> HttpResponse:
    """Let a caller ask for a call."""
    site = site_reader().settings()
    client = brand_of(site, brand)
    if client is None or not requests_of(site, client).on:
        raise Http404
    language = _language(request, site.clients[client].language if client else "")
    with translation.override(language):
        if request.method == "POST":
            answer = _posted(request, client, language)
        else:
            answer = _page(request, client, language, done="done" in request.GET)
    answer.headers["Content-Language"] = language
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _language(request: HttpRequest, brands_own: str) -> str:
    """Return the language of the page: the one that was asked for, the browser's, or the brand's."""
    given = request.GET.get("lang", "")
    if translation.check_for_language(given) and given in dict(_languages()):
        return given
    if request.headers.get("Accept-Language"):
        return translation.get_language_from_request(request)
    return brands_own if brands_own in dict(_languages()) else "en"


def _languages() -> list[tuple[str, str]]:
    return [
        (code, translation.get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES
    ]


def _posted(request: HttpRequest, client: str, language: str) -> HttpResponse:
    if not _has_room(request, client):
        said = _(
            "Too many people asked from here just now. Ring us, or try again in a few minutes."
        )
        return _page(request, client, language, wrong=said, status=429)
    form, site, now = Form(request.POST), site_reader().settings(), timezone.now()
    terms = requests_of(site, client)
    filled = form.is_valid()
    number = _number(request, terms)
    if not filled or number is None:
        said = _("This is no number that we can call.") if number is None else ""
        return _page(request, client, language, wrong=said or _("You have to agree."), status=422)
    at = moment(form.cleaned_data["at"])
    if not request.POST.get(TRAP):
        chosen = at if at in offered(site, client, "", now) else None
        about = form.cleaned_data["about"].strip()
        take(site, Wanted(number, client, "the caller", "", language, chosen, about), now)
    return redirect(f"{request.path}?lang={language}&done")


def _number(request: HttpRequest, terms: RequestSettings) -> str | None:
    region = site_reader().settings().region
    countries = terms.countries or ((region,) if region else ())
    return number_to_ring(request.POST.get("number", ""), region, countries)


def _has_room(request: HttpRequest, client: str) -> bool:
    place = place_of(str(request.META.get("REMOTE_ADDR", "")))
    if people.spend(place) or brands.spend(client):
        return False
    return counted(f"asked {place}", A_PLACE) and counted(f"asked for {client}", A_BRAND)


def _page(
    request: HttpRequest,
    client: str,
    language: str,
    *,
    done: bool = False,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    site, now = site_reader().settings(), timezone.now()
    terms, zone = requests_of(site, client), zone_of(site)
    consent = terms.consent.get(language) or _(
        "I agree that you call me at this number about my request."
    )
    page: dict[str, Any] = {
        "brand": client,
        "done": done,
        "wrong": wrong,
        "opens": _opens(client, terms, now),
        "zone": zone.key.split("/")[-1].replace("_", " "),
        "slots": [m.astimezone(zone) for m in offered(site, client, "", now)],
        "given": request.POST,
        "consent": consent,
        "trap": TRAP,
        "languages": _languages(),
    }
    return render(request, "web/request.html", page, status=status)


def _opens(client: str, terms: RequestSettings, now: datetime) -> datetime | None:
    """Return when it opens, while it is closed."""
    site = site_reader().settings()
    calendar = calendar_for(site, "", terms.queue, client)
    if calendar.is_open(now) is not False:
        return None
    opens = calendar.next_opening(now)
    return opens.astimezone(zone_of(site)) if opens is not None else None
