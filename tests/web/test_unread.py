"""Set-up lists what could not be read, masked, and reads it again."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from everycall.history import History
from everycall.records.models import Entry, Person
from everycall.sources import everycall_events
from everycall.web.reading import site_reader
from everycall.web.views.unread import hidden
from live.test_unread import HOPELESS, posted, seal, story
from web.conftest import browser, person

NUMBER = '{"at": "yesterday", "kind": "call.arrived", "caller": "+493023125001"}'


@pytest.fixture(autouse=True)
def records(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A history of its own, with one record that can be read after a fix, and two that cannot."""
    data = settings.DATA / "unread"
    monkeypatch.setattr(site_reader(), "history", History(data))
    monkeypatch.setattr(everycall_events, "LONGEST", 600)
    seal(data, *posted(*story("a1"), HOPELESS, NUMBER))
    yield monkeypatch
    shutil.rmtree(data)


def test_it_is_listed_with_its_reason_and_masked(owner: Person) -> None:
    told = browser(owner).get("/setup/unread/").content.decode()
    assert "everycall_events" in told
    assert "a value is wrong (2), it is too long (1)" in told
    assert "493023125001" not in told
    assert "••••001" in told


def test_who_may_sees_it_whole_and_that_is_on_record() -> None:
    manager = browser(person("Mo", "manager"))
    assert "+493023125001" in manager.post("/setup/unread/numbers/").content.decode()
    assert Entry.objects.get().action == "unread records revealed"
    assert manager.get("/setup/unread/numbers/").status_code == 405
    assert browser(person("Al", "agent")).post("/setup/unread/numbers/").status_code == 403


def test_after_a_fix_it_is_read_again(owner: Person, records: pytest.MonkeyPatch) -> None:
    records.undo()
    records.setattr(site_reader(), "history", History(settings.DATA / "unread"))
    told = browser(owner).post("/setup/unread/again/", follow=True).content.decode()
    assert "1 record was read. 2 still cannot be." in told
    assert "it is too long" not in told
    assert Entry.objects.get().action == "unread records read again"


def test_while_another_writes_it_is_said(owner: Person) -> None:
    with site_reader().history.writing():
        told = browser(owner).post("/setup/unread/again/", follow=True).content.decode()
    assert "try again when it is done" in told
    assert "it is too long (1)" in told


def test_whatever_may_be_a_number_is_masked() -> None:
    assert hidden("call +49 30 2312-5001 by 1001") == "call ••••001 by 1001"
