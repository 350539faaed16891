"""How people get in: nobody signs up by themselves, the owner invites; who came in is on record."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.signals import password_changed, user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from everycall.records.models import Person
from everycall.records.trail import note


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What allauth asks us."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell that nobody makes an account uninvited."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody goes after logging in."""
        found: Any = super().get_login_redirect_url(request)
        return str(found)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's own begins with the host and port that were asked for, which a guesser may vary
        return str(credentials.get("email", "")).lower()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Put a wrong password on record, if it was tried on an account that exists."""
        # what was typed may be anything, even the password: only what we know is kept
        known = Person.objects.filter(email=str(credentials.get("email", "")).lower()).first()
        if known is not None:
            note(None, "wrong password", known.email)
        super().authentication_failed(request, **credentials)


@receiver(user_logged_in)
def _logged_in(user: Person, **_: Any) -> None:
    note(user, "logged in", user.email)


@receiver(password_changed)
def _password_changed(user: Person, **_: Any) -> None:
    note(user, "password changed", user.email)
