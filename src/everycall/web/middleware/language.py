"""The language of a page, the person's own or what the browser asks for, and the site's zone."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from everycall.errors import EverycallError
from everycall.web.guards import View
from everycall.web.reading import site_reader

LANGUAGES = tuple(settings.LANGUAGES)
"""The languages of the pages, each by its own name."""

UTC = ZoneInfo("UTC")


class LanguageOfPerson:
    """Speaks the language that somebody chose; it is kept in the session from log-in on."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the right language."""
        wanted = request.session.get("language") or translation.get_language_from_request(request)
        with translation.override(wanted), timezone.override(_zone()):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", wanted)
        return response


def _zone() -> ZoneInfo:
    """Return the site's zone; a site file that cannot be read does not keep anybody out."""
    try:
        return site_reader().settings().zone or UTC
    except EverycallError:
        return UTC
