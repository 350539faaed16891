"""The first page makes the owner, once, with the key from the terminal."""

import pytest
from django.conf import settings

from everycall.records.models import Entry, Person
from everycall.web.accounts import first_key
from web.conftest import browser

GIVEN = {"name": "Ada", "email": "Ada@Example.org", "password": "a tall tree by the sea"}


def test_until_there_is_an_owner_every_page_leads_to_the_set_up() -> None:
    assert browser().get("/calls/").headers["Location"] == "/setup/"


def test_the_right_key_makes_the_owner_and_is_used_up() -> None:
    key = first_key.make(settings.DATA)
    visitor = browser()
    answer = visitor.post("/setup/", {**GIVEN, "key": key})
    assert answer.status_code == 302
    ada = Person.objects.get()
    assert (ada.role, ada.email) == ("owner", "ada@example.org")
    assert not first_key.is_right(settings.DATA, key)
    assert Entry.objects.get().action == "owner made"
    assert visitor.get("/account/logout/").status_code == 200


def test_a_wrong_key_makes_nobody() -> None:
    first_key.make(settings.DATA)
    answer = browser().post("/setup/", {**GIVEN, "key": "guess"})
    assert b"not the key" in answer.content
    assert not Person.objects.exists()


def test_a_weak_password_is_refused() -> None:
    key = first_key.make(settings.DATA)
    answer = browser().post("/setup/", {**GIVEN, "key": key, "password": "password1234"})
    assert answer.status_code == 200
    assert not Person.objects.exists()


def test_the_set_up_is_closed_when_there_is_an_owner(owner: Person) -> None:
    key = first_key.make(settings.DATA)
    answer = browser().post("/setup/", {**GIVEN, "key": key})
    assert answer.status_code == 302
    assert Person.objects.count() == 1


def test_who_owns_the_sample_shop_sees_it_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SAMPLE", "/somewhere/queue_log")
    key = first_key.make(settings.DATA)
    assert browser().post("/setup/", {**GIVEN, "key": key})["Location"] == "/now/"


def test_a_key_that_is_no_plain_text_is_a_wrong_one() -> None:
    first_key.make(settings.DATA)
    answer = browser().post("/setup/", {**GIVEN, "key": "schlüssel"})
    assert b"not the key" in answer.content
