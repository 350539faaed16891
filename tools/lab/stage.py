"""Where a story is played: one Asterisk, its manager connection, and the phones around it."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Self

from lab.manager import Manager
from lab.node import MANAGER_USER, SECRET, Node
from lab.phone import Phone

if TYPE_CHECKING:
    from types import TracebackType

    from lab.leg import Leg
    from lab.manager import Event

_CALLBACK = "callback-dial"


class StageError(Exception):
    """The story did not go as told; the message says where."""


class Stage:
    """A running phone system and the words that a story is told in."""

    def __init__(self, node: Node | None = None) -> None:
        self.node = node or Node()
        self.phones: list[Phone] = []
        self.principals: list[Leg] = []
        self.joined: list[Leg] = []
        self.events: list[Event] = []
        self._callers = 0

    async def __aenter__(self) -> Self:
        try:
            self.node.write()
            await asyncio.to_thread(self.node.start)
            self.manager = await self._connect()
        except BaseException:
            self.node.remove()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for phone in self.phones:
            phone.switch_off()
        await self.manager.close()
        await asyncio.to_thread(self.node.remove)

    # ---- who is there

    async def agent(self, number: str, *queues: str) -> Phone:
        """A desk phone, 1001 to 1008, signed in to queues."""
        phone = self._phone(number, self.node.network.agent(number), "agent")
        phone.name = f"Agent {int(number) - 1000}"
        for queue in queues:
            await self.sign_in(phone, queue)
        return await phone.switch_on()

    async def resting_agent(self, number: str, queue: str) -> Phone:
        """An agent on a break: signed in, so the queue is not empty, but never rung."""
        phone = await self.agent(number, queue)
        await self.pause(phone, "lunch", queue)
        return phone

    async def caller(self, number: str, name: str) -> Phone:
        """A customer who calls in over the trunk."""
        address = self.node.network.caller(self._callers)
        self._callers += 1
        phone = self._phone(number, address, "caller")
        phone.name = name
        return await phone.switch_on()

    async def customer(self, number: str, name: str) -> Phone:
        """A customer whom we call over the trunk."""
        phone = self._phone(number, self.node.network.carrier, "customer")
        phone.name = name
        return await phone.switch_on()

    def _phone(self, number: str, address: str, role: str) -> Phone:
        phone = Phone(number, (address, 5060), self.node.sip)
        phone.role = role
        self.phones.append(phone)
        return phone

    # ---- which leg is whose

    def principal(self, leg: Leg, dialled: str = "") -> Leg:
        """Say that this leg stands for one of the story's calls (a caller's own leg always does)."""
        leg.dialled = dialled or leg.dialled
        self.principals.append(leg)
        return leg

    def joins(self, leg: Leg) -> Leg:
        """Say that an agent who dialled came to talk with the caller."""
        self.joined.append(leg)
        return leg

    # ---- what staff and supervisors do

    async def sign_in(self, agent: Phone, queue: str) -> None:
        """Add an agent to a queue."""
        interface = f"PJSIP/{agent.number}"
        await self.manager.do("QueueAdd", Queue=queue, Interface=interface, MemberName=agent.name)

    async def sign_out(self, agent: Phone, queue: str) -> None:
        """Take an agent out of a queue."""
        await self.manager.do("QueueRemove", Queue=queue, Interface=f"PJSIP/{agent.number}")

    async def pause(self, agent: Phone, reason: str, queue: str = "") -> None:
        """Pause an agent in one queue, or in all."""
        where = {"Queue": queue} if queue else {}
        interface = f"PJSIP/{agent.number}"
        await self.manager.do(
            "QueuePause", Interface=interface, Paused="true", Reason=reason, **where
        )

    async def unpause(self, agent: Phone, queue: str = "") -> None:
        """Let an agent work again."""
        where = {"Queue": queue} if queue else {}
        await self.manager.do(
            "QueuePause", Interface=f"PJSIP/{agent.number}", Paused="false", **where
        )

    async def call_back(self, agent: Phone, customer: str, account: str, ring_s: int = 15) -> None:
        """Ring an agent first, then dial the customer."""
        await self.manager.do(
            "Originate",
            Channel=f"PJSIP/{agent.number}",
            Context=_CALLBACK,
            Exten=customer,
            Priority=1,
            CallerID=f"Callback <{customer}>",
            Account=account,
            Timeout=ring_s * 1000,
            Async="true",
        )

    async def call_back_through_queue(self, customer: str) -> None:
        """Let a Local channel wait in line; dial the customer when an agent is there."""
        await self.manager.do(
            "Originate",
            Channel=f"Local/{customer}@callback-queue/n",
            Context=_CALLBACK,
            Exten=customer,
            Priority=1,
            CallerID=f"Callback <{customer}>",
            Timeout=60000,
            Async="true",
        )

    def channel(self, endpoint: str) -> str:
        """The newest channel of a desk phone, or of the trunk, by Asterisk's name."""
        prefix = f"PJSIP/{endpoint}-"
        names = [str(event["Channel"]) for event in self.manager.events if "Channel" in event]
        found = [name for name in names if name.startswith(prefix)]
        if not found:
            raise StageError(f"no channel of {endpoint} yet")
        return found[-1]

    # ---- time and trouble

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    async def wait_since(self, leg: Leg, seconds: float) -> None:
        """Wait until a call is so many seconds old."""
        await asyncio.sleep(max(0.0, (leg.invited_at or 0.0) + seconds - time.time()))

    async def crash(self) -> None:
        """Kill Asterisk as a power cut does: every phone loses its call."""
        self.node.kill()
        for phone in self.phones:
            phone.switch_off()

    async def start_again(self) -> None:
        """Boot after a crash."""
        await asyncio.to_thread(self.node.start)
        await self.reconnect()

    async def restart(self) -> None:
        """Let Asterisk restart itself at once, whoever is on the line."""
        await asyncio.to_thread(self.node.cli, "core restart now")
        await asyncio.sleep(1)
        await asyncio.to_thread(self.node.wait_until_booted)
        await self.reconnect()

    async def reconnect(self) -> None:
        """Log in again, keeping the events of before."""
        self.events += self.manager.events
        await self.manager.close()
        self.manager = await self._connect()

    async def _connect(self) -> Manager:
        return await Manager.connect(self.node.manager, MANAGER_USER, SECRET)

    async def quiet(self, within: float = 15) -> None:
        """Wait until no channel is left and every log line is written."""
        deadline = time.monotonic() + within
        while not re.search(r"^0 active channels", await self._channels(), re.MULTILINE):
            if time.monotonic() > deadline:
                raise StageError(f"channels are left over:\n{await self._channels()}")
            await asyncio.sleep(0.2)
        await asyncio.sleep(0.7)

    async def _channels(self) -> str:
        return await asyncio.to_thread(self.node.cli, "core show channels count")
