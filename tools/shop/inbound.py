"""A call that comes in: the announcement or menu, the queue, the talk, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shop import plan
from shop.clockwork import SECOND
from shop.days import is_open
from shop.lines import caller_id
from shop.pbx import Trail
from shop.records import Story
from shop.transfers import Transfers

if TYPE_CHECKING:
    from collections.abc import Callable

    from shop.callers import Need
    from shop.clockwork import Timer
    from shop.lines import Line
    from shop.queues import Stay
    from shop.shop import Shop
    from shop.staff import Agent

SOUNDS = "/var/lib/asterisk/sounds/custom"


class Inbound:
    """One call of a customer.

    Attributes:
        agent: who is talking, or being rung directly.
        stay: the queue that the caller waits in.
    """

    def __init__(self, shop: Shop, need: Need, line: Line) -> None:
        self.shop = shop
        self.need = need
        self.line = line
        self.random = shop.random
        self.number = line.written(need.number)
        self.story = Story("inbound", need.number, need.client, shop.clock.now)
        self.is_over = False
        self.agent: Agent | None = None
        self.stay: Stay | None = None
        self.handing_on = Transfers(self)
        shop.stories.append(self.story)

    # ---- the way in

    def begin(self) -> None:
        """Call in."""
        hidden = self._kept_out()
        if hidden:
            self.story.hidden = hidden
            self.story.outcome = "failed_before_ring"
            self.story.ended = self.shop.clock.now
            self.need.tried(self.story)
            return
        self.line.take()
        channel = self.shop.pbx.channel(self.line.endpoint)
        self.story.id = channel.unique
        clid = caller_id(self.number)
        self.trail = Trail(self.shop.pbx, channel, self.number, clid, "from-trunk", "s")
        self.shop.active[self] = None
        self.after(self.random.uniform(0.05, 0.4) * SECOND, self._route)

    def _kept_out(self) -> str:
        if self.shop.pbx.is_down:
            return "outage"
        return "lines_busy" if self.line.is_full else ""

    def _route(self) -> None:
        if self.need.extension:
            self._ring_directly()
        elif not is_open(self.shop.clock.now):
            self._closed()
        elif self.need.queue == "english":
            self.trail.answer()
            self.ask_for("english", plan.ENGLISH_NUMBER)
        else:
            self._menu()

    def after(self, wait: float, action: Callable[[], None]) -> Timer:
        """Do something after a while, if the call is still on."""
        return self.shop.clock.after(wait, lambda: None if self.is_over else action())

    # ---- when the shop is closed

    def _closed(self) -> None:
        self.trail.answer()
        self.trail.go("closed", "s", "Playback", f"{SOUNDS}/closed")
        if self.random.random() < plan.LEAVES_WHEN_CLOSED:
            leaves = self.random.uniform(2.5, plan.CLOSED_PROMPT / SECOND - 0.1) * SECOND
            self.after(leaves, lambda: self.end("caller_left_closed"))
        else:
            self.after(plan.CLOSED_PROMPT, lambda: self.voicemail(leaves_message=0.55))

    def voicemail(self, leaves_message: float = 0.35) -> None:
        """Go to the voicemail box."""
        self.trail.answer()
        box = self.need.extension or "200"
        self.trail.go("vm", "s", "VoiceMail", f"{box}@default,u")
        if self.random.random() < leaves_message:
            lasts = 7 + self.random.uniform(4, 45)
            self.after(lasts * SECOND, lambda: self.end("voicemail_left"))
        else:
            lasts = self.random.uniform(1, 8)
            self.after(lasts * SECOND, lambda: self.end("voicemail_no_message"))

    # ---- the menu

    def _menu(self) -> None:
        self.trail.answer()
        self.trail.go("ivr-main", "s", "BackGround", f"{SOUNDS}/menu")
        rolled = self.random.random()
        if rolled < plan.LEAVES_IN_MENU:
            leaves = self.random.uniform(1.5, 15) * SECOND
            self.after(leaves, lambda: self.end("caller_left_in_menu"))
            if leaves > plan.MENU_PROMPT:
                self.after(
                    plan.MENU_PROMPT, lambda: self.trail.go("ivr-main", "s", "WaitExten", "5")
                )
            return
        if rolled < plan.LEAVES_IN_MENU + plan.PRESSES_NOTHING:
            wait, queue = 2 * (plan.MENU_PROMPT + 5 * SECOND), "support"
        else:
            wait, queue = round(self.random.triangular(2.5, 13, 6) * SECOND), self.need.queue
        self.after(wait, lambda: self.ask_for(queue, plan.MAIN_NUMBER))

    # ---- the queue

    def ask_for(self, queue: str, did: str = "") -> None:
        """Enter a queue; `did` is the number that the caller dialled, where the dialplan notes it."""
        about = self.shop.queue(queue).plan
        limit = about.longest_wait // SECOND
        self.trail.go(f"q-{queue}", "s", "Queue", f"{queue},tT,,,{limit}")
        if did:
            self.shop.pbx.log(self.story.id, queue, "NONE", "DID", did)
        patience, key_at = self.need.patience()
        self.stay = self.shop.queue(queue).enter(self, patience, key_at)
        if self.stay is None:
            self.turned_away("queue_unstaffed")

    def queue_left(self, stay: Stay) -> None:
        """Nobody answered in the queue."""
        self.stay = None
        {
            "caller": lambda: self.end("caller_left_in_queue"),
            "key": lambda: self.promise(stay.queue.name),
            "timeout": lambda: self.turned_away("timed_out"),
            "empty": lambda: self.turned_away("queue_empty"),
        }[stay.visit.exit]()

    def turned_away(self, outcome: str) -> None:
        """Hear the voicemail box, or that all are busy."""
        queue = self.shop.queue(self.story.visits[-1].queue)
        if queue.plan.voicemail:
            self.voicemail()
            return
        place = f"q-{queue.name}"
        self.trail.go(place, "s", "Playback", f"{SOUNDS}/all-busy")
        self.after(4.2 * SECOND, lambda: self.trail.go(place, "s", "Hangup"))
        self.after(4.25 * SECOND, lambda: self.end(outcome))

    def promise(self, queue: str) -> None:
        """Be promised a call back."""
        self.trail.go("callback-request", "s", "Playback", f"{SOUNDS}/callback")
        self.shop.pbx.log(self.story.id, queue, "NONE", "CALLBACKREQUEST", self.number)
        self.after(3.9 * SECOND, lambda: self.trail.go("callback-request", "s", "Hangup"))
        self.after(3.95 * SECOND, lambda: self.end("callback_requested"))

    # ---- the talk

    def queue_answered(self, stay: Stay, agent: Agent) -> None:
        """Talk with somebody who answered in a queue."""
        self.agent, self.stay = agent, None
        self.trail.dial_answered()
        lasts = self.shop.talk_time(stay.queue.plan.talk)
        handed = self.handing_on.plan(lasts)
        if handed is None:
            self.after(lasts, lambda: self._hang_up(stay))
        else:
            self.after(lasts * 0.6, lambda: handed(stay))

    def _hang_up(self, stay: Stay) -> None:
        """The talk is over: most callers hang up first."""
        verb = "COMPLETECALLER" if self.random.random() < 0.68 else "COMPLETEAGENT"
        self.talk_ended(stay, verb)
        self.end("answered")

    def talk_ended(self, stay: Stay, verb: str, *data: object) -> None:
        """Write that a talk from a queue is over; the agent has a moment to rest."""
        talk = self.story.talks[-1]
        talk.ended = self.shop.clock.now // SECOND
        held = talk.began - stay.visit.entered
        self.shop.pbx.log(
            self.story.id, stay.queue.name, talk.who, verb, *data, held, talk.seconds, stay.place
        )
        self.let_go(wrap_up=True)

    def let_go(self, *, wrap_up: bool = False) -> None:
        """Free the agent's phone."""
        agent, self.agent = self.agent, None
        if agent is not None:
            self.shop.staff.release(agent, wrap_up=wrap_up)

    # ---- somebody's own number

    def _ring_directly(self) -> None:
        agent = self.shop.staff.of(self.need.extension)
        self.trail.go("direct", agent.person.extension, "Dial", f"{agent.endpoint},20,tT")
        channel = self.shop.pbx.channel(agent.person.extension, self.story.id)
        self.trail.dial(channel)
        if agent.occupied:
            self._not_reached(agent, "busy", "BUSY")
            return
        does, after = self.shop.staff.reaction(agent)
        self.agent = agent
        self.shop.staff.occupy(agent)
        if agent.is_there and does == "answers":
            self.after(after, lambda: self._answered_directly(agent))
        elif self.random.random() < 0.3:
            gives_up = self.random.uniform(6, 18) * SECOND
            self.after(gives_up, lambda: self._gave_up_ringing(agent))
        else:
            self.after(plan.LONGEST_RING, lambda: self._not_reached(agent, "missed", "NO ANSWER"))

    def _gave_up_ringing(self, agent: Agent) -> None:
        self.shop.attempt(self.story, agent, "cancelled")
        self.let_go()
        self.end("caller_left_while_ringing")

    def _not_reached(self, agent: Agent, result: str, disposition: str) -> None:
        self.shop.attempt(self.story, agent, result)
        self.trail.close(disposition)
        self.let_go()
        self.voicemail(leaves_message=0.4)

    def _answered_directly(self, agent: Agent) -> None:
        self.shop.attempt(self.story, agent, "answered")
        self.shop.talk(self.story, agent)
        self.trail.dial_answered()
        self.after(self.shop.talk_time(150 * SECOND), self.end_talk)

    def end_talk(self) -> None:
        """Hang up after a talk that no queue knows of."""
        self.story.talks[-1].ended = self.shop.clock.now // SECOND
        self.let_go()
        self.end("answered")

    # ---- the end

    def end(self, outcome: str) -> None:
        """The call is over."""
        if self.story.handed_on and outcome != "answered":
            outcome = "transfer_unanswered"
        self._close(outcome)
        self.trail.end()
        self.handing_on.write()
        self.need.tried(self.story)

    def crash(self) -> None:
        """The phone system died: nothing more is written of this call."""
        story = self.story
        if self.stay is not None:
            self.stay.queue.forget(self.stay)
        if story.talks and story.talks[-1].ended is None and story.visits:
            outcome = "dropped_in_talk"
            story.talks[-1].ended = self.shop.clock.now // SECOND
        elif story.handed_on:
            outcome = "transfer_unanswered"
        elif self.stay is not None:
            outcome, self.stay.visit.exit = "failed_waiting", "restart"
        else:
            outcome = story.visits[-1].exit if story.visits else "failed_waiting"
        if not story.visits:
            story.hidden = "restart"
        self._close(outcome)
        self.need.tried(self.story)

    def _close(self, outcome: str) -> None:
        self.is_over = True
        self.story.outcome = outcome
        self.story.ended = self.shop.clock.now
        self.line.free()
        del self.shop.active[self]
