"""How large a request may be, and how slow: looked at while it comes in, so that nobody fills memory,
disk or all connections.
"""

import asyncio
import json
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from everycall.web.api.keys import SENDS, key_shown

PAGE = 2_500_000
"""The most that a form or a question may hold, in bytes."""

BATCH = 64_000_000
"""The most that a batch of records may hold, in bytes, from who shows a key that may send them."""

START = 30.0
"""Within so many seconds whatever is sent has to be there."""

PACE = 20_000
"""What is larger may take longer: a second for so many bytes that have come."""

_BATCHES = "/api/v1/events"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why something is not taken."""

    status: int
    kind: str
    title: str
    detail: str


_TOO_SLOW = _Refusal(408, "too-slow", "Request Timeout", "it comes too slowly; send it again")


def _too_large(most: int) -> _Refusal:
    said = f"{most} bytes are the most; send less at once"
    return _Refusal(413, "too-large", "Content Too Large", said)


class TooMuchError(Exception):
    """More has come than may come, or it comes too slowly to wait for its end."""

    def __init__(self, refusal: _Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


class _Coming:
    """What comes in, counted while it does.

    Attributes:
        refused: nothing more is taken; whoever asks and answers has it said why.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._come = 0
        self._is_whole = False
        self.refused: TooMuchError | None = None
        self._begun = asyncio.get_running_loop().time()

    async def __call__(self) -> Message:
        """Return what comes next; when all has come, whoever waits for more may do so for long."""
        if self._is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._begun + START + self._come / PACE):
                message = await self._receive()
        except TimeoutError:
            raise self._refuse(_TOO_SLOW) from None
        self._come += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._come > self._most:
            raise self._refuse(_too_large(self._most))
        return message

    def _refuse(self, why: _Refusal) -> TooMuchError:
        self.refused = TooMuchError(why)
        return self.refused


class Sized:
    """Refuses what is too large, by what it says of itself or as soon as it is, and what only drips."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that is not too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = await _most(scope)
        if _said(scope) > most:
            await _refuse(send, _too_large(most))
            return
        answered, coming = False, _Coming(receive, most)

        async def watched(message: Message) -> None:
            nonlocal answered
            if coming.refused is not None and not answered:
                raise coming.refused  # what was refused is no error of ours, whoever caught it
            answered = True
            await send(message)

        try:
            await self._app(scope, coming, watched)
        except TooMuchError as error:
            if not answered:
                await _refuse(send, error.refusal)


async def _most(scope: Scope) -> int:
    """Return how many bytes a request may have: a large batch has to show a key that may send one."""
    if not scope["path"].endswith(_BATCHES) or 0 < _said(scope) <= PAGE:
        return PAGE
    key = await sync_to_async(key_shown, thread_sensitive=False)(scope)
    return BATCH if key is not None and SENDS in key.scopes else PAGE


def _said(scope: Scope) -> int:
    """Return how many bytes a request says that it has; 0 if it does not say."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    return int(said) if said.isdigit() else 0


async def _refuse(send: Send, why: _Refusal) -> None:
    problem = {
        "type": f"urn:everycall:{why.kind}",
        "title": why.title,
        "status": why.status,
        "detail": why.detail,
    }
    headers = [(b"content-type", b"application/problem+json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": why.status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(problem).encode()})
