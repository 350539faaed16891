"""Calling back from this process: one dialler for each phone system that can be driven."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from everycall.app.intake.feeds import Manager
from everycall.app.live.watching import Watch
from everycall.app.recovery.calling_back import CallingBack, left_today, listed, people_of
from everycall.app.recovery.dialling import Dialler, Wish
from everycall.app.recovery.recovering import Recoverer
from everycall.clock import system_clock, to_micros
from everycall.errors import EverycallError
from everycall.events.origins import HERE, Origin
from everycall.live.board import AgentState, Board
from everycall.records.models import Promise as Row
from everycall.records.permits import StoredPermits
from everycall.records.stored_promises import StoredPromises
from everycall.records.tries import StoredTries
from everycall.recovery import State
from everycall.recovery.automatic import may_offer
from everycall.recovery.promises import Promise
from everycall.recovery.quiet import may_ring
from everycall.recovery.tries import Try
from everycall.telephony import PhoneSystem
from everycall.telephony.ami import AmiPhoneSystem
from everycall.telephony.ari import AriPhoneSystem
from everycall.web.phones.driving import driven
from everycall.wire.ami_link import Link

log = logging.getLogger(__name__)

T = TypeVar("T")

ROUND = 1.0
"""So often it is looked whose turn it is, in seconds."""

RESUME = 10
"""Every so many rounds it is looked for tries that nobody follows."""

OFFER = 15
"""Every so many rounds queues are told whether a call back may be offered."""

FORGET = 3600
"""Every so many rounds old permits are forgotten."""

KEPT = timedelta(days=30)
"""What was said of a try is kept for so long: Twilio knows nothing of it any more."""

OFFERED = timedelta(seconds=60)
"""An offer that is not renewed ends: a dead Everycall promises nothing."""

OFFERS = "everycall-offer"
"""The family of Asterisk's database in which queues find until when they may offer one."""

_AWAY = (AgentState.SIGNED_OUT, AgentState.UNREACHABLE, AgentState.UNKNOWN)


async def in_thread(work: Callable[..., T], /, *args: Any, **more: Any) -> T:
    """Run what waits for the database in a thread, with a connection that is let go after it."""

    def worked() -> T:
        try:
            return work(*args, **more)
        finally:
            close_old_connections()

    return await sync_to_async(worked, thread_sensitive=False)()


@dataclass(slots=True)
class Desk:
    """What calls back through one phone system.

    Attributes:
        link: the manager connection; null where the phone system is driven otherwise.
    """

    watch: Watch
    phones: PhoneSystem
    back: CallingBack
    recoverer: Recoverer
    link: Link | None = None
    _rounds: int = 0
    _clicked: set["asyncio.Task[Any]"] = field(default_factory=set)
    _hearing: "asyncio.Task[None] | None" = None

    @classmethod
    def of(
        cls,
        watch: Watch,
        phones: PhoneSystem,
        link: Link | None = None,
        people: Mapping[str, str] | None = None,
    ) -> "Desk":
        """Make the desk of a phone system; `people`: whom it rings, where it knows no queues."""
        site, promises = watch.settings.site, StoredPromises()
        recoverer = Recoverer(site, promises, site.zone or ZoneInfo("UTC"))
        dialler = Dialler(
            phones,
            promises,
            StoredTries(promises),
            site.promises,
            is_calling=lambda caller: _is_calling(watch.board, caller),
            run=in_thread,
        )
        back = CallingBack(dialler, promises, site.promises, lambda: watch.board)
        desk = cls(watch, phones, back, recoverer, link)
        back.may = desk.may
        if people is not None:
            back.people = lambda board: listed(board, people)
        else:
            back.people = lambda board: people_of(board, desk.origin)
        if isinstance(phones, AriPhoneSystem):
            desk._hearing = asyncio.create_task(phones.run())
        return desk

    @property
    def origin(self) -> Origin:
        """What tells the names of its phone system from those of others."""
        if isinstance(self.phones, AmiPhoneSystem | AriPhoneSystem):
            return self.phones.origin
        return HERE

    @property
    def is_there(self) -> bool:
        """Whether the phone system can be reached now, as far as is known."""
        if self.link is not None:
            return self.link.state.connected
        return self.phones.connected.is_set() if isinstance(self.phones, AriPhoneSystem) else True

    def may(self, promise: Promise, now: datetime) -> bool:
        """Tell whether a promise may be rung by itself: while it is open, and nobody sleeps."""
        calendar = self.recoverer.calendar(None, promise.queue, promise.client)
        quiet = self.watch.settings.site.promises.quiet
        awake = may_ring(promise.caller, now, quiet, self.recoverer.zone) <= now
        return awake and calendar.is_open(now) is not False

    async def round(self) -> None:
        """Do what is to be done now."""
        if not self.is_there:
            return
        if self._rounds % RESUME == 0:
            await self.back.resume()
        await self.back.round()
        if self._rounds % OFFER == 0 and self.link is not None:
            await self._offer(self.link)
        if self._rounds % FORGET == 0 and self.link is None:
            await in_thread(StoredPermits().forget, to_micros(system_clock() - KEPT))
        self._rounds += 1

    async def dial(self, promise: Promise, wish: Wish) -> Try | None:
        """Dial a promise that somebody has claimed; it is followed from here on."""
        one = await self.back.dialler.dial(promise, wish)
        if one is not None:
            task = asyncio.create_task(self.back.dialler.follow(one))
            self._clicked.add(task)
            task.add_done_callback(self._clicked.discard)
        return one

    async def _offer(self, link: Link) -> None:
        """Tell each queue until when it may offer a call back; without a renewal it may not."""
        now = system_clock()
        for queue, people in _staffed(self.watch.board).items():
            if not self.origin.has_queue(queue):
                continue
            owed = await in_thread(_owed, queue)
            calendar = self.recoverer.calendar(None, queue, None)
            left = left_today(calendar, now)
            offer = may_offer(owed, people, left, self.back.settings.automatic)
            until = int((now + OFFERED).timestamp()) if offer else 0
            with contextlib.suppress(EverycallError):
                await link.act("DBPut", Family=OFFERS, Key=self.origin.plain(queue), Val=str(until))

    async def stop(self) -> None:
        """Follow no more; what is on the line goes on."""
        await self.back.stop()
        for task in list(self._clicked):
            task.cancel()
        await asyncio.gather(*self._clicked, return_exceptions=True)
        if isinstance(self.phones, AmiPhoneSystem):
            self.phones.stop()
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)


def _owed(queue: str) -> int:
    held = [State.WAITING.value, State.CLAIMED.value, State.DIALLING.value]
    return Row.objects.filter(queue=queue, requested=True, state__in=held).count()


def _staffed(board: Board) -> dict[str, int]:
    found: dict[str, int] = {queue.name: 0 for queue in board.queues}
    for agent in board.agents:
        for queue in agent.queues if agent.state not in _AWAY else ():
            found[queue] = found.get(queue, 0) + 1
    return found


def _is_calling(board: Board, caller: str) -> bool:
    return any(call.caller == caller and call.direction == "inbound" for call in board.calls)


@dataclass(slots=True)
class Desks:
    """The desks of this process, by the name of the connection."""

    found: dict[str, Desk] = field(default_factory=dict)

    def first(self) -> Desk | None:
        """Return a desk whose phone system is there; None if there is none."""
        return next((d for d in self.found.values() if d.is_there), None)

    def __iter__(self) -> Iterator[Desk]:
        return iter(list(self.found.values()))


desks = Desks()
"""The desks of this process."""


def _driven(watch: Watch, manager: Manager) -> Desk:
    link = watch.links[manager.feed]
    return Desk.of(watch, AmiPhoneSystem(link, origin=manager.origin), link)


async def calling(watch: Watch) -> None:
    """Call back until cancelled."""
    managers = [feed for feed in watch.settings.feeds if isinstance(feed, Manager)]
    desks.found = {one.feed: _driven(watch, one) for one in managers}
    for one in await in_thread(driven, in_thread):
        desks.found[one.phones.name] = Desk.of(watch, one.phones, people=one.people or None)
    try:
        while True:
            await asyncio.sleep(ROUND)
            for desk in desks:
                await _tolerant(desk.round())
    finally:
        found, desks.found = list(desks), {}
        for desk in found:
            await desk.stop()


async def _tolerant(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        log.exception("a round of calling back failed")
