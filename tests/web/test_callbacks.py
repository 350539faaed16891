"""The inbox: what to do next and why; three keys; nobody takes what another has; undo."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from everycall.app.history.asking import Asking
from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.live.board import AgentNow, AgentState, Board, CallNow, Stage
from everycall.records.models import NotReturnable, Person, Promise, PromiseCall, PromiseMove
from everycall.records.stored_promises import StoredPromises
from everycall.settings import read_table
from everycall.web.live.hub import hub
from recovery.calls import CALLER, after, answered, missed
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


def test_a_callback_is_handed_only_to_somebody_who_calls_back(amy: Person, owed: Promise) -> None:
    bob, vera = person("Bob", "agent"), person("Vera", "viewer")
    act(amy, owed, "take")
    page = browser(amy).get(f"/callbacks/{owed.pk}/").content.decode()
    assert f'<option value="{bob.pk}">' in page
    assert f'<option value="{vera.pk}">' not in page
    act(amy, owed, "hand-over", to=str(vera.pk))
    assert (owed.state, owed.owner) == ("claimed", "Amy")


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


# ---- the inbox


def test_what_was_closed_is_undone_by_one_click(amy: Person, owed: Promise) -> None:
    tell(StoredPromises(), answered())
    page = browser(amy).get("/callbacks/").content.decode()
    assert "Closed lately" not in page, "it was closed long ago"
    Promise.objects.update(ended_at=timezone.now())
    page = browser(amy).get("/callbacks/").content.decode()
    assert "they called again, and a colleague talked for 1 min" in page
    assert f'action="/callbacks/{owed.pk}/reopen/"' in page
    act(amy, owed, "reopen")
    assert owed.state == "waiting"


def test_who_withheld_the_number_stands_apart_until_somebody_knows_who_it_was(
    amy: Person,
) -> None:
    call = missed(caller=None, arrived_at=timezone.now(), ended_at=timezone.now())
    tell(StoredPromises(), call)
    page = browser(amy).get("/callbacks/").content.decode()
    assert "1 caller withheld the number: not returnable" in page
    assert "Nobody is owed a call" in page
    browser(amy).post("/callbacks/owe/", {"call": "m1", "number": CALLER})
    made = Promise.objects.get()
    assert (made.caller, made.first_call, made.requested) == (CALLER, "m1", True)
    assert NotReturnable.objects.get().promise_id == made.pk


def test_a_promise_by_hand(amy: Person) -> None:
    browser(amy).post("/callbacks/owe/", {"number": CALLER})
    assert Promise.objects.get().moves.get().who == "Amy"
    page = browser(amy).post("/callbacks/owe/", {"number": CALLER}, follow=True).content.decode()
    assert "There is an open promise to this number already." in page
    page = browser(amy).post("/callbacks/owe/", {"number": "me"}, follow=True).content.decode()
    assert "That is no number that can be called." in page


def test_next_leads_to_what_is_next(amy: Person, owed: Promise) -> None:
    answer = browser(amy).get("/callbacks/next/")
    assert answer.headers["Location"] == f"/callbacks/{owed.pk}/"


def test_a_note_is_there_for_whoever_comes_next(amy: Person, owed: Promise) -> None:
    browser(amy).post(f"/callbacks/{owed.pk}/note/", {"note": "wants the blue one"})
    act(amy, owed, "withdraw")
    tell(StoredPromises(), missed("m9", 90))
    again = Promise.objects.latest("pk")
    assert b"wants the blue one" in browser(amy).get(f"/callbacks/{again.pk}/").content


def test_the_first_who_takes_it_looks_after_it_to_the_end(amy: Person, owed: Promise) -> None:
    act(amy, owed, "take")
    act(amy, owed, "not-reached")
    act(person("Bob", "agent"), owed, "take")
    assert (owed.keeper, owed.owner) == ("Amy", "Bob")


def test_a_page_renews_only_its_list(amy: Person, owed: Promise) -> None:
    part = browser(amy).get("/callbacks/", headers={"X-Part": "inbox"}).content.decode()
    assert CALLER in part
    assert "<html" not in part
    part = browser(amy).get(f"/callbacks/{owed.pk}/", headers={"X-Part": "inbox"}).content.decode()
    assert "waits" in part
    assert "<html" not in part


def test_without_a_phone_system_the_number_is_a_link(amy: Person, owed: Promise) -> None:
    Person.objects.update(agent="Agent 1")
    page = browser(Person.objects.get()).post(f"/callbacks/{owed.pk}/call/", follow=True)
    assert "It cannot be dialled from here; use the number." in page.content.decode()
    assert f'href="tel:{CALLER}"' in page.content.decode()


def test_nobody_is_on_the_line_of_who_has_no_phone(amy: Person) -> None:
    assert b"Nobody is on your line" in browser(amy).get("/callbacks/line/").content


def test_the_card_of_whoever_was_handed_on_is_there(amy: Person, owed: Promise) -> None:
    PromiseMove.objects.create(
        promise=owed, at=after(3), move="note", who="Bob", why="parcel is lost"
    )
    Person.objects.filter(pk=amy.pk).update(agent="Agent 1")
    call = CallNow(
        *("c1", "inbound", CALLER, None, None, "shop", None), 0, Stage.RINGING, 0,
        queue="sales", ringing=("Agent 1",),
    )  # fmt: skip
    agents = (AgentNow("Agent 1", AgentState.RINGING, 0, ("PJSIP/1001",), ("sales",)),)
    before, hub.board = hub.board, Board(0, 1, "", (call,), agents, (), ())
    try:
        page = browser(amy).get("/callbacks/line/").content.decode()
    finally:
        hub.board = before
    assert CALLER in page
    assert "They are owed a call" in page


# ---- many


@pytest.fixture
def ten_thousand(amy: Person) -> None:
    now = timezone.now()
    hour = timedelta(hours=1)
    Promise.objects.bulk_create(
        Promise(
            caller=f"+4930231{n:05}", client="shop", queue="sales", reason="caller_left_in_queue",
            made_at=now, missed_at=now, due_business=now + hour * (n % 7), misses=1 + n % 3,
            due_clock=now + hour * (n % 5), due_pure=now + hour, first_call=f"c{n}",
        )
        for n in range(10_000)
    )  # fmt: skip


@pytest.mark.parametrize(("path", "most"), [("/callbacks/", 14), ("/callbacks/next/", 8)])
def test_a_page_asks_the_database_little_however_many_are_owed(
    path: str, most: int, amy: Person, ten_thousand: None
) -> None:
    """Time is printed by the benchmark; what is tested is how often the database is asked."""
    agent = browser(amy)
    agent.get("/account/sessions/")  # once a minute it is written down that somebody is there
    with CaptureQueriesContext(connection) as asked:
        agent.get(path)
    assert len(asked) <= most, [query["sql"][:120] for query in asked]


def test_the_time_where_the_caller_is_stands_beside(amy: Person, owed: Promise) -> None:
    Promise.objects.update(caller="+81312345678")
    before = timezone.now()
    page = browser(amy).get(f"/callbacks/{owed.pk}/").content.decode()
    there = {f"{at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" for at in (before, timezone.now())}
    assert any(f"<dt>Time there</dt><dd>{at}</dd>" in page for at in there)


def test_no_phone_is_offered_that_nothing_can_ring(owed: Promise) -> None:
    agent = person("Ann", "agent")
    agent.agent = "Ann"
    agent.save()
    page = browser(agent).get(f"/callbacks/{owed.pk}/").content.decode()
    assert "I take it" in page
    assert "ring my phone" not in page


def test_what_another_has_is_not_next_and_what_one_has_is(amy: Person, owed: Promise) -> None:
    bob = person("Bob", "agent")
    page = act(amy, owed, "take")
    page = browser(bob).get("/callbacks/").content.decode()
    assert "1 caller is owed a call" in page
    assert "Next:" not in page
    assert "Next:" in browser(amy).get("/callbacks/").content.decode()
    page = act(amy, owed, "hand-over", to=str(bob.pk))
    assert f"{CALLER}: handed over" in page
    assert "Next:" in browser(bob).get("/callbacks/").content.decode()


def test_why_a_caller_is_owed_a_call_stands_beside_what_was_tried(
    amy: Person, owed: Promise
) -> None:
    act(amy, owed, "take")
    page = act(amy, owed, "not-reached")
    assert ", overdue, tried 1 time" in page
    assert owed.reason.replace("_", " ") in page


def test_the_time_that_a_caller_chose_is_in_the_list_and_on_the_card(
    amy: Person, owed: Promise
) -> None:
    assert "ot before" not in browser(amy).get("/callbacks/").content.decode()
    soon = timezone.now() + timedelta(hours=1)
    Promise.objects.update(next_at=soon)
    assert "not before" in browser(amy).get("/callbacks/").content.decode()
    assert "Not before" in browser(amy).get(f"/callbacks/{owed.pk}/").content.decode()
