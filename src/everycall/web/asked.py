"""What is asked for in an address: numbers within bounds, and characters that can be looked for."""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from everycall.web.problems import problem

_MOST = 1_000_000

log = logging.getLogger(__name__)

_REFUSED = "the address holds a character that nothing is called by"


def whole(text: str, otherwise: int = 1, most: int = _MOST) -> int:
    """Return the whole number that somebody wrote, at most so large; what is none means another."""
    if not (text.isascii() and text.isdecimal()):
        return otherwise
    # so many digits that reading them would take long are too many anyway
    return min(int(text), most) if len(text) <= len(str(most)) else most


def is_readable(path: str, question: str = "") -> bool:
    """Tell whether an address can be looked up: nothing is called by the character of number zero."""
    return "\0" not in path and "%00" not in question


def readable(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse an address that no database can look up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_readable(request.path_info, request.META.get("QUERY_STRING", "")):
            return get_response(request)
        if request.path_info.startswith("/api/"):
            return problem(400, "invalid", _REFUSED, errors=[])
        return HttpResponseBadRequest(_REFUSED)

    middleware.process_exception = _refuse  # type: ignore[attr-defined]  # Django looks for it
    return middleware


def _refuse(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Refuse what is longer or larger than the records hold, should a form have let it through."""
    if not isinstance(error, (DataError, OverflowError)):
        return None
    log.warning("what was sent to %s cannot be kept: %s", request.path_info, type(error).__name__)
    return HttpResponseBadRequest("something is longer or larger than can be kept")
