"""Why a day is as it is, in one sentence that a person can check."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from everycall.hours import Calendar, Schedule, explain
from everycall.settings import read_table

SHOP = {
    "week": ["mon-fri 08:00-12:30 13:30-18:00", "sat 22:00-02:00"],
    "holidays": "DE-BY",
    "exceptions": ["2026-12-24 08:00-12:00", "2026-12-31 closed"],
}


def sentence(day: str, zone: str = "Europe/Berlin", table: dict | None = None) -> str:
    schedule = read_table(Schedule, SHOP if table is None else table)
    return explain(Calendar(schedule, ZoneInfo(zone)), date.fromisoformat(day))


@pytest.mark.parametrize(
    "expected",
    [
        "Wed 2026-12-23: open 08:00-12:30 and 13:30-18:00 (the usual week).",
        "Sat 2026-12-19: open 22:00-02:00 (the usual week).",
        "Sun 2026-12-20: closed (the usual week).",
        "Thu 2026-12-24: open 08:00-12:00 (an exception).",
        "Thu 2026-12-31: closed (an exception).",
        "Fri 2026-12-25: closed (public holiday: Christmas Day).",
        "Thu 2026-06-04: closed (public holiday: Corpus Christi).",
        "Sun 2026-03-29: closed (the usual week); the clocks go forward, so the day has 23 h.",
        "Sun 2026-10-25: closed (the usual week); the clocks go back, so the day has 25 h.",
    ],
)
def test_a_day_says_what_holds_and_why(expected: str) -> None:
    assert sentence(expected[4:14]) == expected


def test_half_an_hour_is_said_too() -> None:
    assert sentence("2026-04-05", "Australia/Lord_Howe").endswith(
        "the clocks go back, so the day has 24 h 30 min."
    )


def test_a_day_that_never_was_says_so() -> None:
    expected = (
        "Fri 2011-12-30: this day was left out in Pacific/Apia, where the clocks went past it."
    )
    assert sentence("2011-12-30", "Pacific/Apia") == expected


def test_unknown_hours_are_not_called_closed() -> None:
    expected = "Wed 2026-12-23: it is not known whether it is open, because no week is declared."
    assert sentence("2026-12-23", table={}) == expected
