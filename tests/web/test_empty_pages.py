"""A new Everycall without a call says on every page what to do next, to whoever may do it; and mistakes are said in words."""

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils import translation
from django.views.defaults import bad_request

from everycall.records.models import Connection, Person
from web.conftest import browser, person

CONNECT = 'href="/setup/connect/"'


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SITE", "nothing-yet")
    monkeypatch.delenv("EVERYCALL_SAMPLE", raising=False)


@pytest.mark.parametrize("address", ["/now/", "/me/", "/callbacks/", "/calls/", "/report/"])
def test_an_owner_is_led_to_what_is_missing(owner: Person, address: str) -> None:
    assert CONNECT in browser(owner).get(address).content.decode()


@pytest.mark.parametrize("address", ["/now/", "/me/", "/callbacks/", "/calls/"])
def test_who_cannot_connect_anything_is_told_who_does(owner: Person, address: str) -> None:
    page = browser(person("Amy", "agent")).get(address).content.decode()
    assert CONNECT not in page
    assert "Whoever owns this Everycall connects the phone system." in page


def test_now_tells_nobody_listens_from_nobody_calls(owner: Person) -> None:
    before = browser(owner).get("/now/").content.decode()
    assert 'data-connected="0"' in before
    row = Connection(name="zentrale", kind="ami")
    row.keep({"host": "127.0.0.1", "port": 1, "user": "u", "secret": "s"})
    row.save()
    after = browser(owner).get("/now/").content.decode()
    assert 'data-connected="1"' in after
    assert CONNECT not in after


@pytest.mark.parametrize(("language", "says"), [("en", "cannot be read"), ("de", "nicht lesen")])
def test_what_makes_no_sense_is_said_in_the_readers_language(language: str, says: str) -> None:
    with translation.override(language):
        answer = bad_request(RequestFactory().get("/"), ValueError())
    assert answer.status_code == 400
    assert says in answer.content.decode()


@pytest.mark.parametrize("address", ["/me/", "/callbacks/", "/calls/", "/report/"])
def test_who_is_connected_and_has_no_call_yet_is_not_sent_to_connect(
    owner: Person, address: str
) -> None:
    row = Connection(name="zentrale", kind="ami")
    row.keep({"host": "127.0.0.1", "port": 1, "user": "u", "secret": "s"})
    row.save()
    assert CONNECT not in browser(owner).get(address).content.decode()
