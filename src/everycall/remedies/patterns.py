"""Finding what stands out: people, phones, days, hours and silences, from counts of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import sqrt
from statistics import median

from everycall.money.chance import wilson

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SLOT = 30
"""Minutes of a slot of the day."""
LUNCH = (11 * 60 + 30, 14 * 60 + 30)
"""Minutes of the day between which a gap is lunch."""


@dataclass(frozen=True, slots=True)
class Rings:
    """How somebody's phone was treated: rings that were theirs to take, and how many they pushed away."""

    agent: str
    offered: int
    pushed: int


def pushers(rings: Sequence[Rings], least: int = 10, times: float = 4.0) -> list[Rings]:
    """Return who pushes away far more rings than the others, surely and not by chance."""
    found = []
    for one in rings:
        others = [r for r in rings if r.agent != one.agent]
        offered = sum(r.offered for r in others)
        usual = sum(r.pushed for r in others) / offered if offered else 0.0
        low, _ = wilson(one.pushed, one.offered)
        if one.pushed >= least and low is not None and low > max(times * usual, 0.05):
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class PhoneDay:
    """A phone on a day: rings that were answered, and rings that nobody heard."""

    agent: str
    day: date
    answered: int
    unheard: int


def silent_phones(days: Iterable[PhoneDay], least: int = 8) -> dict[str, list[PhoneDay]]:
    """Return the days on which a phone rang and rang and nobody ever picked up."""
    found: dict[str, list[PhoneDay]] = defaultdict(list)
    for one in days:
        if one.answered == 0 and one.unheard >= least:
            found[one.agent].append(one)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Slot:
    """Half an hour of a day in which you are open: who came, and who was missed."""

    day: date
    slot: int
    arrived: int
    missed: int


@dataclass(frozen=True, slots=True)
class Peak:
    """A day with far more calls than the same weekday otherwise has.

    Attributes:
        first, last: the slots in which they came, both included.
        share, usual_share: of callers who were missed, on this day and on its weekday otherwise.
    """

    day: date
    arrived: int
    usual: float
    first: int
    last: int
    share: float
    usual_share: float


def peaks(slots: Sequence[Slot], times: float = 1.35) -> list[Peak]:
    """Return single days that stand out among at least four of their weekday."""
    by_day = _summed(slots)
    found = []
    for day, (arrived, missed) in sorted(by_day.items()):
        others = [n for d, n in by_day.items() if d != day and d.weekday() == day.weekday()]
        if len(others) < 3:
            continue
        usual = median(n for n, _ in others)
        share = sum(m for _, m in others) / max(1, sum(n for n, _ in others))
        if arrived >= times * usual and arrived - usual >= 5 * sqrt(usual):
            rush = _rush(slots, day)
            found.append(Peak(day, arrived, usual, *rush, missed / arrived, share))
    return found


def _summed(slots: Iterable[Slot]) -> dict[date, tuple[int, int]]:
    found: dict[date, tuple[int, int]] = {}
    for one in slots:
        arrived, missed = found.get(one.day, (0, 0))
        found[one.day] = arrived + one.arrived, missed + one.missed
    return found


def _rush(slots: Sequence[Slot], day: date) -> tuple[int, int]:
    """Return the first and last slot of a day with clearly more calls than usual."""
    others: dict[int, list[int]] = defaultdict(list)
    for one in slots:
        if one.day != day and one.day.weekday() == day.weekday():
            others[one.slot].append(one.arrived)
    own = {one.slot: one.arrived for one in slots if one.day == day}
    high = [s for s, n in own.items() if s in others and n > median(others[s]) * 1.3]
    runs = sorted(_runs(sorted(high)), key=lambda run: run[0] - run[-1])
    return (runs[0][0], runs[0][-1]) if runs else (min(own), max(own))


def _runs(numbers: Sequence[int], hole: int = 2) -> Iterator[list[int]]:
    """Yield runs of numbers that follow each other, a small hole allowed."""
    run: list[int] = []
    for number in numbers:
        if run and number - run[-1] > hole:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of day in which many more callers are missed than otherwise.

    Attributes:
        first, last: its slots, both included.
        usual: the share that is missed at other times.
    """

    first: int
    last: int
    arrived: int
    missed: int
    usual: float

    @property
    def is_lunch(self) -> bool:
        """Whether it lies around noon."""
        return self.first * SLOT < LUNCH[1] and (self.last + 1) * SLOT > LUNCH[0]

    @property
    def name(self) -> str:
        """From when to when, by the clock."""
        return f"{clock(self.first)}-{clock(self.last + 1)}"


def gaps(slots: Iterable[Slot], times: float = 1.4, least: int = 20) -> list[Gap]:
    """Return the times of working days at which callers are missed more than at others."""
    weekdays = [one for one in slots if one.day.weekday() < 5]
    by_slot: dict[int, list[Slot]] = defaultdict(list)
    for one in weekdays:
        by_slot[one.slot].append(one)
    arrived, missed = sum(s.arrived for s in weekdays), sum(s.missed for s in weekdays)
    if not arrived:
        return []
    usual = missed / arrived
    bad = [slot for slot, days in by_slot.items() if _stands_out(days, usual * times, least)]
    rest = [s for s in weekdays if s.slot not in bad]
    otherwise = sum(s.missed for s in rest) / max(1, sum(s.arrived for s in rest))
    return [_gap(run, by_slot, otherwise) for run in _runs(sorted(bad), hole=1)]


def _stands_out(days: Sequence[Slot], share: float, least: int) -> bool:
    arrived, missed = sum(s.arrived for s in days), sum(s.missed for s in days)
    often = sum(1 for s in days if s.missed) >= len(days) / 2
    return missed >= least and often and missed / arrived > share


def _gap(run: Sequence[int], by_slot: Mapping[int, Sequence[Slot]], usual: float) -> Gap:
    inside = [one for slot in run for one in by_slot[slot]]
    arrived, missed = sum(s.arrived for s in inside), sum(s.missed for s in inside)
    return Gap(run[0], run[-1], arrived, missed, usual)


@dataclass(frozen=True, slots=True)
class BusyWeekday:
    """A weekday on which many more callers are missed than on the others.

    Attributes:
        a_day, usual_a_day: calls that come on such a day, and on the others.
        usual: the share that is missed on the others.
    """

    weekday: int
    arrived: int
    missed: int
    usual: float
    a_day: float
    usual_a_day: float


def busy_weekdays(slots: Iterable[Slot], times: float = 1.25) -> list[BusyWeekday]:
    """Return the weekdays on which the share of missed callers is surely higher."""
    by_day = _summed(slots)
    found = []
    for weekday in range(7):
        own = [n for day, n in by_day.items() if day.weekday() == weekday]
        others = [n for day, n in by_day.items() if day.weekday() not in (weekday, 5, 6)]
        arrived, missed = sum(n for n, _ in own), sum(n for _, n in own)
        all_others = sum(n for n, _ in others)
        if len(own) < 3 or len(others) < 3 or not all_others:
            continue
        usual = sum(n for _, n in others) / all_others
        low, _ = wilson(missed, arrived)
        if low is not None and low > times * usual and missed >= 20:
            a_day, usual_a_day = arrived / len(own), all_others / len(others)
            found.append(BusyWeekday(weekday, arrived, missed, usual, a_day, usual_a_day))
    return found


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the phone system or its lines were away.

    Attributes:
        told: a source says so; else only the silence shows it.
        usual: how many calls usually come in such a time; null if nobody can say.
    """

    from_at: int
    to_at: int
    told: bool
    usual: float | None = None


SILENT = 12
"""A silence in opening hours in which so many calls usually come is taken for an outage."""


def joined(outages: Iterable[Outage]) -> list[Outage]:
    """Return outages with those that overlap made one."""
    found: list[Outage] = []
    for one in sorted(outages, key=lambda o: o.from_at):
        if found and one.from_at <= found[-1].to_at:
            last = found.pop()
            usual = [u for u in (last.usual, one.usual) if u is not None]
            to_at = max(last.to_at, one.to_at)
            one = Outage(last.from_at, to_at, last.told or one.told, max(usual, default=None))  # noqa: PLW2901 - joined with the one before, it goes on as that
        found.append(one)
    return found


def clock(slot: int) -> str:
    """Write the beginning of a slot by the clock: 12:30."""
    return f"{slot * SLOT // 60:02}:{slot * SLOT % 60:02}"


def stretches_of(days: Iterable[date]) -> list[tuple[date, date]]:
    """Return the first and last day of each stretch of days that follow each other."""
    ordered = sorted(set(days))
    runs = [list(run) for _, run in groupby(enumerate(ordered), _place)]
    return [(run[0][1], run[-1][1]) for run in runs]


def _place(pair: tuple[int, date]) -> int:
    return pair[1].toordinal() - pair[0]
