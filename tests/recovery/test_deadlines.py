"""Two clocks: the time in which somebody works, and the clock on the wall."""

from datetime import datetime
from zoneinfo import ZoneInfo

from everycall.hours import Calendar, SiteHours
from everycall.recovery import deadline
from everycall.settings import read_table

LONDON = ZoneInfo("Europe/London")
NINE_TO_FIVE = Calendar(read_table(SiteHours, {"week": ["mon-fri 09:00-17:00"]}), LONDON)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def test_late_on_friday_the_two_clocks_disagree() -> None:
    found = deadline(at(6, 16, 30), NINE_TO_FIVE)
    assert found.business == at(9, 10, 30)
    assert found.clock == at(6, 17, 30)


def test_at_night_both_begin_with_the_next_opening() -> None:
    found = deadline(at(2, 23), NINE_TO_FIVE)
    assert found.business == at(3, 11)
    assert found.clock == at(3, 10)
    assert found.pure == at(3, 0)


def test_without_opening_hours_only_the_clock_is_known() -> None:
    found = deadline(at(2, 23), Calendar(SiteHours(), LONDON))
    assert found.business is None
    assert found.clock == found.pure == at(3, 0)
