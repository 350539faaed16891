"""Calls that the team makes: out, back to callers, and to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop.clockwork import SECOND
from shop.pbx import Trail
from shop.records import Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop.callers import Need
    from shop.lines import Line
    from shop.shop import Shop
    from shop.staff import Agent

CONTEXT = "internal"


class Own:
    """A call that begins at one of our phones."""

    def __init__(self, shop: Shop, agent: Agent, story: Story) -> None:
        self.shop = shop
        self.agent = agent
        self.story = story
        self.random = shop.random
        self.is_over = False
        shop.stories.append(story)
        shop.active[self] = None
        shop.staff.occupy(agent)

    def after(self, wait: float, action: Callable[[], None]) -> None:
        """Do something after a while, if the call is still on."""
        self.shop.clock.after(wait, lambda: None if self.is_over else action())

    def close(self, outcome: str) -> None:
        """The call is over."""
        self.is_over = True
        self.story.outcome = outcome
        self.story.ended = self.shop.clock.now
        if self.story.talks and self.story.talks[-1].ended is None:
            self.story.talks[-1].ended = self.shop.clock.now // SECOND
        del self.shop.active[self]

    def crash(self) -> None:
        """The phone system died: no log knows of this call."""
        self.story.hidden = "restart"
        self.close("unknown")


class Outbound(Own):
    """A call to somebody outside: dialled by hand, or after the phone system rang the agent."""

    def __init__(
        self, shop: Shop, line: Line, agent: Agent, number: str, need: Need | None = None
    ) -> None:
        client = need.client if need else "kiesel-kraut"
        super().__init__(shop, agent, Story("outbound", number, client, shop.clock.now))
        self.line = line
        self.need = need
        self.written = line.written(number)
        self.on_failure: Callable[[], None] = lambda: None
        line.take()

    def begin(self, *, asked: bool = False) -> None:
        """Dial; who asked for it is called back by the phone system, the agent's phone first."""
        if self.need is not None:
            self.need.in_call = True
        channel = self.shop.pbx.channel(self.agent.person.extension)
        self.story.id = channel.unique
        context = "callback-dial" if asked else CONTEXT
        own = self.line.trunk.own_number
        clid = f'"{"Callback" if asked else self.agent.name}" <{own}>'
        self.trail = Trail(self.shop.pbx, channel, own, clid, context, self.written)
        if asked:
            self.story.direction = "callback"
            self.trail.userfield = "callback"
            self.after(self.random.uniform(1.2, 6) * SECOND, self._picked_up)
        else:
            self._dial()

    def _picked_up(self) -> None:
        """The agent is there; now the customer is dialled."""
        self.trail.answer()
        self._dial()

    def _dial(self) -> None:
        asked = self.story.direction == "callback"
        options = "25,g" if asked else "45,tT"
        trunk = self.line.endpoint
        self.trail.go(
            self.trail.context, self.written, "Dial", f"PJSIP/{self.written}@{trunk},{options}"
        )
        self.trail.dial(self.shop.pbx.channel(trunk, self.story.id))
        rolled = self.random.random()
        if rolled < 0.66:
            self.after(self.random.uniform(4, 17) * SECOND, self._reached)
        elif rolled < 0.72:
            self.after(0.9 * SECOND, lambda: self._failed("busy", "BUSY", hung_up=False))
        else:
            rings = 25 if asked else self.random.uniform(18, 38)
            self.after(
                rings * SECOND, lambda: self._failed("no_answer", "NO ANSWER", hung_up=not asked)
            )

    def _reached(self) -> None:
        self.trail.dial_answered()
        self.shop.talk(self.story, self.agent)
        lasts = max(15 * SECOND, self.shop.talk_time(140 * SECOND))
        self.after(lasts, self._talked)

    def _talked(self) -> None:
        self.trail.close("ANSWERED")
        self._finish("reached", last="callback-ANSWER")
        if self.need is not None:
            self.need.settle(helped=True)

    def _failed(self, outcome: str, disposition: str, *, hung_up: bool) -> None:
        """Nobody answered; who hangs up by hand leaves no further row."""
        self.trail.close(disposition)
        last = "callback-BUSY" if disposition == "BUSY" else "callback-NOANSWER"
        self._finish(outcome, last="" if hung_up else last)
        self.on_failure()

    def _finish(self, outcome: str, last: str) -> None:
        asked = self.story.direction == "callback"
        if asked or (last and outcome != "reached"):
            data = "" if asked else "17"
            self.trail.go(self.trail.context, self.written, "Hangup", data)
        self._write(last if asked else "")
        if self.need is not None:
            self.need.in_call = False
        self.close(outcome)
        self.line.free()
        self.shop.staff.release(self.agent)

    def _write(self, last: str) -> None:
        """Write the rows; the dialplan notes in the last one how a call back went."""
        if last:
            first, self.trail.rows = self.trail.rows, []
            for row in first:
                self.shop.pbx.write(self.trail.line(row))
            self.trail.userfield = last
        self.trail.end("BUSY" if self.trail.up is None and self.trail.open is not None else "")

    def crash(self) -> None:
        """The phone system died."""
        self.line.free()
        if self.need is not None:
            self.need.in_call = False
        super().crash()


class Internal(Own):
    """A call from one desk to another."""

    def __init__(self, shop: Shop, agent: Agent, colleague: Agent) -> None:
        super().__init__(shop, agent, Story("internal", None, "", shop.clock.now))
        self.colleague = colleague
        self.talking = False

    def begin(self) -> None:
        """Dial."""
        extension, shop = self.colleague.person.extension, self.shop
        caller = self.agent.person.extension
        channel = shop.pbx.channel(caller)
        self.story.id = channel.unique
        clid = f'"{self.agent.name}" <{caller}>'
        self.trail = Trail(shop.pbx, channel, caller, clid, CONTEXT, extension)
        self.trail.go(CONTEXT, extension, "Dial", f"{self.colleague.endpoint},20,tT")
        self.trail.dial(shop.pbx.channel(extension, channel.unique))
        if self.colleague.occupied:
            self._in_vain("busy", "BUSY")
            return
        shop.staff.occupy(self.colleague)
        self.talking = True
        does, after = shop.staff.reaction(self.colleague)
        if self.colleague.is_there and does == "answers":
            self.after(after, self._answered)
        else:
            self.after(20 * SECOND, lambda: self._in_vain("rang_out", "NO ANSWER"))

    def _answered(self) -> None:
        self.trail.dial_answered()
        self.shop.talk(self.story, self.colleague)
        self.after(self.shop.talk_time(50 * SECOND), self._talked)

    def _talked(self) -> None:
        self.trail.end()
        self._finish("answered")

    def _in_vain(self, outcome: str, disposition: str) -> None:
        self.trail.close(disposition)
        self.trail.go(CONTEXT, self.colleague.person.extension, "Hangup", "")
        self.trail.end(disposition)
        self._finish(outcome)

    def _finish(self, outcome: str) -> None:
        self.close(outcome)
        self.shop.staff.release(self.agent)
        if self.talking:
            self.shop.staff.release(self.colleague)
