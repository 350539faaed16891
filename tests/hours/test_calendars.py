"""What a calendar answers in usual weeks: open or closed, business time, the next business day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from everycall.hours import Calendar, Schedule, SiteHours, Span, calendars
from everycall.settings import read_table

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = ["mon-fri 09:00-17:00"]
BAR = ["mon-sun 22:00-02:00"]
HOUR = timedelta(hours=1)


def calendar(*week: str, holidays: str = "", exceptions: tuple[str, ...] = ()) -> Calendar:
    table = {"week": list(week), "holidays": holidays, "exceptions": list(exceptions)}
    return Calendar(read_table(Schedule, table), BERLIN)


def at(text: str) -> datetime:
    """Read a moment by the clock in Berlin; 2026-06-01 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def shown(moment: datetime | None) -> str:
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}" if moment else "never"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-06-01 08:59", "closed"),
        ("2026-06-01 09:00", "open"),
        ("2026-06-01 12:30", "closed"),
        ("2026-06-01 13:30", "open"),
        ("2026-06-01 18:00", "closed"),
        ("2026-06-06 10:00", "closed"),
    ],
)
def test_it_is_open_from_the_first_minute_up_to_but_not_at_the_last(
    moment: str, expected: str
) -> None:
    office = calendar("mon-fri 09:00-12:30 13:30-18:00")
    assert office.is_open(at(moment)) is (expected == "open")


def test_friday_night_goes_on_into_saturday_even_if_saturday_is_a_holiday() -> None:
    christmas_eve_bar = calendar(*BAR, holidays="DE")
    assert christmas_eve_bar.is_open(at("2026-12-25 01:59")) is True
    assert christmas_eve_bar.is_open(at("2026-12-25 02:00")) is False
    assert christmas_eve_bar.is_open(at("2026-12-25 23:00")) is False


def test_moments_may_be_given_in_any_zone_and_come_back_in_utc() -> None:
    office = calendar(*OFFICE)
    tokyo = datetime(2026, 6, 1, 3, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    opening = office.next_opening(tokyo)
    assert opening == datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
    assert opening.tzinfo is UTC


def test_the_spans_of_days_are_merged_and_cut_where_the_days_end() -> None:
    night_and_morning = calendar("mon-sun 00:00-01:00 01:00-03:00 22:00-24:00")
    assert night_and_morning.spans(date(2026, 6, 1), date(2026, 6, 2)) == (
        Span(at("2026-06-01 00:00"), at("2026-06-01 03:00")),
        Span(at("2026-06-01 22:00"), at("2026-06-02 03:00")),
        Span(at("2026-06-02 22:00"), at("2026-06-03 00:00")),
    )


def test_the_night_before_is_part_of_a_day() -> None:
    assert calendar(*BAR).spans(date(2026, 6, 1), date(2026, 6, 1)) == (
        Span(at("2026-06-01 00:00"), at("2026-06-01 02:00")),
        Span(at("2026-06-01 22:00"), at("2026-06-02 00:00")),
    )


def test_a_night_that_runs_into_the_next_morning_is_counted_once() -> None:
    overlapping = calendar("mon 22:00-10:00", "tue 08:00-12:00")
    monday, wednesday = at("2026-06-01 00:00"), at("2026-06-03 00:00")
    assert overlapping.business_time(monday, wednesday) == 14 * HOUR


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-06-05 16:30", "2026-06-05 16:30"),
        ("2026-06-05 17:00", "2026-06-08 09:00"),
        ("2026-06-05 07:00", "2026-06-05 09:00"),
        ("2026-12-23 17:00", "2026-12-24 09:00"),
        ("2026-12-24 17:00", "2026-12-28 09:00"),
    ],
)
def test_the_next_opening_is_now_while_it_is_open_and_else_the_next_time_the_doors_open(
    moment: str, opening: str
) -> None:
    assert shown(calendar(*OFFICE, holidays="DE").next_opening(at(moment))) == opening


def test_friday_half_past_four_and_two_business_hours_is_monday_half_past_ten() -> None:
    office = calendar(*OFFICE)
    assert office.add_business_time(at("2026-06-05 16:30"), 2 * HOUR) == at("2026-06-08 10:30")


def test_business_time_that_is_used_up_at_closing_time_ends_then_and_not_at_the_next_opening() -> (
    None
):
    office = calendar(*OFFICE)
    assert office.add_business_time(at("2026-06-05 16:30"), HOUR / 2) == at("2026-06-05 17:00")


def test_no_business_time_has_passed_at_once_even_on_a_sunday() -> None:
    sunday = at("2026-06-07 12:00")
    assert calendar(*OFFICE).add_business_time(sunday, timedelta()) == sunday


def test_business_time_that_takes_many_years_is_found() -> None:
    once_a_week = calendar("mon 09:00-10:00")
    due = once_a_week.add_business_time(at("2026-06-01 09:00"), 500 * HOUR)
    assert shown(due) == "2035-12-24 10:00"


def test_in_the_small_hours_the_bar_is_open_now_and_its_time_runs() -> None:
    bar, small_hours = calendar(*BAR), at("2026-06-02 01:00")
    assert bar.next_opening(small_hours) == small_hours
    assert bar.add_business_time(small_hours, 2 * HOUR) == at("2026-06-02 23:00")


def test_business_time_cannot_be_taken_back() -> None:
    with pytest.raises(ValueError, match="can only be added"):
        calendar(*OFFICE).add_business_time(at("2026-06-05 16:30"), -HOUR)


def test_business_time_leaves_out_nights_lunch_weekends_and_holidays() -> None:
    office = calendar("mon-fri 09:00-12:00 13:00-17:00", holidays="DE")
    start, end = at("2026-12-24 16:00"), at("2026-12-28 14:00")
    assert office.business_time(start, end) == 5 * HOUR


def test_between_moments_in_the_wrong_order_no_business_time_passes() -> None:
    office = calendar(*OFFICE)
    assert office.business_time(at("2026-06-05 16:30"), at("2026-06-01 16:30")) == timedelta()


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        ("2026-06-01 10:00", "2026-06-02 17:00"),
        ("2026-06-01 12:30", "2026-06-02 17:00"),
        ("2026-06-01 18:00", "2026-06-02 17:00"),
        ("2026-06-05 16:30", "2026-06-08 17:00"),
        ("2026-06-06 11:00", "2026-06-08 17:00"),
        ("2026-06-08 07:00", "2026-06-08 17:00"),
        ("2026-06-08 09:00", "2026-06-09 17:00"),
        ("2026-12-23 16:00", "2026-12-24 12:00"),
        ("2026-12-24 11:00", "2026-12-28 17:00"),
    ],
)
def test_the_next_business_day_is_the_first_that_begins_after_the_moment(
    moment: str, end: str
) -> None:
    office = calendar(
        "mon-fri 09:00-12:00 13:00-17:00", holidays="DE", exceptions=("2026-12-24 10:00-12:00",)
    )
    assert shown(office.next_business_day_end(at(moment))) == end


def test_a_call_after_midnight_still_belongs_to_the_night_that_began_yesterday() -> None:
    assert shown(calendar(*BAR).next_business_day_end(at("2026-06-06 01:00"))) == "2026-06-07 02:00"


def test_around_the_clock_the_next_business_day_is_tomorrow_until_midnight() -> None:
    always = calendar("mon-sun 00:00-24:00")
    assert shown(always.next_business_day_end(at("2026-06-06 01:00"))) == "2026-06-08 00:00"


def test_unknown_hours_answer_nothing_and_are_neither_open_nor_closed() -> None:
    unknown = Calendar(Schedule(), BERLIN)
    noon, evening = at("2026-06-01 12:00"), at("2026-06-01 18:00")
    answers = (
        unknown.spans(noon.date(), noon.date()),
        unknown.is_open(noon),
        unknown.next_opening(noon),
        unknown.business_time(noon, evening),
        unknown.add_business_time(noon, HOUR),
        unknown.add_business_time(noon, timedelta()),
        unknown.next_business_day_end(noon),
    )
    assert (unknown.known, set(answers)) == (False, {None})


def test_exceptions_alone_do_not_make_hours_known() -> None:
    only_exceptions = read_table(Schedule, {"exceptions": ["2026-06-01 08:00-20:00"]})
    assert Calendar(only_exceptions, BERLIN).next_opening(at("2026-06-01 12:00")) is None


def test_always_closed_is_known_and_never_opens() -> None:
    closed, noon = calendar("mon-sun closed"), at("2026-06-01 12:00")
    assert (closed.known, closed.is_open(noon)) == (True, False)
    assert closed.spans(noon.date(), noon.date()) == ()
    assert closed.business_time(noon, noon + 24 * HOUR) == timedelta()
    assert closed.next_opening(noon) is None
    assert closed.add_business_time(noon, HOUR) is None
    assert closed.next_business_day_end(noon) is None


def test_an_opening_after_a_long_closure_is_found_up_to_two_years_ahead() -> None:
    rebuilt = calendar(*OFFICE, exceptions=("2026-06-01..2027-12-31 closed",))
    assert shown(rebuilt.next_opening(at("2026-06-01 12:00"))) == "2028-01-03 09:00"
    forgotten = calendar(*OFFICE, exceptions=("2026-06-01..2030-12-31 closed",))
    assert forgotten.next_opening(at("2026-06-01 12:00")) is None


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        calendar(*OFFICE).is_open(datetime(2026, 6, 1, 12, 0))  # noqa: DTZ001


def test_each_schedule_of_a_site_runs_by_its_own_zone_or_else_by_the_site_s() -> None:
    table = {"week": OFFICE, "queue": {"us": {"zone": "America/New_York"}, "de": {}}}
    found = calendars(read_table(SiteHours, table), BERLIN)
    zones = {name: str(one.zone) for name, one in found.items()}
    assert zones == {
        "site": "Europe/Berlin",
        "queue:us": "America/New_York",
        "queue:de": "Europe/Berlin",
    }
