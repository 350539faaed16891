"""The example on the page about opening hours is true."""

import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.hours import MOST_SPECIFIC_FIRST, Calendar, SiteHours, calendars, explain
from everycall.settings import read_table, setting

PAGE = (Path(__file__).parents[2] / "docs" / "hours.md").read_text(encoding="utf-8")
MUNICH = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Site:
    """As much of a site as the example says."""

    zone: ZoneInfo = setting(doc="The zone.")
    hours: SiteHours = setting(doc="The hours.")


def block(language: str) -> str:
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


def example() -> dict[str, Calendar]:
    site = read_table(Site, tomllib.loads(block("toml")))
    return calendars(site.hours, site.zone)


def table(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without the headings."""
    lines = PAGE[PAGE.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(MUNICH):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize("row", table("| call at |"), ids=lambda row: row[0])
def test_each_row_of_the_example_is_what_the_calendar_answers(row: list[str]) -> None:
    shop = example()["site"]
    call = datetime.strptime(row[0], "%a %Y-%m-%d %H:%M").replace(tzinfo=MUNICH)
    answers = [
        shown(call),
        "open" if shop.is_open(call) else "closed",
        shown(shop.next_opening(call)),
        shown(shop.add_business_time(call, timedelta(hours=2))),
        shown(shop.next_business_day_end(call)),
    ]
    assert row == answers


@pytest.mark.parametrize("sentence", block("text").splitlines())
def test_each_explained_day_of_the_example_is_explained_so(sentence: str) -> None:
    day = datetime.fromisoformat(sentence[4:14]).date()
    assert explain(example()["site"], day) == sentence


def test_the_sales_queue_has_a_week_of_its_own_and_the_shop_s_holidays() -> None:
    sales = example()["queue:sales"]
    assert sales.is_open(datetime(2026, 12, 23, 19, tzinfo=MUNICH))
    assert not sales.is_open(datetime(2026, 12, 25, 10, tzinfo=MUNICH))


def test_the_emergency_number_never_closes() -> None:
    always = example()["number:+4989123456"]
    year = datetime(2026, 1, 1, tzinfo=MUNICH), datetime(2027, 1, 1, tzinfo=MUNICH)
    assert always.business_time(*year) == timedelta(days=365)


def test_the_client_s_hours_run_by_the_clocks_of_new_york() -> None:
    acme = example()["client:acme"]
    assert acme.is_open(datetime(2026, 12, 23, 17, tzinfo=MUNICH))
    assert not acme.is_open(datetime(2026, 12, 23, 10, tzinfo=MUNICH))


def test_the_page_names_every_word_that_can_be_written() -> None:
    assert {row[0].strip("`") for row in table("| word |")} == (
        set(SiteHours.__dataclass_fields__) - set(MOST_SPECIFIC_FIRST)
    )


def test_the_page_has_the_order_in_which_schedules_are_chosen() -> None:
    listed = re.findall(r"^\d\. the \*\*(\w+)\*\*", PAGE, re.MULTILINE)
    assert listed == [*MOST_SPECIFIC_FIRST, "site"]


@pytest.mark.parametrize("line", re.findall(r'^\| `week` .*`"(.*)"` \|$', PAGE, re.MULTILINE))
def test_the_line_shown_for_a_week_can_be_read(line: str) -> None:
    assert read_table(SiteHours, {"week": [line]}).known
