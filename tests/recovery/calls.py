"""Invented calls and promises for the stories about recovery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from everycall.recovery import Deadline, Ended

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CALLER = "+493023125001"


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def due(missed_at: datetime = NINE) -> Deadline:
    hour = timedelta(hours=1)
    return Deadline(missed_at + 2 * hour, missed_at + hour, missed_at + hour)


def missed(call_id: str = "m1", minutes: float = 0, **more: Any) -> Ended:
    """A caller who waited and gave up."""
    call = Ended(
        call_id, "inbound", CALLER, "shop", after(minutes), after(minutes + 1),
        "caller_left_in_queue", asked_for_person=True, answered=False,
    )  # fmt: skip
    return replace(call, **more)


def answered(
    call_id: str = "a1", minutes: float = 20, talk: int | None = 60_000, **more: Any
) -> Ended:
    """The same caller, who is answered."""
    call = missed(call_id, minutes, outcome="answered", answered=True, talk_ms=talk, agent="Ann")
    return replace(call, **more)


def ours(call_id: str = "o1", minutes: float = 20, outcome: str = "reached", **more: Any) -> Ended:
    """A call of ours to them."""
    talk = 60_000 if outcome == "reached" else None
    call = missed(
        call_id, minutes, direction="outbound", outcome=outcome, talk_ms=talk, agent="Ann"
    )
    return replace(call, **more)
