"""Staying connected: log in, hear, notice silence, come back, and ask what is going on now."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from everycall.clock import Clock, system_clock, to_micros
from everycall.wire.ami import AmiError, Connection, Pbx
from everycall.wire.ami_protocol import Fields
from everycall.wire.inbox import Inbox


@dataclass(frozen=True, slots=True)
class Heard:
    """An event, and when it was received."""

    feed: str
    at: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection was made; what follows was heard on it."""

    feed: str
    at: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was going on at the moment of the connection: the answers to the listings.

    Attributes:
        lists: what was said of phones and lines, as it came.
    """

    feed: str
    at: int
    queues: tuple[Fields, ...]
    channels: tuple[Fields, ...]
    lists: tuple[Fields, ...]


LISTS = (
    "PJSIPShowContacts",
    "PJSIPShowAors",
    "DeviceStateList",
    "PJSIPShowRegistrationsOutbound",
)
"""What is asked beside queues and channels: which phones and lines can be reached."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection was lost, and why."""

    feed: str
    at: int
    reason: str


Item = Heard | Opened | Snapshot | Closed

Tap = Callable[[Item], None]
"""Told of everything that goes into the inbox, as it does; it must not block."""


@dataclass(frozen=True, slots=True)
class LinkState:
    """How a connection is.

    Attributes:
        since: since when it has been so, in microseconds; None before the first try.
        trouble: why it is not connected.
    """

    feed: str
    address: str
    connected: bool
    since: int | None
    trouble: str | None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: before the next try, and for a sign of life, in seconds."""

    first: float = 0.5
    longest: float = 30.0
    silence: float = 10.0

    def waits(self) -> Iterator[float]:
        """Yield ever longer waits, each a little different so that many do not come at once."""
        wait = self.first
        while True:
            yield wait * random.uniform(0.8, 1.2)  # noqa: S311 - spreads the tries, guards nothing
            wait = min(wait * 2, self.longest)


class Link:
    """A feed of manager events that mends itself; it speaks into an inbox.

    Attributes:
        booted_at: since when Asterisk has been running, in microseconds; null if it did not say.
    """

    def __init__(
        self,
        feed: str,
        pbx: Pbx,
        inbox: Inbox[Item],
        *,
        patience: Patience | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.feed = feed
        self.pbx = pbx
        self._inbox = inbox
        self._patience = patience or Patience()
        self._clock = clock
        self._connection: Connection | None = None
        self._heard_at = 0.0
        self._is_open = False
        self._overrun = asyncio.Event()
        self._taps: list[Tap] = []
        self.booted_at: int | None = None
        self.state = LinkState(feed, str(pbx), connected=False, since=None, trouble=None)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        waits, tries = self._patience.waits(), 0
        while True:
            await self._until_room()
            tries += 1
            try:
                await self._once()
            except AmiError as error:
                if self.state.connected:
                    if not self._overrun.is_set():
                        waits, tries = self._patience.waits(), 0
                    self._put(Closed(self.feed, self._now(), str(error)))
                self._is(connected=False, trouble=str(error), tries=tries)
            await asyncio.sleep(next(waits))

    def listen(self, tap: Tap) -> Callable[[], None]:
        """Let somebody hear everything from now on; call what is returned to stop that."""
        self._taps.append(tap)
        return lambda: self._taps.remove(tap)

    async def act(self, action: str, **fields: str | int) -> Fields:
        """Carry out an action on the present connection.

        Raises:
            AmiError: it was refused, or there is no connection.
            AmiUnsureError: there was no answer.
        """
        return await self._present().act(action, **fields)

    async def listing(self, action: str, **fields: str | int) -> list[Fields]:
        """Carry out an action that is answered with a list of events, and return these.

        Raises:
            AmiError: it was refused, or there is no connection.
        """
        return await self._present().listing(action, **fields)

    def _present(self) -> Connection:
        if self._connection is None or not self.state.connected:
            raise AmiError(f"{self.feed} is not connected")
        return self._connection

    async def _until_room(self) -> None:
        """Wait until something may be said: each connection adds to what waits already."""
        while self._inbox.is_full:  # noqa: ASYNC110 - room has no event of its own
            await asyncio.sleep(self._patience.first)

    def _put(self, item: Item) -> None:
        self._inbox.put(item)
        for tap in tuple(self._taps):
            tap(item)

    async def _once(self) -> None:
        """Connect, hear, and end with the reason for the end."""
        self._is_open = False
        self._overrun.clear()
        connection = self._connection = await Connection.open(self.pbx, self._hear)
        try:
            self._open()
            self._is(connected=True, trouble=None, tries=0)
            self._put(await self._look(connection))
            raise AmiError(await self._until_over(connection))
        finally:
            self._connection = None
            await connection.close()

    def _open(self) -> None:
        """Say that listening has begun, before anything that is heard: it ends the gap."""
        if not self._is_open:
            self._is_open = True
            self._put(Opened(self.feed, self._now()))

    async def _look(self, connection: Connection) -> Snapshot:
        queues = await connection.listing("QueueStatus")
        channels = await connection.listing("CoreShowChannels")
        lists: list[Fields] = []
        for action in LISTS:
            # one that this Asterisk has not, or has nothing for, is refused
            with contextlib.suppress(AmiError):
                lists += await connection.listing(action)
        return Snapshot(self.feed, self._now(), tuple(queues), tuple(channels), tuple(lists))

    async def _until_over(self, connection: Connection) -> str:
        ways = [
            asyncio.create_task(connection.closed()),
            asyncio.create_task(self._until_silent(connection)),
            asyncio.create_task(self._until_overrun()),
        ]
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _until_silent(self, connection: Connection) -> str:
        """Ask for a sign of life whenever nothing was heard for a while; return when none comes."""
        clock = asyncio.get_running_loop().time
        while True:
            await asyncio.sleep(self._patience.silence)
            if clock() - self._heard_at >= self._patience.silence:
                try:
                    async with asyncio.timeout(self._patience.silence):
                        await connection.act("Ping")
                except (AmiError, TimeoutError):
                    return f"nothing was heard for {2 * self._patience.silence:g} s"

    async def _until_overrun(self) -> str:
        await self._overrun.wait()
        return "more was said than could be written down; the connection was given up"

    def _hear(self, fields: Fields) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        self._open()
        if fields.get("Event") == "FullyBooted" and str(fields.get("Uptime", "")).isdigit():
            self.booted_at = self._now() - int(fields["Uptime"]) * 1_000_000
        if self._inbox.is_full:
            self._overrun.set()
        elif not self._overrun.is_set():
            self._put(Heard(self.feed, self._now(), fields))

    def _now(self) -> int:
        return to_micros(self._clock())

    def _is(self, *, connected: bool, trouble: str | None, tries: int) -> None:
        since = self.state.since if connected == self.state.connected else self._now()
        self.state = LinkState(self.feed, str(self.pbx), connected, since, trouble, tries)
