"""Many callers and many agents at once: signalling only, so that two cores play both sides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.leg import RefusedError
from lab.phone import Phone

if TYPE_CHECKING:
    from lab.leg import Leg
    from lab.stage import Stage

FIRST_PORT = 6000


@dataclass(frozen=True)
class Played:
    """One call of the crowd, as the caller's phone saw it."""

    caller: str
    outcome: str
    talk_s: float | None = None


class Crowd:
    """People in the queue `crowd` who pick up at once, and callers at a steady rate."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.played: list[Played] = []
        self.at_once = 0
        self._on = 0

    async def call(self, count: int, per_second: float, talk_s: float) -> None:
        """Let so many callers call, and return when the last has hung up."""
        agents = Phone("crowd", (self._stage.node.network.host(20), 5060), self._stage.node.sip)
        agents.mute = True
        await agents.switch_on()
        self._stage.phones.append(agents)
        answering = asyncio.create_task(_answer(agents))
        callers = []
        clock = asyncio.get_running_loop().time
        begin = clock()
        for index in range(count):
            await asyncio.sleep(max(0.0, begin + index / per_second - clock()))
            callers.append(asyncio.create_task(self._one(index, talk_s)))
        await asyncio.gather(*callers)
        answering.cancel()

    async def _one(self, index: int, talk_s: float) -> None:
        number = f"+4930231{25000 + index}"
        address = (self._stage.node.network.caller(0), FIRST_PORT + index)
        phone = Phone(number, address, self._stage.node.sip)
        phone.mute = True
        await phone.switch_on()
        self._on += 1
        self.at_once = max(self.at_once, self._on)
        story = (_served, _leaves_menu, _served, _unreachable, _served)[index % 5]
        self.played.append(await story(phone, number, talk_s))
        self._on -= 1
        phone.switch_off()


async def _answer(agents: Phone) -> None:
    picking_up: set[asyncio.Task[Leg]] = set()
    while True:
        leg = await agents.incoming(within=600)
        leg.ring()
        picking_up.add(asyncio.create_task(leg.answer()))


async def _served(phone: Phone, number: str, talk_s: float) -> Played:
    """Wait until somebody picks up; the queue answers at once, so audio would tell when."""
    call = await phone.call("5020")
    await asyncio.sleep(talk_s)
    await call.hang_up()
    return Played(number, "answered", talk_s)


async def _leaves_menu(phone: Phone, number: str, talk_s: float) -> Played:
    call = await phone.call("5000")
    await asyncio.sleep(talk_s)
    await call.hang_up()
    return Played(number, "caller_left_in_menu")


async def _unreachable(phone: Phone, number: str, talk_s: float) -> Played:
    call = await phone.dial("5109")
    try:
        await call.answered()
    except RefusedError:
        return Played(number, "unreachable")
    await asyncio.sleep(talk_s)
    await call.hang_up()
    return Played(number, "answered")
