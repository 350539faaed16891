"""The interface as one thing: its routes, its errors, its description."""

import hashlib
from typing import Any

from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from everycall import __version__
from everycall.errors import EverycallError, NoCallsError, NotFoundError
from everycall.web.api import calls, events, live, metrics, promises, requests
from everycall.web.problems import ProblemError, problem

AGAIN = 5
"""After so many seconds it is worth asking again what the database could not answer."""


class Interface(NinjaAPI):
    """An interface whose every answer has a tag, so that what is known is not sent again."""

    def create_response(self, request: HttpRequest, data: Any, **more: Any) -> HttpResponse:
        """Return an answer; 304 without a body if the asker has it already."""
        response = super().create_response(request, data, **more)
        if request.method == "GET" and response.status_code == 200:
            tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            known = parse_etags(request.headers.get("If-None-Match", ""))
            if tag in {text.removeprefix("W/") for text in known} or "*" in known:
                response = HttpResponseNotModified()
            response.headers["ETag"] = tag
            response.headers["Cache-Control"] = "private, no-cache"
        return response


api = Interface(
    title="Everycall",
    version=__version__,
    description="What happened to every call. Times are UTC; unknown is null, never zero.",
    urls_namespace="api-1",
    docs_url=None,
)
for _part in (calls, events, metrics, live, promises, requests):
    api.add_router("", _part.router)


@api.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return error.answer()


@api.exception_handler(NoCallsError)
@api.exception_handler(NotFoundError)
def _not_found(request: HttpRequest, error: EverycallError) -> HttpResponse:
    return problem(404, "not-found", str(error))


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = problem(401, "key", "show a key: Authorization: Bearer ec_... (Set-up, Keys)")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(DatabaseError)
def _no_records(request: HttpRequest, error: DatabaseError) -> HttpResponse:
    return problem(
        503, "not-now", "the records cannot be used at present; try again", again_after=AGAIN
    )


@api.exception_handler(DataError)
@api.exception_handler(OverflowError)
def _out_of_bounds(request: HttpRequest, error: Exception) -> HttpResponse:
    said = "a text, a number or a moment in the request is none that the records can hold"
    return problem(422, "invalid", said, errors=[])


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(422, "invalid", str(error), errors=[])


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        {"field": ".".join(str(part) for part in found["loc"][1:]), "says": found["msg"]}
        for found in error.errors
    ]
    said = "; ".join(f"{line['field']}: {line['says']}" for line in wrong)
    return problem(422, "invalid", said or "the request cannot be read", errors=wrong)
