"""The addresses at which people come in and look after their way in.

Of allauth's pages these alone are served: nobody signs up, and a forgotten password or another
e-mail address is a matter for the owner, in Set-up.
"""

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path

from everycall.web.views import presence

CLOSED = (
    "signup",
    "email",
    "confirm_email",
    "email_verification_sent",
    "set_password",
    "reset_password",
    "confirm_login_code",
)
"""Pages that allauth's own pages know by name and that are not here."""


def not_here(_request: HttpRequest, **_given: str) -> HttpResponse:
    """Answer that there is no such page."""
    raise Http404


urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("sessions/", presence.here, name="presences"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("mfa/", include("allauth.mfa.urls")),
    *(path(f"closed/{name}/", not_here, name=f"account_{name}") for name in CLOSED),
]
