"""Which calls make a promise: who asked for a person and was not helped is owed a call."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.evidence import Ended
from everycall.recovery.quiet import QuietHours
from everycall.settings import setting

CLOSED = frozenset({"caller_left_closed", "closed_while_waiting"})
NOT_OWED = frozenset(
    {"answered", "answered_elsewhere", "self_served", "blocked", "pending", "unknown"}
)
"""Outcomes after which nothing is owed, whatever a team sets."""

ASKED = frozenset({"callback_requested", "voicemail_left"})
"""Outcomes by which a caller asked to be called back: by a key, or by leaving a message."""


@dataclass(frozen=True, slots=True)
class OwingSettings:
    """What a team promises to whom."""

    outcomes: tuple[str, ...] = setting(
        (),
        doc="The outcomes that make a promise; empty means: every caller who asked for a person and "
        "was not helped.",
    )
    closed: bool = setting(
        default=True, doc="Whether a call outside opening hours makes one, due at the next opening."
    )
    business: timedelta = setting(
        timedelta(hours=2), doc="Within so much business time a caller is called back."
    )
    clock: timedelta = setting(
        timedelta(hours=1), doc="Within so much time by the clock a caller is called back."
    )
    tries: int = setting(3, doc="So often a caller is tried before being given up.")
    gap: timedelta = setting(timedelta(minutes=30), doc="So long after a try the next one is due.")
    lease: timedelta = setting(
        timedelta(minutes=15), doc="Who has taken a promise and does nothing keeps it for so long."
    )
    lasts: timedelta = setting(timedelta(days=7), doc="After so long a promise has expired.")
    quiet: QuietHours | None = setting(
        QuietHours(20 * 60, 8 * 60),
        doc="When nobody is called back by the caller's own clock: '20:00-08:00'; '' for never.",
    )
    links: dict[str, str] = setting(
        factory=dict,
        doc="Links on a caller's card, by their name; {number} and {digits} stand for the caller: "
        "Orders = 'https://shop.example/orders?phone={digits}'.",
    )
    automatic: AutomaticSettings = setting(
        factory=AutomaticSettings, doc="How the phone system keeps promises by itself."
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """A call back that is owed, or the reason why it cannot be.

    Attributes:
        caller: what joins the caller's calls; null for a withheld number: not returnable.
        requested: the caller asked for it.
        joins: whether later calls of this number may join or close it without being asked.
        number: the number that was called; `queue`: the one that the caller came to last.
        place_at: since when the caller stood in line, if the place was kept.
    """

    call_id: str
    caller: str | None
    client: str | None
    missed_at: datetime
    reason: str
    requested: bool
    joins: bool
    number: str | None = None
    queue: str | None = None
    language: str | None = None
    place_at: datetime | None = None


def owed(call: Ended, settings: OwingSettings) -> Owed | None:
    """Return what is owed for a call that is over; None if nothing is."""
    if call.direction != "inbound" or call.outcome in NOT_OWED or not _counts(call, settings):
        return None
    return Owed(
        call.call_id,
        call.owed_to,
        call.client,
        call.arrived_at,
        call.outcome,
        requested=call.outcome in ASKED,
        joins=call.owed_to is not None and (call.typed is not None or not call.shared),
        number=call.number,
        queue=call.queue,
        language=call.language,
        place_at=place_of(call),
    )


def place_of(call: Ended) -> datetime | None:
    """Return since when somebody stood in line who gave the place up for a call back."""
    if call.outcome != "callback_requested":
        return None
    return call.entered_at or call.arrived_at


def _counts(call: Ended, settings: OwingSettings) -> bool:
    if settings.outcomes:
        return call.outcome in settings.outcomes
    if call.outcome in CLOSED:
        return settings.closed
    return bool(call.asked_for_person) or call.outcome in ASKED
