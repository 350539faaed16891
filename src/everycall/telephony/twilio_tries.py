"""How far a try is, by what Twilio says of its two legs; no connection here.

Twilio's messages come late, twice and in any order: a leg goes forward only.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from everycall.clock import to_micros
from everycall.recovery.permits import Permit, Said
from everycall.telephony.progress import Progress, Result, Stage

_BEGUN, _RINGS, _UP, _OVER = range(1, 5)

_STEPS = {
    "queued": _BEGUN,
    "initiated": _BEGUN,
    "ringing": _RINGS,
    "in-progress": _UP,
    "answered": _UP,
    "completed": _OVER,
    "busy": _OVER,
    "no-answer": _OVER,
    "failed": _OVER,
    "canceled": _OVER,
}

_OF_AGENT = {
    "busy": Result.AGENT_BUSY,
    "failed": Result.AGENT_UNREACHABLE,
    "canceled": Result.CANCELLED,
}
_OF_CUSTOMER = {
    "busy": Result.BUSY,
    "no-answer": Result.NO_ANSWER,
    "failed": Result.FAILED,
    "canceled": Result.CANCELLED,
}
_CODES = {
    404: Result.INVALID_NUMBER,
    410: Result.INVALID_NUMBER,
    484: Result.INVALID_NUMBER,
    604: Result.INVALID_NUMBER,
    486: Result.BUSY,
    600: Result.BUSY,
    603: Result.REFUSED,
    607: Result.REFUSED,
    608: Result.REFUSED,
}
"""The codes of the customer's leg that say more than its status does."""


@dataclass(slots=True)
class Leg:
    """One leg: how far it is, and when it came there."""

    sid: str = ""
    step: int = 0
    status: str = ""
    code: int | None = None
    up_at: int | None = None
    over_at: int | None = None
    lasted_s: int | None = None

    def hear(self, said: Said, at: int) -> None:
        """Take a message; one that came too late changes nothing."""
        status = said.get("CallStatus", "")
        step = _STEPS.get(status, 0)
        self.sid = self.sid or said.get("CallSid", "")
        if step == _UP and self.up_at is None:
            self.up_at = at
        if step <= self.step:
            return
        self.step, self.status = step, status
        if step == _OVER:
            self.over_at = at
            self.code = _number(said.get("SipResponseCode", ""))
            self.lasted_s = _number(said.get("CallDuration", ""))

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens on it."""
        return self.step == _OVER

    @property
    def was_up(self) -> bool:
        """Whether somebody, or something, picked up."""
        return self.up_at is not None or self.step == _UP or bool(self.lasted_s)

    @property
    def since(self) -> int | None:
        """When it was picked up: told, or reckoned back from its length."""
        if self.up_at is None and self.over_at is not None and self.lasted_s:
            return self.over_at - self.lasted_s * 1_000_000
        return self.up_at


@dataclass(slots=True)
class TwilioTry:
    """One try. `hear` takes a message and returns the step that it was, if it was one.

    Attributes:
        forbidden: whether its permit was taken back before it was used.
    """

    permit: Permit
    progress: Progress = field(init=False)
    forbidden: bool = False
    _agent: Leg = field(default_factory=Leg)
    _customer: Leg | None = None
    _let: bool = False
    _pressed_at: int | None = None

    def __post_init__(self) -> None:
        one = self.permit
        begun = Progress(one.id, one.asked_at, Stage.ASKED, agent=one.agent, number=one.number)
        self.progress = replace(begun, call_id=one.leg or None)

    def hear(self, said: Said) -> Progress | None:
        """Take a message of Twilio's; None if it moves nothing."""
        if self.progress.is_over:
            return None
        at = moment(said)
        if said.get("ParentCallSid"):
            self._hear_customer(said, at)
        else:
            self._agent.hear(said, at)
            self._let |= said.get("Step") == "key" and said.get("Digits") == "1"
            self.progress = replace(self.progress, call_id=self._agent.sid or None)
        return self._moved(at)

    def see(self, agent: Said | None, customers: Iterable[Said]) -> Progress | None:
        """Take what Twilio answers when it is asked: what is not there now will not come.

        The customers' legs were asked for after the person's, so they come first: a person's leg that
        is over says that nobody was dialled only if there is none.
        """
        step = None
        for said in customers:
            step = self.hear(said) or step
        if agent is not None:
            step = self.hear(agent) or step
        if not self.progress.is_over and self._agent.is_over and self._customer is None:
            step = self._over(self._agent.over_at or self.progress.at)
        return step

    @property
    def is_on(self) -> bool:
        """Whether some phone is on the line, as far as was told."""
        return not self.progress.is_over and (self._agent.step > 0 or self._customer is not None)

    def _hear_customer(self, said: Said, at: int) -> None:
        if self._customer is None:
            self._customer = Leg()
            self.progress = replace(self.progress, customer_dialled=True)
        self._customer.hear(said, at)
        if said.get("Step") == "said" and said.get("Digits") == "1" and self._pressed_at is None:
            self._pressed_at = at

    # ---- steps

    def _moved(self, at: int) -> Progress | None:
        if self._is_over():
            return self._over(at)
        stage = self._stage()
        if _ORDER.index(stage) <= _ORDER.index(self.progress.stage):
            return None
        self.progress = replace(self.progress, at=at, stage=stage)
        return self.progress

    def _is_over(self) -> bool:
        if not self._agent.is_over:
            return False
        # the customer was let be dialled: their leg's own end is still to come
        return self._customer.is_over if self._customer is not None else not self._let

    def _stage(self) -> Stage:
        if self._customer is not None:
            return Stage.TALKING if self._met_at() is not None else Stage.DIALLING
        if self._agent.step >= _UP:
            return Stage.AGENT_THERE
        return Stage.AGENT_RINGING if self._agent.step == _RINGS else Stage.ASKED

    def _met_at(self) -> int | None:
        """Return when both were on the line together; None if they were not, or not yet."""
        if self._customer is None:
            return None
        return self._pressed_at if self.permit.press_one else self._customer.since

    def _over(self, at: int) -> Progress:
        met, customer = self._met_at(), self._customer
        parted = customer.over_at if customer is not None else None
        talk = ((parted or at) - met) // 1000 if met is not None else None
        self.progress = replace(
            self.progress,
            at=at,
            stage=Stage.OVER,
            result=Result.REACHED if met is not None else self._result(),
            talk_ms=max(0, talk) if talk is not None else None,
        )
        return self.progress

    def _result(self) -> Result:
        if self._customer is not None:
            return _of_customer(self._customer)
        if self.forbidden or self._let:
            return Result.CANCELLED
        # something picked up and pressed nothing: a voicemail box, not the person
        return _OF_AGENT.get(self._agent.status, Result.AGENT_NO_ANSWER)


_ORDER = list(Stage)


def _of_customer(leg: Leg) -> Result:
    if leg.was_up:
        return Result.MACHINE
    by_status = _OF_CUSTOMER.get(leg.status, Result.UNKNOWN)
    if by_status in (Result.BUSY, Result.FAILED):
        return _CODES.get(leg.code or 0, by_status)
    return by_status


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def moment(said: Said) -> int:
    """Return when something happened by Twilio's word, else when it was taken in."""
    try:
        if said.get("Timestamp"):
            return to_micros(parsedate_to_datetime(said["Timestamp"]))
        found = datetime.fromisoformat(said["ReceivedAt"])
    except (ValueError, KeyError):
        return 0
    return to_micros(found if found.tzinfo else found.replace(tzinfo=UTC))
