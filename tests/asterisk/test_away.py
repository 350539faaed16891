"""While nobody listens callers are answered: when the connection is back they talk, and no moment is made up."""

import asyncio
from pathlib import Path

import pytest

from asterisk.watching import agent, rows, run, seen, settled, told, watched
from everycall.live.board import AgentState

pytestmark = pytest.mark.asterisk


def test_who_was_answered_while_nobody_listened_is_seen_to_talk_and_has_no_wait(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=False) as (stage, watch, cable):
            ann = await stage.agent("1001", "sales")
            one = await (await stage.caller("+441632960101", "Ada Fisk")).dial("5001")
            await seen(watch, lambda b: len(b.waiting()) == 1)
            cable.cut()
            await seen(watch, lambda _: not watch.health().links[0].connected)
            await ann.picks_up()
            await one.answered()
            ben = await stage.agent("1002", "sales")
            two = await (await stage.caller("+441632960102", "Ben Okoro")).dial("5001")
            await ben.picks_up()
            await two.answered()
            await asyncio.sleep(1)
            cable.mend()
            board = await seen(
                watch,
                lambda b: all(
                    agent(b, name).state is AgentState.TALKING for name in ("Agent 1", "Agent 2")
                ),
            )
            assert not board.waiting()
            assert agent(board, "Agent 1").with_caller == "+441632960101"
            assert agent(board, "Agent 2").with_caller == "+441632960102"
            await one.hang_up()
            await two.hang_up()
            await settled(watch)

    run(play())
    assert told(tmp_path) == {("inbound", "answered"): 2}
    assert set(rows(tmp_path, "SELECT wait_ms, talk_ms FROM calls")) == {(None, None)}
    ((away,),) = rows(
        tmp_path, "SELECT value FROM events WHERE kind = 'source.gap' AND reason = 'away'"
    )
    assert 1_000 < away < 60_000
