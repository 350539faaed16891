"""The opening hours that a site declares: its own, and those of its numbers, queues and clients."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from everycall.hours.periods import WEEKDAYS, DatedLine, Period, WeekLine
from everycall.hours.public_holidays import PublicHolidays
from everycall.settings import setting

MOST_SPECIFIC_FIRST = ("number", "queue", "client")
SITE = "site"


class Rule(NamedTuple):
    """What holds on a day, and why."""

    periods: tuple[Period, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours; each word that is not said is taken, whole, from the site."""

    week: tuple[WeekLine, ...] | None = setting(
        None,
        doc="The hours of a usual week, such as 'mon-fri 08:00-12:30 13:30-18:00'; a day that is "
        "not named is closed. Without a week the hours are unknown.",
    )
    holidays: PublicHolidays | None = setting(
        None,
        doc="Closed on the public holidays of this country, or of a part of it: 'DE', 'DE-BY'; "
        "'' for none.",
    )
    exceptions: tuple[DatedLine, ...] | None = setting(
        None,
        doc="The hours of single days or of a range of days, such as '2026-12-24 08:00-12:00' or "
        "'2026-08-03..2026-08-14 closed'; they win over the week and over holidays.",
    )
    zone: ZoneInfo | None = setting(None, doc="The time zone of these hours, where not the site's.")

    def __post_init__(self) -> None:
        _check_week(self.week or ())
        _check_exceptions(self.exceptions or ())

    @property
    def known(self) -> bool:
        """Whether anyone said when it is open; unknown is neither open nor closed."""
        return self.week is not None

    def filled_from(self, other: "Schedule") -> "Schedule":
        """Return this schedule, with what it does not say taken from another one."""
        return Schedule(
            week=other.week if self.week is None else self.week,
            holidays=other.holidays if self.holidays is None else self.holidays,
            exceptions=other.exceptions if self.exceptions is None else self.exceptions,
            zone=self.zone or other.zone,
        )

    def rule(self, day: date) -> Rule:
        """Return what holds on a day: an exception, else a holiday, else the usual week."""
        for line in self.exceptions or ():
            if line.first <= day <= line.last:
                return Rule(line.periods, "an exception")
        holiday = self.holidays and self.holidays.name_of(day)
        if holiday:
            return Rule((), f"public holiday: {holiday}")
        return Rule(self._usual(day), "the usual week")

    def _usual(self, day: date) -> tuple[Period, ...]:
        lines = (line for line in self.week or () if day.weekday() in line.weekdays)
        return next((line.periods for line in lines), ())


@dataclass(frozen=True, slots=True)
class SiteHours(Schedule):
    """The opening hours of a site, and of what has hours of its own there."""

    number: Mapping[str, Schedule] = setting(
        factory=dict, doc="Hours of a number that was called, as the phone system writes it."
    )
    queue: Mapping[str, Schedule] = setting(factory=dict, doc="Hours of a queue.")
    client: Mapping[str, Schedule] = setting(factory=dict, doc="Hours of a client.")

    def __post_init__(self) -> None:
        Schedule.__post_init__(self)
        said = (self.holidays, self.exceptions) != (None, None)
        if said and self.week is None and not self._own():
            raise ValueError("'week' is missing: without it, it is not known when it is open")

    def schedules(self) -> dict[str, Schedule]:
        """Return every schedule, filled from the site's, by its id: 'site', 'queue:sales'."""
        own = {name: schedule.filled_from(self) for name, schedule in self._own().items()}
        return {SITE: self.filled_from(self), **own}

    def schedule_id(
        self, *, number: str | None = None, queue: str | None = None, client: str | None = None
    ) -> str:
        """Return which schedule holds for a call: its number's, queue's, client's or the site's.

        The first of them that is declared wins, in this order.
        """
        names = zip(MOST_SPECIFIC_FIRST, (number, queue, client), strict=True)
        ids = (f"{kind}:{name}" for kind, name in names if name is not None)
        return next((found for found in ids if found in self._own()), SITE)

    def _own(self) -> dict[str, Schedule]:
        kinds = zip(MOST_SPECIFIC_FIRST, (self.number, self.queue, self.client), strict=True)
        return {f"{kind}:{name}": found for kind, named in kinds for name, found in named.items()}


def _check_week(week: Iterable[WeekLine]) -> None:
    named = Counter(day for weekdays, _ in week for day in weekdays)
    twice = [WEEKDAYS[day] for day, times in named.items() if times > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} in more than one place of 'week'; name a day once")


def _check_exceptions(lines: Iterable[DatedLine]) -> None:
    for (_, last, _), (first, _, _) in pairwise(sorted(lines)):
        if first <= last:
            raise ValueError(f"{first} in more than one place of 'exceptions'; name a day once")
