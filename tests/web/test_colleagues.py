"""Who may not see colleagues by name sees none in promises: not in lists, reasons, moves, or elsewhere."""

from typing import Any

import pytest

from everycall.records.models import Person, Promise, PromiseMove, Token
from everycall.records.stored_promises import StoredPromises
from everycall.records.texts import Text
from everycall.recovery import Move, State
from everycall.recovery.promises import Step
from everycall.web.wording.writing import guarded
from everycall.web.work.hooking import _move
from recovery.calls import CALLER, after, missed
from recovery.stories import tell
from web.conftest import browser, person

REASON = "we reached them, and Bob Stone talked for 61 s"
PAGES = ("/callbacks/", "/callbacks/{pk}/")


@pytest.fixture
def amy() -> Person:
    return person("Amy", "agent", agent="Agent 1")


@pytest.fixture
def owed() -> Promise:
    """A promise that Bob took, wrote about, and kept; and one that he has."""
    store = StoredPromises()
    tell(store, missed())
    first = Promise.objects.get()
    PromiseMove.objects.create(
        promise=first, at=after(1), move="note", who="Bob Stone", why="the parcel is lost"
    )
    Text.objects.create(
        promise=first, kind="reply", number=CALLER, who="Bob Stone", body="on its way", at=after(2)
    )
    until = after(30)
    store.move(
        first.plain(),
        Step(Move.CLAIM, "Bob Stone", "", lease_until=until, owner="Bob Stone"),
        after(3),
    )
    return first


def kept(first: Promise) -> None:
    first.refresh_from_db()
    StoredPromises().move(first.plain(), Step(Move.KEEP, "Bob Stone", REASON), after(4))


def pages(who: Person, first: Promise) -> str:
    return "".join(browser(who).get(path.format(pk=first.pk)).content.decode() for path in PAGES)


@pytest.mark.parametrize("done", [False, True])
def test_an_agent_sees_no_colleague_by_name(amy: Person, owed: Promise, *, done: bool) -> None:
    if done:
        kept(owed)
    shown = pages(amy, owed)
    assert "Bob Stone" not in shown
    assert "a colleague" in shown
    assert "the parcel is lost" in shown


def test_a_supervisor_sees_who_did_it(supervisor: Person, owed: Promise) -> None:
    kept(owed)
    shown = pages(supervisor, owed)
    assert "Bob Stone" in shown
    assert REASON.replace("61 s", "1 min 01 s") in shown


def test_an_agent_sees_the_own_name(amy: Person) -> None:
    store = StoredPromises()
    tell(store, missed())
    first = Promise.objects.get()
    step = Step(Move.CLAIM, "Amy", "", lease_until=after(30), owner="Amy")
    assert store.move(first.plain(), step, after(3))
    assert State(Promise.objects.get().state) is State.CLAIMED
    shown = pages(amy, first)
    assert "Amy" in shown
    assert "a colleague" not in shown


def test_a_key_for_some_brands_sees_no_names_of_ours(owner: Person, owed: Promise) -> None:
    kept(owed)
    Promise.objects.update(client="shop")

    def asked(clients: list[str]) -> Any:
        _, secret = Token.issue("k", ["promises:read"], owner, clients)
        headers = {"Authorization": f"Bearer {secret}"}
        return browser().get(f"/api/v1/promises/{owed.pk}", headers=headers).json()

    whole, part = asked([]), asked(["shop"])
    assert REASON in [move["why"] for move in whole["moves"]]
    assert "Bob Stone" not in str(part)
    assert "we reached them, and a colleague talked for 61 s" in [m["why"] for m in part["moves"]]
    assert "the calls" in [move["who"] for move in part["moves"]]


def test_a_webhook_for_some_brands_is_told_no_names_of_ours(owed: Promise) -> None:
    kept(owed)
    last = PromiseMove.objects.order_by("-pk")[0]
    assert "Bob Stone" in str(_move(last, []))
    assert "Bob Stone" not in str(_move(last, ["shop"]))


def test_the_story_of_a_call_names_no_colleague(amy: Person, supervisor: Person) -> None:
    person("Bob Stone", "agent")
    call = {
        "caller": None, "caller_raw": None, "called": None, "answered_agent": None,
        "attempts": [], "talks": [], "visits": [],
        "timeline": [{"who": "Bob Stone", "details": f"promise 1, move 2: {REASON}; Bob Stones"}],
    }  # fmt: skip
    (step,) = guarded(call, amy)["timeline"]
    assert step["who"] == "a colleague"
    assert step["details"].endswith("and a colleague talked for 61 s; Bob Stones")
    assert guarded(call, supervisor)["timeline"] == call["timeline"]
