"""Hearing the feeds of a site: what they say is handed to the journal, in the order in which it came."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from functools import partial
from typing import Any

from everycall.app.intake.feeds import Log, Manager, Posted
from everycall.app.intake.ingesting import (
    AmiFeed,
    Intake,
    Knowing,
    LogFeed,
    PostedFeed,
    line_of,
    since_second,
)
from everycall.app.live.watched import WatchSettings
from everycall.clock import Clock, to_micros
from everycall.errors import NotTakenError
from everycall.history.journal_segments import Entry
from everycall.live.board import UnheardNow
from everycall.wire.ami_link import Item, Link, Snapshot
from everycall.wire.inbox import Inbox
from everycall.wire.log_follower import LogFollower

log = logging.getLogger(__name__)

LISTEN = 0.05
"""Logs are looked at, and what was heard is handed to the journal, this often in seconds."""

REFUSED = 1.0
"""After so many seconds a record is handed in again that the journal refused."""

BROKEN = 30.0
"""After so many seconds a connection is begun again that broke by a fault of ours."""

Inside = Callable[[Callable[[], list[Entry]]], Awaitable[list[Entry]]]
"""Runs something where the picture may be asked."""


async def _kept(link: Link) -> None:
    """Let a connection hear; one that breaks by a fault of ours takes no other with it."""
    while True:
        try:
            await link.run()
        except Exception:
            log.exception("the connection %s broke off", link.state.feed)
        await asyncio.sleep(BROKEN)


class Hearing:
    """The feeds of a site.

    Attributes:
        links: the manager connections, by the names of their feeds.
        posted: what makes records of what is posted, by the names of its feeds.
        missed: what could not be heard or read, in sentences.
    """

    def __init__(self, settings: WatchSettings, intake: Intake, clock: Clock) -> None:
        self._settings = settings
        self._intake = intake
        self._clock = clock
        self._inbox: Inbox[Item] = Inbox()
        self._managers: dict[str, AmiFeed] = {}
        self.links: dict[str, Link] = {}
        self.posted: dict[str, PostedFeed] = {}
        self.missed: list[str] = []

    def __len__(self) -> int:
        """Return how much was heard and is not handed over yet."""
        return len(self._inbox)

    def connect(self, knowing: Knowing) -> list[Coroutine[Any, Any, None]]:
        """Make the connections, which hear as long as they run; whoever posts may do so from now on.

        Args:
            knowing: what the picture knows of a feed's calls.
        """
        place = self._intake.journal.place
        for feed in self._settings.feeds:
            if isinstance(feed, Posted):
                self.posted[feed.feed] = PostedFeed(feed.feed, feed.source, place(feed.feed))
            elif isinstance(feed, Manager):
                self.links[feed.feed] = Link(feed.feed, feed.pbx, self._inbox, clock=self._clock)
                self._managers[feed.feed] = AmiFeed(
                    feed.feed, knowing, place(feed.feed), feed.origin
                )
        return [_kept(link) for link in self.links.values()]

    def unheard(self) -> tuple[UnheardNow, ...]:
        """Return the phone systems that cannot be heard: tried in vain, or set up wrongly."""
        wrong = [UnheardNow(feed, None) for feed in self._settings.left_out]
        states = [link.state for link in self.links.values()]
        away = [one for one in states if one.tries and not one.connected]
        return (*wrong, *(UnheardNow(one.feed, one.since) for one in away))

    def works(self, inside: Inside) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what hands over what is heard, for as long as it runs."""
        yield self._listen(inside)
        yield from (self._follow(feed) for feed in self._settings.feeds if isinstance(feed, Log))

    async def hand_over_rest(self) -> None:
        """Hand over what was heard last, when nobody listens any more."""
        if rest := self._inbox.take():
            with contextlib.suppress(NotTakenError):
                await asyncio.wrap_future(self._intake.take(self._entries(rest)))

    async def _listen(self, inside: Inside) -> None:
        """Hand what the connections heard to the journal, in the order in which it was heard."""
        while True:
            if await self._inbox.filled(within=1.0):
                items = self._inbox.take()
                if any(isinstance(item, Snapshot) for item in items):
                    # what ended or began unheard is for the picture to say
                    entries = await inside(partial(self._entries, items))
                else:
                    entries = self._entries(items)
                await self._until_taken(entries)
                await asyncio.sleep(LISTEN)

    def _entries(self, items: Sequence[Item]) -> list[Entry]:
        return [e for item in items for e in self._managers[item.feed].entries([item])]

    async def _follow(self, log: Log) -> None:
        """Hand what is added to a log to the journal."""
        last = line_of(self._intake.journal.place(log.feed), log.origin)
        today = self._settings.day_began(self._clock()) // 1_000_000
        wanted = None if self._settings.whole_log else since_second(today)
        follower = LogFollower(log.path, last, wanted)
        feed = LogFeed(log.feed, log.source, follower.before(), self.missed, log.origin)
        try:
            while True:
                lines = await asyncio.to_thread(follower.read)
                await self._until_taken(list(feed.entries(lines, to_micros(self._clock()))))
                await asyncio.sleep(0 if lines else LISTEN)
        finally:
            follower.close()

    async def _until_taken(self, entries: Sequence[Entry]) -> None:
        """Hand records in until the journal takes them: a full disk loses nothing, it waits."""
        while entries:
            try:
                await asyncio.wrap_future(self._intake.take(entries))
            except NotTakenError:
                await asyncio.sleep(REFUSED)
            else:
                return
