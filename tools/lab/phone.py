"""A SIP phone that a story can hold in its hand."""

from __future__ import annotations

import asyncio
from typing import Any

from lab import sip
from lab.leg import Leg


class Phone(asyncio.DatagramProtocol):
    """One phone at one address: it dials, rings, and keeps every leg it had."""

    def __init__(self, number: str, address: tuple[str, int], server: tuple[str, int]) -> None:
        self.number = number
        self.address = address
        self.server = server
        self.role = "phone"
        self.name = ""
        self.deaf = False
        self.mute = False
        self.legs: list[Leg] = []
        self._waiting: asyncio.Queue[Leg] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport | None = None

    async def switch_on(self) -> Phone:
        """Listen for calls."""
        loop = asyncio.get_running_loop()
        made = await loop.create_datagram_endpoint(lambda: self, local_addr=self.address)
        self._transport = made[0]
        return self

    def switch_off(self) -> None:
        """Vanish without a word: calls in progress are not ended by this phone."""
        for leg in self.legs:
            leg.kill()
        if self._transport:
            self._transport.close()
            self._transport = None

    @property
    def contact(self) -> str:
        """This phone's own SIP address."""
        host, port = self.address
        return f"<sip:{self.number}@{host}:{port}>"

    def address_of(self, number: str) -> str:
        """The SIP address of a number at our phone system."""
        host, port = self.server
        return f"sip:{number}@{host}:{port}"

    async def dial(self, number: str) -> Leg:
        """Place a call and do not wait."""
        shown = f"{sip.quoted(self.name)} " if self.name else ""
        local = f"{shown}<sip:{self.number}@{self.address[0]}>;tag={sip.token()}"
        call_id = f"{sip.token()}@{self.address[0]}"
        leg = Leg(self, call_id, local, f"<{self.address_of(number)}>")
        self.legs.append(leg)
        return await leg.invite(number)

    async def call(self, number: str) -> Leg:
        """Place a call and wait until it is answered."""
        return await (await self.dial(number)).answered()

    async def incoming(self, within: float = 40) -> Leg:
        """Wait for the next call to this phone, without ringing yet."""
        return await asyncio.wait_for(self._waiting.get(), within)

    async def rings(self, within: float = 40) -> Leg:
        """Wait for the next call and let it ring."""
        leg = await self.incoming(within)
        leg.ring()
        return leg

    async def picks_up(self, after: float = 0, within: float = 40) -> Leg:
        """Wait for the next call, let it ring for a while, answer it."""
        leg = await self.rings(within)
        await asyncio.sleep(after)
        return await leg.answer()

    async def refuses(self, status: int, after: float = 0) -> Leg:
        """Wait for the next call, let it ring for a while, refuse it."""
        leg = await self.rings()
        await asyncio.sleep(after)
        leg.reject(status)
        return leg

    def send(self, message: sip.Message) -> None:
        """Put a message on the wire."""
        if self._transport:
            self._transport.sendto(message.encode(), self.server)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Nothing to do: the socket is kept by `switch_on`."""

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:  # noqa: ARG002  # asyncio's shape
        """Sort a message to its leg; a first INVITE makes a new one."""
        message = sip.parse(data)
        if message.method == "OPTIONS":
            self.send(sip.answer_to(message, "200 OK"))
            return
        leg = self._leg(message["Call-ID"])
        if leg is None and message.method == "INVITE":
            leg = self._new_leg(message)
        if leg and not (self.deaf and leg.invited_at):
            leg.receive(message)

    def _leg(self, call_id: str) -> Leg | None:
        return next((leg for leg in self.legs if leg.call_id == call_id), None)

    def _new_leg(self, invite: sip.Message) -> Leg:
        leg = Leg(self, invite["Call-ID"], f"{invite['To']};tag={sip.token()}", invite["From"])
        self.legs.append(leg)
        self._waiting.put_nowait(leg)
        return leg

    def record(self) -> dict[str, Any]:
        """The phone and its legs, for `truth.json`."""
        return {
            "who": self.role,
            "number": self.number,
            "name": self.name or None,
            "legs": [leg.record() for leg in self.legs],
        }
