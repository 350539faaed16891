"""Nobody is rung at night, by the clock where the caller lives."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from everycall.recovery.quiet import QuietHours, may_ring, zones_of

NIGHT = QuietHours.from_text("20:00-08:00")
BERLIN = ZoneInfo("Europe/Berlin")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 2, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("caller", "now", "from_then"),
    [
        ("+493023125001", at(18, 59), at(18, 59)),
        ("+493023125001", at(19, 0), datetime(2026, 11, 3, 7, 0, tzinfo=UTC)),
        ("+493023125001", at(6, 30), at(7, 0)),
        ("+442079460101", at(7, 30), at(8, 0)),
        ("+12125550123", at(12, 0), at(13, 0)),
        ("C-4711", at(6, 30), at(7, 0)),
    ],
)
def test_from_when_a_caller_may_be_rung(caller: str, now: datetime, from_then: datetime) -> None:
    assert may_ring(caller, now, NIGHT, BERLIN) == from_then


def test_a_number_of_several_zones_waits_for_the_last_of_them() -> None:
    free = "+18005550123"
    assert len(zones_of(free)) > 3
    rung = may_ring(free, at(10), NIGHT, BERLIN)
    assert all(8 <= rung.astimezone(zone).hour < 20 for zone in zones_of(free))


def test_without_quiet_hours_anybody_may_be_rung() -> None:
    assert may_ring("+493023125001", at(1), QuietHours.from_text(""), BERLIN) == at(1)
    assert may_ring("+493023125001", at(1), None, BERLIN) == at(1)


@pytest.mark.parametrize("text", ["20-8", "25:00-08:00", "night", "20:00-08:00:00"])
def test_what_is_no_stretch_of_the_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no stretch of the day"):
        QuietHours.from_text(text)


def test_it_is_written_as_it_is_read() -> None:
    assert str(NIGHT) == "20:00-08:00"
