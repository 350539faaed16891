"""The ledger of promises: every one has one fate, the parts add up, money only from the team's inputs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from everycall.money.inputs import MoneySettings
from everycall.records.models import Person, Promise, PromiseMove
from everycall.recovery import State
from everycall.recovery.ledger import GROUPS, Fate, Kept, Stage, balance, cut, funnel
from everycall.recovery.worth import worth_of
from everycall.settings import read_table
from web.conftest import browser, person


def kept(state: State, **more: Any) -> Kept:
    return Kept(state, "2026-11-02", "sales", "Ann", "+49302312510", "shop", **more)


ALL = [
    kept(State.WAITING),
    kept(State.DIALLING, tries=1),
    kept(State.KEPT, tries=1),
    kept(State.KEPT, tries=2, again=True),
    kept(State.WITHDRAWN, returned=True),
    kept(State.WITHDRAWN),
    kept(State.UNREACHABLE, tries=3),
    kept(State.EXPIRED),
]


def test_every_promise_has_one_fate() -> None:
    whole = balance(ALL)
    assert whole.balanced
    assert list(whole.fates.values()) == [2, 2, 1, 2, 1]


@pytest.mark.parametrize("by", GROUPS)
def test_the_parts_add_up_to_the_whole(by: str) -> None:
    parts = cut(ALL, by)
    assert sum(part.owed for part in parts) == len(ALL)
    assert all(part.balanced for part in parts)


def test_each_stage_includes_those_after_it() -> None:
    assert list(funnel(ALL).values()) == [8, 4, 2, 1]
    assert list(funnel(ALL)) == list(Stage)


SHOES = {
    "currency": "EUR",
    "order_value": {"base": 80, "low": 60, "source": "shop"},
    "conversion": {"base": 0.2, "source": "shop"},
    "enquiry_share": {"base": 1, "source": "shop"},
}
HATS = SHOES | {"currency": "GBP", "order_value": {"base": 10, "source": "shop"}}


def told(**brands: dict[str, Any]) -> dict[str, MoneySettings]:
    return {name: read_table(MoneySettings, said) for name, said in brands.items()}


def test_money_is_counted_only_from_what_the_team_said() -> None:
    [unsaid] = worth_of(ALL, told(shop={}))
    assert (unsaid.figure, unsaid.callers) == (None, 8)
    [found] = worth_of(ALL, told(shop=SHOES))
    assert found.figure is not None
    assert [round(found.figure.low), round(found.figure.base)] == [96, 128]


def test_each_brand_counts_in_its_own_money_and_nothing_is_added_over_currencies() -> None:
    hats = replace(kept(State.WAITING), client="hats")
    none = replace(kept(State.WAITING), client="none")
    found = worth_of([*ALL, hats, none], told(shop=SHOES, hats=HATS, none={}))
    said = {one.currency: (one.callers, one.figure and round(one.figure.base)) for one in found}
    assert said == {"EUR": (8, 128), "GBP": (1, 2), None: (1, None)}


def test_who_was_missed_while_it_was_closed_is_not_in_the_money() -> None:
    night = [replace(one, priced=False) for one in ALL]
    assert worth_of(night, told(shop=SHOES)) == ()


def test_a_queue_may_say_who_wanted_to_order() -> None:
    said = told(shop=SHOES | {"enquiry": {"queues": ["sales"]}})
    returns = replace(kept(State.WAITING), queue="returns")
    [found] = worth_of([kept(State.WAITING), returns], said)
    assert found.figure is not None
    assert (found.callers, round(found.figure.base)) == (2, 16)


@pytest.fixture
def some() -> None:
    now = timezone.now()
    for number, state in enumerate(("waiting", "kept", "withdrawn", "unreachable")):
        made = Promise.objects.create(
            caller=f"+4930231250{number}", client="shop", queue="sales", state=state, reason="x",
            made_at=now, missed_at=now, due_clock=now, due_pure=now, first_call=f"c{number}",
            keeper="Ann", ended_at=None if state == "waiting" else now + timedelta(minutes=5),
        )  # fmt: skip
        if state == "withdrawn":
            PromiseMove.objects.create(
                promise=made,
                at=now,
                move="withdraw",
                before="waiting",
                after=state,
                who="the calls",
            )


def test_the_page_thanks_first_and_adds_up(supervisor: Person, some: None) -> None:
    page = browser(supervisor).get("/callbacks/ledger/?by=person").content.decode()
    assert "1 caller got back" in page
    assert "4 = 1 + 1 + 1 + 1 + 0" in page
    assert "Money is not counted" in page
    assert "Ann" in page


def test_programs_get_the_same(supervisor: Person, some: None) -> None:
    answer = browser(supervisor).get(
        "/callbacks/ledger/?by=queue", headers={"Accept": "application/json"}
    )
    found = answer.json()
    assert (found["owed"], found["balanced"]) == (4, True)
    assert {fate.value: found[fate.value] for fate in Fate} == {
        "at_risk": 1, "recovered": 1, "returned": 1, "lost": 1, "called_off": 0,
    }  # fmt: skip
    assert found["funnel"] == {"owed": 4, "dialled": 1, "reached": 1, "solved": 1}
    assert found["rates"]["returned"]["of"] == 3


def test_persons_are_shown_only_to_who_may_see_colleagues(viewer: Person, some: None) -> None:
    assert "Ann" not in browser(viewer).get("/callbacks/ledger/?by=person").content.decode()
    assert browser(person("Amy", "agent")).get("/callbacks/ledger/").status_code == 403
