"""Where a story of a call back is played: with people who are told how they answer their phones.

The same story is played without phones, and with a real Asterisk and SIP phones.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from asterisk.kit import Cable
from everycall.telephony import PhoneSystem
from everycall.telephony.ami import AmiPhoneSystem
from everycall.telephony.ari import AriPhoneSystem
from everycall.telephony.fake import FakePhoneSystem, Reply
from everycall.wire.ami import Pbx
from everycall.wire.ami_link import Item, Link, Patience, Snapshot
from everycall.wire.ari import Ari
from everycall.wire.inbox import Inbox
from lab.leg import Leg
from lab.node import MANAGER_USER, SECRET
from lab.phone import Phone
from lab.stage import Stage as LabStage

AGENT, CUSTOMER = "PJSIP/1001", "+441632960101"

STATUS = {Reply.BUSY: 486, Reply.REFUSES: 603, Reply.UNREACHABLE: 404}


class World(Protocol):
    """The people around a phone system."""

    system: PhoneSystem

    def rung(self, who: str) -> int:
        """Return how often a phone rang."""
        ...

    async def agent_picks_up(self, dial_id: str) -> None:
        """Let the person pick up who let it ring."""
        ...

    async def customer_ends(self, dial_id: str) -> None:
        """Let the customer hang up who is on the line."""
        ...

    async def die(self) -> None:
        """Let the phone system die."""
        ...


class FakeWorld:
    def __init__(self, phones: Mapping[str, Reply]) -> None:
        self.system = self._fake = FakePhoneSystem(phones=dict(phones), booted_at=1)

    def rung(self, who: str) -> int:
        return self._fake.rung.count(who)

    async def agent_picks_up(self, dial_id: str) -> None:
        await self._fake.pick_up(dial_id)

    async def customer_ends(self, dial_id: str) -> None:
        await self._fake.end(dial_id)

    async def die(self) -> None:
        await self._fake.break_down()


class AsteriskWorld:
    def __init__(
        self, stage: LabStage, link: Link, cable: Cable, agent: Phone, customer: Phone
    ) -> None:
        self.stage = stage
        self.cable = cable
        self.system: PhoneSystem = AmiPhoneSystem(link)
        self._link = link
        self._phones = {AGENT: agent, CUSTOMER: customer}
        self._ringing: list[Leg] = []

    def rung(self, who: str) -> int:
        return len(self._phones[who].legs)

    async def agent_picks_up(self, dial_id: str) -> None:
        await self._ringing[-1].answer()

    async def customer_ends(self, dial_id: str) -> None:
        await self._phones[CUSTOMER].legs[-1].hang_up()

    async def die(self) -> None:
        self.stage.node.kill()

    async def is_connected(self) -> None:
        await asyncio.wait_for(connected(self._link), 10)

    @asynccontextmanager
    async def another(self) -> AsyncIterator[AmiPhoneSystem]:
        """The phone system as a program sees it that was started anew."""
        async with linked(self._link.pbx.port) as link:
            yield AmiPhoneSystem(link)

    async def behave(self, who: str, reply: Reply, *, presses: str) -> None:
        """Answer every call to a phone as its owner was told to."""
        phone = self._phones[who]
        while True:
            leg = await phone.incoming(within=600)
            if reply in STATUS:
                leg.reject(STATUS[reply])
                continue
            leg.ring()
            if reply in (Reply.PICKS_UP, Reply.MACHINE):
                await asyncio.sleep(0.1)
                await leg.answer()
                if presses and reply is Reply.PICKS_UP:
                    await asyncio.sleep(0.5)
                    await leg.press(presses)
            else:
                self._ringing.append(leg)


async def connected(link: Link) -> None:
    opened = asyncio.Event()
    link.listen(lambda item: opened.set() if isinstance(item, Snapshot) else None)
    if not link.state.connected:
        await opened.wait()


@asynccontextmanager
async def asterisk_world(
    phones: Mapping[str, Reply], presses: str = ""
) -> AsyncIterator[AsteriskWorld]:
    async with LabStage() as stage:
        agent = await stage.agent("1001")
        customer = await stage.customer(CUSTOMER, "Ada Fisk")
        cable = Cable(*stage.node.manager)
        async with linked(await cable.start()) as link:
            world = AsteriskWorld(stage, link, cable, agent, customer)
            works = []
            for who in (AGENT, CUSTOMER):
                reply = phones.get(who, Reply.PICKS_UP)
                keys = presses if who == CUSTOMER else ""
                works.append(asyncio.create_task(world.behave(who, reply, presses=keys)))
            try:
                yield world
            finally:
                await stopped(works)
                await cable.stop()


@asynccontextmanager
async def ari_world(phones: Mapping[str, Reply], presses: str = "") -> AsyncIterator[AsteriskWorld]:
    """The same people, but the phone system is driven by its REST interface."""
    async with asterisk_world(phones, presses) as world:
        host, port = world.stage.node.http
        system = AriPhoneSystem("pbx", Ari(host, MANAGER_USER, SECRET, port))
        work = asyncio.create_task(system.run())
        try:
            await asyncio.wait_for(system.connected.wait(), 10)
            world.system = system
            yield world
        finally:
            await stopped([work])


@asynccontextmanager
async def linked(port: int) -> AsyncIterator[Link]:
    inbox: Inbox[Item] = Inbox()
    pbx = Pbx("127.0.0.1", MANAGER_USER, SECRET, port)
    link = Link("pbx", pbx, inbox, patience=Patience(first=0.1, longest=0.5))
    work = asyncio.create_task(link.run())
    try:
        await asyncio.wait_for(connected(link), 10)
        yield link
    finally:
        await stopped([work])


async def stopped(works: Sequence[asyncio.Task[None]]) -> None:
    for work in works:
        work.cancel()
    await asyncio.gather(*works, return_exceptions=True)


@asynccontextmanager
async def fake_world(phones: Mapping[str, Reply], presses: str = "") -> AsyncIterator[FakeWorld]:
    yield FakeWorld(phones)
