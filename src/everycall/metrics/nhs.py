"""NHS England's monthly table on telephony in general practice: its lines, from what was counted.

Nothing is counted here, so that the export and the report's page cannot disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from everycall.settings import setting

HEADER = ("publication_month", "section", "measure", "month", "value")
"""The columns of the monthly table, as published in its long form."""

TIMES = (
    ("00:00-05:59", 0),
    ("06:00-07:59", 360),
    ("08:00-09:59", 480),
    ("10:00-11:59", 600),
    ("12:00-13:59", 720),
    ("14:00-15:59", 840),
    ("16:00-17:59", 960),
    ("18:00-18:29", 1080),
    ("18:30-23:59", 1110),
)
"""The times of day, and the minute in which each begins."""

DAYS_HEADER = ("weekday", "date", "total_inbound", *(name for name, _ in TIMES))

COVERAGE, WORKING, INBOUND = "Coverage", "Working Days", "Inbound calls"
DEALT, NOT_DEALT = "Calls dealt with", "Calls not dealt with"
WEEKDAYS_WORKED = "Number of working weekdays"
WAITS, DURATIONS = "Call wait times", "Call durations"

OPEN, INCLUDED = "Open active practices", "Count of practices included"
TOTAL, ANSWERED = "Total Inbound Calls", "Calls answered"
CALLBACK, MADE, MISSED = "Calls resulting in a call back request", "Call backs made", "Missed calls"
RATE = "Rate of inbound calls per 1,000 patients registered at practices included"
IN_MENU = (
    "Calls ended during the IVR (Interactive Voice Response) stage of the call before joining the "
    "queue, in response to an automated message or diversion"
)
IN_MENU_SHARE = (
    "Percentage of Inbound calls ended during the IVR stage of the call before joining the queue, in "
    "response to an automated message or diversion"
)
WAIT_BANDS = (
    "Calls answered within 1 minute",
    "Calls answered within 1 to 2 minutes",
    "Calls answered within 2 to 5 minutes",
    "Calls answered after waiting over 5 minutes",
)
DURATION_BANDS = (
    "Duration of 1 minute or less",
    "Duration of 1 to 2 minutes",
    "Duration of 2 to 5 minutes",
    "Duration of over 5 minutes",
)


@dataclass(frozen=True, slots=True)
class NhsSettings:
    """What NHS England's monthly figures need beside the calls of a practice."""

    page: bool = setting(
        default=False, doc="The audit has a page with NHS England's monthly figures, in any trade."
    )
    practices: int = setting(1, doc="How many practices these calls are of.")
    patients: int | None = setting(None, doc="How many patients are registered there.")
    open_practices: int | None = setting(
        None, doc="How many practices are open and active in the area that is reported on."
    )
    open_patients: int | None = setting(
        None, doc="How many patients are registered at all of these."
    )


@dataclass(frozen=True, slots=True)
class Month:
    """What was counted in a month; null is what no source could see.

    Attributes:
        waits, durations: answered calls in each of the four bands.
        called_back: of the calls whose caller asked for it.
        unseen_waits, unseen_durations: answered calls that are in no band.
    """

    inbound: int
    answered: int
    ended_in_menu: int
    callback: int
    called_back: int | None
    missed: int
    waits: tuple[int | None, ...]
    durations: tuple[int | None, ...]
    weekdays: int
    unseen_waits: int = 0
    unseen_durations: int = 0

    def remarks(self) -> Iterator[str]:
        """Say which answered calls are in no band."""
        for count, what in ((self.unseen_waits, "wait"), (self.unseen_durations, "length")):
            if count:
                yield f"{count:,} answered calls are in no band: nobody saw their {what}"


@dataclass(frozen=True, slots=True)
class NhsMonth:
    """A month for the report's page.

    Attributes:
        whole, core: the calls of all hours, and of core hours only.
        days: a row for each day: its weekday, its date, all calls, and those of each time of day.
        seen: from which to which day the sources speak of it.
    """

    first: date
    whole: Month
    core: Month
    days: Sequence[tuple[str | int, ...]]
    seen: tuple[date, date]


Line = tuple[str, str, float | None]


def lines(month: Month, practice: NhsSettings | None = None) -> Iterator[Line]:
    """Yield section, measure and value of every published line that a practice's calls give."""
    known = practice or NhsSettings()
    yield from coverage(known)
    yield WORKING, WEEKDAYS_WORKED, month.weekdays
    yield INBOUND, TOTAL, month.inbound
    yield INBOUND, RATE, per_thousand(month.inbound, known.patients)
    yield from _dealt_with(month)
    yield NOT_DEALT, MISSED, month.missed
    yield NOT_DEALT, "Percentage of inbound calls missed", share(month.missed, month.inbound)
    yield from _banded(WAITS, WAIT_BANDS, "Percentage of calls {}", month.waits)
    yield from _banded(DURATIONS, DURATION_BANDS, "Percentage of calls with a {}", month.durations)


def coverage(known: NhsSettings) -> Iterator[Line]:
    """Yield how much of an area the calls are of; what the site file does not say is unknown."""
    yield COVERAGE, OPEN, known.open_practices
    yield COVERAGE, INCLUDED, known.practices
    yield COVERAGE, "Practice coverage", share(known.practices, known.open_practices)
    yield COVERAGE, "Registered patients at open active practices", known.open_patients
    yield COVERAGE, "Registered patients at included practices", known.patients
    yield COVERAGE, "Patient coverage", share(known.patients, known.open_patients)


def _dealt_with(month: Month) -> Iterator[Line]:
    yield DEALT, ANSWERED, month.answered
    yield DEALT, IN_MENU, month.ended_in_menu
    yield DEALT, CALLBACK, month.callback
    for name, part in (
        ("Percentage of Inbound calls answered", month.answered),
        (IN_MENU_SHARE, month.ended_in_menu),
        ("Percentage of Inbound calls resulting in a call back request", month.callback),
    ):
        yield DEALT, name, share(part, month.inbound)
    yield DEALT, MADE, month.called_back
    made = share(month.called_back, month.callback)
    yield DEALT, "Percentage of call backs made of those requested", made


def _banded(
    section: str, names: Sequence[str], percentage: str, bands: Sequence[int | None]
) -> Iterator[Line]:
    for name, count in zip(names, bands, strict=True):
        yield section, name, count
    whole = None if None in bands else sum(count or 0 for count in bands)
    for name, count in zip(names, bands, strict=True):
        short = name.removeprefix("Calls ")
        short = short if short != name else name[0].lower() + name[1:]
        yield section, percentage.format(short), share(count, whole)


def share(part: int | None, whole: int | None) -> float | None:
    """Return a ratio with three decimals, as published; of nothing there is none."""
    return None if part is None or not whole else round(part / whole, 3)


def per_thousand(part: int | None, whole: int | None) -> float | None:
    """Return so many for each thousand with one decimal, as published; of nothing there is none."""
    return None if part is None or not whole else round(part * 1000 / whole, 1)
