"""Programs show a key; a key may do what its scopes name, and nothing else."""

from typing import Any, cast

from django.db import connections
from django.http import HttpRequest
from ninja.security import HttpBearer
from starlette.types import Scope

from everycall.records.models import Token
from everycall.web.api import limits
from everycall.web.problems import ProblemError
from everycall.web.scope import NOTHING
from everycall.web.wording.masking import masked_all
from everycall.web.wording.outsiders import nameless


class Key(HttpBearer):
    """Asks for a key with one scope: `Authorization: Bearer ec_...`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """Return the key; None if there is none like it.

        Raises:
            ProblemError: the key is good, but not for this, or it asks too often.
        """
        found = Token.find(token)
        if found is None:
            return None
        if self.scope not in found.scopes:
            sentence = f"this key may do {', '.join(found.scopes)}; this needs {self.scope}"
            raise ProblemError(403, "scope", sentence)
        limits.spend(limits.requests, found.prefix, 1, "requests")
        return found


def key_shown(scope: Scope) -> Token | None:
    """Return the key that a request shows before Django has read it; None if there is none like it.

    The thread's connection to the database is given back.
    """
    said = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    kind, _, text = said.partition(" ")
    try:
        return Token.find(text.strip()) if kind.lower() == "bearer" else None
    finally:
        connections.close_all()


def key_of(request: HttpRequest) -> Token:
    """Return the key that was shown; behind `Key` there always is one."""
    return cast("Token", request.auth)  # type: ignore[attr-defined]  # ninja puts it there


def both(wanted: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    """Return the brands that are asked for and allowed; empty means all."""
    if not wanted or not allowed:
        return wanted or allowed
    return tuple(name for name in wanted if name in allowed) or NOTHING


SENDS = "events:write"
NUMBERS = "numbers:read"


def as_allowed(told: Any, token: Token) -> Any:
    """Return something as a key may see it: no number of a customer without its scope, and no name
    of ours where it is for some brands only.
    """
    shown = nameless(told, token.clients)
    return shown if NUMBERS in token.scopes else masked_all(shown)
