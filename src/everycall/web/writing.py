"""How calls are written on pages: local times, readable lengths, numbers masked where they must be."""

from datetime import datetime
from typing import Any

from everycall.app.asking import Asking
from everycall.records.models import Person
from everycall.records.roles import Right
from everycall.reports.words import DASH, duration

KEPT = 3
"""So many digits of a masked number are shown."""


def masked(number: str | None) -> str:
    """Write a number so that a colleague recognises it and nobody can dial it."""
    if not number:
        return "withheld"
    digits = sum(c.isdigit() for c in number)
    if digits <= KEPT + 1:
        return number
    return "•" * 4 + number[-KEPT:]


def number_for(number: str | None, person: Person) -> str:
    """Write a number as somebody may see it."""
    if number and person.may(Right.REVEAL_NUMBERS):
        return number
    return masked(number)


def shown_call(call: dict[str, Any], asking: Asking, person: Person) -> dict[str, Any]:
    """Return a call as the ledger writes it."""
    return {
        "id": call["call_id"],
        "at": local(call["arrived_at"], asking),
        "caller": number_for(call["caller"], person),
        "called": call["called"] or DASH,
        "client": call["client"] or "",
        "queue": call["answered_queue"] or call["first_queue"] or DASH,
        "agent": call["answered_agent"] or DASH,
        "wait": duration(call["wait_ms"]),
        "talk": duration(call["talk_ms"]),
        "hold": duration(call["hold_ms"]),
        "outcome": call["outcome"],
        "words": call["outcome"].replace("_", " "),
        "kind": kind_of(call),
        "confidence": call["confidence"],
        "flags": [flag.replace("_", " ") for flag in call["flags"]],
        "direction": call["direction"],
    }


def kind_of(call: dict[str, Any]) -> str:
    """Return the sign that stands before an outcome: helped, not helped, or neither."""
    if call["direction"] != "inbound":
        return "other"
    if call["outcome"] in ("answered", "answered_elsewhere", "self_served"):
        return "helped"
    return "open" if call["outcome"] in ("pending", "unknown") else "not-helped"


def local(text: str | None, asking: Asking) -> str:
    """Write a moment in the site's zone."""
    if text is None:
        return DASH
    return f"{datetime.fromisoformat(text).astimezone(asking.zone):%Y-%m-%d %H:%M:%S}"


def steps(call: dict[str, Any]) -> list[dict[str, str]]:
    """Return the story of a call, each step with the time since it arrived."""
    return [
        {**step, "after": f"{step['timer_ms'] / 1000:.1f} s" if step["timer_ms"] else "0 s"}
        for step in call["timeline"]
    ]
