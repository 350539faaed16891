"""How often somebody may knock at the doors of phone systems: looked at before anything is read.

A phone system sends much, and somebody else may send as much as they like: so each place of the net
has a bucket of its own at each door, and a smaller one for what was refused.
"""

import re
from math import ceil

from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everycall.web.api.limits import Buckets, Rate
from everycall.web.middleware.places import place_of

_DOOR = re.compile(r"/(?:in|texts/in)/([^/]+)/?")
_WRONG = (401, 403, 404)
_SHOWN = (b"authorization", b"x-amz-firehose-access-key")

knocks = Buckets(Rate(settings.RATE_KNOCKS, settings.RATE_KNOCKS * 10))
"""Messages from one place at one door."""

refusals = Buckets(Rate(1, 60))
"""Messages from one place with a wrong signature or password, or at no door: sixty, then one a second."""


class Knocking:
    """Answers 429 to who knocks too often, or shows too often what opens nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may be made."""
        door = _door(scope)
        if door is None:
            await self._app(scope, receive, send)
            return
        place = place_of((scope.get("client") or ("", 0))[0])
        wait = refusals.wait(place) or knocks.spend(f"{door} {place}")
        if wait:
            await _refuse(send, ceil(wait))
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_wrong(scope, message["status"]):
                refusals.spend(place)
            await send(message)

        await self._app(scope, receive, watched)


def _door(scope: Scope) -> str | None:
    """Return the door that is knocked at; None for any other address."""
    if scope["type"] != "http":
        return None
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    found = _DOOR.fullmatch(path)
    return found[1] if found else None


def _is_wrong(scope: Scope, status: int) -> bool:
    """Tell whether something was refused that was meant to open; who shows nothing yet waits to be asked."""
    if status == 401:
        return any(name in _SHOWN for name, _ in scope["headers"])
    return status in _WRONG


async def _refuse(send: Send, wait: int) -> None:
    said = f"too many messages from here; go on in {wait} s".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"retry-after", str(wait).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": said})
