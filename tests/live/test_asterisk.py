"""A real Asterisk and SIP phones, watched: what the phones do is on the wallboard and in history.

`pytest -m asterisk`; tools/lab/fetch.sh puts an Asterisk in a folder. With ASTERISK_REQUIRED=1 a
missing one fails instead of skipping.
"""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from asterisk.kit import demand
from asterisk.watching import agent, rows, run, seen, settled, told, watched
from cli.running import run as command
from everycall.live.board import AgentState, Board
from lab import scenarios  # noqa: F401 - fills the list of stories
from lab.story import STORIES

pytestmark = pytest.mark.asterisk

WATCHED = (
    "s01_caller_hangs_up",
    "s04_abandon_5s",
    "s06_no_answer_then_other",
    "s07_queue_timeout_voicemail",
    "s09_last_agent_leaves",
    "s10_reject_486",
    "s16_blind_transfer_to_queue",
    "s19_attended_transfer_by_phone",
    "s22_callback_reached",
    "s29_hold",
    "s35_two_callers",
    "s40_direct_answered",
    "s47_ring_group_answered",
    "s56_queue_full",
    "s68_same_caller_three_times",
    "s69_restart_while_waiting",
)


ALONE = ("s01_caller_hangs_up", "s04_abandon_5s", "s09_last_agent_leaves")


@pytest.fixture(autouse=True)
def asterisk() -> None:
    demand()


@pytest.mark.parametrize("name", WATCHED)
def test_a_story_is_told_the_same_live_in_history_in_the_report_and_explained(
    name: str, tmp_path: Path
) -> None:
    board = played(name, tmp_path, with_log=True)
    history = told(tmp_path)
    assert history == declared(name)
    assert_board_is(board, history)
    assert_report_is(tmp_path, history)
    assert_each_is_explained(tmp_path)


@pytest.mark.parametrize("name", ALONE)
def test_the_manager_interface_alone_tells_it_too(name: str, tmp_path: Path) -> None:
    board = played(name, tmp_path, with_log=False)
    history = told(tmp_path)
    assert history == declared(name)
    assert_board_is(board, history)


def played(name: str, data: Path, *, with_log: bool) -> Board:
    """Play a story while it is watched; returns the last picture, when all is over."""
    boards: list[Board] = []

    async def play() -> None:
        async with watched(data, with_log=with_log) as (stage, watch, _):
            await STORIES[name].play(stage)
            await stage.quiet()
            boards.append(await settled(watch))

    run(play())
    return boards[-1]


def declared(name: str) -> Counter[tuple[str, str]]:
    """Return the calls that a story is of: so many and no more, whoever told of them."""
    calls = STORIES[name].calls
    return Counter((call.direction, call.outcome) for call in calls if call.outcome)


def assert_board_is(board: Board, history: Counter[tuple[str, str]]) -> None:
    inbound = {outcome: n for (way, outcome), n in history.items() if way == "inbound"}
    assert board.day is not None
    assert board.day.outcomes == inbound
    assert board.day.arrived == sum(inbound.values())


def assert_report_is(data: Path, history: Counter[tuple[str, str]]) -> None:
    inbound = {outcome: n for (way, outcome), n in history.items() if way == "inbound"}
    report = command("audit", "--json", data=data)
    if not inbound:
        return
    sections = {section["id"]: section for section in report.json["sections"]}
    figures = {figure["id"]: figure["value"] for figure in sections["summary"]["figures"]}
    assert figures["arrived"] == sum(inbound.values())
    rows = sections["outcomes"]["tables"][0]["rows"]
    counted = {row[0].replace(" ", "_"): row[1] for row in rows}
    assert {outcome: counted.get(outcome) for outcome in inbound} == inbound


def assert_each_is_explained(data: Path) -> None:
    heard = set(rows(data, "SELECT DISTINCT call_id, source FROM events"))
    for call in command("calls", "--json", data=data).lines:
        told_of = command("explain", call["call_id"], "--json", data=data).json
        assert told_of["outcome"] == call["outcome"]
        assert told_of["rule"]
        assert told_of["evidence"]
        assert (call["call_id"], "asterisk_ami") in heard
        # nothing is in queue_log of a caller who was turned away at the door
        if call["visits"] and call["outcome"] != "queue_full":
            assert (call["call_id"], "asterisk_queue_log") in heard


def test_what_the_phones_do_is_on_the_wallboard(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            phone = await stage.resting_agent("1001", "sales")
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.PAUSED)
            assert agent(board, "Agent 1").reason == "lunch"
            caller = await stage.caller("+441632960101", "Ada Fisk")
            call = await caller.call("5001")
            board = await seen(watch, lambda b: bool(b.waiting("sales")))
            assert board.waiting()[0].caller == "+441632960101"
            await stage.unpause(phone, "sales")
            leg = await phone.rings()
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.RINGING)
            await leg.answer()
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.TALKING)
            assert agent(board, "Agent 1").with_caller == "+441632960101"
            assert not board.waiting()
            await leg.hold()
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.ON_HOLD)
            await leg.resume()
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.TALKING)
            await call.hang_up()
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)
            assert agent(board, "Agent 1").answered == 1
            await watch.act(
                "pbx", "QueuePause", Interface="PJSIP/1001", Paused="true", Reason="tea"
            )
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.PAUSED)
            assert agent(board, "Agent 1").reason == "tea"
            await stage.sign_out(phone, "sales")
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.SIGNED_OUT)

    run(play())
    assert told(tmp_path) == Counter({("inbound", "answered"): 1})


def test_a_lost_connection_is_made_good_by_what_asterisk_lists(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=False) as (stage, watch, cable):
            await stage.resting_agent("1001", "sales")
            first = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            await seen(watch, lambda b: len(b.waiting()) == 1)
            cable.cut()
            await seen(watch, lambda _: not watch.health().links[0].connected)
            await first.hang_up()
            second = await (await stage.caller("+441632960102", "Ben Okoro")).call("5001")
            await asyncio.sleep(2)
            cable.mend()
            board = await seen(
                watch, lambda b: [call.caller for call in b.waiting()] == ["+441632960102"]
            )
            assert board.as_of - board.waiting()[0].since > 1_000_000
            await second.hang_up()
            board = await seen(watch, lambda b: not b.calls)
            assert board.day is not None
            assert board.day.outcomes == {"unknown": 1, "caller_left_in_queue": 1}

    run(play())
    assert ("away",) in rows(tmp_path, "SELECT reason FROM events WHERE kind = 'source.gap'")
