"""The interface as one thing: its routes, its errors, its description."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from everycall import __version__
from everycall.errors import NotFoundError
from everycall.web.api import calls, events
from everycall.web.api.problems import ProblemError, problem

api = NinjaAPI(
    title="Everycall",
    version=__version__,
    description="What happened to every call. Times are UTC; unknown is null, never zero.",
    urls_namespace="api-1",
    docs_url=None,
)
api.add_router("", calls.router)
api.add_router("", events.router)


@api.exception_handler(ProblemError)
def _problem(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return error.answer()


@api.exception_handler(NotFoundError)
def _not_found(request: HttpRequest, error: NotFoundError) -> HttpResponse:
    return problem(404, "not-found", str(error))


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = problem(401, "key", "show a key: Authorization: Bearer ec_... (Set-up, Keys)")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        {"field": ".".join(str(part) for part in found["loc"][1:]), "says": found["msg"]}
        for found in error.errors
    ]
    said = "; ".join(f"{line['field']}: {line['says']}" for line in wrong)
    return problem(422, "invalid", said or "the request cannot be read", errors=wrong)
