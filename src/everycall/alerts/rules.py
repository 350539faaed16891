"""Rules: what is watched, when it is too much, and who is told."""

from dataclasses import dataclass
from datetime import time, timedelta

from everycall.alerts.measures import Observed, Scope, Situation, measure_of


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what is watched, when it is too much, and for how long before anybody is told.

    Attributes:
        over: of a metric, over how much time before now; null: over the day so far.
        quiet: local times between which nothing is said; what is still true afterwards is said then.
        escalate: after so long without an end, and without anybody who looks after it, it is said
            to `escalate_to`, too.
    """

    id: int
    name: str
    measure: str
    above: bool
    limit: float
    lasting: timedelta = timedelta()
    queues: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    channels: tuple[int, ...] = ()
    escalate: timedelta | None = None
    escalate_to: tuple[int, ...] = ()
    over: timedelta | None = None


def observe(rule: Rule, seen: Situation) -> Observed:
    """Return the number that a rule watches, for each thing that it is watched of."""
    measure = measure_of(rule.measure)
    found = measure.of(seen, Scope(rule.queues, rule.over))
    if rule.queues and measure.each == "queue":
        return {name: value for name, value in found.items() if name in rule.queues}
    return found


def is_breached(rule: Rule, value: float) -> bool:
    """Tell whether a number is beyond the limit of its rule."""
    return value > rule.limit if rule.above else value < rule.limit


def is_quiet(rule: Rule, local: time) -> bool:
    """Tell whether nothing is said at a time of day; quiet hours may go over midnight."""
    if rule.quiet is None:
        return False
    begins, ends = rule.quiet
    return begins <= local < ends if begins <= ends else local >= begins or local < ends
