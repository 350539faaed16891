"""Telling a person's page, at once, that somebody else is on their line: ringing, handed on, gone.

A bare ASGI application like the live stream. It says who, and the page fetches the card by itself.
"""

import json
from dataclasses import asdict, dataclass
from functools import partial

from asgiref.sync import sync_to_async

from everycall.live.board import AgentNow, Board, CallNow
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.web.live.stream import (
    Receive,
    Scope,
    Send,
    Stream,
    person_of,
    refuse,
    session_key_of,
)

RETRY = b"retry: 1000\n\n"
"""Whoever lost the stream comes again after so many milliseconds: the phone rings now."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of somebody's line; the same while nothing changes."""

    agent: str

    def frame(self, board: Board, _owed: object) -> bytes:
        """Return who is on the line, as one event of a stream."""
        said = json.dumps(asdict(on_line(board, self.agent)), separators=(",", ":")).encode()
        return b"event: line\ndata: %s\n\n" % said


class LineStream(Stream):
    """Answers `/callbacks/line/stream` for people who work on call backs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say who is on the line until the other side goes away."""
        ask = partial(_line, session_key_of(scope))
        line = await ask()
        if line is None:
            await refuse(send)
            return
        await self.show(line, receive, send, ask, RETRY)


async def _line(key: str) -> Line | None:
    """Return whose line somebody who is logged in may look at."""
    person: Person | None = await sync_to_async(person_of, thread_sensitive=False)(key)
    if person is None or not person.may(Right.WORK_CALLBACKS):
        return None
    return Line(person.agent)
