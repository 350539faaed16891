"""What a person may write about opening hours, and what they are told when it is wrong."""

import tomllib
from dataclasses import Field, fields
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from everycall.errors import BadSettingsError
from everycall.hours import Period, SiteHours, WeekLine
from everycall.settings import doc_of, read_table

WORKING_DAY = (Period(8 * 60, 12 * 60 + 30), Period(13 * 60 + 30, 18 * 60))
WEDNESDAY, SATURDAY = date(2026, 12, 23), date(2026, 12, 19)
CHRISTMAS_EVE, CHRISTMAS_DAY = date(2026, 12, 24), date(2026, 12, 25)


def hours(toml: str) -> SiteHours:
    return read_table(SiteHours, tomllib.loads(toml), "shop.toml: hours")


def mistakes(toml: str) -> list[str]:
    with pytest.raises(BadSettingsError) as refused:
        hours(toml)
    return [str(mistake).removeprefix("shop.toml: ") for mistake in refused.value.mistakes]


def periods(toml: str, day: date) -> list[str]:
    return [str(period) for period in hours(toml).rule(day).periods]


def test_a_lunch_break_is_the_gap_between_two_periods() -> None:
    found = hours('week = ["mon-fri 08:00-12:30 13:30-18:00"]')
    assert found.week == (WeekLine((0, 1, 2, 3, 4), WORKING_DAY),)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("mon", [0]),
        ("mon-fri", [0, 1, 2, 3, 4]),
        ("sat-mon", [5, 6, 0]),
        ("mon,wed, fri", [0, 2, 4]),
        ("mon-tue thu-fri", [0, 1, 3, 4]),
        ("Mon - Fri", [0, 1, 2, 3, 4]),
    ],
)
def test_days_are_single_ranges_or_lists(days: str, expected: list[int]) -> None:
    assert list(WeekLine.from_text(f"{days} 08:00-12:00").weekdays) == expected


@pytest.mark.parametrize(
    "written", ["08:00-12:30, 13:30-18:00", "8:00 - 12:30 13:30 - 18:00", "13:30–18:00 08:00–12:30"]
)
def test_commas_blanks_typographic_dashes_and_order_do_not_matter(written: str) -> None:
    assert WeekLine.from_text(f"mon {written}").periods == WORKING_DAY


@pytest.mark.parametrize("written", ["08:00-12:30", "00:00-24:00", "22:00-02:00", "18:00-24:00"])
def test_a_period_is_shown_as_it_was_written(written: str) -> None:
    assert str(Period.from_text(written)) == written


def test_a_period_that_ends_before_it_begins_runs_into_the_next_day() -> None:
    assert Period.from_text("22:00-02:00") == Period(22 * 60, 26 * 60)


def test_a_day_that_is_not_named_is_closed() -> None:
    assert periods('week = ["mon-fri 08:00-17:00"]', SATURDAY) == []


def test_an_exception_wins_over_a_holiday_and_a_holiday_over_the_week() -> None:
    toml = 'week = ["mon-sun 08:00-17:00"]\nholidays = "DE"\n'
    assert periods(toml, CHRISTMAS_DAY) == []
    assert periods(toml + 'exceptions = ["2026-12-25 10:00-12:00"]', CHRISTMAS_DAY) == [
        "10:00-12:00"
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-08-02", 1), ("2026-08-03", 0), ("2026-08-14", 0), ("2026-08-15", 1)],
)
def test_a_range_of_exceptions_holds_from_its_first_day_to_its_last(
    day: str, expected: int
) -> None:
    toml = 'week = ["mon-sun 08:00-17:00"]\nexceptions = ["2026-08-03..2026-08-14 closed"]'
    assert len(periods(toml, date.fromisoformat(day))) == expected


def test_holidays_of_a_part_of_a_country_hold_only_there() -> None:
    corpus_christi = date(2026, 6, 4)
    week = 'week = ["mon-fri 08:00-17:00"]\n'
    assert periods(week + 'holidays = "DE-BY"', corpus_christi) == []
    assert periods(week + 'holidays = "DE-BE"', corpus_christi) == ["08:00-17:00"]


SITE = """
week = ["mon-fri 08:00-17:00"]
holidays = "DE"
exceptions = ["2026-12-24 08:00-12:00"]
"""


@pytest.mark.parametrize(
    ("said", "day", "expected"),
    [
        ("", WEDNESDAY, ["08:00-17:00"]),
        ('week = ["wed 10:00-20:00"]', WEDNESDAY, ["10:00-20:00"]),
        ('week = ["wed 10:00-20:00"]', date(2026, 12, 22), []),
        ('week = ["wed 10:00-20:00"]', CHRISTMAS_EVE, ["08:00-12:00"]),
        ('holidays = ""', CHRISTMAS_DAY, ["08:00-17:00"]),
        ("exceptions = []", CHRISTMAS_EVE, ["08:00-17:00"]),
    ],
)
def test_each_word_that_is_not_said_is_taken_whole_from_the_site(
    said: str, day: date, expected: list[str]
) -> None:
    queue = hours(f"{SITE}[queue.sales]\n{said}").schedules()["queue:sales"]
    assert [str(period) for period in queue.rule(day).periods] == expected


def test_a_schedule_may_have_a_zone_of_its_own() -> None:
    found = hours(f'{SITE}[client.acme]\nzone = "America/New_York"').schedules()
    assert found["client:acme"].zone == ZoneInfo("America/New_York")
    assert found["site"].zone is None


DECLARED = SITE + '[number."+4930123456"]\n[queue.sales]\n[client.acme]\n'


@pytest.mark.parametrize(
    ("number", "queue", "client", "expected"),
    [
        ("+4930123456", "sales", "acme", "number:+4930123456"),
        ("+4930999999", "sales", "acme", "queue:sales"),
        (None, "support", "acme", "client:acme"),
        ("+4930999999", "support", "other", "site"),
        (None, None, None, "site"),
    ],
)
def test_the_number_goes_before_the_queue_the_client_and_the_site(
    number: str | None, queue: str | None, client: str | None, expected: str
) -> None:
    assert hours(DECLARED).schedule_id(number=number, queue=queue, client=client) == expected


def test_a_site_that_says_nothing_has_unknown_hours() -> None:
    assert not hours("").known
    assert hours("week = []").known


def test_a_queue_may_have_hours_where_the_site_has_none() -> None:
    found = hours('[queue.sales]\nweek = ["mon 08:00-09:00"]').schedules()
    assert (found["site"].known, found["queue:sales"].known) == (False, True)


def test_all_mistakes_are_named_at_once_each_with_its_place() -> None:
    assert mistakes(
        """
        week = ["mon-fir 08:00-25:00", "sat 09:00-13:00"]
        holidays = "DE-BX"
        exceptions = ["2026-12-24 clsed", "2026-02-30 closed"]
        holiday = "DE"
        [queue.sales]
        zone = "Europe/Berln"
        """
    ) == [
        "hours.holiday: unknown word 'holiday', did you mean 'holidays'?",
        (
            "hours.week[1]: there is no weekday 'fir', did you mean 'fri'?; "
            "'25:00' is no time of day (00:00 to 24:00)"
        ),
        (
            "hours.holidays: no holidays are known for 'BX' in DE (known: BB, BE, BW, BY, HB, HE, HH, "
            "MV, NI, NW, RP, SH, SL, SN, ST, TH, Augsburg)"
        ),
        "hours.exceptions[1]: 'clsed' is no period; write for example 08:00-12:30",
        "hours.exceptions[2]: there is no day '2026-02-30'; write for example 2026-12-24",
        (
            "hours.queue.sales.zone: there is no time zone 'Europe/Berln'; "
            'write for example "Europe/Berlin"'
        ),
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("sun", "'sun' does not say when; add hours such as 08:00-17:00, or 'closed'"),
        ("sun clossed", "there is no weekday 'clossed', did you mean 'closed'?"),
        ("day 08:00-09:00", "there is no weekday 'day' (known: mon, tue, wed, thu, fri, sat, sun)"),
        ("08:00-09:00", "'08:00-09:00' names no day; write for example 'mon-fri 08:00-17:00'"),
        ("mon 08:00", "'08:00' is no period; write for example 08:00-12:30"),
        ("mon 9-17", "'9' is no time of day (00:00 to 24:00)"),
        ("mon 08:60-09:00", "'08:60' is no time of day (00:00 to 24:00)"),
        ("mon 23:00-24:01", "'24:01' is no time of day (00:00 to 24:00)"),
        ("mon 24:00-02:00", "'24:00-02:00' starts when the day is over; write 00:00 on the next"),
        ("mon 00:00-00:00", "'00:00-00:00' has no length; a whole day is 00:00-24:00"),
        ("mon 08:00-12:00 11:00-13:00", "'08:00-12:00' and '11:00-13:00' overlap; write them as"),
        ('mon-fri 08:00-12:00", "fri closed', "fri in more than one place of 'week'; name a day"),
    ],
)
def test_a_wrong_line_of_the_week_is_told_what_to_write(line: str, sentence: str) -> None:
    assert sentence in mistakes(f'week = ["{line}"]')[0]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("tomorrow closed", "there is no day 'tomorrow'; write for example 2026-12-24"),
        ("2026-12-24", "'2026-12-24' does not say when; add hours such as 08:00-17:00, or 'clos"),
        ("2026-08-14..2026-08-03 closed", "ends before it begins; write 2026-08-03..2026-08-14"),
        ("", "there is no day ''"),
        (
            '2026-08-03..2026-08-14 closed", "2026-08-10 08:00-12:00',
            "2026-08-10 in more than one place of 'exceptions'; name a day once",
        ),
    ],
)
def test_a_wrong_exception_is_told_what_to_write(line: str, sentence: str) -> None:
    assert sentence in mistakes(f'week = []\nexceptions = ["{line}"]')[0]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("de-by", "no holidays are known for the country 'de', did you mean 'DE'?"),
        ("Bavaria", "no holidays are known for the country 'Bavaria'"),
        ("DE-", "no holidays are known for '' in DE (known: BB, BE,"),
        ("XX", "no holidays are known for the country 'XX'"),
        ("IE-D", "IE has no parts with holidays of their own; write IE alone"),
        ("US-CAL", "no holidays are known for 'CAL' in US, did you mean 'CA'?"),
    ],
)
def test_a_wrong_holiday_code_is_told_what_to_write(code: str, sentence: str) -> None:
    assert sentence in mistakes(f'holidays = "{code}"')[0]


def test_holidays_or_exceptions_without_a_week_are_a_mistake_and_not_a_closed_site() -> None:
    sentence = "hours: 'week' is missing: without it, it is not known when it is open"
    assert mistakes('holidays = "DE"') == [sentence]
    assert mistakes('exceptions = ["2026-12-24 closed"]') == [sentence]


@pytest.mark.parametrize("declared", fields(SiteHours), ids=lambda declared: declared.name)
def test_every_word_is_explained(declared: Field) -> None:
    assert doc_of(declared).endswith(".")
