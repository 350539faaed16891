"""What stands out is found, and what only happens by chance is left alone."""

from datetime import date, timedelta
from random import Random

from everycall.remedies.patterns import (
    Outage,
    PhoneDay,
    Rings,
    Slot,
    busy_weekdays,
    clock,
    gaps,
    joined,
    peaks,
    pushers,
    silent_phones,
    stretches_of,
)

MONDAY = date(2026, 9, 7)
OPENING = range(16, 36)
"""Half hours from 8:00 to 18:00."""


def weeks(
    count: int = 8,
    share: float = 0.1,
    special: dict[int, float] | None = None,
    heavy: dict[int, float] | None = None,
    seed: int = 1,
) -> list[Slot]:
    """Return slots of so many weeks; some slots or weekdays are missed more."""
    random = Random(seed)
    found = []
    for day in (MONDAY + timedelta(days=n) for n in range(7 * count)):
        if day.weekday() > 4:
            continue
        for slot in OPENING:
            arrived = random.randint(15, 25)
            chance = max((special or {}).get(slot, share), (heavy or {}).get(day.weekday(), share))
            missed = sum(random.random() < chance for _ in range(arrived))
            found.append(Slot(day, slot, arrived, missed))
    return found


def test_who_pushes_away_a_third_is_found_and_who_does_so_now_and_then_is_not() -> None:
    rings = [Rings("ann", 1000, 9), Rings("bob", 1000, 14), Rings("hans", 900, 300)]
    assert [one.agent for one in pushers(rings)] == ["hans"]
    assert pushers([Rings("ann", 1000, 9), Rings("bob", 1000, 14)]) == []


def test_three_pushed_rings_of_five_are_too_few_to_say() -> None:
    assert pushers([Rings("ann", 1000, 9), Rings("new", 5, 3)]) == []


def test_one_alone_is_measured_against_nobody_and_5_percent() -> None:
    assert [one.agent for one in pushers([Rings("ann", 100, 40)])] == ["ann"]
    assert pushers([Rings("ann", 1000, 20)]) == []


def test_a_phone_that_rang_all_day_and_was_never_picked_up_is_found() -> None:
    silent = PhoneDay("jo", MONDAY, 0, 20)
    fine = PhoneDay("jo", MONDAY + timedelta(days=1), 30, 20)
    few = PhoneDay("ann", MONDAY, 0, 7)
    assert silent_phones([silent, fine, few]) == {"jo": [silent]}


def test_lunch_is_found_with_its_hour_and_nothing_else() -> None:
    found = gaps(weeks(special={25: 0.3, 26: 0.3}))
    assert [(gap.name, gap.is_lunch) for gap in found] == [("12:30-13:30", True)]
    assert 0.05 < found[0].usual < 0.15


def test_a_gap_in_the_morning_is_no_lunch() -> None:
    found = gaps(weeks(special={18: 0.3}))
    assert [(gap.name, gap.is_lunch) for gap in found] == [("09:00-09:30", False)]


def test_an_even_day_has_no_gap_no_peak_and_no_busy_weekday() -> None:
    for seed in range(5):
        even = weeks(seed=seed)
        assert gaps(even) == []
        assert peaks(even) == []
        assert busy_weekdays(even) == []


def test_a_weekday_that_is_missed_more_is_found() -> None:
    found = busy_weekdays(weeks(heavy={0: 0.2}))
    assert [one.weekday for one in found] == [0]
    assert found[0].usual < 0.12


def test_a_day_with_twice_the_calls_is_a_peak_with_its_hours() -> None:
    slots = weeks()
    day = MONDAY + timedelta(days=17)
    crowded = [
        Slot(one.day, one.slot, one.arrived * 2, one.missed * 5)
        if one.day == day and 18 <= one.slot <= 29
        else one
        for one in slots
    ]
    found = peaks(crowded)
    assert [(one.day, clock(one.first), clock(one.last + 1)) for one in found] == [
        (day, "09:00", "15:00")
    ]
    assert found[0].share > found[0].usual_share


def test_a_busy_day_among_three_is_no_peak_because_nobody_knows_what_is_usual() -> None:
    slots = [
        Slot(one.day, one.slot, one.arrived * (3 if one.day == MONDAY else 1), one.missed)
        for one in weeks(count=3)
    ]
    assert peaks(slots) == []


def test_no_calls_no_patterns() -> None:
    assert gaps([]) == peaks([]) == busy_weekdays([]) == pushers([]) == []


def test_outages_that_overlap_are_one() -> None:
    told, silence = Outage(10, 20, told=True, usual=5), Outage(15, 30, told=False, usual=9)
    later = Outage(40, 50, told=True)
    assert joined([later, silence, told]) == [Outage(10, 30, told=True, usual=9), later]


def test_days_are_written_in_stretches() -> None:
    days = [MONDAY, MONDAY + timedelta(days=1), MONDAY + timedelta(days=5)]
    lone = date(2026, 9, 12)
    assert stretches_of(days) == [(date(2026, 9, 7), date(2026, 9, 8)), (lone, lone)]
