"""Promises that hold in every zone, and above all in the nights when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from everycall.clock import from_micros
from everycall.hours import Calendar, DatedLine, Period, Schedule, WeekLine
from everycall.hours.local_time import day_length, moment_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LATER = 40 * DAY

# A day on which the clocks change, in zones that each do it in their own way.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kolkata", date(2026, 3, 29)),  # never
    ("America/Sao_Paulo", date(2018, 2, 18)),  # at midnight, back into Saturday
    ("America/Sao_Paulo", date(2018, 11, 4)),  # at midnight, which does not exist
    ("America/Havana", date(2026, 11, 1)),  # midnight comes twice
    ("America/St_Johns", date(2010, 11, 7)),  # a minute after midnight, back into Saturday
    ("Pacific/Apia", date(2011, 12, 30)),  # the whole day is left out
    ("Asia/Manila", date(1844, 12, 31)),  # so here, and with seconds in the offset
]

ALWAYS = (WeekLine(tuple(range(7)), (Period(0, 24 * 60),)),)


def calendar(zone: str, *lines: str) -> Calendar:
    return Calendar(Schedule(tuple(map(WeekLine.from_text, lines))), ZoneInfo(zone))


def hours_open(zone: str, day: str, line: str) -> list[str]:
    """Return what is open on a day, in UTC."""
    on = date.fromisoformat(day)
    spans = calendar(zone, f"mon-sun {line}").spans(on, on)
    return [f"{span.opens_at:%d %H:%M}-{span.closes_at:%d %H:%M}" for span in spans or ()]


@st.composite
def periods(draw: st.DrawFn) -> tuple[Period, ...]:
    """Up to two periods of a day in quarters of an hour, and perhaps one over midnight."""
    times = [15 * quarter for quarter in sorted(draw(st.sets(st.integers(0, 95), max_size=5)))]
    found = [Period(*pair) for pair in zip(times[::2], times[1::2], strict=False)]
    if len(times) % 2:
        found.append(Period(times[-1], 24 * 60 + 15 * draw(st.integers(0, times[-1] // 15))))
    return tuple(found)


@st.composite
def calendars_and_days(draw: st.DrawFn) -> tuple[Calendar, date]:
    """A calendar with a random week and a random exception, and the day of a clock change."""
    zone, day = draw(st.sampled_from(CHANGES))
    week = tuple(WeekLine((weekday,), draw(periods())) for weekday in range(7))
    exception = DatedLine(day - DAY, day - DAY, draw(periods()))
    exceptions = (exception,) if draw(st.booleans()) else ()
    return Calendar(Schedule(week, exceptions=exceptions), ZoneInfo(zone)), day


def near(day: date) -> st.SearchStrategy[datetime]:
    """Moments around a day, in UTC, half of them on a quarter of an hour."""
    noon = datetime.combine(day, time(12), UTC)
    quarters = st.integers(-96 * 3, 96 * 3).map(lambda some: some * timedelta(minutes=15))
    return st.one_of(quarters, st.timedeltas(-3 * DAY, 3 * DAY)).map(lambda offset: noon + offset)


# --- every zone -----------------------------------------------------------------------------


@given(st.data())
def test_business_time_is_additive_and_never_negative(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    a, b, c = sorted(data.draw(near(day)) for _ in range(3))
    first, second = hours.business_time(a, b), hours.business_time(b, c)
    assert first + second == hours.business_time(a, c)
    assert timedelta() <= first <= b - a


@given(st.data())
def test_after_adding_business_time_exactly_so_much_has_passed(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    start = data.draw(near(day))
    amount = data.draw(st.timedeltas(timedelta(), 30 * HOUR))
    end = hours.add_business_time(start, amount)
    if end is None:
        assert hours.business_time(start, start + LATER) == timedelta()
    else:
        assert hours.business_time(start, end) == amount
        assert end == start or hours.business_time(start, end - timedelta.resolution) < amount


@given(st.data())
def test_spans_never_overlap_nor_touch_and_hold_all_business_time(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    before, after = (data.draw(st.integers(0, 4)) * DAY for _ in range(2))
    spans = hours.spans(day - before, day + after)
    assert all(span.opens_at < span.closes_at for span in spans)
    assert all(one.closes_at < other.opens_at for one, other in pairwise(spans))
    inside = hours.business_time(*limits(day - before, day + after, hours.zone))
    assert sum((span.closes_at - span.opens_at for span in spans), timedelta()) == inside


@given(st.data())
def test_the_spans_of_many_days_are_those_of_each_day_put_together(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    each = [hours.spans(one, one) for one in (day - DAY, day, day + DAY)]
    total = sum((end - start for spans in each for start, end in spans), timedelta())
    whole = sum((end - start for start, end in hours.spans(day - DAY, day + DAY)), timedelta())
    assert total == whole


@given(st.data())
def test_it_is_open_exactly_inside_the_spans(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    moment = data.draw(near(day))
    spans = hours.spans(day - 7 * DAY, day + 7 * DAY)
    inside = any(span.opens_at <= moment < span.closes_at for span in spans)
    assert hours.is_open(moment) is inside


@given(st.data())
def test_it_is_open_when_the_clock_on_the_wall_says_so(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    moment = data.draw(near(day))
    wall = moment.astimezone(hours.zone)
    if not wall.fold:  # the second time round has its own rule
        assert hours.is_open(moment) is by_the_wall(hours.schedule, wall)


@given(st.data())
def test_the_next_opening_is_open_and_nothing_before_it_is(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    moment = data.draw(near(day))
    opening = hours.next_opening(moment)
    if opening is not None:
        assert opening >= moment
        assert hours.is_open(opening)
        assert hours.business_time(moment, opening) == timedelta()


@given(st.data())
def test_a_business_day_ends_after_the_moment_and_when_it_closes(data: st.DataObject) -> None:
    hours, day = data.draw(calendars_and_days())
    moment = data.draw(near(day))
    end = hours.next_business_day_end(moment)
    if end is not None:
        assert end > moment
        assert hours.is_open(end - timedelta.resolution)


@given(st.sampled_from(CHANGES), st.integers(0, 400), st.integers(0, 400))
@example(("Pacific/Apia", date(2011, 12, 30)), 0, 0)
def test_around_the_clock_the_lengths_of_the_days_add_up_to_the_time_that_went_by(
    change: tuple[str, date], before: int, after: int
) -> None:
    name, day = change
    zone, first, last = ZoneInfo(name), day - before * DAY, day + after * DAY
    lengths = (day_length(first + some * DAY, zone) for some in range(before + after + 1))
    begins, ends = limits(first, last, zone)
    assert sum(lengths, timedelta()) == ends - begins
    assert Calendar(Schedule(ALWAYS), zone).business_time(begins, ends) == ends - begins


@given(st.sampled_from(CHANGES), st.integers(-3000, 3000), st.integers(-3000, 3000))
def test_a_later_time_on_the_wall_is_never_an_earlier_moment(
    change: tuple[str, date], one: int, other: int
) -> None:
    name, day = change
    earlier, later = sorted((one, other))
    zone = ZoneInfo(name)
    assert moment_of(day, earlier, zone) <= moment_of(day, later, zone)


@given(st.sampled_from(CHANGES), st.integers(-3000, 3000))
def test_a_time_on_the_wall_is_the_first_moment_at_which_the_clock_shows_it_or_a_later_one(
    change: tuple[str, date], minutes: int
) -> None:
    name, day = change
    zone = ZoneInfo(name)
    micros = moment_of(day, minutes, zone)
    wanted = datetime.combine(day, time()) + minutes * timedelta(minutes=1)
    assert wall_at(micros, zone) >= wanted > wall_at(micros - 1, zone)


def limits(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when the first day begins and the last one ends."""
    return from_micros(moment_of(first, 0, zone)), from_micros(moment_of(last + DAY, 0, zone))


def wall_at(micros: int, zone: ZoneInfo) -> datetime:
    return from_micros(micros).astimezone(zone).replace(tzinfo=None)


def by_the_wall(schedule: Schedule, wall: datetime) -> bool:
    """Return whether the clock shows a time of this day's hours or of last night's."""
    minute = (wall.hour * 60 + wall.minute) + (wall.second + wall.microsecond / 1e6) / 60
    today, yesterday = (schedule.rule(day).periods for day in (wall.date(), wall.date() - DAY))
    open_now = [period.start <= minute < period.end for period in today]
    from_last_night = [minute + 24 * 60 < period.end for period in yesterday]
    return any(open_now + from_last_night)


# --- one night each -------------------------------------------------------------------------


def test_a_night_shift_is_an_hour_shorter_in_spring_and_an_hour_longer_in_autumn() -> None:
    night = calendar("Europe/Berlin", "sat 22:00-06:00")
    worked = [
        night.business_time(
            datetime(2026, *day, tzinfo=UTC), datetime(2026, *day, tzinfo=UTC) + DAY
        )
        for day in ((3, 21, 12), (3, 28, 12), (10, 24, 12))
    ]
    assert worked == [8 * HOUR, 7 * HOUR, 9 * HOUR]


def test_nine_to_five_is_eight_hours_on_every_day() -> None:
    office = calendar("Europe/Berlin", "mon-sun 09:00-17:00")
    days = [date(2026, 1, 1) + some * DAY for some in range(365)]
    assert {end - start for day in days for start, end in office.spans(day, day)} == {8 * HOUR}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("02:30-06:00", ["29 01:00-29 04:00"]),
        ("00:00-02:30", ["28 23:00-29 01:00"]),
        ("02:15-02:45", []),
    ],
)
def test_a_time_that_does_not_exist_is_the_moment_the_clocks_jump_over_it(
    line: str, expected: list[str]
) -> None:
    assert hours_open("Europe/Berlin", "2026-03-29", line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("02:30-06:00", ["25 00:30-25 05:00"]),
        ("00:00-02:30", ["24 22:00-25 00:30"]),
        ("02:00-03:00", ["25 00:00-25 02:00"]),
        ("02:15-02:45", ["25 00:15-25 00:45"]),
    ],
)
def test_a_time_that_exists_twice_is_the_first_of_the_two(line: str, expected: list[str]) -> None:
    assert hours_open("Europe/Berlin", "2026-10-25", line) == expected


def test_lord_howe_s_long_day_has_half_an_hour_more() -> None:
    assert day_length(date(2026, 4, 5), ZoneInfo("Australia/Lord_Howe")) == 24.5 * HOUR
    assert day_length(date(2026, 10, 4), ZoneInfo("Australia/Lord_Howe")) == 23.5 * HOUR


def test_a_day_that_begins_at_one_o_clock_is_whole_from_then_on() -> None:
    assert hours_open("America/Sao_Paulo", "2018-11-04", "00:00-24:00") == ["04 03:00-05 02:00"]


def test_saturday_s_opening_until_midnight_is_longer_when_its_last_hour_comes_twice() -> None:
    assert hours_open("America/Sao_Paulo", "2018-02-17", "20:00-24:00") == ["17 22:00-18 03:00"]


def test_a_day_that_never_was_has_no_opening_and_the_days_around_it_are_whole() -> None:
    assert hours_open("Pacific/Apia", "2011-12-29", "00:00-24:00") == ["29 10:00-30 10:00"]
    assert hours_open("Pacific/Apia", "2011-12-30", "00:00-24:00") == []
    assert hours_open("Pacific/Apia", "2011-12-31", "00:00-24:00") == ["30 10:00-31 10:00"]


def test_a_week_without_that_day_has_six_days_of_business_time() -> None:
    samoa = calendar("Pacific/Apia", "mon-sun 09:00-17:00")
    spans = samoa.spans(date(2011, 12, 26), date(2012, 1, 1))
    assert [span.closes_at - span.opens_at for span in spans] == [8 * HOUR] * 6


def test_kolkata_s_half_hour_offset_is_no_matter() -> None:
    assert hours_open("Asia/Kolkata", "2026-03-29", "09:00-17:00") == ["29 03:30-29 11:30"]


def test_midnight_that_comes_twice_ends_the_day_at_its_first() -> None:
    assert hours_open("America/Havana", "2026-10-31", "00:00-24:00") == ["31 04:00-01 04:00"]
    assert hours_open("America/Havana", "2026-11-01", "00:00-24:00") == ["01 04:00-02 05:00"]


def test_sunday_has_begun_for_good_when_a_minute_after_midnight_the_clocks_go_back() -> None:
    sunday = calendar("America/St_Johns", "sun 00:00-24:00")
    saturday_again = datetime(2010, 11, 6, 23, 30, tzinfo=sunday.zone, fold=1)
    assert sunday.is_open(saturday_again) is True
    assert sunday.is_open(saturday_again.replace(fold=0)) is False


def test_a_promise_of_eight_hours_in_the_spring_night_is_kept_an_hour_later_by_the_clock() -> None:
    always = calendar("Europe/Berlin", "mon-sun 00:00-24:00")
    saturday = datetime(2026, 3, 28, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    due = always.add_business_time(saturday, 8 * HOUR)
    assert due.astimezone(ZoneInfo("Europe/Berlin")).time() == time(7)
    assert due - saturday.astimezone(UTC) == 8 * HOUR
