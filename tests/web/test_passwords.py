"""What a password may be, how it is changed, and what the forms do with it."""

import re

import pytest
from django.core.cache import cache

from everycall.records.models import Person
from web.conftest import PASSWORD, browser

CHANGE, LOGIN = "/account/password/change/", "/account/login/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def changed(who: Person, new: str, old: str = PASSWORD) -> bool:
    client = browser(who)
    client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    who.refresh_from_db()
    return who.check_password(new)


def test_a_password_is_changed_by_who_knows_the_old_one(owner: Person) -> None:
    assert not changed(owner, "another tall tree", old="guessed")
    assert changed(owner, "another tall tree")


@pytest.mark.parametrize(
    "password",
    ["x tree " * 12, "\U0001f333 b\u00e4ume am meer", "  spaces at both ends  ", "aaaaabbbbbcccccd", "73958204618273"],
)  # fmt: skip
def test_any_long_password_may_be_chosen_and_counts_as_it_was_written(
    owner: Person, password: str
) -> None:
    assert changed(owner, password)
    for other in (password.upper() + "x", password.strip() + "y", password[:-1]):
        assert not owner.check_password(other)
    answer = browser().post(LOGIN, {"login": owner.email, "password": password})
    assert answer.status_code == 302


@pytest.mark.parametrize("password", ["short tree", "password1234", "olga@example.org"])
def test_a_weak_one_is_refused_when_it_is_changed(owner: Person, password: str) -> None:
    assert not changed(owner, password)


def test_what_is_typed_is_hidden_and_may_be_pasted(owner: Person) -> None:
    for page in (browser().get(LOGIN), browser(owner).get(CHANGE)):
        text = page.content.decode()
        fields = re.findall(r"<input[^>]*password[^>]*>", text)
        assert fields
        for field in fields:
            assert 'type="password"' in field
            assert "onpaste" not in field
            assert 'autocomplete="off"' not in field
            assert "maxlength" not in field


def test_every_page_leads_out(owner: Person) -> None:
    for path in ("/now/", "/calls/", "/me/", CHANGE):
        assert "/account/logout/" in browser(owner).get(path).content.decode(), path
