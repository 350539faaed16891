"""What this process does: everything, or one part of it beside other processes.

The parts share the data directory and the database. The picture travels from the one that watches
to the others in a file; what is posted travels the other way through a journal of each web process.
What asks for calls that ended a moment ago, or for the phone systems, goes on where they are heard.
"""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, suppress
from enum import StrEnum

from django.conf import settings

from everycall.app.intake.landing import Landing, Landings, landings
from everycall.app.live.sharing import Follower, Shared, place_of, share
from everycall.errors import EverycallError, NotTakenError
from everycall.live.ended import Before
from everycall.web.live.hub import hub
from everycall.web.phones.connecting import live, watched
from everycall.web.phones.ordering import taking_orders
from everycall.web.phones.taking import door
from everycall.web.reading import site_reader
from everycall.web.settling import settle
from everycall.web.work.timetable import keeping, looking_on

log = logging.getLogger(__name__)

LOOK = 0.1
"""Seconds between two looks for a newer picture, or for records that landed."""

TIDY = 600.0
"""Seconds between two times of deleting what was taken on."""


class Part(StrEnum):
    """What a process does."""

    ALL = "all"
    WEB = "web"
    INGEST = "ingest"
    WORK = "work"


def part() -> Part:
    """Return what this process does."""
    return Part(settings.PART)


@asynccontextmanager
async def running() -> AsyncIterator[None]:
    """Do this process's part while pages, or at least its health, are served."""
    hub.attach(asyncio.get_running_loop())
    mine = part()
    async with AsyncExitStack() as stack:
        rounds: list[AbstractContextManager[None]] = []
        if mine in (Part.ALL, Part.INGEST):
            await stack.enter_async_context(watched())
            rounds += [looking_on(site_reader()), taking_orders()]
        if mine is Part.INGEST:
            await stack.enter_async_context(_beside(_sharing, _landing))
        if mine in (Part.WEB, Part.WORK):
            await stack.enter_async_context(_beside(_following))
        if mine is Part.WEB:
            await stack.enter_async_context(_desk())
        if mine in (Part.ALL, Part.WORK):
            rounds.append(keeping(site_reader()))
        await stack.enter_async_context(_meanwhile(rounds))
        await stack.enter_async_context(_beside(settle))
        yield


@asynccontextmanager
async def _meanwhile(rounds: Sequence[AbstractContextManager[None]]) -> AsyncIterator[None]:
    """Let rounds go on; at the end, which all come to at once, they may still ask this loop."""
    for one in rounds:
        one.__enter__()
    try:
        yield
    finally:
        ends = (asyncio.to_thread(one.__exit__, None, None, None) for one in rounds)
        await asyncio.gather(*ends)


@asynccontextmanager
async def _beside(*works: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    tasks = [asyncio.ensure_future(work()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


# ---- the process that watches


async def _sharing() -> None:
    """Share each new picture, and what is wrong while there is none."""
    path, last = place_of(settings.DATA, settings.SITE), None
    while True:
        board = hub.board
        now = (board.version if board else None, board.as_of if board else None, live.trouble)
        if now != last:
            shared = Shared(board, live.health(), live.trouble, await _before())
            with suppress(OSError):  # a full disk: the picture is stale, and says so
                await asyncio.to_thread(share, path, shared)
            last = now
        await asyncio.sleep(LOOK)


async def _before() -> dict[str, Before]:
    """Return what was before in the calls that are on; nothing while watching ends or begins."""
    watch = live.watch
    try:
        return await watch.before() if watch is not None else {}
    except (EverycallError, RuntimeError):
        return {}


async def _landing() -> None:
    """Take on what landed with the processes that serve pages."""
    home, followed, found = landings(settings.DATA, settings.SITE), None, None
    while True:
        watch = live.taker
        if watch is not None:
            if watch is not followed:
                followed, found = watch, Landings(home, watch.take)
            with suppress(NotTakenError, OSError):
                await asyncio.to_thread(found.round)  # type: ignore[union-attr]
        await asyncio.sleep(LOOK)


# ---- the processes that do not


async def _following() -> None:
    """Show the picture of the process that watches."""
    follower = Follower(place_of(settings.DATA, settings.SITE))
    while True:
        shared = await asyncio.to_thread(follower.newer)
        if shared is not None:
            live.hear(shared)
        await asyncio.sleep(LOOK)


@asynccontextmanager
async def _desk() -> AsyncIterator[None]:
    name = f"{socket.gethostname()}-{settings.PORT}"
    landing = Landing(landings(settings.DATA, settings.SITE) / name)
    try:
        await asyncio.to_thread(landing.open)
    except (EverycallError, OSError) as error:
        live.trouble = str(error)
        yield
        return
    door.landing = landing
    try:
        async with _beside(lambda: _tidying(landing)):
            yield
    finally:
        door.landing = None
        await asyncio.to_thread(landing.close)


async def _tidying(landing: Landing) -> None:
    while True:
        await asyncio.sleep(TIDY)
        with suppress(OSError):
            await asyncio.to_thread(landing.tidy)
