"""The inbox: what to do next and why; three keys; nobody takes what another has; undo."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.app.asking import Asking
from everycall.app.recovering import Recoverer
from everycall.app.sitefile import SiteFile
from everycall.history import History
from everycall.records.models import Person, Promise, PromiseCall
from everycall.records.promises import StoredPromises
from everycall.settings import read_table
from recovery.calls import CALLER, missed
from recovery.stories import tell
from web.conftest import browser, person


@pytest.fixture
def amy() -> Person:
    return person("Amy", "agent")


@pytest.fixture
def owed() -> Promise:
    tell(StoredPromises(), missed())
    return Promise.objects.get()


def act(who: Person, promise: Promise, name: str, **given: str) -> str:
    answer = browser(who).post(f"/callbacks/{promise.pk}/{name}/", given, follow=True)
    promise.refresh_from_db()
    return answer.content.decode()


def test_the_inbox_says_what_is_next_and_why(amy: Person, owed: Promise) -> None:
    page = browser(amy).get("/callbacks/").content.decode()
    assert "1 caller is owed a call, 1 of them overdue" in page
    assert CALLER in page


def test_an_empty_inbox_says_what_will_be_here(amy: Person) -> None:
    assert b"Nobody is owed a call" in browser(amy).get("/callbacks/").content


def test_take_call_helped(amy: Person, owed: Promise) -> None:
    page = act(amy, owed, "take")
    assert f'href="tel:{CALLER}"' in page
    act(amy, owed, "helped", note="sent the parcel again")
    assert owed.state == "kept"
    page = browser(amy).get(f"/callbacks/{owed.pk}/").content.decode()
    assert "sent the parcel again" in page


def test_nobody_takes_what_another_has(amy: Person, owed: Promise) -> None:
    act(amy, owed, "take")
    page = act(person("Bob", "agent"), owed, "take")
    assert "Somebody else was quicker" in page
    assert owed.owner == "Amy"


def test_not_reached_comes_back_later_and_the_last_try_ends_it(amy: Person, owed: Promise) -> None:
    for tries in (1, 2):
        act(amy, owed, "take")
        act(amy, owed, "not-reached", message="1")
        assert (owed.state, owed.tries, owed.message_left) == ("waiting", tries, True)
        assert owed.next_at is not None
        assert owed.next_at > timezone.now() + timedelta(minutes=25)
    act(amy, owed, "take")
    act(amy, owed, "not-reached")
    assert owed.state == "unreachable"


def test_snooze_and_hand_over(amy: Person, owed: Promise) -> None:
    bob = person("Bob", "agent")
    act(amy, owed, "take")
    act(amy, owed, "hand-over", to=str(bob.pk))
    assert (owed.state, owed.owner) == ("claimed", "Bob")
    act(bob, owed, "snooze", **{"for": "15"})
    assert (owed.state, owed.owner) == ("waiting", "")


def test_what_was_closed_wrongly_is_opened_again(amy: Person, owed: Promise) -> None:
    act(amy, owed, "withdraw")
    act(amy, owed, "reopen")
    assert owed.state == "waiting"


def test_a_suggestion_is_confirmed_by_a_person(amy: Person) -> None:
    tell(StoredPromises(), missed(shared=True))
    promise = Promise.objects.get()
    again = missed("a1", 20, outcome="answered", answered=True, talk_ms=60_000, shared=True)
    tell(StoredPromises(), again)
    line = PromiseCall.objects.get()
    page = browser(amy).get(f"/callbacks/{promise.pk}/").content.decode()
    assert "Was it them?" in page
    browser(amy).post(f"/callbacks/{promise.pk}/calls/{line.pk}/", {"it": "yes"})
    promise.refresh_from_db()
    assert promise.state == "withdrawn"


def test_a_viewer_may_not_work_on_promises(viewer: Person, owed: Promise) -> None:
    assert browser(viewer).get("/callbacks/").status_code == 403
    assert browser(viewer).post(f"/callbacks/{owed.pk}/take/").status_code == 403


def test_somebody_of_another_brand_does_not_see_it(owed: Promise) -> None:
    ann = person("Ann", "agent", clients=["other"])
    assert b"Nobody is owed a call" in browser(ann).get("/callbacks/").content
    assert browser(ann).get(f"/callbacks/{owed.pk}/").status_code == 404


def test_an_inbox_of_many_shows_a_hundred(amy: Person) -> None:
    promises = StoredPromises()
    for number in range(150):
        tell(promises, missed(f"m{number}", caller=f"+4930231{number:05}"))
    page = browser(amy).get("/callbacks/").content.decode()
    assert "150 callers are owed a call" in page
    assert len(re.findall(r'<td class="tel"><a href="/callbacks/', page)) == 100


def test_the_recorded_calls_make_promises_once(calls: None) -> None:
    site = read_table(SiteFile, {"promises": {"lasts": "20000 d"}})
    for _ in range(2):
        with Asking(History(settings.DATA)) as asking:
            Recoverer(site, StoredPromises(), asking.zone).recover(asking, timezone.now())
    made = Promise.objects.count()
    assert made > 3
    assert made == Promise.objects.values("first_call").distinct().count()
