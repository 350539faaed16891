"""What is said of people and their phones beside calls: who is in which queue, paused, reachable."""

from dataclasses import dataclass
from enum import StrEnum


class Device(StrEnum):
    """What a phone is doing, by the phone system's word."""

    FREE = "free"
    RINGING = "ringing"
    IN_USE = "in_use"
    ON_HOLD = "on_hold"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that was said of an agent or a phone at a moment; null is not said.

    Attributes:
        agent: the person, `phone` the endpoint; at least one of them, but where it begins anew.
        begins_anew: what was known of memberships no longer holds; the whole truth follows.
        system: the mark of the phone system that says it; empty for the first.
        checked_every: how often, in seconds, the phone is asked whether it is there; 0 is never.
        wrap_up_ms: how long the queue lets the agent finish after a call.
    """

    at: int
    agent: str | None = None
    phone: str | None = None
    queue: str | None = None
    signed_in: bool | None = None
    paused: bool | None = None
    reason: str | None = None
    device: Device | None = None
    begins_anew: bool = False
    checked_every: int | None = None
    wrap_up_ms: int | None = None
    system: str = ""
