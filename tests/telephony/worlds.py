"""Where a story of a call back is played: with people who are told how they answer their phones.

The same story is played without phones, and with a real Asterisk and SIP phones.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from asterisk.kit import Cable
from everycall.recovery.permits import MemoryPermits
from everycall.telephony import PhoneSystem
from everycall.telephony.ami import AmiPhoneSystem
from everycall.telephony.ari import AriPhoneSystem
from everycall.telephony.fake import FakePhoneSystem, Reply
from everycall.telephony.twilio import TwilioPhoneSystem, TwilioTerms, answered
from everycall.wire.ami import Pbx
from everycall.wire.ami_link import Item, Link, Patience, Snapshot
from everycall.wire.ari import Ari
from everycall.wire.inbox import Inbox
from everycall.wire.twilio import is_signed
from everycall.wire.twilio_calls import TwilioAccount
from lab.leg import Leg
from lab.node import MANAGER_USER, SECRET
from lab.phone import Phone
from lab.stage import Stage as LabStage
from telephony.twilio_server import ACCOUNT, NUMBER, TOKEN, TwilioServer, served, twilio_server

AGENT, CUSTOMER = "PJSIP/1001", "+441632960101"

STATUS = {Reply.BUSY: 486, Reply.REFUSES: 603, Reply.UNREACHABLE: 404}


class World(Protocol):
    """The people around a phone system.

    Attributes:
        forgets: whether a phone system that was started anew may not know what it did before.
    """

    system: PhoneSystem
    forgets: bool

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
    forgets = True

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
    forgets = True

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


class TwilioWorld:
    forgets = False

    def __init__(self, twilio: TwilioServer, permits: MemoryPermits, system: PhoneSystem) -> None:
        self.twilio = twilio
        self.permits = permits
        self.system: PhoneSystem = system

    def rung(self, who: str) -> int:
        return self.twilio.rung(who)

    async def agent_picks_up(self, dial_id: str) -> None:
        found = self.permits.find(dial_id)
        assert found is not None
        self.twilio.leg_to(found.agent).picks_up.set()

    async def customer_ends(self, dial_id: str) -> None:
        found = self.permits.find(dial_id)
        assert found is not None
        self.twilio.talk_ends(found.number)

    async def die(self) -> None:
        raise NotImplementedError


def at_the_door(permits: MemoryPermits, token: str) -> type[BaseHTTPRequestHandler]:
    """Take what Twilio posts, as the door of the server does: what is not signed is refused."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            door = f"http://{self.headers['Host']}{urlsplit(self.path).path}"
            address = f"http://{self.headers['Host']}{self.path}"
            signed = self.headers.get("X-Twilio-Signature")
            if not is_signed(token, address, {k: [v] for k, v in form.items()}, signed):
                self._say(403, "the signature is wrong")
                return
            asked = dict(parse_qsl(urlsplit(self.path).query))
            at = datetime.now(UTC).isoformat()
            said = {**form, "Try": asked["try"], "Step": asked.get("step", ""), "ReceivedAt": at}
            self._say(200, answered(permits, "cloud", said, door))

        def _say(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@asynccontextmanager
async def twilio_world(
    phones: Mapping[str, Reply],
    presses: str = "1",
    token: str = TOKEN,
    patience: float = 0.5,
    look: float = 0.4,
    **more: Any,
) -> AsyncIterator[TwilioWorld]:
    permits = MemoryPermits()
    with ExitStack() as stack:
        twilio = stack.enter_context(twilio_server(phones=phones, presses=presses, **more))
        door = stack.enter_context(served(at_the_door(permits, token)))
        account = TwilioAccount(ACCOUNT, TOKEN, twilio.address, patience)
        terms = TwilioTerms(NUMBER, f"{door}/in/cloud/", listen=0.02, look=look)
        yield TwilioWorld(twilio, permits, TwilioPhoneSystem("cloud", account, terms, permits))
