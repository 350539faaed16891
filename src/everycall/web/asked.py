"""What is asked for in an address: numbers within bounds, and characters that can be looked for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

from everycall.web.api.problems import problem

_MOST = 1_000_000

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

    return middleware
