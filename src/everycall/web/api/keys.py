"""Programs show a key; a key may do what its scopes name, and nothing else."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from everycall.records.models import Token
from everycall.web.api.problems import ProblemError


class Key(HttpBearer):
    """Asks for a key with one scope: `Authorization: Bearer ec_...`."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """Return the key; None if there is none like it.

        Raises:
            ProblemError: the key is good, but not for this.
        """
        found = Token.find(token)
        if found is not None and self.scope not in found.scopes:
            sentence = f"this key may do {', '.join(found.scopes)}; this needs {self.scope}"
            raise ProblemError(403, "scope", sentence)
        return found
