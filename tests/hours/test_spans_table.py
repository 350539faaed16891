"""The rows that an engine joins calls with say the same as the calendar itself."""

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycall.clock import from_micros, to_micros
from everycall.hours import SiteHours, SpanRow, calendars, spans_table
from everycall.settings import read_table

FIRST, LAST = date(2026, 3, 23), date(2026, 4, 12)
HOURS = read_table(
    SiteHours,
    {
        "week": ["mon-fri 08:00-12:30 13:30-18:00", "sat 09:00-13:00"],
        "holidays": "DE-BY",
        "exceptions": ["2026-03-30..2026-04-01 closed"],
        "number": {
            "+4930123456": {"week": ["mon-sun 00:00-24:00"], "holidays": "", "exceptions": []}
        },
        "queue": {
            "bar": {"week": ["mon-sun 22:00-02:00"], "exceptions": []},
            "old": {"week": ["mon-sun closed"]},
            "us": {"zone": "America/New_York"},
        },
    },
)
CALENDARS = calendars(HOURS, ZoneInfo("Europe/Berlin"))
ROWS = list(spans_table(CALENDARS, FIRST, LAST))
OPENING = [name for name in CALENDARS if name != "queue:old"]
MOMENTS = st.timedeltas(timedelta(), timedelta(days=20)).map(
    lambda since: datetime(2026, 3, 23, 10, tzinfo=UTC) + since
)


def rows_of(schedule_id: str) -> list[SpanRow]:
    return [row for row in ROWS if row.schedule_id == schedule_id]


def last_opening(rows: list[SpanRow], moment: datetime) -> SpanRow:
    """Return the row that an as-of join finds: the last that opened up to a moment."""
    return rows[bisect_right([row.opens_at_us for row in rows], to_micros(moment)) - 1]


@pytest.mark.parametrize("schedule_id", OPENING)
def test_rows_are_in_order_and_never_overlap(schedule_id: str) -> None:
    rows = rows_of(schedule_id)
    assert all(row.opens_at_us < row.closes_at_us for row in rows)
    assert all(one.closes_at_us <= other.opens_at_us for one, other in pairwise(rows))


@pytest.mark.parametrize("schedule_id", OPENING)
@given(MOMENTS)
@settings(max_examples=50)
def test_an_as_of_join_finds_whether_it_is_open_and_when_the_next_business_day_ends(
    schedule_id: str, moment: datetime
) -> None:
    calendar, row = CALENDARS[schedule_id], last_opening(rows_of(schedule_id), moment)
    assert (to_micros(moment) < row.closes_at_us) is calendar.is_open(moment)
    assert from_micros(row.business_day_end_us) == calendar.next_business_day_end(moment)


@pytest.mark.parametrize("schedule_id", OPENING)
def test_the_business_days_just_outside_the_range_are_there_too(schedule_id: str) -> None:
    rows, zone = rows_of(schedule_id), CALENDARS[schedule_id].zone
    assert opened_on(rows[0], zone) < FIRST
    assert opened_on(rows[-1], zone) > LAST


def opened_on(row: SpanRow, zone: ZoneInfo) -> date:
    return from_micros(row.opens_at_us).astimezone(zone).date()


def test_around_the_clock_each_day_is_a_row_of_its_own() -> None:
    days = rows_of("number:+4930123456")
    lengths = {(row.closes_at_us - row.opens_at_us) // 3_600_000_000 for row in days}
    assert len(days) == (LAST - FIRST) // timedelta(days=1) + 3
    assert lengths == {23, 24}


def test_hours_that_are_unknown_or_never_open_have_no_rows() -> None:
    unknown = calendars(SiteHours(), ZoneInfo("Europe/Berlin"))
    assert list(spans_table(unknown, FIRST, LAST)) == []
    assert rows_of("queue:old") == []


def test_where_no_business_day_follows_its_end_is_null() -> None:
    closing_down = {
        "week": ["mon-sun 09:00-17:00"],
        "exceptions": ["2026-04-01..2030-01-01 closed"],
    }
    found = calendars(read_table(SiteHours, closing_down), ZoneInfo("Europe/Berlin"))
    rows = list(spans_table(found, date(2026, 3, 31), date(2026, 4, 2)))
    assert [row.business_day_end_us is None for row in rows] == [False, True]
