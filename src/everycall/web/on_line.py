"""Telling a person's page, at once, that somebody else is on their line: ringing, handed on, gone.

A bare ASGI application like the live stream. It says who, and the page fetches the card by itself.
"""

import asyncio
import json
from dataclasses import asdict, dataclass

from asgiref.sync import sync_to_async

from everycall.live.board import AgentNow, Board, CallNow
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.web.live.hub import Frames, hub
from everycall.web.live.stream import (
    HEADERS,
    HEARTBEAT,
    Receive,
    Scope,
    Send,
    body,
    person_of,
    refuse,
    session_key_of,
)
from everycall.web.live.views import WALL


@dataclass(frozen=True, slots=True)
class OnLine:
    """Who is on somebody's line: the call, how far it is, and since when; null: nobody."""

    call: str | None = None
    stage: str | None = None
    since: int | None = None


def call_of(board: Board, agent: str) -> CallNow | None:
    """Return the call that rings at somebody's phone, that they talk in, or that was handed to them."""
    me = next((a for a in board.agents if agent in (a.name, *a.phones)), None)
    if me is None or not agent:
        return None
    return next((call for call in board.calls if _is_of(call, me)), None)


def _is_of(call: CallNow, me: AgentNow) -> bool:
    return call.call_id == me.call_id or call.agent == me.name or me.name in call.ringing


def on_line(board: Board | None, agent: str) -> OnLine:
    """Return who is on somebody's line, as the picture shows it."""
    call = call_of(board, agent) if board is not None else None
    if call is None:
        return OnLine()
    rings = call.agent != agent and bool(call.ringing)
    return OnLine(call.call_id, "ringing" if rings else call.stage.value, call.since // 1000)


class LineStream:
    """Answers `/callbacks/line/stream` for people who work on call backs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say who is on the line until the other side goes away."""
        key = session_key_of(scope)
        person: Person | None = await sync_to_async(person_of, thread_sensitive=False)(key)
        if person is None or not person.may(Right.WORK_CALLBACKS):
            await refuse(send)
            return
        await self.show(person.agent, receive, send)

    async def show(self, agent: str, receive: Receive, send: Send) -> None:
        """Say who is on the line of a phone until the other side goes away."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(body(b"retry: 1000\n\n"))
        async with hub.reading(WALL) as frames:
            telling = asyncio.create_task(_tell(agent, frames, send))
            try:
                while (await receive())["type"] != "http.disconnect":
                    pass
            finally:
                telling.cancel()


async def _tell(agent: str, frames: Frames, send: Send) -> None:
    said: OnLine | None = None
    while True:
        now = on_line(hub.board, agent)
        if now != said:
            said = now
            data = json.dumps(asdict(now), separators=(",", ":")).encode()
            await send(body(b"event: line\ndata: %s\n\n" % data))
        try:
            await asyncio.wait_for(frames.get(), HEARTBEAT)
        except TimeoutError:
            await send(body(b": still here\n\n"))
