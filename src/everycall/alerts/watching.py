"""When an alert opens, is said again to others, and closes: a step from one memory to the next.

It opens once when its limit has been passed for long enough, and closes when that is over. What is
not known changes nothing: silence of a source is no end of a trouble. What somebody closed by hand does
not open again before it was over.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from everycall.alerts.rules import Rule, is_breached, is_quiet


class Said(StrEnum):
    """What is to be said now."""

    NOTHING = "nothing"
    OPENED = "opened"
    ESCALATED = "escalated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one rule and one thing that it watches.

    Attributes:
        since: since when the limit has been passed; null while it is not.
        opened_at: when it was said; null while it is not open.
        claimed: somebody looks after it, so that nobody else is called.
        resting: somebody said that it is over while the limit was still passed.
    """

    since: datetime | None = None
    opened_at: datetime | None = None
    escalated: bool = False
    claimed: bool = False
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A step: what is to be said, and what is to be remembered."""

    said: Said
    memory: Memory


def watch(rule: Rule, value: float | None, memory: Memory, now: datetime, local: time) -> Change:
    """Return the next step for a number; `local` is the time of day where people are told."""
    if value is None:
        return Change(Said.NOTHING, memory)
    if not is_breached(rule, value):
        over = memory.opened_at is not None
        return Change(Said.CLOSED if over else Said.NOTHING, Memory())
    if memory.resting:
        return Change(Said.NOTHING, memory)
    # a moment that is to come was noted by a clock that has been put back
    held = replace(memory, since=min(memory.since or now, now))
    if held.opened_at is None:
        return _opening(rule, held, now, local)
    if is_due(rule, held, now) and not is_quiet(rule, local):
        return Change(Said.ESCALATED, replace(held, escalated=True))
    return Change(Said.NOTHING, held)


def _opening(rule: Rule, held: Memory, now: datetime, local: time) -> Change:
    lasted = held.since is not None and now - held.since >= rule.lasting
    if lasted and not is_quiet(rule, local):
        return Change(Said.OPENED, replace(held, opened_at=now))
    return Change(Said.NOTHING, held)


def is_due(rule: Rule, held: Memory, now: datetime) -> bool:
    """Tell whether it is time to call others."""
    if rule.escalate is None or held.escalated or held.claimed or held.opened_at is None:
        return False
    return now - held.opened_at >= rule.escalate
