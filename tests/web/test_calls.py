"""The ledger shows who may see it what they may see; one call is told from beginning to end."""

import pytest
from django.test import Client

from everycall.records.models import Person, Team
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls")


def ids(page: bytes) -> int:
    return page.count(b'<td><a href="/calls/')


def test_the_ledger_lists_calls_and_opens_one(viewer: Person) -> None:
    page = browser(viewer).get("/calls/")
    assert page.status_code == 200
    assert ids(page.content) > 50
    link = page.content.decode().split('<td><a href="')[1].split('"')[0]
    call = browser(viewer).get(link)
    assert call.status_code == 200
    assert b"Why it counts so" in call.content
    assert b"NHS: abandoned after 30 seconds" in call.content


def test_a_filter_narrows_the_list(viewer: Person) -> None:
    every = browser(viewer).get("/calls/?direction=all").content
    some = browser(viewer).get("/calls/?direction=all&outcome=answered").content
    assert 0 < ids(some) < ids(every)


@pytest.mark.parametrize("address", ["?from=never", "?page=-3", "?page=x", "?outcome=x", "?to=9"])
def test_nonsense_in_the_address_is_left_out(viewer: Person, address: str) -> None:
    assert browser(viewer).get("/calls/" + address).status_code == 200


def test_a_stranger_is_sent_to_the_login(owner: Person) -> None:
    answer = browser().get("/calls/")
    assert answer.headers["Location"].startswith("/account/login/")


def test_a_viewer_sees_masked_numbers_and_an_agent_whole_ones(viewer: Person) -> None:
    masked = browser(viewer).get("/calls/").content.decode()
    whole = browser(person("Amy", "agent")).get("/calls/").content.decode()
    assert "••••" in masked
    assert "••••" not in whole


def test_somebody_of_a_team_sees_its_queues_alone() -> None:
    amy = person("Amy", "agent")
    team = Team.objects.create(name="None", queues=["no such queue"])
    amy.teams.add(team)
    assert ids(browser(amy).get("/calls/").content) == 0


def test_a_client_without_brands_sees_nothing() -> None:
    assert ids(browser(person("Cleo", "client")).get("/calls/").content) == 0


def test_a_call_that_is_not_yours_is_not_there(viewer: Person) -> None:
    link = browser(viewer).get("/calls/").content.decode().split('<td><a href="')[1].split('"')[0]
    assert browser(person("Cleo", "client")).get(link).status_code == 404


def test_the_report_is_made(viewer: Person) -> None:
    page = browser(viewer).get("/report/")
    assert page.status_code == 200
    assert b"every call that arrived has exactly one outcome" in page.content


def test_an_agent_may_not_see_the_report() -> None:
    assert browser(person("Amy", "agent")).get("/report/").status_code == 403


def test_nothing_inline_and_nothing_from_elsewhere(viewer: Person) -> None:
    client: Client = browser(viewer)
    for address in ("/calls/", "/report/", "/account/login/"):
        answer = client.get(address, follow=True)
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        text = answer.content.decode()
        assert "style=" not in text
        assert "http://" not in text.replace("http://testserver", "").replace(
            "http://www.w3.org", ""
        )
