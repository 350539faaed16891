"""The ledger shows who may see it what they may see; one call is told from beginning to end."""

from itertools import chain, repeat
from typing import Any

import pytest
from django.test import Client

from everycall.records.models import Entry, Person, SavedView, Team
from everycall.web.scope import NOTHING, queues_of
from everycall.web.views import calls
from everycall.web.wording.writing import shown_call
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


@pytest.mark.parametrize(("others", "once", "each"), [("low", 1, 0), ("high", 0, 1)])
def test_what_is_unsure_of_every_call_is_said_once(
    viewer: Person, monkeypatch: pytest.MonkeyPatch, others: str, once: int, each: int
) -> None:
    sure = chain(["low"], repeat(others))

    def told(*call: Any, **more: Any) -> dict[str, Any]:
        return shown_call(*call, **more) | {"confidence": next(sure)}

    monkeypatch.setattr(calls, "shown_call", told)
    page = browser(viewer).get("/calls/").content.decode()
    assert page.count("All of these are unsure") == once
    assert page.count("(unsure)") == each


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


def first_call(client: Client) -> str:
    return client.get("/calls/").content.decode().split('<td><a href="')[1].split('"')[0]


def test_numbers_are_masked_until_somebody_who_may_reveals_them_and_that_is_on_record(
    viewer: Person,
) -> None:
    amy = person("Amy", "agent")
    for who in (viewer, amy):
        page = browser(who).get("/calls/").content.decode()
        assert "••••" in page
        assert "+49" not in page.split("<tbody>")[1]
    assert not Entry.objects.filter(action="numbers revealed").exists()
    shown = browser(amy).post("/calls/").content.decode()
    assert "••••" not in shown
    assert Entry.objects.get(action="numbers revealed").who == "Amy"
    assert "••••" in browser(viewer).post("/calls/").content.decode()


def test_one_number_is_revealed_on_record(viewer: Person) -> None:
    amy = browser(person("Amy", "agent"))
    link = first_call(amy)
    assert "••••" in amy.get(link).content.decode()
    assert "••••" not in amy.post(f"{link}reveal/").content.decode()
    assert Entry.objects.get(action="number revealed").about in link
    assert browser(viewer).post(f"{link}reveal/").status_code == 403


def test_who_may_not_see_colleagues_sees_no_names(viewer: Person, supervisor: Person) -> None:
    with_names = browser(supervisor).get("/calls/?outcome=answered&direction=all").content.decode()
    agents = {row.split("</td>")[4].removeprefix("<td>") for row in rows_of(with_names)} - {"–"}
    assert agents
    without = browser(viewer).get("/calls/?outcome=answered&direction=all").content.decode()
    assert "a colleague" in without
    link = with_names.split('<td><a href="')[1].split('"')[0]
    told = browser(viewer).get(link).content.decode()
    for name in agents:
        assert f"<td>{name}</td>" not in without
        assert f">{name}<" not in told


def rows_of(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr>")[1:]


def test_a_number_is_found_however_it_is_written(supervisor: Person) -> None:
    client = browser(supervisor)
    revealed = client.post("/calls/").content.decode()
    number = revealed.split('<td class="tel">+')[1].split("<")[0]
    found = client.get("/calls/", {"number": f"+{number}", "direction": "all"}).content
    written = f"+{number[:2]} {number[2:5]} {number[5:]}"
    again = client.get("/calls/", {"number": written, "direction": "all"}).content
    assert ids(found) == ids(again) > 0


def test_views_are_saved_and_shared_by_right(viewer: Person, supervisor: Person) -> None:
    given = {"name": "Lost ones", "address": "?outcome=caller_left_in_queue", "shared": "on"}
    browser(supervisor).post("/calls/views/", given)
    browser(viewer).post("/calls/views/", {**given, "name": "Mine"})
    assert b"Lost ones" in browser(viewer).get("/calls/").content
    assert b"Mine" not in browser(supervisor).get("/calls/").content
    pk = SavedView.objects.get(name="Lost ones").pk
    assert browser(viewer).post(f"/calls/views/{pk}/remove/").status_code == 404
    browser(supervisor).post(f"/calls/views/{pk}/remove/")
    assert b"Lost ones" not in browser(viewer).get("/calls/").content


def test_a_view_leads_nowhere_else(viewer: Person) -> None:
    browser(viewer).post("/calls/views/", {"name": "x", "address": "//example.org/"})
    assert not SavedView.objects.exists()


def test_calls_are_taken_away_as_seen_and_that_is_on_record(viewer: Person) -> None:
    body = browser(viewer).get("/calls/file/?outcome=answered").getvalue().decode("utf-8-sig")
    lines = body.splitlines()
    assert lines[0].startswith("id,at,direction,caller")
    assert len(lines) > 3
    assert "+49" not in "".join(line.split(",")[3] for line in lines)
    assert Entry.objects.get(action="calls taken away").details["numbers"] is False
    assert browser(person("Amy", "agent")).get("/calls/file/").status_code == 403


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("http://testserver/calls/?direction=all", "?direction=all"),
        ("http://testserver/now/?direction=all", ""),
        ("http://[x", ""),
        ("http://[::1/calls/?direction=all", ""),
    ],
)
def test_a_call_leads_back_to_the_list_that_it_came_from(
    viewer: Person, said: str, query: str
) -> None:
    client = browser(viewer)
    answer = client.get(first_call(client), headers={"referer": said})
    assert answer.status_code == 200
    assert f'<a href="/calls/{query}">' in answer.content.decode()


def test_somebody_of_a_team_sees_its_queues_alone() -> None:
    amy = person("Amy", "agent")
    team = Team.objects.create(name="None", queues=["no such queue"])
    amy.teams.add(team)
    assert ids(browser(amy).get("/calls/").content) == 0


def test_somebody_whose_only_team_has_no_queue_sees_no_call_and_no_queue() -> None:
    sam = person("Sam", "supervisor", agent="Sam")
    sam.teams.add(Team.objects.create(name="Night", queues=[]))
    client = browser(sam)
    for address in ("/calls/", "/report/", "/now/", "/now/acts/", "/callbacks/", "/alerts/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert ids(answer.content) == 0, address
        assert NOTHING[0] not in answer.content.decode(), address
    sam.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    assert queues_of(sam) == ("sales",)
    sam.teams.clear()
    assert queues_of(sam) == ()
    assert ids(client.get("/calls/").content) > 0


def test_a_client_without_brands_sees_nothing() -> None:
    client = browser(person("Cleo", "client"))
    assert ids(client.get("/calls/").content) == 0
    assert client.get("/alerts/").status_code == 200


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


def test_a_call_of_several_sources_is_drawn_and_told_once_and_as_each_tells_it(
    supervisor: Person,
) -> None:
    client = browser(supervisor)
    page = client.get(first_call(client)).content.decode()
    assert '<table class="lanes">' in page
    once, each = page.split('id="every"')
    assert once.count("the call arrived") == 1
    assert each.count("the call arrived") > 1
