"""Who is not there for long is logged out, and everybody sees where they are logged in."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from everycall.records.models import Entry, Person
from everycall.web.accounts import presence
from everycall.web.live import stream
from web.conftest import browser

pytestmark = pytest.mark.usefixtures("calls")

PAGE = "/account/sessions/"
HOUR = timedelta(hours=1)


class Time:
    """The time of a test."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def now(self) -> Any:
        return self.at


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    found = Time()
    monkeypatch.setattr(presence, "timezone", found)
    monkeypatch.setattr(stream, "timezone", found)
    return found


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_session_in_which_nobody_was_for_long_is_over(owner: Person, time: Time) -> None:
    client = browser(owner)
    for _ in range(4):
        time.at += HOUR
        assert client.get("/callbacks/").status_code == 200
    time.at += settings.IDLE + timedelta(minutes=1)
    assert client.get("/callbacks/").status_code == 302
    assert not Session.objects.filter(session_key=key_of(client)).exists()


def test_who_has_a_live_page_open_is_there(
    owner: Person, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream.connections, "close_all", lambda: None)
    client = browser(owner)
    client.get("/callbacks/")
    for _ in range(4):
        time.at += HOUR
        assert stream.person_of(key_of(client)) == owner
    assert client.get("/callbacks/").status_code == 200
    time.at += settings.IDLE + timedelta(minutes=1)
    assert stream.person_of(key_of(client)) is None


def test_it_can_be_turned_off(owner: Person, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "IDLE", timedelta(0))
    client = browser(owner)
    client.get("/callbacks/")
    time.at += 10 * HOUR
    assert client.get("/callbacks/").status_code == 200


def test_that_somebody_is_there_is_written_down_once_a_minute(owner: Person, time: Time) -> None:
    client = browser(owner)
    client.get("/callbacks/")
    first = Session.objects.get().session_data
    time.at += timedelta(seconds=59)
    client.get("/callbacks/")
    assert Session.objects.get().session_data == first
    time.at += timedelta(seconds=2)
    client.get("/callbacks/")
    assert Session.objects.get().session_data != first


def test_everybody_sees_their_own_and_ends_all_others(owner: Person, viewer: Person) -> None:
    here, there, somebody = browser(owner), browser(owner), browser(viewer)
    there.get("/now/", headers={"User-Agent": "<b>Old phone</b>"}, REMOTE_ADDR="192.0.2.7")
    somebody.get("/now/", headers={"User-Agent": "Another's"})
    page = here.get(PAGE).content.decode()
    assert "&lt;b&gt;Old phone&lt;/b&gt;" in page
    assert "192.0.2.7" in page
    assert "Another" not in page
    assert here.post(PAGE).status_code == 302
    assert [one.get("/now/").status_code for one in (here, there, somebody)] == [200, 302, 200]
    assert Entry.objects.get(action="logged out elsewhere").details == {"places": 1}
    assert "Old phone" not in here.get(PAGE).content.decode()


def test_nobody_sees_it_without_logging_in(owner: Person) -> None:
    assert browser().get(PAGE).headers["Location"].startswith("/account/login/")
