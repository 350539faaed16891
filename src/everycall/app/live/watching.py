"""Watching a site: feeds are heard, the journal is written, the picture is drawn, days are sealed.

Everything lives in one event loop; whatever takes longer than a moment runs in a thread of its own:
the journal's, one for the picture and one for sealing.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Self

from everycall.app.intake.ingesting import Intake, PostedFeed
from everycall.app.intake.sealing import Sealed, Sealer
from everycall.app.intake.systems import note_systems
from everycall.app.live.checking import DayCheck
from everycall.app.live.clock_trouble import clock_troubles
from everycall.app.live.drawing import Drawing
from everycall.app.live.hearing import Hearing
from everycall.app.live.picturing import LivePicture
from everycall.app.live.stopping import stopped
from everycall.app.live.watched import Health, WatchSettings
from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import BusyError, EverycallError, NotFoundError
from everycall.history import History
from everycall.history.journal import Journal, Receipt
from everycall.history.journal_segments import Entry
from everycall.live.board import Board
from everycall.live.ended import Before, EndedCall
from everycall.wire.ami_link import Link

log = logging.getLogger(__name__)

REST = 9
"""After a seal, nine times as long as it took belongs to all else, however many calls there are."""


class Watch:
    """A site that is watched, from entering the context to leaving it.

    It hears before the picture is there: that catches up with two days, which takes a while where
    there are many calls, and nothing that is said meanwhile is said twice.

    Args:
        opened: told as soon as it hears, and takes what is posted; the picture is there later.

    Attributes:
        goes_on: another begins where this one ends, and will seal what is left.
        sealed_at: when the journal was last taken into history.
        unsealed: why history does not have everything that the journal has; None while it has.
    """

    def __init__(
        self,
        settings: WatchSettings,
        clock: Clock = system_clock,
        opened: Callable[["Watch"], None] | None = None,
    ) -> None:
        self.settings = settings
        self.goes_on = False
        self._opened = opened
        self._clock = clock
        self.journal = Journal(settings.data / "journal" / settings.name, clock=clock)
        self.intake = Intake(self.journal, self._heard)
        self._hearing = Hearing(settings, self.intake, clock)
        self._drawing = Drawing(settings, self.intake, clock)
        self._drawing.unheard = self._hearing.unheard
        self._check = DayCheck(settings.data, settings.site, settings.name)
        self._seal_thread = ThreadPoolExecutor(1, "seal")
        self._connections: list[asyncio.Task[None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None
        self.sealed_at: int | None = None
        self.unsealed: str | None = None

    # ---- beginning and end

    async def __aenter__(self) -> Self:
        self.journal.open()
        try:
            note_systems(self.journal.folder, self.settings.feeds)
            self._drawing.prepare()
            self._hear()
            await self._drawing.begin()
        except BaseException:
            await self._hear_no_more()
            self._drawing.give_up()
            await self._end()
            raise
        self._start(self._drawing.run())
        self._start(self._seal())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._hear_no_more()
        await self._hearing.hand_over_rest()
        await self._end()
        await self._drawing.close()

    async def _end(self) -> None:
        """Seal what was taken, also where the picture was never there."""
        if not self.goes_on:
            await self._goes_well(self.seal)
        self.journal.close()
        self._seal_thread.shutdown()

    def _hear(self) -> None:
        connections = self._hearing.connect(self._drawing)
        self._connections = [asyncio.create_task(link) for link in connections]
        for work in self._hearing.works(self._drawing.inside):
            self._start(work)
        if self._opened is not None:
            self._opened(self)

    async def _hear_no_more(self) -> None:
        await stopped(self._connections)
        await stopped(self._tasks)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._done)
        self._tasks.append(task)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Let a fault of ours end the watching with its reason, never in silence."""
        if not task.cancelled() and (failure := task.exception()) is not None:
            self._failure = failure
            self._drawing.again.set()

    async def ended(self) -> None:
        """Wait until watching has to begin anew; raises what broke it."""
        await self._drawing.again.wait()
        if self._failure is not None:
            raise self._failure

    # ---- what others ask for

    @property
    def picture(self) -> LivePicture:
        """What the boards are drawn from; only the thread of the picture may touch it."""
        return self._drawing.picture

    @property
    def board(self) -> Board:
        """The newest picture."""
        return self._drawing.board

    @property
    def links(self) -> dict[str, Link]:
        """The manager connections, by the names of their feeds."""
        return self._hearing.links

    @property
    def posted(self) -> dict[str, PostedFeed]:
        """What makes records of what is posted, by the names of its feeds."""
        return self._hearing.posted

    def boards(self) -> AsyncIterator[Board]:
        """Yield the picture, and each new one; whoever is slow misses those between."""
        return self._drawing.boards()

    async def ended_calls(self, since: int) -> tuple[EndedCall, ...]:
        """Return the calls that ended since a moment, in the order in which they did."""
        return await self._drawing.inside(partial(self.picture.ended, since))

    async def before(self) -> dict[str, Before]:
        """Return what was before in the calls that are on, by their ids."""
        return await self._drawing.inside(self.picture.before)

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

    def health(self) -> Health:
        """Return how watching goes."""
        return Health(
            journal=self.journal.state,
            links=tuple(link.state for link in self.links.values()),
            behind=self.intake.waiting + len(self._hearing),
            unread=self.picture.unread.count,
            drawn_at=self._drawing.drawn_at,
            draw_ms=self._drawing.draw_ms,
            sealed_at=self.sealed_at,
            troubles=tuple(self._troubles()),
            agreed=str(self._check.agreed) if self._check.agreed else None,
        )

    def _troubles(self) -> list[str]:
        journal = self.journal.state
        links = [link.state for link in self.links.values() if not link.state.connected]
        down = [f"{link.feed}: {link.trouble or 'not connected yet'}" for link in links]
        found = [f"nothing is taken in: {journal.refuses}"] if journal.refuses else []
        found += clock_troubles(self.journal.newest_at, self._now())
        found += [f"history is not kept up: {self.unsealed}"] if self.unsealed else []
        found += [self._check.trouble] if self._check.trouble else []
        left_out = self._drawing.left_out
        found += [f"the picture leaves out {one}, which breaks it" for one in left_out]
        wrong = [f"{feed} is not heard: {why}" for feed, why in self.settings.left_out.items()]
        return [*found, *wrong, *down, *self._hearing.missed[-20:]]

    # ---- sealing

    async def seal(self) -> Sealed:
        """Take what the journal has into history now."""
        # in one thread: a seal that was given up goes on there, and the next waits for it
        loop, seal = asyncio.get_running_loop(), self._sealer().seal
        sealed = await loop.run_in_executor(self._seal_thread, seal)
        self.sealed_at, self.unsealed = self._now(), None
        return sealed

    async def _seal(self) -> None:
        sealer = self._sealer()
        every, took = self.settings.seal_every.total_seconds(), 0.0
        # what was left by who watched before, and the first calls of all, are waited for
        pause = every / 12
        while True:
            await asyncio.sleep(max(pause, took * REST))
            pause = every if sealer.history.folder.exists() else every / 12
            began = time.monotonic()
            if await self._goes_well(self.seal):
                self.journal.roll()
                await asyncio.to_thread(sealer.tidy)
                await self._goes_well(self._gather)
                await self._goes_well(self.check)
            took = time.monotonic() - began

    async def _gather(self) -> None:
        """Put together what many seals left; while another writes to the history that may wait."""
        with suppress(BusyError):
            loop, gather = asyncio.get_running_loop(), self._sealer().gather
            await loop.run_in_executor(self._seal_thread, gather)

    async def _goes_well(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Seal or check; if that fails, say why: the journal keeps everything, and it is tried again."""
        try:
            await work()
        except EverycallError as error:
            self.unsealed = str(error)
            return False
        except Exception as error:  # what is heard is taken in all the same
            log.exception("sealing broke off")
            self.unsealed = f"sealing broke off ({type(error).__name__}); see the log"
            return False
        return True

    async def check(self) -> None:
        """Hold yesterday's board against the report of that day, once it is finished and sealed."""
        yesterday = self._clock().astimezone(self.settings.zone).date() - timedelta(days=1)
        await self._check.look(
            yesterday, lambda day: self._drawing.inside(partial(self.picture.finished, day))
        )

    def _sealer(self) -> Sealer:
        history = History(self.settings.data, self.settings.name)
        return Sealer(self.journal, history, self.settings.site, self._clock)

    def _heard(self) -> None:
        """Something was taken; called from the journal's thread."""
        self._drawing.heard()

    def _now(self) -> int:
        return to_micros(self._clock())
