"""The live stream: a bare ASGI application, so that a thousand open screens cost little.

Whoever looks is asked for when the stream begins and once a minute, so that a screen that was taken
back, or somebody who was shut out, sees no more; no database connection is held meanwhile.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from http.cookies import CookieError, SimpleCookie
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError, connections
from django.http import HttpRequest
from django.utils import timezone

from everycall.records.models import Person, Wall
from everycall.records.roles import Right
from everycall.web.accounts.presence import is_over, is_there
from everycall.web.asked import is_readable
from everycall.web.live.hub import Reader, Sight, hub
from everycall.web.live.owing import owed_now
from everycall.web.live.views import View
from everycall.web.scope import clients_of, queues_of

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Ask = Callable[[], Awaitable[Sight | None]]
"""Says what somebody may see by now; None if nothing any more."""

log = logging.getLogger(__name__)

LOOK_AGAIN = 60.0
"""Whether somebody may still look is asked at least so often, in seconds."""

_STREAMS = itertools.count()
_GOLDEN = 0.618

hub.ask_owed = owed_now

RETRY = b"retry: 2000\n\n"
"""What a stream begins with: after so many milliseconds whoever lost it comes again."""

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Stream:
    """Answers `/live/stream` for people who are logged in, `/wall/SECRET/stream` for screens."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send boards until the other side goes away."""
        view = await _viewer(scope)
        if view is None:
            await refuse(send)
            return
        await self.show(view, receive, send, partial(_viewer, scope))

    async def show(
        self, sight: Sight, receive: Receive, send: Send, ask: Ask, retry: bytes = RETRY
    ) -> None:
        """Send what is to be seen until the other side goes away, or may see something else."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(body(retry))
        async with hub.reading(sight) as reader:
            sending = asyncio.create_task(send_all(reader, send))
            try:
                await _until_over(sight, receive, ask)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)
        await send({"type": "http.response.body", "body": b""})


async def _until_over(sight: Sight, receive: Receive, ask: Ask) -> None:
    """Return when the other side has gone, or may not see the same any more."""
    while True:
        try:
            async with asyncio.timeout(pause()):
                if (await receive())["type"] == "http.disconnect":
                    return
        except TimeoutError:
            if await _now(sight, ask) != sight:
                return


def pause() -> float:
    """Return after how many seconds it is asked again: a thousand screens that came at once, as they
    do when a server begins, ask one after another and not all in the same second.
    """
    return LOOK_AGAIN * (0.5 + next(_STREAMS) * _GOLDEN % 1 / 2)


async def _now(sight: Sight, ask: Ask) -> Sight | None:
    """Return what somebody may see by now; where nobody can tell, it is what it was."""
    try:
        return await ask()
    except DatabaseError:
        log.warning("who looks cannot be asked for; streams go on")
        return sight


async def send_all(reader: Reader, send: Send) -> None:
    """Send what a reader is shown, for ever."""
    while True:
        # nothing more is taken while the other side is slow; what they miss meanwhile is dropped
        await send(body(await reader.take()))


def body(data: bytes) -> dict[str, Any]:
    """Return a piece of an answer that goes on."""
    return {"type": "http.response.body", "body": data, "more_body": True}


async def refuse(send: Send) -> None:
    """Say that nobody is let in here without logging in."""
    await send({"type": "http.response.start", "status": 401, "headers": HEADERS[1:2]})
    await send({"type": "http.response.body", "body": b""})


async def _viewer(scope: Scope) -> View | None:
    secret = scope.get("path_params", {}).get("secret")
    ask = _of_wall if secret is not None else _of_person
    found: View | None = await sync_to_async(ask, thread_sensitive=False)(
        secret if secret is not None else session_key_of(scope)
    )
    return found


def session_key_of(scope: Scope) -> str:
    """Return the key of the session that a browser shows."""
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        found = SimpleCookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found is not None else ""


def _of_person(session_key: str) -> View | None:
    person = person_of(session_key)
    return view_of(person) if person is not None else None


def person_of(session_key: str) -> Person | None:
    """Return who is logged in, and so is there; the connection to the database is let go."""
    try:
        request, now = HttpRequest(), timezone.now()
        session = request.session = SessionStore(session_key)
        person = get_user(request)
        if not isinstance(person, Person) or is_over(session, now):
            return None
        if is_there(session, now):
            with suppress(DatabaseError, UpdateError):  # a full disk, or a log-out just now
                session.save()
        return person
    finally:
        connections.close_all()


def _of_wall(secret: str) -> View | None:
    try:
        known = Wall.objects.filter(secret=secret, revoked_at=None)
        wall = known.first() if is_readable(secret) else None
        return View(queues=frozenset(wall.queues)) if wall is not None else None
    finally:
        connections.close_all()


def view_of(person: Person) -> View | None:
    """Return what somebody may see of the live picture; None if nothing."""
    if not person.may(Right.SEE_LIVE):
        return None
    clients = frozenset(clients_of(person))
    return View(
        # who answers calls answers those of all brands
        names=person.may(Right.SEE_PEOPLE) and not clients,
        numbers=person.may(Right.REVEAL_NUMBERS),
        queues=frozenset(queues_of(person)),
        clients=clients,
    )
