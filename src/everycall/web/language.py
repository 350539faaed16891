"""The language of a page: the person's own, else what the browser asks for."""

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from everycall.web.guards import View


class LanguageOfPerson:
    """Speaks the language that somebody chose; it is kept in the session from log-in on."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the right language."""
        wanted = request.session.get("language") or translation.get_language_from_request(request)
        with translation.override(wanted):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", wanted)
        return response
