"""Until when a caller is to be called back: by business time and by the clock, both shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from everycall.hours import Calendar


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a call back is due.

    Attributes:
        business: by the time in which somebody works; null where no opening hours are declared.
        clock: by the clock; for a call outside opening hours it starts at the next opening.
        pure: by the clock alone, from the call itself.
    """

    business: datetime | None
    clock: datetime
    pure: datetime


BUSINESS = timedelta(hours=2)
CLOCK = timedelta(hours=1)


def deadline(
    missed_at: datetime,
    calendar: Calendar,
    business: timedelta = BUSINESS,
    clock: timedelta = CLOCK,
) -> Deadline:
    """Return when a caller who was missed at a moment is to be called back."""
    pure = missed_at + clock
    if not calendar.known:
        return Deadline(None, pure, pure)
    begins = missed_at
    if not calendar.is_open(missed_at):
        begins = calendar.next_opening(missed_at) or missed_at
    return Deadline(calendar.add_business_time(missed_at, business), begins + clock, pure)
