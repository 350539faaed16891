"""What holds of every answer, whoever gives it: pages, files, streams, refusals."""

from collections.abc import Iterable

from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everycall.web.guards import POLICY

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""What may be asked; nothing answers to TRACE."""

_ALWAYS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


class Outermost:
    """Adds the headers that an answer lacks, and refuses methods that nobody has a use for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _all(scope, message.get("headers", ()))}
            await send(message)

        if scope["method"] in METHODS:
            await self._app(scope, receive, headed)
            return
        allowed = [(b"allow", ", ".join(METHODS).encode())]
        await headed({"type": "http.response.start", "status": 405, "headers": allowed})
        await headed({"type": "http.response.body", "body": b""})


def _all(scope: Scope, given: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    found = list(given)
    there = {name.lower() for name, _ in found}
    wanted = dict(_ALWAYS)
    if scope.get("scheme") == "https" and settings.SECURE_HSTS_SECONDS:
        seconds = str(settings.SECURE_HSTS_SECONDS).encode()
        wanted[b"strict-transport-security"] = b"max-age=" + seconds
    return found + [(name, value) for name, value in wanted.items() if name not in there]
