"""Two phone systems at once; one that restarts; and what supervisors do, seen in the picture."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from asterisk.watching import (
    agent,
    feeds_of,
    rows,
    run,
    seen,
    settled,
    told,
    watched,
    watching,
    wired,
)
from everycall.app.live.acting import Act, Steering, Wish, commands_for
from everycall.live.board import AgentState
from everycall.telephony.ami import AmiPhoneSystem
from lab.node import Node
from lab.stage import Stage

pytestmark = pytest.mark.asterisk

MAY = Steering(own="PJSIP/1008", may_steer=True, may_listen=True)


def test_two_phone_systems_are_one_picture_and_two_sets_of_calls(tmp_path: Path) -> None:
    async def play() -> None:
        async with (
            Stage(Node(name="north")) as north,
            Stage(Node(name="south")) as south,
            wired(north) as first,
            wired(south) as second,
        ):
            feeds = feeds_of(north, first, with_log=True, name="north")
            feeds += feeds_of(south, second, with_log=True, name="south")
            async with watching(tmp_path, feeds) as watch:
                ann = await north.agent("1001", "sales")
                ben = await south.agent("1002", "sales")
                one = await (await north.caller("+441632960101", "Ada Fisk")).dial("5001")
                two = await (await south.caller("+441632960102", "Ben Okoro")).dial("5001")
                await asyncio.gather(ann.picks_up(), ben.picks_up())
                await asyncio.gather(one.answered(), two.answered())
                board = await seen(
                    watch,
                    lambda b: all(
                        agent(b, name).state is AgentState.TALKING
                        for name in ("Agent 1", "Agent 2")
                    ),
                )
                assert agent(board, "Agent 1").with_caller == "+441632960101"
                assert agent(board, "Agent 2").with_caller == "+441632960102"
                first.cut()
                await one.hang_up()
                await two.hang_up()
                await seen(watch, lambda b: agent(b, "Agent 2").state is AgentState.FREE)
                down = {link.feed for link in watch.health().links if not link.connected}
                assert down == {"north"}
                first.mend()
                await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)
                board = await settled(watch)
                assert board.day is not None
                assert board.day.outcomes == {"answered": 2}

    run(play())
    assert told(tmp_path) == Counter({("inbound", "answered"): 2})


def test_a_restart_is_a_gap_and_who_was_there_is_told_anew(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            await stage.resting_agent("1001", "sales")
            call = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            await seen(watch, lambda b: len(b.waiting()) == 1)
            await stage.restart()
            call.kill()
            await seen(watch, lambda _: watch.health().links[0].connected)
            board = await settled(watch)
            assert not board.waiting()
            assert agent(board, "Agent 1").state is not AgentState.PAUSED

    run(play())
    reasons = {
        reason
        for (reason,) in rows(tmp_path, "SELECT reason FROM events WHERE kind = 'source.gap'")
    }
    assert {"boot", "away"} <= reasons
    assert sum(told(tmp_path).values()) == 1


def test_what_a_supervisor_does_is_done_and_seen(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            system = AmiPhoneSystem(watch.links["pbx"])

            async def act(kind: Act, **more: str) -> None:
                for command in commands_for(Wish(kind, **more), MAY, watch.board):
                    await system.carry_out(command)

            await stage.agent("1001", "sales")
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)
            await act(Act.PAUSE, agent="Agent 1", reason="coaching")
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.PAUSED)
            assert agent(board, "Agent 1").reason == "coaching"
            await act(Act.RESUME, agent="Agent 1")
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)
            for _ in range(2):
                await act(Act.ADD, agent="Agent 1", queue="support")
            await seen(watch, lambda b: set(agent(b, "Agent 1").queues) == {"sales", "support"})
            await act(Act.PENALTY, agent="Agent 1", queue="support")
            for _ in range(2):
                await act(Act.REMOVE, agent="Agent 1", queue="support")
            await seen(watch, lambda b: agent(b, "Agent 1").queues == ("sales",))

    run(play())


def test_a_waiting_caller_is_taken_and_counts_as_answered(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            system = AmiPhoneSystem(watch.links["pbx"])
            await stage.resting_agent("1001", "sales")
            boss = await stage.agent("1008")
            call = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            board = await seen(watch, lambda b: len(b.waiting()) == 1)
            wish = Wish(Act.TAKE, call_id=board.waiting()[0].call_id)
            for command in commands_for(wish, MAY, board):
                await system.carry_out(command)
            await boss.picks_up()
            await seen(watch, lambda b: any(c.stage.value == "talking" for c in b.calls))
            await call.hang_up()
            await settled(watch)

    run(play())
    assert told(tmp_path) == Counter({("inbound", "answered"): 1})


def test_a_caller_whom_nobody_takes_waits_on(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            system = AmiPhoneSystem(watch.links["pbx"])
            await stage.resting_agent("1001", "sales")
            boss = await stage.agent("1008")
            call = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            board = await seen(watch, lambda b: len(b.waiting()) == 1)
            wish = Wish(Act.TAKE, call_id=board.waiting()[0].call_id)
            for command in commands_for(wish, MAY, board):
                await system.carry_out(command)
            leg = await boss.rings()
            await seen(watch, lambda b: not b.waiting("sales"))
            leg.reject(486)
            await seen(watch, lambda b: len(b.waiting("sales")) == 1)
            await call.hang_up()
            await settled(watch)

    run(play())
    assert told(tmp_path) == Counter({("inbound", "caller_left_in_queue"): 1})


@pytest.mark.parametrize("ear", [Act.LISTEN, Act.WHISPER, Act.BARGE])
def test_listening_in_makes_no_call_of_a_customer(ear: Act, tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            system = AmiPhoneSystem(watch.links["pbx"])
            phone = await stage.agent("1001", "sales")
            boss = await stage.agent("1008")
            call = await (await stage.caller("+441632960101", "Ada Fisk")).dial("5001")
            await phone.picks_up()
            await call.answered()
            board = await seen(
                watch,
                lambda b: (
                    agent(b, "Agent 1").state is AgentState.TALKING
                    and bool(agent(b, "Agent 1").phones)
                ),
            )
            for command in commands_for(Wish(ear, agent="Agent 1"), MAY, board):
                await system.carry_out(command)
            spy = await boss.picks_up()
            await asyncio.sleep(1)
            assert spy.ended_at is None
            await call.hang_up()
            await spy.over(within=10)
            await settled(watch)

    run(play())
    history = told(tmp_path)
    assert history[("inbound", "answered")] == 1
    assert {way for way, _ in history} <= {"inbound", "internal"}
