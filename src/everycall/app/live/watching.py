"""Watching a site: feeds are heard, the journal is written, the picture is drawn, days are sealed.

Everything lives in one event loop; whatever takes longer than a moment runs in a thread of its own:
the journal's, one for the picture and one for sealing.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from everycall.app.intake.feeds import Log, Manager, Posted, source_of
from everycall.app.intake.ingesting import (
    AmiFeed,
    Intake,
    LogFeed,
    PostedFeed,
    line_of,
    since_second,
)
from everycall.app.intake.sealing import Sealed, Sealer
from everycall.app.intake.systems import note_systems
from everycall.app.live.checking import DayCheck
from everycall.app.live.clock_trouble import clock_troubles, was_put_back
from everycall.app.live.picturing import LivePicture
from everycall.app.live.quarantine import Beginning, recent
from everycall.app.live.watch_state import WatchState
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import EverycallError, NotFoundError, NotTakenError
from everycall.history import History
from everycall.history.journal import Journal, JournalState, Receipt
from everycall.history.journal_segments import Entry
from everycall.live.board import Board
from everycall.live.ended import Before, EndedCall
from everycall.registry import load
from everycall.sources.base import Source
from everycall.wire.ami_link import Item, Link, LinkState, Snapshot
from everycall.wire.inbox import Inbox
from everycall.wire.log_follower import LogFollower

T = TypeVar("T")

log = logging.getLogger(__name__)

LISTEN = 0.05
"""Logs are looked at, and what was heard is handed to the journal, this often in seconds."""

DRAW = 0.25
"""The picture is drawn at most this often, in seconds."""

TURN = 0.0005
"""Threads of Python take turns after so many seconds: the picture's comes back from its engine a
hundred times for each, and would wait as often for those that read and write."""

IDLE = 1.0
"""Where nothing is heard the picture is drawn this often, in seconds: its age is seen."""

MANY = 100
"""Where a picture holds more records, it does not wait for totals: they are at most `IDLE` old."""

SLOW = 500.0
"""Where a picture takes so many milliseconds, the totals are old whenever one has been shown."""

REFUSED = 1.0
"""After so many seconds a record is handed in again that the journal refused."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """What is watched, and where it is kept.

    Attributes:
        seal_every: how often the journal is taken into history, the first time after a twelfth of
            it; it always is when watching ends.
        whole_log: read a log from its beginning, not only what it holds of today.
    """

    data: Path
    site: SiteFile
    feeds: tuple[Manager | Log | Posted, ...]
    name: str = "main"
    seal_every: timedelta = timedelta(minutes=10)
    whole_log: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """How watching goes.

    Attributes:
        behind: records that are taken and not in the picture yet.
        unread: records that became no event.
        troubles: everything that is wrong at present, in sentences.
        agreed: the last finished day of which the picture and the report said the same.
    """

    journal: JournalState
    links: tuple[LinkState, ...]
    behind: int
    unread: int
    drawn_at: int
    draw_ms: float
    sealed_at: int | None
    troubles: tuple[str, ...]
    agreed: str | None = None


class Watch:
    """A site that is watched, from entering the context to leaving it."""

    def __init__(self, settings: WatchSettings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self._clock = clock
        self._zone = settings.site.zone or ZoneInfo("UTC")
        self.journal = Journal(settings.data / "journal" / settings.name, clock=clock)
        self.intake = Intake(self.journal, self._heard)
        self._check = DayCheck(settings.data, settings.site, settings.name)
        self.links: dict[str, Link] = {}
        self.posted: dict[str, PostedFeed] = {}
        self._state = WatchState(Board(to_micros(clock()), 0, "", (), (), (), ()))
        self._inbox: Inbox[Item] = Inbox()
        self._drawn = asyncio.Condition()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fresh = asyncio.Event()
        self._picture_thread = ThreadPoolExecutor(1, "picture")
        self._seal_thread = ThreadPoolExecutor(1, "seal")
        self._managers: dict[str, AmiFeed] = {}
        self._connections: list[asyncio.Task[None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._ended = asyncio.Event()

    # ---- beginning and end

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        sys.setswitchinterval(TURN)
        self.journal.open()
        try:
            note_systems(self.journal.folder, self.settings.feeds)
            await self._in_picture(self._begin)
        except BaseException:
            self.journal.close()
            raise
        self._connect()
        return self

    def _begin(self) -> None:
        """Make the picture, and let it catch up with what the journal has already."""
        settings, now = self.settings, self._now()
        names = dict.fromkeys(source_of(feed) for feed in settings.feeds)
        sources: list[Source] = [load("source", name) for name in names]
        heard = partial(recent, self.journal, names, now)
        make = partial(LivePicture, settings.site, sources, now, name=settings.name)
        beginning = Beginning(make, heard, now)
        self.picture = beginning.begin()
        self._state.left_out = [f"record {e.number} of {e.feed}" for e in beginning.left_out]
        self._state.board = self.picture.board(now)
        self._state.drawn_at = now

    def _connect(self) -> None:
        managers = [feed for feed in self.settings.feeds if isinstance(feed, Manager)]
        logs = [feed for feed in self.settings.feeds if isinstance(feed, Log)]
        for feed in self.settings.feeds:
            if isinstance(feed, Posted):
                last = self.journal.place(feed.feed)
                self.posted[feed.feed] = PostedFeed(feed.feed, feed.source, last)
        for manager in managers:
            link = Link(manager.feed, manager.pbx, self._inbox, clock=self._clock)
            self.links[manager.feed] = link
            self._managers[manager.feed] = AmiFeed(
                *(manager.feed, self.picture, self.journal.place(manager.feed)), manager.origin
            )
            self._connections.append(asyncio.create_task(link.run()))
        self._start(self._listen())
        for log in logs:
            self._start(self._follow(log))
        self._start(self._draw())
        self._start(self._seal())

    async def __aexit__(self, *_: object) -> None:
        await _stopped(self._connections)
        await _stopped(self._tasks)
        if rest := self._inbox.take():
            with contextlib.suppress(NotTakenError):
                await asyncio.wrap_future(self.intake.take(self._entries(rest)))
        await self._goes_well(self.seal)
        self.journal.close()
        await self._in_picture(self.picture.close)
        self._picture_thread.shutdown()
        self._seal_thread.shutdown()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._done)
        self._tasks.append(task)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Let a fault of ours end the watching with its reason, never in silence."""
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._state.failure = failure
            self._ended.set()

    async def ended(self) -> None:
        """Wait until watching has to begin anew; raises what broke it."""
        await self._ended.wait()
        if self._state.failure is not None:
            raise self._state.failure

    # ---- what others ask for

    @property
    def board(self) -> Board:
        """The newest picture."""
        return self._state.board

    @property
    def unsealed(self) -> str | None:
        """Why history does not have everything that the journal has; None while it has."""
        return self._state.seal_trouble

    async def boards(self) -> AsyncIterator[Board]:
        """Yield the picture, and each new one; whoever is slow misses those between."""
        version = -1
        while True:
            if self.board.version == version:
                async with self._drawn:
                    await self._drawn.wait()
            version = self.board.version
            yield self.board

    async def ended_calls(self, since: int) -> tuple[EndedCall, ...]:
        """Return the calls that ended since a moment, in the order in which they did."""
        return await self._in_picture(partial(self.picture.ended, since))

    async def before(self) -> dict[str, Before]:
        """Return what was before in the calls that are on, by their ids."""
        return await self._in_picture(self.picture.before)

    def take(self, entries: Sequence[Entry]) -> "Future[Receipt]":
        """Hand posted records in; may be called from any thread."""
        return self.intake.take(entries)

    def need_help(self, agent: str, *, wanted: bool) -> None:
        """Say that somebody on the phone needs help, or needs none any more; from any thread."""
        self.picture.helps.set(agent, self._now() if wanted else None)

    async def act(self, feed: str, action: str, **fields: str | int) -> dict[str, Any]:
        """Carry out an action on a phone system.

        Raises:
            NotFoundError: there is no such connection.
            AmiError: it was refused, or the connection is down.
        """
        if feed not in self.links:
            raise NotFoundError(f"there is no manager connection '{feed}'")
        return await self.links[feed].act(action, **fields)

    async def seal(self) -> Sealed:
        """Take what the journal has into history now."""
        # in one thread: a seal that was given up goes on there, and the next waits for it
        loop, seal = asyncio.get_running_loop(), self._sealer().seal
        sealed = await loop.run_in_executor(self._seal_thread, seal)
        self._state.sealed_at, self._state.seal_trouble = self._now(), None
        return sealed

    def health(self) -> Health:
        """Return how watching goes."""
        return Health(
            journal=self.journal.state,
            links=tuple(link.state for link in self.links.values()),
            behind=self.intake.waiting + len(self._inbox),
            unread=self.picture.unread.count,
            drawn_at=self._state.drawn_at,
            draw_ms=self._state.draw_ms,
            sealed_at=self._state.sealed_at,
            troubles=tuple(self._troubles()),
            agreed=str(self._check.agreed) if self._check.agreed else None,
        )

    def _troubles(self) -> list[str]:
        state, journal = self._state, self.journal.state
        links = [link.state for link in self.links.values() if not link.state.connected]
        down = [f"{link.feed}: {link.trouble or 'not connected yet'}" for link in links]
        found = [f"nothing is taken in: {journal.refuses}"] if journal.refuses else []
        found += clock_troubles(self.journal.newest_at, self._now())
        found += [f"history is not kept up: {state.seal_trouble}"] if state.seal_trouble else []
        found += [self._check.trouble] if self._check.trouble else []
        found += [f"the picture leaves out {one}, which breaks it" for one in state.left_out]
        return [*found, *down, *state.missed[-20:]]

    # ---- hearing

    async def _listen(self) -> None:
        """Hand what the connections heard to the journal, in the order in which it was heard."""
        while True:
            if await self._inbox.filled(within=1.0):
                await self._hand_over(self._inbox.take())
                await asyncio.sleep(LISTEN)

    async def _hand_over(self, items: Sequence[Item]) -> None:
        if any(isinstance(item, Snapshot) for item in items):
            # what ended or began unheard is for the picture to say
            entries = await self._in_picture(partial(self._entries, items))
        else:
            entries = self._entries(items)
        await self._until_taken(entries)

    def _entries(self, items: Sequence[Item]) -> list[Entry]:
        return [e for item in items for e in self._managers[item.feed].entries([item])]

    async def _follow(self, log: Log) -> None:
        """Hand what is added to a log to the journal."""
        last = line_of(self.journal.place(log.feed), log.origin)
        wanted = None if self.settings.whole_log else since_second(self._today() // 1_000_000)
        follower = LogFollower(log.path, last, wanted)
        feed = LogFeed(*(log.feed, log.source, follower.before(), self._state.missed), log.origin)
        try:
            while True:
                lines = await asyncio.to_thread(follower.read)
                await self._until_taken(list(feed.entries(lines, self._now())))
                await asyncio.sleep(0 if lines else LISTEN)
        finally:
            follower.close()

    async def _until_taken(self, entries: Sequence[Entry]) -> None:
        """Hand records in until the journal takes them: a full disk loses nothing, it waits."""
        while entries:
            try:
                await asyncio.wrap_future(self.intake.take(entries))
            except NotTakenError:
                await asyncio.sleep(REFUSED)
            else:
                return

    # ---- drawing and sealing

    def _heard(self) -> None:
        """Something was taken; called from the journal's thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fresh.set)

    async def _draw(self) -> None:
        """Draw as soon as something was heard, but not more often than is worth it."""
        clock = asyncio.get_running_loop().time
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._fresh.wait(), IDLE)
            self._fresh.clear()
            began = clock()
            await self._draw_once()
            self._state.draw_ms = (clock() - began) * 1000
            async with self._drawn:
                self._drawn.notify_all()
            await self._in_picture(self._tidy)
            if self.intake.waiting:
                self._fresh.set()
            await asyncio.sleep(max(DRAW - (clock() - began), 0.01))

    async def _draw_once(self) -> None:
        state, now, fresh = self._state, self._now(), self.intake.fresh()
        if was_put_back(now, state.drawn_at):
            log.warning("the clock was put back; the picture is drawn anew")
            self._ended.set()
        exact = len(fresh) < MANY
        drawing = partial(self._drawing, fresh, now, exact)
        state.board = await self._in_picture(drawing)
        state.drawn_at = now
        state.totalled_at = now if exact else state.totalled_at

    def _tidy(self) -> None:
        """Do what no picture waits for: the totals if they are old, else one thing; when slow, both."""
        now, is_slow = self._now(), self._state.draw_ms > SLOW
        is_old = now - self._state.totalled_at >= IDLE * 1_000_000
        if is_old:
            self._state.totalled_at = now
            self.picture.totals()
        if is_slow or not is_old:
            self.picture.tidy(now)

    def _drawing(self, fresh: Sequence[Entry], now: int, exact: bool) -> Board:  # noqa: FBT001 - partial gives it by place
        self.picture.take(fresh, now, tidied=False)
        return self.picture.board(now, exact=exact)

    async def _seal(self) -> None:
        sealer = self._sealer()
        every = self.settings.seal_every.total_seconds()
        while True:
            # where there is no history yet, every page but the live ones waits for the first
            await asyncio.sleep(every if sealer.history.folder.exists() else every / 12)
            if await self._goes_well(self.seal):
                self.journal.roll()
                await asyncio.to_thread(sealer.tidy)
                await self._goes_well(self.check)

    async def _goes_well(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Seal or check; if that fails, say why: the journal keeps everything, and it is tried again."""
        try:
            await work()
        except EverycallError as error:
            self._state.seal_trouble = str(error)
            return False
        except Exception as error:  # what is heard is taken in all the same
            log.exception("sealing broke off")
            self._state.seal_trouble = f"sealing broke off ({type(error).__name__}); see the log"
            return False
        return True

    async def check(self) -> None:
        """Hold yesterday's board against the report of that day, once it is finished and sealed."""
        yesterday = self._clock().astimezone(self._zone).date() - timedelta(days=1)
        await self._check.look(
            yesterday, lambda day: self._in_picture(partial(self.picture.finished, day))
        )

    def _sealer(self) -> Sealer:
        history = History(self.settings.data, self.settings.name)
        return Sealer(self.journal, history, self.settings.site, self._clock)

    async def _in_picture(self, work: Callable[[], T]) -> T:
        """Run something in the one thread that may touch the picture."""
        return await asyncio.get_running_loop().run_in_executor(self._picture_thread, work)

    def _now(self) -> int:
        return to_micros(self._clock())

    def _today(self) -> int:
        """Return when the day began."""
        today = self._clock().astimezone(self._zone).date()
        return to_micros(datetime.combine(today, time(), self._zone))


async def _stopped(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


__all__ = ["Health", "Log", "Manager", "Posted", "Watch", "WatchSettings"]
