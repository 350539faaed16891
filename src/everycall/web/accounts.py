"""How people get in: nobody signs up by themselves, the owner invites."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What allauth asks us."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Tell that nobody makes an account uninvited."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where somebody goes after logging in."""
        found: Any = super().get_login_redirect_url(request)
        return str(found)
