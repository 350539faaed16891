"""What stands before every page: headers, the first set-up, and rights."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from everycall.records.models import Person
from everycall.records.roles import Right

View = Callable[..., HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere."""


def headers(get_response: View) -> View:
    """Add the headers that keep other sites out of the pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and request.path == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = '"cache"'
        return response

    return middleware


class SetUpFirst:
    """Until there is an owner, every page leads to the set-up."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.done = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass a request on, or send it to the set-up."""
        self.done = self.done or Person.objects.exists()
        open_to_all = (reverse("setup"), reverse("health"), reverse("ready"))
        # a screen is known by its secret alone
        walls = reverse("wall", args=["-"]).removesuffix("-/")
        is_open = request.path in open_to_all or request.path.startswith(walls)
        if not self.done and not is_open:
            return redirect("setup")
        return self.get_response(request)


def person_of(request: HttpRequest) -> Person:
    """Return who asks; a page behind `needs` always has somebody.

    Raises:
        PermissionDenied: nobody is logged in.
    """
    if not isinstance(request.user, Person):
        raise PermissionDenied("nobody is logged in")
    return request.user


def needs(right: Right) -> Callable[[View], View]:
    """Let only those in who have a right; who is not logged in may log in first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            person = request.user
            if not isinstance(person, Person):
                return redirect_to_login(request.get_full_path())
            if not person.may(right):
                raise PermissionDenied(f"your role does not include: {right.value}")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
