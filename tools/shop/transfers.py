"""Handing a caller on: to another queue, blindly to a colleague, or after asking the colleague."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from shop.clockwork import SECOND
from shop.pbx import Trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop.inbound import Inbound
    from shop.queues import Stay
    from shop.staff import Agent

TO_QUEUE, BLIND, ASKED = 0.032, 0.018, 0.016
"""The shares of talks that are handed on."""

NEXT_QUEUE = {"sales": "support", "support": "returns", "returns": "support", "english": "support"}
QUEUE_NUMBERS = {"sales": "300", "support": "301", "returns": "302", "english": "303"}
CONTEXT = "internal"


class Transfers:
    """What may happen in the middle of a talk."""

    def __init__(self, call: Inbound) -> None:
        self.call = call
        self.swapped: Trail | None = None

    def plan(self, lasts: int) -> Callable[[Stay], None] | None:
        """Decide how a talk of this length is handed on; None if it is not."""
        rolled = self.call.random.random()
        if lasts < 30 * SECOND or self.call.story.handed_on:
            return None
        for share, way in ((TO_QUEUE, self._to_queue), (BLIND, self._blind), (ASKED, self._ask)):
            if rolled < share:
                return way
            rolled -= share
        return None

    # ---- without asking

    def _hand_on(self, stay: Stay, exten: str) -> None:
        """Let the caller go on to somewhere, as a phone's transfer key does."""
        call = self.call
        call.trail.context, call.trail.exten = CONTEXT, exten
        call.trail.close("ANSWERED")
        call.story.handed_on = True
        call.talk_ended(stay, "BLINDTRANSFER", exten, CONTEXT)

    def _to_queue(self, stay: Stay) -> None:
        following = NEXT_QUEUE[stay.queue.name]
        self._hand_on(stay, QUEUE_NUMBERS[following])
        self.call.ask_for(following)

    def _blind(self, stay: Stay) -> None:
        call, staff = self.call, self.call.shop.staff
        agent = call.agent
        colleague = staff.colleague(agent) if agent else staff.agents[0]
        extension = colleague.person.extension
        self._hand_on(stay, extension)
        call.trail.go(CONTEXT, extension, "Dial", f"{colleague.endpoint},20,tT")
        channel = call.shop.pbx.channel(extension, call.story.id)
        call.trail.dial(channel)
        if colleague.occupied:
            self._nobody(colleague, "busy", "BUSY")
            return
        staff.occupy(colleague)
        call.agent = colleague
        does, after = staff.reaction(colleague)
        if colleague.is_there and does == "answers":
            call.after(after, lambda: self._taken(colleague))
        elif call.random.random() < 0.6:
            call.after(call.random.uniform(7, 18) * SECOND, lambda: self._gave_up(colleague))
        else:
            call.after(20 * SECOND, lambda: self._nobody(colleague, "missed", "NO ANSWER"))

    def _taken(self, colleague: Agent) -> None:
        call = self.call
        call.shop.attempt(call.story, colleague, "answered")
        call.shop.talk(call.story, colleague)
        call.after(call.shop.talk_time(130 * SECOND), call.end_talk)

    def _gave_up(self, colleague: Agent) -> None:
        self.call.shop.attempt(self.call.story, colleague, "cancelled")
        self.call.let_go()
        self.call.trail.close("NO ANSWER")
        self.call.end("transfer_unanswered")

    def _nobody(self, colleague: Agent, result: str, disposition: str) -> None:
        call = self.call
        call.shop.attempt(call.story, colleague, result)
        call.let_go()
        call.trail.close(disposition)
        call.trail.go(CONTEXT, colleague.person.extension, "Hangup")
        call.end("transfer_unanswered")

    # ---- after asking

    def _ask(self, stay: Stay) -> None:
        """Hold the caller and dial a colleague from the same phone."""
        call, shop = self.call, self.call.shop
        agent = call.agent
        if agent is None:
            return
        colleague = shop.staff.colleague(agent)
        trail = self._consultation(agent, colleague)
        if colleague.occupied:
            trail.close("BUSY")
            trail.go(CONTEXT, colleague.person.extension, "Hangup", "17")
            trail.end("BUSY")
            self._back(stay)
            return
        shop.staff.occupy(colleague)
        does, after = shop.staff.reaction(colleague)
        if colleague.is_there and does == "answers":
            call.after(after, lambda: self._consult(stay, colleague, trail))
        else:
            call.after(11 * SECOND, lambda: self._alone(stay, colleague, trail))

    def _consultation(self, agent: Agent, colleague: Agent) -> Trail:
        pbx, extension = self.call.shop.pbx, colleague.person.extension
        channel = pbx.channel(agent.person.extension)
        clid = f'"{agent.name}" <{agent.person.extension}>'
        trail = Trail(pbx, channel, agent.person.extension, clid, CONTEXT, extension)
        trail.go(CONTEXT, extension, "Dial", f"{colleague.endpoint},20,tT")
        self.party = pbx.channel(extension, channel.unique)
        trail.dial(self.party)
        self.asking = channel
        self.call.shop.consultations += 1
        return trail

    def _back(self, stay: Stay) -> None:
        """The agent returns to the caller and ends the call with them."""
        call = self.call
        call.after(call.random.uniform(15, 60) * SECOND, lambda: self._ends_here(stay))

    def _ends_here(self, stay: Stay) -> None:
        self.call.talk_ended(stay, "COMPLETECALLER")
        self.call.end("answered")

    def _alone(self, stay: Stay, colleague: Agent, trail: Trail) -> None:
        trail.end()
        self.call.shop.staff.release(colleague)
        self._back(stay)

    def _consult(self, stay: Stay, colleague: Agent, trail: Trail) -> None:
        trail.dial_answered()
        wait = self.call.random.uniform(8, 35) * SECOND
        self.call.after(wait, lambda: self._join(stay, colleague, trail))

    def _join(self, stay: Stay, colleague: Agent, trail: Trail) -> None:
        """The colleague takes over; the caller's next row is the talk with them."""
        call = self.call
        trail.end()
        call.trail.close("ANSWERED")
        bridge = UUID(int=call.random.getrandbits(128), version=4)
        call.talk_ended(stay, "ATTENDEDTRANSFER", "BRIDGE", bridge)
        self._swap(colleague)
        call.trail.dial(self.party)
        call.agent = colleague
        call.shop.talk(call.story, colleague)
        call.after(call.shop.talk_time(140 * SECOND), call.end_talk)

    def _swap(self, colleague: Agent) -> None:
        """The colleague's leg moves from the consultation to the caller, which makes a row too."""
        call = self.call
        extension = colleague.person.extension
        party = replace(self.party, linked=call.story.id, sequence=call.shop.pbx.sequence())
        clid = f'"{colleague.name}" <{extension}>'
        trail = Trail(call.shop.pbx, party, extension, clid, CONTEXT, "")
        trail.go(CONTEXT, "", "AppDial", "(Outgoing Line)")
        trail.answer()
        trail.dial(self.asking)
        trail.close("ANSWERED")
        self.swapped = trail

    def write(self) -> None:
        """Write the row of a leg that was moved, once the call is over."""
        if self.swapped is not None:
            self.swapped.end()
