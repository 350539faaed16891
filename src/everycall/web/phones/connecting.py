"""Keeping the site watched while pages are served: connections from the records, boards to the hub."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.live.sharing import Shared
from everycall.app.live.stopping import stopped
from everycall.app.live.watched import Health, WatchSettings
from everycall.app.live.watching import Watch
from everycall.errors import EverycallError
from everycall.live.board import Board
from everycall.records.connections import Connection
from everycall.settings import read_table
from everycall.web.live.hub import hub
from everycall.web.phones.calling import calling
from everycall.web.phones.kinds import DIALLING, POSTED, POSTING, LogSettings, origin_of, pbx_of
from everycall.web.phones.resting import Ground
from everycall.web.reading import site_reader

log = logging.getLogger(__name__)

PROMISES = "promises"
"""The feed by which the moves of promises come to history."""

SEAL = timedelta(minutes=2)
"""So often what was heard becomes history, from which callbacks are made."""

LOOK = 5.0
"""So often it is looked whether what the picture rests on has changed, in seconds."""

AGAIN = 5.0
"""After so many seconds watching is tried again that could not begin."""


def _feed(row: Connection) -> Manager | Log:
    if row.kind == "ami":
        return Manager(row.name, pbx_of(row.given(), row.name), origin_of(row.given()))
    path = Path(read_table(LogSettings, row.given(), row.name).path)
    return Log(row.name, path, origin=origin_of(row.given()))


def feeds() -> tuple[tuple[Manager | Log | Posted, ...], dict[str, str]]:
    """Return what is to be heard, and what of that which is connected cannot be, and why not."""
    try:
        rows = list(
            Connection.objects.filter(removed_at=None).exclude(kind__in=(*POSTING, *DIALLING))
        )
        found: list[Manager | Log | Posted] = []
        left_out: dict[str, str] = {}
        for row in rows:
            try:
                found.append(_feed(row))
            except (EverycallError, ImproperlyConfigured) as error:
                left_out[row.name] = str(error)
        sample = [Log("sample", Path(settings.SAMPLE))] if settings.SAMPLE else []
        posted = (Posted(f"post-{name}", name) for name in POSTED)
        moves = Posted(PROMISES, "everycall_events")
        return (*found, *sample, *posted, moves), left_out
    finally:
        connections.close_all()


@dataclass(slots=True)
class Live:
    """The watching of this process.

    Attributes:
        watch: the present one; null while it cannot begin, or its picture is not there yet.
        taker: the one that hears, and takes what is posted: sooner than its picture is there.
        trouble: why it could not begin.
        told: what the process that watches says, where this is another one.
    """

    watch: Watch | None = None
    taker: Watch | None = None
    trouble: str = ""
    told: Shared | None = None
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.AbstractEventLoop | None = None
    _asked: Mapping[str, int] = field(default_factory=dict)

    def health(self) -> Health | None:
        """Return how watching goes, here or in the process that watches; None if it does not."""
        if self.watch is not None:
            return self.watch.health()
        return self.told.health if self.told else None

    @property
    def board(self) -> Board | None:
        """The newest picture, drawn here or by the process that watches; None before the first."""
        if self.watch is not None:
            return self.watch.board
        return self.told.board if self.told else None

    def hear(self, shared: Shared) -> None:
        """Take what the process that watches says."""
        self.told, self.trouble = shared, shared.trouble
        if shared.board is not None:
            hub.publish(shared.board)

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """The loop that it watches in; null before it begins."""
        return self._loop

    def change(self) -> None:
        """Begin anew with the connections as they are now; from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def run(self) -> None:
        """Watch until cancelled, anew whenever the connections change or something breaks."""
        self._loop = asyncio.get_running_loop()
        while True:
            self._changed.clear()
            try:
                await self._once()
            except EverycallError as error:
                self.trouble = str(error)
            except Exception:  # the pages go on, and say that nothing is heard
                log.exception("watching broke off")
                self.trouble = "watching broke off; the log of this process says why"
            self.watch = self.taker = None
            await self._pause()

    async def _once(self) -> None:
        ground = await sync_to_async(Ground.of, thread_sensitive=False)(site_reader())
        heard, left_out = await sync_to_async(feeds, thread_sensitive=False)()
        site = site_reader().settings()
        whole = bool(settings.SAMPLE)
        wanted = WatchSettings(
            *(settings.DATA, site, heard, settings.SITE),
            seal_every=SEAL,
            whole_log=whole,
            left_out=left_out,
        )
        async with Watch(wanted, opened=self._open) as watch:
            self.watch, self.trouble = watch, ""
            for agent, at in self._asked.items():
                watch.picture.helps.set(agent, at)
            works = [
                asyncio.ensure_future(work)
                for work in (
                    self._publish(watch),
                    calling(watch),
                    watch.ended(),
                    self._changed.wait(),
                    _until_changed(ground),
                )
            ]
            try:
                done, _ = await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
                watch.goes_on = True
                for work in done:
                    work.result()  # what broke it is said, and it is waited before the next try
            finally:
                self._asked = watch.picture.helps.asked()
                await stopped(works)

    def _open(self, watch: Watch) -> None:
        self.taker = watch

    async def _publish(self, watch: Watch) -> None:
        async for board in watch.boards():
            hub.publish(board)

    async def _pause(self) -> None:
        if self.trouble:
            try:
                async with asyncio.timeout(AGAIN):
                    await self._changed.wait()
            except TimeoutError:
                return


async def _until_changed(ground: Ground) -> None:
    """Return when what the picture rests on has changed."""
    while True:
        await asyncio.sleep(LOOK)
        if await sync_to_async(ground.has_changed, thread_sensitive=False)():
            return


live = Live()
"""The watching of this process."""


@asynccontextmanager
async def watched() -> AsyncIterator[None]:
    """Watch while pages are served; what was heard is sealed at the end."""
    task = asyncio.create_task(live.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
