"""The live picture for other programs: once, or as a stream; queues and people as they are now."""

from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from everycall.live.board import Board
from everycall.records.models import Token
from everycall.web.api import limits
from everycall.web.api.keys import NUMBERS, Key, key_of, key_shown
from everycall.web.live.hub import hub
from everycall.web.live.owing import owed_for_page
from everycall.web.live.stream import RETRY, Receive, Scope, Send, Stream
from everycall.web.live.views import View, picture
from everycall.web.problems import ProblemError

router = Router(tags=["live"])

SCOPE = "live:read"


class QueueState(Schema):
    """A queue now, and today by the team's words; what no source tells is null."""

    name: str
    waiting: int
    longest_since: int | None
    staffed: int | None
    free: int | None
    talking: int | None
    entered: float | None
    answered: float | None
    gave_up: float | None
    sent_on: float | None
    missed: float | None
    lost: float | None
    abandoned: float | None
    level: float | None = Field(description="The service level, from 0 to 1.")
    wait_ms: float | None


class AgentState(Schema):
    """Somebody who answers calls, and what they are doing."""

    name: str
    state: str
    since: int | None
    queue: str | None
    queues: list[str]
    reason: str | None
    answered: int | None = Field(description="Rings of today's calls in that were answered.")
    talk_ms: int | None = Field(
        description="Talk in today's calls in that this person answered first; hold left out where seen."
    )
    call: str | None


def view_of(token: Token) -> View:
    """Return what a key may see of the picture."""
    clients = frozenset(token.clients)
    return View(names=not clients, numbers=NUMBERS in token.scopes, clients=clients)


def _board() -> Board:
    if hub.board is None:
        raise ProblemError(503, "no-picture", "nobody watches at present; try again", again_after=5)
    return hub.board


@router.get("/live", auth=Key(SCOPE), response=dict[str, Any], summary="What is happening now")
def live(request: HttpRequest) -> dict[str, Any]:
    """Give the newest picture; moments are milliseconds since 1970, unknown is null."""
    return picture(_board(), view_of(key_of(request)), owed_for_page())


@router.get("/queues", auth=Key(SCOPE), response=list[QueueState], summary="Queues now")
def queues(request: HttpRequest) -> list[dict[str, Any]]:
    """List the queues as they are now."""
    found: list[dict[str, Any]] = picture(_board(), view_of(key_of(request)))["queues"]
    return found


@router.get("/agents", auth=Key(SCOPE), response=list[AgentState], summary="People now")
def agents(request: HttpRequest) -> list[dict[str, Any]]:
    """List who answers calls, and what they are doing; a key for some brands sees nobody."""
    found: list[dict[str, Any]] = picture(_board(), view_of(key_of(request)))["agents"]
    return found


FRAME = """\
event: board
id: 412
data: {"as_of": 1793610005250, "version": 412, "boxes": {"waiting": 2, "free": 1}, "waiting": [], \
"agents": [], "queues": [], "outcomes": [{"outcome": "answered", "calls": 20, "kind": "helped"}]}

"""
"""What comes through the stream, with a few of its fields."""

_STREAM = {
    "description": "A stream that goes on until either side ends it. Each `board` is a whole picture, "
    "the same object as from `/live`; its `id` is the picture's version. A comment comes after 15 "
    "seconds without a picture; `retry` says when to connect again.",
    "content": {"text/event-stream": {"schema": {"type": "string"}, "example": FRAME}},
}


@router.get(
    "/live/stream",
    auth=Key(SCOPE),
    openapi_extra={"responses": {200: _STREAM}},
    summary="What is happening now, as it happens",
)
def stream(request: HttpRequest) -> HttpResponse:
    """Give each new picture as a server-sent event, beginning with the newest.

    One key may hold several streams; a reader that is slow loses old pictures, never the newest.
    """
    # the server answers this itself, see `KeyedStream`; without it, the present picture is all
    _board()
    body = RETRY + (hub.frame(view_of(key_of(request))) or b"")
    return HttpResponse(body, content_type="text/event-stream; charset=utf-8")


class KeyedStream(Stream):
    """The live picture as server-sent events, for programs that show a key."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send pictures until the other side goes away; a key that is not good gets a problem."""
        try:
            view: View = await sync_to_async(_let_in, thread_sensitive=False)(scope)
        except ProblemError as error:
            answer = error.answer()
            headers = [(k.lower().encode(), v.encode()) for k, v in answer.headers.items()]
            await send(
                {
                    "type": "http.response.start",
                    "status": answer.status_code,
                    "headers": headers,
                }
            )
            await send({"type": "http.response.body", "body": answer.content})
            return
        await self.show(view, receive, send, partial(_still, scope))


async def _still(scope: Scope) -> View | None:
    """Return what a key may see by now; None if it was taken back or is too old."""
    try:
        token: Token = await sync_to_async(_keyed, thread_sensitive=False)(scope)
    except ProblemError:
        return None
    return view_of(token)


def _let_in(scope: Scope) -> View:
    token = _keyed(scope)
    limits.spend(limits.requests, token.prefix, 1, "requests")
    return view_of(token)


def _keyed(scope: Scope) -> Token:
    token = key_shown(scope)
    if token is None:
        raise ProblemError(401, "key", "show a key: Authorization: Bearer ec_... (Set-up, Keys)")
    if SCOPE not in token.scopes:
        raise ProblemError(403, "scope", f"this key may do {', '.join(token.scopes)}")
    return token
