"""An Asterisk that is watched: what the stories ask of the picture and of history."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asterisk.kit import Cable
from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.feeds import Log, Manager
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.live.board import AgentNow, AgentState, Board
from everycall.settings import read_table
from everycall.wire.ami import Pbx
from lab.node import MANAGER_USER, SECRET
from lab.stage import Stage

SITE = read_table(
    SiteFile,
    {
        "zone": "UTC",
        "trunks": ["PJSIP/trunk*"],
        "markers": {"information": ["prompt:info*"], "menu": ["context:menu"]},
    },
)

Feeds = tuple[Manager | Log, ...]


@asynccontextmanager
async def watched(data: Path, *, with_log: bool) -> AsyncIterator[tuple[Stage, Watch, Cable]]:
    """Watch one Asterisk by its manager interface, and by its queue_log if asked to."""
    async with Stage() as stage, wired(stage) as cable:
        feeds = feeds_of(stage, cable, with_log=with_log)
        async with watching(data, feeds) as watch:
            yield stage, watch, cable


@asynccontextmanager
async def wired(stage: Stage) -> AsyncIterator[Cable]:
    cable = Cable(*stage.node.manager)
    await cable.start()
    try:
        yield cable
    finally:
        await cable.stop()


def feeds_of(stage: Stage, cable: Cable, *, with_log: bool, name: str = "pbx") -> Feeds:
    manager = Manager(name, Pbx("127.0.0.1", MANAGER_USER, SECRET, cable.port))
    if not with_log:
        return (manager,)
    return manager, Log(f"{name}-queue_log", stage.node.run / "log" / "queue_log")


@asynccontextmanager
async def watching(data: Path, feeds: Feeds, site: SiteFile = SITE) -> AsyncIterator[Watch]:
    async with Watch(WatchSettings(data, site, feeds)) as watch:
        await seen(watch, lambda _: all(link.connected for link in watch.health().links))
        yield watch
    assert watch.unsealed is None


async def seen(watch: Watch, true: Callable[[Board], bool], within: float = 40) -> Board:
    """Return the first picture of which something is true."""

    async def first() -> Board:
        async for board in watch.boards():
            if true(board):
                return board
        raise AssertionError

    try:
        return await asyncio.wait_for(first(), within)
    except TimeoutError:
        raise AssertionError(
            f"not seen within {within} s; the last picture: {watch.board}"
        ) from None


async def settled(watch: Watch, within: float = 40) -> Board:
    """Return a picture that was begun after everything was said and read, with nobody on the line."""
    said = time.time_ns() // 1000 + 1_500_000
    return await seen(watch, lambda b: b.as_of > said and not b.calls, within)


def agent(board: Board, name: str) -> AgentNow:
    """Return somebody as the picture shows them."""
    nobody = AgentNow(name, AgentState.UNKNOWN, None)
    return next((one for one in board.agents if one.name == name), nobody)


def run(story: Coroutine[Any, Any, None], within: float = 200) -> None:
    asyncio.run(asyncio.wait_for(story, within))


def told(data: Path) -> Counter[tuple[str, str]]:
    """Count what history says of the calls."""
    with Asking(History(data)) as asking:
        calls = asking.calls(Filter(), evidence=False)
        return Counter((call["direction"], call["outcome"]) for call in calls)


def rows(data: Path, question: str) -> Sequence[tuple[Any, ...]]:
    with Asking(History(data)) as asking:
        return asking.rows(question)


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))
