"""What a finished call proves of a promise: kept, withdrawn, a message, one more miss, or nothing.

A number that several people call from proves nothing by itself: it suggests, and a person confirms.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HELPED_AFTER = timedelta(seconds=10)
"""A talk with a person counts as help from this length on, in both directions."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A call that is over, as much as promises need to know of it.

    Attributes:
        caller: what joins the calls of one customer; null when withheld.
        talk_ms: the time with a person; null if nobody saw it.
        shared: the number is known to belong to several people, or was seen in two calls at once.
        number: the number that was called; `queue`: the one that the caller came to last.
        typed: the number that the caller typed in to be called back, made comparable.
        entered_at: when the caller came into that queue; null if nobody saw it.
    """

    call_id: str
    direction: str
    caller: str | None
    client: str | None
    arrived_at: datetime
    ended_at: datetime
    outcome: str
    asked_for_person: bool | None = None
    answered: bool | None = None
    talk_ms: int | None = None
    agent: str | None = None
    shared: bool = False
    number: str | None = None
    queue: str | None = None
    language: str | None = None
    typed: str | None = None
    entered_at: datetime | None = None

    @property
    def owed_to(self) -> str | None:
        """Who is owed a call for it: who typed a number in is who answers there."""
        return self.typed or self.caller


def is_same(one: Ended, other: Ended) -> bool:
    """Tell whether two records with different ids are one call: same caller, same moment."""
    who = (one.caller, one.direction) == (other.caller, other.direction)
    return one.caller is not None and who and abs(one.arrived_at - other.arrived_at) < SAME_CALL


class Verdict(StrEnum):
    """What a call means for a promise to its caller."""

    NOTHING = "nothing"
    HELPED = "helped"
    RETURNED = "returned"
    MESSAGE = "message"
    TRIED = "tried"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict with its reason; `certain` is false where a person has to confirm it."""

    verdict: Verdict
    reason: str
    certain: bool = True


_NOTHING = Finding(Verdict.NOTHING, "it says nothing about the promise")
_OURS = ("outbound", "callback")

SAME_CALL = timedelta(seconds=2)
"""Two records of one caller that begin within this time are one call, told under two ids."""


def judge(call: Ended, since: datetime, helped_after: timedelta = HELPED_AFTER) -> Finding:
    """Return what a call proves of a promise that was made at a moment to the same caller."""
    if call.ended_at < since or call.owed_to is None:
        return _NOTHING
    if call.direction == "text":
        return _text(call)
    if call.direction in _OURS:
        return _ours(call, helped_after)
    if call.direction != "inbound":
        return _NOTHING
    return _theirs(call, helped_after)


def _text(call: Ended) -> Finding:
    """A message of theirs that a person answered is help like a talk; one that waits is a miss."""
    if call.answered:
        who = call.agent or "somebody"
        return Finding(Verdict.RETURNED, f"they wrote, and {who} answered", not call.shared)
    return Finding(Verdict.AGAIN, "they wrote and wait for an answer", not call.shared)


def _ours(call: Ended, helped_after: timedelta) -> Finding:
    certain = not call.shared
    if call.outcome == "message_left":
        return Finding(Verdict.MESSAGE, "a machine took our call", certain)
    if call.outcome != "reached":
        return Finding(Verdict.TRIED, f"our call ended with: {call.outcome}", certain)
    return _talked(call, helped_after, Verdict.HELPED, Verdict.TRIED, "we reached them")


def _theirs(call: Ended, helped_after: timedelta) -> Finding:
    if not call.answered:
        return Finding(Verdict.AGAIN, "they called again and were missed again", not call.shared)
    return _talked(call, helped_after, Verdict.RETURNED, Verdict.AGAIN, "they called again")


def _talked(
    call: Ended, helped_after: timedelta, helped: Verdict, short: Verdict, how: str
) -> Finding:
    """Decide by the length of the talk; one whose length nobody saw has to be confirmed."""
    least = helped_after.total_seconds() * 1000
    if call.talk_ms is None:
        return Finding(helped, f"{how}; how long they talked was not seen", certain=False)
    who = call.agent or "somebody"
    if call.talk_ms < least:
        return Finding(short, f"{how}, and {who} talked too short to help", not call.shared)
    if call.shared:
        return Finding(helped, f"{how}, from a number that several people use", certain=False)
    return Finding(helped, f"{how}, and {who} talked for {call.talk_ms // 1000} s")
