"""An office with a real Asterisk: callers, people, a picture, and promises that are kept by themselves."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from asterisk.kit import Cable
from asterisk.watching import SITE, feeds_of, watching, wired
from everycall.app.live.watching import Watch
from everycall.app.recovery.calling_back import CallingBack
from everycall.app.recovery.dialling import Dialler, Wish
from everycall.app.recovery.recovering import Recoverer
from everycall.clock import system_clock, to_micros
from everycall.recovery import Move, OwingSettings, State
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise, Step
from everycall.recovery.tries import MemoryTries, Try
from everycall.telephony.ami import AmiPhoneSystem
from lab.leg import Leg
from lab.phone import Phone
from lab.stage import Stage

CALLER = "+441632960101"
AUTOMATIC = AutomaticSettings(on=True, ring_person=timedelta(seconds=4), each=timedelta(minutes=1))


@dataclass
class Office:
    """What a story is told with.

    Attributes:
        customer: the phone that rings when a customer is dialled, whatever the number.
    """

    stage: Stage
    watch: Watch
    cable: Cable
    customer: Phone
    settings: OwingSettings
    promises: MemoryPromises = field(default_factory=MemoryPromises)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tries = MemoryTries(self.promises)
        self.recoverer = Recoverer(SITE, self.promises, ZoneInfo("UTC"))
        self.phones = AmiPhoneSystem(self.watch.links["pbx"])
        self.back = self.anew()

    def anew(self, **more: Any) -> CallingBack:
        """Return what a program has that was started just now."""
        dialler = Dialler(
            self.phones, self.promises, self.tries, self.settings, self.is_calling, **more
        )
        return CallingBack(dialler, self, self.settings, lambda: self.watch.board)

    def is_calling(self, caller: str) -> bool:
        calls = self.watch.board.calls
        return any(c.caller == caller and c.direction == "inbound" for c in calls)

    def waiting(self, now: datetime) -> list[Promise]:
        rows = self.promises.rows.values()
        ready = (p for p in rows if p.next_at is None or p.next_at <= now)
        return [p for p in ready if p.state is State.WAITING]

    async def keep(self) -> None:
        """Do what the server does each second."""
        while True:
            since = to_micros(system_clock() - timedelta(minutes=10))
            calls = await self.watch.ended_calls(since)
            said = self.recoverer.recover_live(calls, system_clock())
            self.said += [word for word in said if word != "taken before"]
            await self.back.round()
            await asyncio.sleep(0.3)

    async def until(self, true: Callable[[], Any], within: float = 40) -> None:
        """Wait until something is true."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not true():  # noqa: ASYNC110 - what is waited for is a picture
                    await asyncio.sleep(0.1)
        assert true(), f"not so within {within} s: {self.promises.rows} {self.said}"

    def the(self) -> Promise:
        (found,) = self.promises.rows.values()
        return found

    @property
    def rung(self) -> int:
        """How often a customer's phone rang."""
        return len(self.customer.legs)

    async def miss(self, phone: Phone, number: str = "5001") -> None:
        """Let a caller wait for a moment and give up."""
        call = await phone.call(number)
        await asyncio.sleep(1.5)
        await call.hang_up()
        await self.until(lambda: self.promises.rows)

    async def asks(self, phone: Phone, queue: str = "sales") -> Leg:
        """Let a caller wait, press 1, and confirm the number."""
        call = await phone.call("5001" if queue == "sales" else "5002")
        await asyncio.sleep(1)
        await call.press("1")
        return call

    async def confirms(self, call: Leg) -> None:
        """Press 1 until it is heard, as people do, and the call is over."""
        over = asyncio.create_task(call.over())
        while not over.done():
            await asyncio.wait([over], timeout=2)
            if not over.done():
                with suppress(TimeoutError):
                    await call.press("1")

    async def offers(self, queue: str, seconds: int) -> None:
        """Say that a queue may offer call backs for so many seconds."""
        until = int(system_clock().timestamp()) + seconds
        await self.watch.links["pbx"].act(
            "DBPut", Family="everycall-offer", Key=queue, Val=str(until)
        )

    def claimed(self, who: str = "Ann") -> Promise:
        """Let somebody take the promise."""
        now = system_clock()
        step = Step(Move.CLAIM, who, "", lease_until=now + timedelta(minutes=15), owner=who)
        assert self.promises.move(self.the(), step, now)
        return self.the()

    async def dials(
        self, promise: Promise, agent: str = "PJSIP/1001", rings: int = 4
    ) -> Try | None:
        wish = Wish(agent, "Ann", ring_agent_s=rings, ring_s=6)
        return await self.back.dialler.dial(promise, wish)


@asynccontextmanager
async def office(
    data: Path, *, automatic: bool = True, keeps: bool = True
) -> AsyncIterator[Office]:
    """Open an office; who is missed is owed a call within seconds."""
    settings = OwingSettings(
        gap=timedelta(seconds=5),
        quiet=None,
        automatic=AUTOMATIC if automatic else AutomaticSettings(),
    )
    async with Stage() as stage, wired(stage) as cable:
        feeds = feeds_of(stage, cable, with_log=False)
        async with watching(data, feeds) as watch:
            customer = await stage.customer(CALLER, "Ada Fisk")
            found = Office(stage, watch, cable, customer, settings)
            work = asyncio.create_task(found.keep()) if keeps else None
            try:
                yield found
            finally:
                if work is not None:
                    work.cancel()
                    await asyncio.gather(work, return_exceptions=True)
                await found.back.stop()
                found.phones.stop()
