"""Calling back by itself: whose turn it is, who is rung for it, and what when they do not pick up."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from everycall.app.recovery.calling_back import KEPT, CallingBack
from everycall.app.recovery.dialling import Dialler
from everycall.clock import to_micros
from everycall.live.board import AgentNow, AgentState, Board, CallNow, Stage
from everycall.recovery import OwingSettings, State
from everycall.recovery.automatic import Keep, Now, Person, Ring, decide, may_offer
from everycall.recovery.automatic_settings import AutomaticSettings
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise
from everycall.recovery.tries import MemoryTries
from everycall.telephony import Pause, Resume
from everycall.telephony.fake import FakePhoneSystem, Reply
from recovery.calls import after, due

pytestmark = pytest.mark.promise

ON = AutomaticSettings(on=True, at_once=5)
ANN = Person("Ann", "PJSIP/1001", ("sales",), free_since=5)
BOB = Person("Bob", "PJSIP/1002", ("sales",), free_since=3)


def owed(number: int = 1, place: float | None = 0, **more: Any) -> Promise:
    at = after(place or 0)
    given = {"requested": True, "queue": "sales", "place_at": None if place is None else at}
    caller = f"+4930231250{number:02}"
    made = Promise(number, caller, "shop", State.WAITING, at, at, due(at))
    return replace(made, **(given | more))


def now(*people: Person, waiting: tuple[float, ...] = (), **more: Any) -> Now:
    return Now(after(30), people, {"sales": [after(m) for m in waiting]}, **more)


def rung(*promises: Promise, at: Now, settings: AutomaticSettings = ON) -> list[tuple[int, str]]:
    steps = decide(promises, at, settings)
    return [(s.promise.id, s.person.name) for s in steps if isinstance(s, Ring)]


def test_the_place_in_line_decides_and_who_is_free_longest_is_rung() -> None:
    found = rung(owed(1, 10), owed(2, 5), owed(3, 7), at=now(ANN, BOB))
    assert found == [(2, "Bob"), (3, "Ann")]


def test_nobody_who_came_before_is_overtaken() -> None:
    assert rung(owed(1, 10), at=now(ANN, waiting=(9,))) == []
    assert rung(owed(1, 10), at=now(ANN, waiting=(11,))) == [(1, "Ann")]


def test_who_stands_behind_somebody_whose_turn_has_not_come_waits_too() -> None:
    assert rung(owed(1, 10), owed(2, 12), at=now(ANN, BOB, waiting=(9, 11))) == []


def test_a_second_try_has_no_place_any_more() -> None:
    assert rung(owed(1, 10, tries=1), at=now(ANN, waiting=(20,))) == []


def test_a_person_is_kept_free_when_later_callers_wait_and_everybody_talks() -> None:
    busy = replace(ANN, free_since=None, talking_since=4)
    longer = replace(BOB, free_since=None, talking_since=2)
    assert list(decide([owed(1, 5)], now(busy, longer, waiting=(9,)), ON)) == [
        Keep(longer, "sales")
    ]
    kept = replace(longer, kept=True)
    assert list(decide([owed(1, 5)], now(busy, kept, waiting=(9,)), ON)) == []
    assert list(decide([owed(1, 5)], now(busy, longer), ON)) == [], "nobody else waits"


def test_who_is_kept_free_is_rung_first() -> None:
    kept = replace(ANN, kept=True)
    assert rung(owed(), at=now(BOB, kept)) == [(1, "Ann")]


@pytest.mark.parametrize(
    "more",
    [
        {"requested": False},
        {"doubt": True},
        {"next_at": after(31)},
        {"state": State.CLAIMED},
        {"queue": "billing"},
    ],
)
def test_who_is_not_called_back_by_itself(more: dict[str, Any]) -> None:
    assert rung(owed(**more), at=now(ANN)) == []


def test_everybody_who_was_missed_stands_behind_all_who_wait() -> None:
    everybody = replace(ON, everybody=True)
    missed = owed(1, None, requested=False)
    assert rung(missed, at=now(ANN), settings=everybody) == [(1, "Ann")]
    assert rung(missed, at=now(ANN, waiting=(29,)), settings=everybody) == []


def test_no_more_than_so_many_at_once() -> None:
    two = replace(ON, at_once=2)
    busy = {BOB.phone, "+493023125099"}
    assert rung(owed(1), owed(2), at=now(ANN, BOB, dialled=busy), settings=two) == [(1, "Ann")]
    one = replace(ON, at_once=1)
    assert rung(owed(1), at=now(ANN, BOB, dialled=busy), settings=one) == []


def test_who_did_not_pick_up_is_passed_over() -> None:
    assert rung(owed(), at=now(ANN, BOB, avoided={1: {BOB.phone}})) == [(1, "Ann")]


def test_who_may_not_be_rung_now_does_not_hold_the_others_up() -> None:
    asleep = now(ANN, may=lambda promise: promise.id != 1)
    assert rung(owed(1, 1), owed(2, 2), at=asleep) == [(2, "Ann")]


@pytest.mark.parametrize(
    ("count", "people", "left", "may"),
    [(0, 1, 5, True), (0, 1, 4, False), (11, 2, 30, True), (12, 2, 30, False), (0, 0, 60, False)],
)
def test_a_call_back_is_offered_only_if_it_can_be_kept_today(
    count: int, people: int, left: int, *, may: bool
) -> None:
    assert may_offer(count, people, timedelta(minutes=left), ON) is may


def test_nothing_is_offered_while_it_is_off() -> None:
    assert not may_offer(0, 5, timedelta(hours=5), AutomaticSettings())


# ---- carried out


@dataclass
class Shop:
    phones: FakePhoneSystem
    board: Board
    promises: MemoryPromises = field(default_factory=MemoryPromises)
    moment: datetime = field(default_factory=lambda: after(30))

    def __post_init__(self) -> None:
        terms = OwingSettings(automatic=ON)
        tries = MemoryTries(self.promises)
        dialler = Dialler(
            self.phones, self.promises, tries, terms, clock=lambda: self.moment, renew=3600
        )
        self.back = CallingBack(dialler, self, terms, lambda: self.board)

    def waiting(self, _now: datetime) -> list[Promise]:
        return [p for p in self.promises.rows.values() if p.state is State.WAITING]


def agent(name: str, number: int, state: AgentState = AgentState.FREE, **more: Any) -> AgentNow:
    return AgentNow(name, state, number, (f"PJSIP/{number}",), ("sales",), **more)


def board(*agents: AgentNow, calls: tuple[CallNow, ...] = ()) -> Board:
    return Board(to_micros(after(30)), 1, "2026-11-02", calls, agents, (), ())


def shop(*agents: AgentNow, promise: Promise | None = None, **phones: Reply) -> Shop:
    found = Shop(FakePhoneSystem(phones=dict(phones)), board(*agents))
    made = promise or owed()
    found.promises.rows[made.id] = made
    return found


def run(story: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(story, 10))


async def rounds(here: Shop, count: int = 3) -> None:
    for _ in range(count):
        await here.back.round()
        for _ in range(10):
            await asyncio.sleep(0)


def test_the_person_is_taken_out_of_the_queue_rung_and_put_back() -> None:
    here = shop(agent("Ann", 1001))

    async def story() -> None:
        await rounds(here, 1)
        assert here.phones.rung == ["PJSIP/1001", owed().caller]
        (one,) = here.back.dialler.tries.open()
        await here.phones.end(one.id)
        await rounds(here, 1)

    run(story())
    assert here.promises.rows[1].state is State.KEPT
    done = [c for c in here.phones.done if isinstance(c, Pause | Resume)]
    assert done == [Pause("PJSIP/1001", KEPT), Resume("PJSIP/1001")]


def test_nobody_there_means_the_next_person_and_not_the_next_caller() -> None:
    here = shop(agent("Ann", 1001), agent("Bob", 1002), **{"PJSIP/1001": Reply.NO_ANSWER})
    here.promises.rows[2] = owed(2, 20)
    here.back.settings = OwingSettings(automatic=replace(ON, at_once=1))

    async def story() -> None:
        await rounds(here, 2)

    run(story())
    assert here.phones.rung[:3] == ["PJSIP/1001", "PJSIP/1002", owed().caller]
    assert here.promises.rows[1].tries == 0
    assert here.promises.rows[2].state is State.WAITING


def test_who_is_on_the_line_with_us_is_not_called_back() -> None:
    here = shop(agent("Ann", 1001))
    waiting = CallNow(
        *("c9", "inbound", owed().caller, None, None, "shop", None), 0, Stage.AUTOMATED, 0
    )
    here.board = board(agent("Ann", 1001), calls=(waiting,))
    run(rounds(here))
    assert here.phones.rung == []


def test_whoever_was_kept_before_a_restart_works_again() -> None:
    kept = agent("Ann", 1001, AgentState.PAUSED, paused_in=("sales",), reason=KEPT)
    here = shop(kept, promise=owed(state=State.KEPT))
    run(rounds(here, 1))
    assert here.phones.done == [Resume("PJSIP/1001")]


def test_fifty_callers_are_called_back_at_the_same_time() -> None:
    agents = [agent(f"A{n}", 1001 + n) for n in range(50)]
    here = shop(*agents)
    here.promises.rows = {n: owed(n, n / 60) for n in range(1, 51)}
    here.back.settings = OwingSettings(automatic=replace(ON, at_once=50))

    async def story() -> None:
        await rounds(here, 2)
        tries = list(here.back.dialler.tries.open())
        assert len(tries) == 50
        await asyncio.gather(*(here.phones.end(one.id) for one in tries))
        await rounds(here, 1)

    run(story())
    assert {p.state for p in here.promises.rows.values()} == {State.KEPT}
    assert len(here.phones.rung) == len(set(here.phones.rung)) == 100
