"""A team sees and changes the numbers with a rule of their own, and the rules hold."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from everycall.app.recovery.recovering import Recoverer
from everycall.live.ended import EndedCall
from everycall.records.models import Entry, OptOut, Person, Promise
from everycall.records.standing import NEVER, SHARED, Standing
from everycall.records.stored_promises import StoredPromises
from everycall.records.texts import has_opted_out, opt_out
from everycall.web.reading import site_reader
from everycall.web.work.alarms import missed_calls
from everycall.web.work.returning import with_shared
from everycall.web.work.timetable import Keeper
from web.conftest import browser, person

NUMBER, OTHER = "+493023125001", "+493023125002"

SITE = """
region = "DE"
shared_numbers = ["+493023125077"]
[clients.shop]
[clients.hats]
"""


@pytest.fixture(autouse=True)
def site() -> Any:
    path: Path = settings.DATA / "site.toml"
    path.write_text(SITE)
    yield path
    path.unlink()


def owed(caller: str = NUMBER, client: str = "shop") -> Promise:
    now = timezone.now()
    return Promise.objects.create(
        caller=caller, client=client, reason="missed", made_at=now, missed_at=now, due_clock=now,
        due_pure=now, first_call="c1", requested=True,
    )  # fmt: skip


def add(
    who: Person, kind: str, number: str = "030 23125001", client: str = "", why: str = ""
) -> Any:
    given = {"number": number, "kind": kind, "client": client, "why": why}
    return browser(who).post("/callbacks/standing/add/", given, follow=True)


def by_itself() -> list[str]:
    waiting = StoredPromises().waiting(timezone.now() + timedelta(minutes=1))
    return sorted(f"{promise.caller} {promise.client}" for promise in waiting)


def test_a_number_is_never_called_by_itself_until_that_is_taken_back(supervisor: Person) -> None:
    owed()
    owed(OTHER)
    page = add(supervisor, NEVER, why="rang by mistake").content.decode()
    assert "rang by mistake" in page
    assert str(supervisor) in page
    assert by_itself() == [f"{OTHER} shop"]
    assert StoredPromises().next_to_do(timezone.now()).count() == 2
    rule = Standing.objects.get()
    page = browser(supervisor).post(f"/callbacks/standing/{rule.pk}/end/", follow=True)
    assert "Taken back" in page.content.decode()
    assert len(by_itself()) == 2
    assert [entry.action for entry in Entry.objects.order_by("pk")] == [
        "rule set: never", "rule ended: never",
    ]  # fmt: skip


def test_a_rule_may_hold_for_one_brand(supervisor: Person) -> None:
    owed()
    owed(client="hats")
    add(supervisor, NEVER, client="hats")
    assert by_itself() == [f"{NUMBER} shop"]


def test_calls_of_a_shared_number_only_suggest(supervisor: Person) -> None:
    promise = owed()
    add(supervisor, SHARED)
    promise.refresh_from_db()
    assert not promise.joins
    site = with_shared(site_reader().settings())
    assert set(site.shared_numbers) == {"+493023125077", NUMBER}
    recoverer = Recoverer(site, StoredPromises(), site.zone)  # type: ignore[arg-type]
    assert NUMBER in recoverer._shared
    browser(supervisor).post(f"/callbacks/standing/{Standing.objects.get().pk}/end/")
    promise.refresh_from_db()
    assert promise.joins
    assert NUMBER not in with_shared(site_reader().settings()).shared_numbers


@pytest.mark.usefixtures("calls")
def test_history_knows_the_same_shared_numbers(
    supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[set[str]] = []
    monkeypatch.setattr(Recoverer, "recover", lambda self, *_: known.append(self._shared))
    add(supervisor, SHARED)
    Keeper(site_reader()).round()
    assert known == [{"+493023125077", NUMBER}]


def test_alerts_know_the_same_shared_numbers_as_promises(supervisor: Person) -> None:
    left = EndedCall(
        *("c1", "inbound", NUMBER, NUMBER, None, None, "sales", 0, 1, "caller_left_in_queue"),
        *(True, False, None, None, None, None),
    )
    twice_at_once = replace(left, caller=OTHER, shared=True)

    def shared() -> list[bool]:
        seen = missed_calls([left, twice_at_once], site_reader().settings())
        return [call.ended.shared for call in seen]

    assert shared() == [False, True]
    add(supervisor, SHARED)
    assert shared() == [True, True]


def test_numbers_of_the_site_file_are_shown(supervisor: Person) -> None:
    assert "From the site file" in browser(supervisor).get("/callbacks/standing/").content.decode()


def test_who_wants_no_messages_is_listed_and_may_have_them_again(supervisor: Person) -> None:
    opt_out(NUMBER, "shop", timezone.now(), "answered STOP")
    page = browser(supervisor).get("/callbacks/standing/").content.decode()
    assert "answered STOP" in page
    browser(supervisor).post(f"/callbacks/standing/messages/{OptOut.objects.get().pk}/")
    assert not has_opted_out(NUMBER, "shop")
    assert Entry.objects.get().action == "messages allowed again"


def test_somebody_notes_that_a_caller_wants_no_messages(supervisor: Person) -> None:
    add(supervisor, "messages", why="said so")
    assert has_opted_out(NUMBER, "shop")
    assert str(supervisor) in OptOut.objects.get().how


@pytest.mark.parametrize("number", ["", "hello", "12", "anonymous"])
def test_what_is_no_number_has_no_rule(supervisor: Person, number: str) -> None:
    assert "no number" in add(supervisor, NEVER, number).content.decode()
    assert not Standing.objects.exists()


def test_a_rule_stands_once(supervisor: Person) -> None:
    add(supervisor, NEVER)
    assert "stands already" in add(supervisor, NEVER).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Standing.objects.create(number=NUMBER, kind=NEVER, who="x", at=timezone.now())


@pytest.mark.usefixtures("owner")
def test_a_team_sees_and_sets_the_rules_of_its_brands_only() -> None:
    whole, hats = person("Sam", "supervisor"), person("Hal", "agent", clients=["hats"])
    add(whole, NEVER, client="shop", why="of the shop")
    add(whole, NEVER, OTHER, why="of all")
    page = browser(hats).get("/callbacks/standing/").content.decode()
    assert "of the shop" not in page
    assert "of all" in page
    for client in ("shop", "", "no-such"):
        assert add(hats, NEVER, client=client).status_code == 404
    assert add(hats, NEVER, client="hats").status_code == 200
    for rule in Standing.objects.exclude(client="hats"):
        assert browser(hats).post(f"/callbacks/standing/{rule.pk}/end/").status_code == 404
    assert add(whole, "forever").status_code == 404
    assert browser(person("Vera", "viewer")).get("/callbacks/standing/").status_code == 403
