"""How far a try is, by what Asterisk's manager interface says of its channels; no connection here."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from everycall.telephony.progress import Progress, Result, Stage

Fields = Mapping[str, Any]

PREFIX = "everycall-"
"""The unique id of the person's channel is this and the id of the try."""

_DIAL_STATUS = {
    "BUSY": Result.BUSY,
    "NOANSWER": Result.NO_ANSWER,
    "CANCEL": Result.CANCELLED,
    "CHANUNAVAIL": Result.FAILED,
    "CONGESTION": Result.FAILED,
}
_CAUSES = {
    1: Result.INVALID_NUMBER,
    3: Result.INVALID_NUMBER,
    17: Result.BUSY,
    18: Result.NO_ANSWER,
    19: Result.NO_ANSWER,
    21: Result.REFUSED,
    22: Result.INVALID_NUMBER,
    28: Result.INVALID_NUMBER,
}
"""Q.850 causes that say more than Dial does."""

_AGENT_REASONS = {"1": Result.AGENT_NO_ANSWER, "3": Result.AGENT_NO_ANSWER, "5": Result.AGENT_BUSY}
"""The Reason of OriginateResponse, an AST_CONTROL value; whatever else could not be reached."""

_AGENT_CAUSES = {17: Result.AGENT_BUSY, 21: Result.AGENT_BUSY, 19: Result.AGENT_NO_ANSWER}
"""Q.850 causes of the person's channel, which say more than the Reason does."""


def action_id(dial_id: str) -> str:
    """Return the name of the action that begins a try: Asterisk repeats it in its answer."""
    return f"dial:{dial_id}"


def channel_id(dial_id: str) -> str:
    """Return the unique id of the person's channel in a try."""
    return f"{PREFIX}{dial_id}"


@dataclass(slots=True)
class _Customer:
    """The customer's channel: what was said of it."""

    status: str = ""
    cause: int | None = None
    picked_up: bool = False
    met_at: int | None = None
    parted_at: int | None = None


@dataclass(slots=True)
class AmiTry:
    """One try. `hear` takes an event and returns the step that it was, if it was one.

    Attributes:
        explained: whether it is said afterwards why a person's phone was not picked up.
    """

    progress: Progress
    press_one: bool = False
    explained: bool = True
    _agent_up: bool = False
    _agent_on: bool = False
    _agent_rang: bool = False
    _agent_result: Result | None = None
    _customers: dict[str, _Customer] = field(default_factory=dict)
    _on: set[str] = field(default_factory=set)

    @property
    def _agent(self) -> str:
        return channel_id(self.progress.id)

    def hear(self, fields: Fields, at: int) -> Progress | None:
        """Take an event; None if it moves nothing."""
        if self.progress.is_over:
            return None
        act = _HEARS.get(str(fields.get("Event")))
        stage = act(self, fields, at) if act else None
        if stage is None:
            return None
        return self._step(stage, at)

    def see(self, channels: Iterable[Fields], at: int) -> Progress | None:
        """Take the list of channels after a gap: what ended in it ended unheard."""
        before = self.progress
        mine = [c for c in channels if c.get("Linkedid") == self._agent]
        self._on = {str(c.get("Uniqueid")) for c in mine}
        if not mine:
            return None if before.is_over else self._over(at)
        stage = self._seen(mine, at)
        return self._step(stage, at) if stage is not before.stage else None

    def _seen(self, mine: Iterable[Fields], at: int) -> Stage:
        stage = Stage.ASKED
        for channel in mine:
            name, state = str(channel.get("Uniqueid")), channel.get("ChannelStateDesc")
            if name == self._agent:
                self._agent_on, self._agent_up = True, state == "Up"
                stage = _later(stage, Stage.AGENT_THERE if state == "Up" else Stage.AGENT_RINGING)
                continue
            customer = self._customers.setdefault(name, _Customer())
            self.progress = replace(self.progress, customer_dialled=True)
            if state == "Up" and channel.get("BridgeId"):
                customer.picked_up = True
                customer.met_at = customer.met_at or at
                stage = _later(stage, Stage.TALKING)
            stage = _later(stage, Stage.DIALLING)
        return stage

    # ---- what each event says

    def born(self, fields: Fields, _at: int) -> Stage | None:
        """The person's channel was made."""
        if fields.get("Uniqueid") != self._agent:
            return None
        self._agent_on = True
        self._on.add(self._agent)
        return None

    def state(self, fields: Fields, _at: int) -> Stage | None:
        """A phone rings, or was picked up."""
        name, state = str(fields.get("Uniqueid")), fields.get("ChannelStateDesc")
        if name in self._customers:
            self._customers[name].picked_up |= state == "Up"
            return None
        if name != self._agent or self._agent_up:
            return None
        self._agent_up = state == "Up"
        self._agent_rang = True
        return {"Ringing": Stage.AGENT_RINGING, "Up": Stage.AGENT_THERE}.get(str(state))

    def rung(self, fields: Fields, _at: int) -> Stage | None:
        """The customer's phone is being rung."""
        if fields.get("Uniqueid") != self._agent:
            return None
        name = str(fields.get("DestUniqueid"))
        self._customers[name] = _Customer()
        self._on.add(name)
        self.progress = replace(self.progress, customer_dialled=True)
        return Stage.DIALLING

    def rang(self, fields: Fields, _at: int) -> Stage | None:
        """Dial says how ringing the customer ended."""
        customer = self._customers.get(str(fields.get("DestUniqueid")))
        if customer is not None:
            customer.status = str(fields.get("DialStatus", ""))
        return None

    def met(self, fields: Fields, at: int) -> Stage | None:
        """The customer and the person are on the line together."""
        customer = self._customers.get(str(fields.get("Uniqueid")))
        if customer is None or customer.met_at is not None:
            return None
        customer.met_at = at
        return Stage.TALKING

    def hung_up(self, fields: Fields, at: int) -> Stage | None:
        """A channel is gone; the last one ends the try."""
        name = str(fields.get("Uniqueid"))
        cause = str(fields.get("Cause", ""))
        if name in self._customers:
            customer = self._customers[name]
            customer.cause = int(cause) if cause.isdigit() else None
            customer.parted_at = at
        elif name == self._agent and not self._customers:
            value = int(cause) if cause.isdigit() else None
            self.progress = replace(self.progress, cause=value)
        self._on.discard(name)
        # an unanswered person's channel is over when OriginateResponse has said why
        said = self._agent_result is not None or not self.explained
        waits = name == self._agent and not self._agent_up and not said
        return None if self._on or waits else Stage.OVER

    def answered(self, fields: Fields, _at: int) -> Stage | None:
        """Asterisk says why the person's phone was not picked up."""
        if not _is_of(fields, self.progress.id):
            return None
        if fields.get("Response") != "Failure":
            return None
        reason = str(fields.get("Reason", ""))
        self._agent_result = _AGENT_REASONS.get(reason, Result.AGENT_UNREACHABLE)
        return Stage.OVER if not self._on else None

    # ---- steps

    def _step(self, stage: Stage, at: int) -> Progress:
        if stage is Stage.OVER:
            return self._over(at)
        self.progress = replace(self.progress, at=at, stage=stage)
        return self.progress

    def _over(self, at: int) -> Progress:
        talked = [c for c in self._customers.values() if c.met_at is not None]
        cause = next((c.cause for c in self._customers.values()), self.progress.cause)
        talk = sum((c.parted_at or at) - (c.met_at or at) for c in talked) // 1000
        self.progress = replace(
            self.progress,
            at=at,
            stage=Stage.OVER,
            result=self._result(talked=bool(talked)),
            talk_ms=talk if talked else None,
            cause=cause,
        )
        return self.progress

    def _result(self, *, talked: bool) -> Result:
        if talked:
            return Result.REACHED
        for customer in self._customers.values():
            return _of_customer(customer, press_one=self.press_one)
        if self._agent_up:
            return Result.CANCELLED
        by_reason = self._agent_result or Result.UNKNOWN
        if by_reason is Result.UNKNOWN and not self.explained and self._agent_rang:
            by_reason = Result.AGENT_NO_ANSWER
        return _AGENT_CAUSES.get(self.progress.cause or 0, by_reason)


def _of_customer(customer: _Customer, *, press_one: bool) -> Result:
    if customer.picked_up or customer.status == "ANSWER":
        return Result.MACHINE if press_one else Result.CANCELLED
    by_status = _DIAL_STATUS.get(customer.status, Result.UNKNOWN)
    if by_status in (Result.CANCELLED, Result.UNKNOWN):
        return by_status
    return _CAUSES.get(customer.cause or 0, by_status)


def _is_of(fields: Fields, dial_id: str) -> bool:
    return fields.get("Uniqueid") == channel_id(dial_id) or fields.get("ActionID") == action_id(
        dial_id
    )


_ORDER = list(Stage)


def _later(one: Stage, other: Stage) -> Stage:
    return max(one, other, key=_ORDER.index)


_HEARS: dict[str, Callable[[AmiTry, Fields, int], Stage | None]] = {
    "Newchannel": AmiTry.born,
    "Newstate": AmiTry.state,
    "DialBegin": AmiTry.rung,
    "DialEnd": AmiTry.rang,
    "BridgeEnter": AmiTry.met,
    "Hangup": AmiTry.hung_up,
    "OriginateResponse": AmiTry.answered,
}


@dataclass(slots=True)
class Told:
    """A try, every step of it, and those who wait for the next one."""

    one: AmiTry
    steps: list[Progress] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, step: Progress | None) -> None:
        """Keep a step, and wake those who wait."""
        if step is not None:
            self.steps.append(step)
            self.moved.set()
            self.moved = asyncio.Event()

    async def follow(self) -> AsyncIterator[Progress]:
        """Yield every step, until it is over."""
        said = 0
        while True:
            moved = self.moved
            for step in self.steps[said:]:
                yield step
            said = len(self.steps)
            if self.one.progress.is_over:
                return
            await moved.wait()
