"""Twilio, driven by its interface for calls: the person first, and the customer by our own leave.

Twilio rings the person, says what it is about, and asks for a key. It then asks us what to do: only
there, in the moment before, is the permit of the try used up and the customer dialled. So whatever
was lost on the way, no customer is dialled whose permit was taken back, and who was dialled is known.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from everycall.clock import Clock, iso, system_clock, to_micros
from everycall.recovery.permits import Permit, Permits, Said
from everycall.telephony import twilio_words as words
from everycall.telephony.commands import Command, Dial, HangUp, checked_id
from everycall.telephony.port import PhoneSystemError, UnsureError
from everycall.telephony.progress import Progress, Result, Stage
from everycall.telephony.twilio_tries import TwilioTry, moment
from everycall.wire.twilio_calls import TwilioAccount, TwilioError

T = TypeVar("T")

LISTEN = 0.5
"""So often it is looked whether something was said of a try, in seconds."""

LOOK = 30.0
"""After so many seconds without a word Twilio is asked: a message may be lost."""

LOST = timedelta(minutes=2)
"""A call that Twilio does not know so long after it was asked for was never made."""

BEFORE = timedelta(seconds=5)
"""Twilio's clock may be so far from ours."""

LIVE = frozenset({"queued", "initiated", "ringing", "in-progress"})

_ANYWHERE = ("+", "client:", "sip:")


class Runner(Protocol):
    """Runs what waits for the database where it may wait."""

    def __call__(self, work: Callable[..., T], /, *args: Any) -> Awaitable[T]:
        """Run it, and return what it returned."""


async def at_once(work: Callable[..., T], /, *args: Any) -> T:
    """Run it here: for what does not wait."""
    return work(*args)


@dataclass(frozen=True, slots=True)
class TwilioTerms:
    """How call backs are made through an account.

    Attributes:
        number: the account's own, from which people are rung, and which customers see otherwise.
        door: our address to which Twilio posts.
        says: what a person hears first; `speaks`: in which language, as Twilio names it.
        listen: so often it is looked whether something was said; `look`: when Twilio is asked.
    """

    number: str
    door: str
    says: str = "You have a call back. Press 1 to be put through."
    speaks: str = "en-GB"
    listen: float = LISTEN
    look: float = LOOK


@dataclass(slots=True)
class TwilioPhoneSystem:
    """One account of Twilio's."""

    name: str
    account: TwilioAccount
    terms: TwilioTerms
    permits: Permits
    run: Runner = at_once
    clock: Clock = system_clock
    _until: int = 0
    _own: dict[str, bool] = field(default_factory=dict)

    @property
    def abilities(self) -> frozenset[type]:
        """It dials and hangs up; Twilio's queues are the matter of an application."""
        return frozenset({Dial, HangUp})

    async def knows(self, phone: str) -> bool:
        """Tell whether Twilio can ring it: a number anywhere, a client or a SIP phone of its own."""
        return phone.startswith(_ANYWHERE)

    async def carry_out(self, command: Command) -> None:
        """Carry a command out; see the port."""
        if isinstance(command, Dial):
            await self._dial(command)
        elif isinstance(command, HangUp):
            await self._hang_up(command.id)
        else:
            raise PhoneSystemError(f"{self.name} can only dial")

    async def follow(self, dial_id: str) -> AsyncIterator[Progress]:
        """Yield how far a try is, and every step from there, until it is over."""
        permit = await self.run(self.permits.find, checked_id(dial_id))
        if permit is None or not permit.agent:
            yield Progress(dial_id, self._now(), Stage.OVER, Result.UNKNOWN)
            return
        one = TwilioTry(permit)
        yield one.progress
        said, heard_at = 0, self._now()
        while not one.progress.is_over:
            one.forbidden = await self._is_forbidden(dial_id)
            told = await self.run(self.permits.heard, dial_id)
            steps = [one.hear(message) for message in told[said:]]
            if len(told) > said:
                said, heard_at = len(told), self._now()
            elif self._now() - heard_at > self.terms.look * 1_000_000:
                steps, heard_at = [await self._looked(one)], self._now()
            for step in steps:
                if step is not None:
                    yield step
            if not one.progress.is_over:
                await asyncio.sleep(self.terms.listen)

    async def on_the_line(self, dial_id: str) -> Progress | None:
        """Ask Twilio how far a try is that some phone is on the line for now."""
        permit = await self.run(self.permits.find, checked_id(dial_id))
        if permit is None or not permit.agent:
            return None
        one = TwilioTry(permit)
        for message in await self.run(self.permits.heard, dial_id):
            one.hear(message)
        if one.progress.is_over:
            return None
        agent, customers = await self._legs(permit)
        one.see(agent, customers)
        return one.progress if one.is_on else None

    async def forbid(self, dial_id: str, asked_at: int | None = None) -> bool:  # noqa: ARG002 - nothing that Twilio forgets matters
        """Take the permit back: it is kept here."""
        return await self.run(self.permits.forbid, checked_id(dial_id), self.name)

    # ---- a try

    async def _dial(self, dial: Dial) -> None:
        if self._now() < self._until:
            raise PhoneSystemError(f"{self.name}: Twilio asked us to wait")
        permit = Permit(
            dial.id,
            self.name,
            dial.agent,
            dial.number,
            await self._shown(dial),
            self._now(),
            dial.press_one,
            dial.ring_s,
            dial.language or "",
        )
        if not await self.run(self.permits.issue, permit):
            return
        try:
            leg = await self.account.call(self._form(dial))
        except TwilioError as error:
            await self._not_made(dial.id, error)
        else:
            await self.run(self.permits.name, dial.id, leg)

    async def _shown(self, dial: Dial) -> str:
        """Return the brand's number, if Twilio may show it: only the account's own may be."""
        wanted = dial.shown or dial.called or ""
        if wanted not in self._own and wanted.startswith("+"):
            with contextlib.suppress(TwilioError):
                self._own[wanted] = bool(await self.account.numbers(wanted))
        return wanted if self._own.get(wanted) else self.terms.number

    def _form(self, dial: Dial) -> dict[str, str | int | tuple[str, ...]]:
        says, speaks, address = dial.announcement, self.terms.speaks, self.terms.door
        return {
            "To": dial.agent,
            "From": self.terms.number,
            "Twiml": words.announce(says or self.terms.says, speaks, address, dial.id),
            "Timeout": dial.ring_agent_s,
            "StatusCallback": words.door(address, dial.id),
            "StatusCallbackEvent": words.EVENTS,
            "StatusCallbackMethod": "POST",
        }

    async def _not_made(self, dial_id: str, error: TwilioError) -> None:
        if error.was_sent:
            raise UnsureError(f"{self.name}: {error}") from None
        if error.wait is not None:
            self._until = self._now() + int(error.wait.total_seconds() * 1_000_000)
        await self.run(self.permits.forbid, dial_id, self.name)
        raise PhoneSystemError(f"{self.name}: {error}") from None

    async def _hang_up(self, dial_id: str) -> None:
        await self.run(self.permits.forbid, checked_id(dial_id), self.name)
        permit = await self.run(self.permits.find, dial_id)
        if permit is None or not permit.agent:
            return
        agent, _ = await self._legs(permit)
        if agent is not None and agent["CallStatus"] in LIVE:
            # the person's leg takes the customer's along
            await self._asked(self.account.end(agent["CallSid"]))

    async def _is_forbidden(self, dial_id: str) -> bool:
        permit = await self.run(self.permits.find, dial_id)
        return permit is not None and permit.forbidden and not permit.used

    # ---- asking Twilio

    async def _looked(self, one: TwilioTry) -> Progress | None:
        """Ask after a try of which nothing was heard for long; nothing, while Twilio cannot be asked."""
        try:
            agent, customers = await self._legs(one.permit)
        except PhoneSystemError:
            return None
        if agent is None and self._now() > one.permit.asked_at + LOST // timedelta(microseconds=1):
            one.progress = Progress(one.permit.id, self._now(), Stage.OVER, Result.UNKNOWN)
            return one.progress
        return one.see(agent, customers)

    async def _legs(self, permit: Permit) -> tuple[Said | None, list[Said]]:
        """Return the person's leg, and those that were dialled for it."""
        found = await self.run(self.permits.find, permit.id)
        sid = (found.leg if found else "") or await self._leg_of(permit)
        if not sid:
            return None, []
        agent = await self._asked(self.account.find(sid))
        customers = await self._asked(self.account.calls(ParentCallSid=sid))
        return self._said(agent), [self._said(one) for one in customers]

    async def _leg_of(self, permit: Permit) -> str:
        """Return the person's leg of a try whose answer was lost, and of which nothing was heard yet.

        It is the call from our number to this phone that was made since, and is no other try's.
        """
        calls = await self._asked(self.account.calls(To=permit.agent, From=self.terms.number))
        since = permit.asked_at - BEFORE // timedelta(microseconds=1)
        for call in reversed(calls):
            sid, at = str(call["sid"]), moment({"Timestamp": str(call.get("date_created") or "")})
            if call.get("parent_call_sid") or at < since:
                continue
            if not await self.run(self.permits.is_named, sid):
                return sid
        return ""

    def _said(self, call: dict[str, Any]) -> Said:
        """Return a call in the words of Twilio's messages."""
        status = str(call.get("status") or "")
        at = call.get("end_time") if status not in LIVE else call.get("start_time")
        parent = (
            {"ParentCallSid": str(call["parent_call_sid"])} if call.get("parent_call_sid") else {}
        )
        return {
            "CallSid": str(call.get("sid") or ""),
            "CallStatus": status,
            "CallDuration": str(call.get("duration") or ""),
            "Timestamp": str(at or ""),
            "ReceivedAt": iso(self._now()) or "",
            **parent,
        }

    async def _asked(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except TwilioError as error:
            raise PhoneSystemError(f"{self.name}: {error}") from None

    def _now(self) -> int:
        return to_micros(self.clock())


def answered(permits: Permits, system: str, said: Said, door: str) -> str:
    """Take what Twilio says of a try, and return what it is to do next, in its own words.

    Args:
        permits: where the try is.
        system: the connection at whose door it was said.
        said: the form, with `Try`, `Step` and `ReceivedAt` beside what Twilio sent.
        door: the address of that door.
    """
    dial_id, step = said.get("Try", ""), said.get("Step", "")
    permit = permits.find(dial_id)
    if permit is None or permit.system != system or not permit.agent:
        return words.OVER if step else words.NOTHING
    permits.hear(dial_id, said)
    if not permit.leg and not said.get("ParentCallSid"):
        permits.name(dial_id, said.get("CallSid", ""))
    pressed = said.get("Digits") == "1"
    if step == "key":
        let = permits.use(dial_id) if pressed else None
        return words.dial(let, door) if let is not None else words.OVER
    if step == "ask":
        return words.ask(permit, door)
    if step == "said":
        return words.NOTHING if pressed else words.OVER
    return words.NOTHING
