"""Drawing the picture of a site again and again, in the one thread that may touch it."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from everycall.app.intake.feeds import source_of
from everycall.app.intake.ingesting import Intake
from everycall.app.live.clock_trouble import was_put_back
from everycall.app.live.picturing import LivePicture
from everycall.app.live.quarantine import Beginning, recent
from everycall.app.live.watched import WatchSettings
from everycall.clock import Clock, to_micros
from everycall.history.journal_segments import Entry
from everycall.live.board import Board, UnheardNow
from everycall.registry import load
from everycall.sources.base import Source

T = TypeVar("T")

log = logging.getLogger(__name__)

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


class Drawing:
    """The picture of a site, and the newest board that was drawn of it.

    Attributes:
        board: the newest board.
        drawn_at, draw_ms: when it was drawn, and how long that took.
        left_out: records that would break the picture.
        unheard: says which phone systems cannot be heard.
        again: set when the picture has to be begun anew: the clock was put back.
    """

    picture: LivePicture

    def __init__(self, settings: WatchSettings, intake: Intake, clock: Clock) -> None:
        self._settings = settings
        self._intake = intake
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._fresh = asyncio.Event()
        self._drawn = asyncio.Condition()
        self._thread = ThreadPoolExecutor(1, "picture")
        self._totalled_at = 0
        self._had = 0
        self._is_given_up = False
        self.board = Board(self._now(), 0, "", (), (), (), ())
        self.drawn_at = 0
        self.draw_ms = 0.0
        self.left_out: list[str] = []
        self.unheard: Callable[[], tuple[UnheardNow, ...]] = tuple
        self.again = asyncio.Event()

    def prepare(self) -> None:
        """See what the journal has already; what is heard from now on is heard."""
        self._loop = asyncio.get_running_loop()
        self._had = self._intake.journal.state.last
        sys.setswitchinterval(TURN)

    async def begin(self) -> None:
        """Make the picture, and let it catch up with what the journal had."""
        await self.inside(self._begin)

    def open_calls(self, feed: str, before: int) -> frozenset[str]:
        """Return what the picture knows of a feed's calls, in its thread: once there is a picture."""
        return self.picture.open_calls(feed, before)

    def said(self, feed: str, call: str) -> Sequence[Mapping[str, Any]]:
        """Return what the feed said of the channels of a call, in the same way."""
        return self.picture.said(feed, call)

    def _begin(self) -> None:
        settings, now = self._settings, self._now()
        names = dict.fromkeys(source_of(feed) for feed in settings.feeds)
        sources: list[Source] = [load("source", name) for name in names]
        said = partial(recent, self._intake.journal, names, now, self._had)
        make = partial(LivePicture, settings.site, sources, now, name=settings.name)
        beginning = Beginning(make, said, now)
        self.picture = beginning.begin()
        if self._is_given_up:
            self.picture.close()
            return
        self.left_out = [f"record {e.number} of {e.feed}" for e in beginning.left_out]
        self.board = self.picture.board(now)
        self.drawn_at = now

    def give_up(self) -> None:
        """Let the picture go as soon as it has begun: nobody waits for it any more."""
        self._is_given_up = True
        self._thread.shutdown(wait=False)

    def heard(self) -> None:
        """Something was taken that the picture does not have; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fresh.set)

    async def inside(self, work: Callable[[], T]) -> T:
        """Run something in the one thread that may touch the picture."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def boards(self) -> AsyncIterator[Board]:
        """Yield the picture, and each new one; whoever is slow misses those between."""
        version = -1
        while True:
            if self.board.version == version:
                async with self._drawn:
                    await self._drawn.wait()
            version = self.board.version
            yield self.board

    async def run(self) -> None:
        """Draw as soon as something was heard, but not more often than is worth it."""
        clock = asyncio.get_running_loop().time
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(IDLE):
                    await self._fresh.wait()
            self._fresh.clear()
            began = clock()
            await self._draw()
            self.draw_ms = (clock() - began) * 1000
            async with self._drawn:
                self._drawn.notify_all()
            await self.inside(self.tidy)
            if self._intake.waiting:
                self._fresh.set()
            await asyncio.sleep(max(DRAW - (clock() - began), 0.01))

    async def _draw(self) -> None:
        now, fresh = self._now(), self._intake.fresh()
        if was_put_back(now, self.drawn_at):
            log.warning("the clock was put back; the picture is drawn anew")
            self.again.set()
        exact = len(fresh) < MANY
        board = await self.inside(lambda: self._with(fresh, now, exact=exact))
        self.board = replace(board, unheard=self.unheard())
        self.drawn_at = now
        self._totalled_at = now if exact else self._totalled_at

    def _with(self, fresh: Sequence[Entry], now: int, *, exact: bool) -> Board:
        self.picture.take(fresh, now, tidied=False)
        return self.picture.board(now, exact=exact)

    def tidy(self) -> None:
        """Do what no picture waits for: the totals if they are old, else one thing; when slow, both."""
        now, is_slow = self._now(), self.draw_ms > SLOW
        is_old = now - self._totalled_at >= IDLE * 1_000_000
        if is_old:
            self._totalled_at = now
            self.picture.totals()
        if is_slow or not is_old:
            self.picture.tidy(now)

    async def close(self) -> None:
        """Free what the picture holds."""
        await self.inside(self.picture.close)
        self._thread.shutdown()

    def _now(self) -> int:
        return to_micros(self._clock())
