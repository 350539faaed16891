"""Each number of a report's page leads to its calls, and to no others."""

import re
import shutil
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest
from django.test import Client

from everycall.app.audit import kept_choices
from everycall.records.models import Person
from everycall.web.reading import site_reader
from everycall.web.reports import awaiting
from everycall.web.reports.behind import address_of, wanted_of
from everycall.web.reports.making import Wish
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls")

LINK = re.compile(r'<a href="(/(?:report/)?calls/\?[^"]*)">([\d,]+)</a>')
BEHIND = "/report/calls/?calls="


def one_of_each(page: str) -> Iterator[tuple[str, int]]:
    """Yield a link of each kind that a page has, and its number."""
    seen = set()
    for address, number in LINK.findall(page):
        given = dict(parse_qsl(unescape(address).partition("?")[2]))
        kind = (tuple(given), tuple(wanted_of(given.get("calls", ""))))
        if kind not in seen:
            seen.add(kind)
            yield unescape(address), int(number.replace(",", ""))


def listed(client: Client, address: str) -> int:
    """Return the number that a list says it is of."""
    page = client.get(address).content.decode()
    said = re.search(r'<h1>([\d,]+) call|<p class="lead"[^>]*>(?:<bdi>)?(?:Calls: )?([\d,]+)', page)
    assert said is not None, address
    return int((said[1] or said[2]).replace(",", ""))


def test_each_kind_of_number_leads_to_its_calls(supervisor: Person) -> None:
    client = browser(supervisor)
    found = list(one_of_each(client.get("/report/").content.decode()))
    assert [one for one in found if listed(client, one[0]) != one[1]] == []
    assert len(found) > 15


def test_the_calls_without_an_answer_are_those(supervisor: Person) -> None:
    page = browser(supervisor).get(BEHIND + quote("arrived=yes&spoke=no")).content.decode()
    outcomes = set(re.findall(r'aria-hidden="true"></span>([^<]+)<', page))
    assert "caller left in queue" in {words.strip() for words in outcomes}
    assert "answered" not in {words.strip() for words in outcomes}


def test_rings_are_counted_where_a_number_counts_rings(supervisor: Person) -> None:
    client = browser(supervisor)
    page = client.get("/report/").content.decode()
    agents = [(a, n) for a, n in one_of_each(page) if "agent%3D" in a][:3]
    assert agents
    for address, number in agents:
        assert listed(client, address) == number
    assert any(". Calls: " in lead(client, address) for address, _ in agents)


def lead(client: Client, address: str) -> str:
    return client.get(address).content.decode().split('class="lead"')[1].split("</p>")[0]


def test_a_report_for_a_brand_leads_to_calls_of_that_brand() -> None:
    wish = Wish(date(2026, 10, 1), date(2026, 10, 2), client="pebble", definition="copc")
    among_all = dict(parse_qsl(address_of(wish, {"arrived": "yes"}).partition("?")[2]))
    chosen = dict(parse_qsl(address_of(wish, {"arrived": "yes", "spoke": "no"}).partition("?")[2]))
    assert (among_all["client"], chosen["client"], chosen["definition"]) == (
        *["pebble"] * 2,
        "copc",
    )


def test_a_client_finds_no_calls_of_others(calls: None) -> None:
    stranger = person("Clara", "client", clients=["elsewhere"])
    page = browser(stranger).get(BEHIND + quote("arrived=yes&spoke=no"))
    assert b'<td><a href="/calls/' not in page.content


@pytest.mark.parametrize(
    "said",
    ["", "nothing=1", "hour=25", "spoke=perhaps", "step=nobody:-x", "other=' OR 1=1"],
)
def test_what_no_report_says_of_calls_is_not_there(supervisor: Person, said: str) -> None:
    assert browser(supervisor).get(BEHIND + quote(said)).status_code == 404


def test_a_quote_in_a_name_is_only_a_name(supervisor: Person) -> None:
    page = browser(supervisor).get(BEHIND + quote("arrived=yes&remedy=o'clock' OR 'a'='a"))
    assert page.status_code == 200
    assert b"No call is like this" in page.content


SPOKE = BEHIND + quote("arrived=yes&spoke=no")


@pytest.fixture
def unchosen() -> Iterator[Path]:
    """Where choices are kept, with none in it."""
    folder = site_reader().history.folder / "audits" / "calls"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    if folder.is_file():
        folder.unlink()


def test_calls_are_chosen_behind_the_page_and_once(
    unchosen: Path, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(supervisor)
    monkeypatch.setattr(awaiting, "PATIENCE", 0.0)
    first = client.get(SPOKE).content.decode()
    assert "The calls are being looked up" in first
    monkeypatch.setattr(awaiting, "PATIENCE", 600.0)
    assert "all listed here" in lead(client, SPOKE)
    (kept,) = unchosen.glob("*.parquet")
    chosen = kept.stat().st_mtime_ns
    assert "all listed here" in lead(client, SPOKE)
    assert kept.stat().st_mtime_ns == chosen


def test_whoever_sees_less_is_never_shown_what_was_chosen_for_others(
    unchosen: Path, supervisor: Person
) -> None:
    everything = lead(browser(supervisor), SPOKE)
    other = person("Clara", "client", clients=["elsewhere"])
    assert lead(browser(other), SPOKE) != everything
    assert len(list(unchosen.glob("*.parquet"))) == 2


def test_no_more_choices_are_kept_than_are_asked_for_again(
    unchosen: Path, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_choices, "MOST", 2)
    client = browser(supervisor)
    for hour in range(9, 13):
        client.get(BEHIND + quote(f"arrived=yes&hour={hour}"))
    assert len(list(unchosen.glob("*.parquet"))) == 2


def test_where_nothing_can_be_kept_the_page_says_so(unchosen: Path, supervisor: Person) -> None:
    unchosen.parent.mkdir(parents=True, exist_ok=True)
    unchosen.write_text("no folder")
    answer = browser(supervisor).get(SPOKE)
    assert (answer.status_code, b"make room and try again" in answer.content) == (503, True)


def test_a_cell_of_a_chart_is_called_by_its_chart(supervisor: Person) -> None:
    client = browser(supervisor)
    page = client.get("/report/").content.decode()
    cell = next(a for a, _ in one_of_each(page) if "weekday%3D" in a and "hour%3D" in a)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", client.get(cell).content.decode(), re.DOTALL)
    assert heading is not None
    assert re.search(r"Calls that arrived, by weekday and hour: \w{3}, \d\d", heading[1])
