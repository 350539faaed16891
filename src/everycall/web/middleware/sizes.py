"""How large a request may be: looked at while it comes in, so that nobody fills memory or disk."""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE = 2_500_000
"""The most that a form or a question may hold, in bytes."""

BATCH = 64_000_000
"""The most that a batch of records may hold, in bytes."""

_BATCHES = "/api/v1/events"


class TooLargeError(Exception):
    """More has come than may come."""


class Sized:
    """Refuses what is too large, by what it says of itself or as soon as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is not too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = BATCH if scope["path"].endswith(_BATCHES) else PAGE
        if _said(scope) > most:
            await _refuse(send, most)
            return
        come, answered = 0, False

        async def counted() -> Message:
            nonlocal come
            message = await receive()
            come += len(message.get("body", b""))
            if come > most:
                raise TooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except TooLargeError:
            if not answered:
                await _refuse(send, most)


def _said(scope: Scope) -> int:
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


async def _refuse(send: Send, most: int) -> None:
    problem = {
        "type": "urn:everycall:too-large",
        "title": "Content Too Large",
        "status": 413,
        "detail": f"{most} bytes are the most; send less at once",
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
