"""What is told to a phone system whose names are marked, and whom that reaches."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from everycall.app.live.acting import Act, Steering, Wish, carry_out, commands_for
from everycall.app.recovery.calling_back import people_of
from everycall.errors import NotFoundError
from everycall.events.origins import HERE, Origin
from everycall.live.board import AgentNow, AgentState, Board, CallNow
from everycall.telephony import (
    Command,
    Dial,
    HangUp,
    JoinQueue,
    LeaveQueue,
    ListenIn,
    Pause,
    PhoneSystemError,
    Progress,
    Resume,
    SetPenalty,
    Stage,
    TakeCaller,
)
from everycall.telephony.ami import AmiPhoneSystem
from everycall.telephony.homes import own_command, told_progress

SOUTH, APART = Origin("south"), Origin("south", own_queues=True)
PHONE, THERE = "PJSIP/101", "south~PJSIP/101"

SAID: tuple[tuple[Command, Command], ...] = (
    (Pause(THERE, "lunch", "sales"), Pause(PHONE, "lunch", "sales")),
    (Resume(THERE), Resume(PHONE)),
    (JoinQueue(THERE, "sales", "south~Ann", 2), JoinQueue(PHONE, "sales", "Ann", 2)),
    (LeaveQueue(THERE, "sales"), LeaveQueue(PHONE, "sales")),
    (SetPenalty(THERE, "sales", 3), SetPenalty(PHONE, "sales", 3)),
    (TakeCaller("south~1795000000.7", THERE), TakeCaller("1795000000.7", PHONE)),
    (ListenIn("south~PJSIP/108", THERE), ListenIn("PJSIP/108", PHONE)),
    (HangUp("try-1"), HangUp("try-1")),
    (Dial("try-1", THERE, "+441632960101"), Dial("try-1", PHONE, "+441632960101")),
)


@pytest.mark.parametrize(("asked", "told"), SAID, ids=lambda one: type(one).__name__)
def test_a_command_goes_out_without_the_mark(asked: Command, told: Command) -> None:
    assert own_command(asked, SOUTH) == told
    # what is another one's is left as it is: nobody's phone is rung in its stead
    assert own_command(asked, HERE) == asked
    assert own_command(told, SOUTH) == told


def test_a_queue_of_its_own_goes_out_without_the_mark_too() -> None:
    assert own_command(Pause(THERE, "", "south~sales"), APART) == Pause(PHONE, "", "sales")


def test_a_try_is_told_by_the_names_that_history_knows() -> None:
    step = Progress("t", 1, Stage.TALKING, agent=PHONE, call_id="everycall-t")
    told = told_progress(step, SOUTH)
    assert (told.agent, told.call_id) == (THERE, "south~everycall-t")
    assert told_progress(step, HERE) == step


# ---- which phone system


class Office:
    """A manager connection to an Asterisk that has one phone, 101, and writes down what it is told."""

    booted_at: int | None = 0

    def __init__(self, feed: str) -> None:
        self.feed = feed
        self.told: list[tuple[str, dict[str, Any]]] = []

    async def act(self, action: str, **given: str | int) -> dict[str, Any]:
        if action == "Getvar":
            known = given["Variable"] == f"DEVICE_STATE({PHONE})"
            return {"Value": "NOT_INUSE" if known else "INVALID"}
        self.told.append((action, given))
        return {}

    async def listing(self, action: str, **_: str | int) -> list[dict[str, Any]]:
        self.told.append((action, {}))
        return []

    def listen(self, _tap: object) -> Callable[[], None]:
        return lambda: None


async def tell(commands: Sequence[Command]) -> tuple[Office, Office]:
    north, south = Office("north"), Office("south")
    systems = [AmiPhoneSystem(north), AmiPhoneSystem(south, origin=SOUTH)]
    await carry_out(commands, systems)
    return north, south


@pytest.mark.parametrize(("phone", "where"), [(PHONE, 0), (THERE, 1)])
def test_a_break_reaches_the_phone_system_of_the_phone_alone(phone: str, where: int) -> None:
    offices = asyncio.run(tell([Pause(phone)]))
    assert offices[where].told == [("QueuePause", {"Interface": PHONE, "Paused": "true"})]
    assert offices[1 - where].told == []


def test_nobody_here_is_paused_in_the_stead_of_one_there_who_cannot_be_reached() -> None:
    north = Office("north")
    with pytest.raises(PhoneSystemError, match="south~PJSIP/101"):
        asyncio.run(carry_out([Pause(THERE)], [AmiPhoneSystem(north)]))
    assert north.told == []


# ---- which phone

ANN = AgentNow("Ann", AgentState.FREE, 0, phones=(PHONE, THERE), queues=("sales",))
BEN = AgentNow("south~Ben", AgentState.TALKING, 0, phones=("south~PJSIP/102",), queues=("sales",))
CEM = AgentNow("Cem", AgentState.FREE, 0, phones=("PJSIP/103",), queues=("sales",))


def board(*agents: AgentNow, calls: tuple[CallNow, ...] = ()) -> Board:
    return Board(0, 0, "", calls, agents, (), ())


def commands(wish: Wish, own: str, shown: Board) -> tuple[Command, ...]:
    return commands_for(wish, Steering(own=own, may_steer=True, may_listen=True), shown)


def test_who_has_a_phone_at_both_hears_a_talk_from_the_phone_that_is_where_it_is() -> None:
    talking = replace(BEN, call_id="south~1795000000.7")
    wish = Wish(Act.LISTEN, agent="south~Ben")
    expected = (ListenIn(THERE, "south~PJSIP/102"),)
    assert commands(wish, "Ann", board(ANN, talking)) == expected
    assert commands(wish, PHONE, board(ANN, talking)) == expected


def test_who_has_a_phone_here_alone_cannot_hear_a_talk_there_and_is_told_why() -> None:
    with pytest.raises(NotFoundError, match="no phone at the phone system south"):
        commands(Wish(Act.LISTEN, agent="south~Ben"), "Cem", board(BEN, CEM))


def test_a_break_of_who_has_a_phone_at_both_is_one_at_both() -> None:
    found = commands(Wish(Act.PAUSE, agent="Ann"), "Cem", board(ANN, CEM))
    assert [one.phone for one in found if isinstance(one, Pause)] == [PHONE, THERE]


def test_a_queue_of_the_other_rings_the_phone_that_is_there() -> None:
    found = commands(Wish(Act.ADD, agent="Ann", queue="south~sales"), "Cem", board(ANN))
    assert found == (JoinQueue(THERE, "south~sales", "Ann"),)


def test_each_phone_system_calls_back_by_its_own_peoples_phones() -> None:
    shown = board(ANN, BEN, CEM)
    assert [(p.name, p.phone) for p in people_of(shown)] == [("Ann", PHONE), ("Cem", "PJSIP/103")]
    assert [(p.name, p.phone) for p in people_of(shown, SOUTH)] == [
        ("Ann", THERE),
        ("south~Ben", "south~PJSIP/102"),
    ]
