"""Missed callers: one alert for each need, brought up to date until the caller is helped.

Who is owed a call back is who the alert speaks of, and what keeps such a promise ends it: the rules
are those of `recovery`, so that an alert and the list of callbacks never disagree.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from everycall.alerts.rules import Rule, is_quiet
from everycall.alerts.watching import Memory, Said, is_due
from everycall.recovery import Ended, OwingSettings, Verdict, judge, owed


@dataclass(frozen=True, slots=True)
class MissedCall:
    """A call that is over, with what people want to know of one that was missed.

    Attributes:
        number: what is shown of the caller; null when withheld.
        message: the caller left a message; null where no source would tell.
    """

    ended: Ended
    number: str | None = None
    called: str | None = None
    queue: str | None = None
    wait_ms: int | None = None
    message: bool | None = None

    @property
    def thing(self) -> str:
        """What joins the calls of one need; a withheld or shared number is one need for each call."""
        call = self.ended
        if call.caller is None or call.shared:
            return call.call_id
        return f"{call.caller} {call.client or ''}".strip()


class Step(StrEnum):
    """What a call does to the alert of its caller."""

    NOTHING = "nothing"
    OPEN = "open"
    AGAIN = "again"
    HELPED = "helped"


def step_of(call: MissedCall, opened_at: datetime | None, terms: OwingSettings) -> Step:
    """Return what a finished call does; `opened_at` is when the open alert's call arrived."""
    if opened_at is not None:
        verdict = judge(call.ended, opened_at).verdict
        if verdict in (Verdict.HELPED, Verdict.RETURNED):
            return Step.HELPED
        return Step.AGAIN if verdict is Verdict.AGAIN else Step.NOTHING
    return Step.OPEN if owed(call.ended, terms) is not None else Step.NOTHING


def wanted(rule: Rule, call: MissedCall) -> bool:
    """Tell whether a rule speaks of calls of this queue."""
    return not rule.queues or call.queue in rule.queues


def say(rule: Rule, memory: Memory, now: datetime, local: time) -> tuple[Said, Memory]:
    """Return what is to be said of a caller who is not helped yet; `since` is when the call ended."""
    if is_quiet(rule, local):
        return Said.NOTHING, memory
    if memory.opened_at is None:
        return Said.OPENED, replace(memory, opened_at=now)
    if is_due(rule, memory, now):
        return Said.ESCALATED, replace(memory, escalated=True)
    return Said.NOTHING, memory
