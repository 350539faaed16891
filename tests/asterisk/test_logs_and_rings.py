"""A queue_log that is put away or emptied under a real Asterisk, and a phone that rings in vain."""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from asterisk.watching import rows, run, seen, settled, told, watched, watching
from everycall.alerts.measures import Scope, Situation, measure_of
from everycall.app.intake.feeds import Log
from everycall.live.board import Board
from lab.node import Node
from lab.stage import Stage

pytestmark = pytest.mark.asterisk


def renamed(node: Node, log: Path) -> None:
    """Put the log away as logrotate does, and have Asterisk open another one."""
    log.rename(log.with_name("queue_log.1"))
    node.cli("logger reload")


def rotated(node: Node, _log: Path) -> None:
    """Let Asterisk put it away by itself."""
    node.cli("logger rotate")


def emptied(_node: Node, log: Path) -> None:
    """Copy the log and empty it, as logrotate's copytruncate does: Asterisk writes on."""
    shutil.copyfile(log, log.with_name("queue_log.1"))
    with log.open("r+") as file:
        file.truncate()


@pytest.mark.parametrize("put_away", [renamed, rotated, emptied])
def test_a_log_that_is_put_away_while_callers_wait_loses_no_call(
    put_away: Callable[[Node, Path], None], tmp_path: Path
) -> None:
    async def play() -> None:
        async with Stage() as stage:
            log = stage.node.run / "log" / "queue_log"
            async with watching(tmp_path, (Log("queue_log", log),)) as watch:
                await stage.resting_agent("1001", "sales")
                first = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
                await seen(watch, lambda b: len(b.waiting()) == 1)
                put_away(stage.node, log)
                second = await (await stage.caller("+441632960102", "Ben Okoro")).call("5001")
                await seen(watch, lambda b: len(b.waiting()) == 2)
                await first.hang_up()
                await second.hang_up()
                board = await settled(watch)
                assert board.day is not None
                assert board.day.outcomes == {"caller_left_in_queue": 2}
                assert not watch.health().troubles

    run(play())
    assert told(tmp_path) == Counter({("inbound", "caller_left_in_queue"): 2})
    entered = rows(tmp_path, "SELECT call_id FROM events WHERE kind = 'queue.entered'")
    assert len(entered) == len(set(entered)) == 2


def in_vain(board: Board) -> float | None:
    """Return how many rings in a row the rule of an alert sees for Agent 1."""
    return measure_of("ring_outs").of(Situation(board), Scope()).get("Agent 1")


def test_three_rings_in_vain_are_seen_and_an_answer_ends_them(tmp_path: Path) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=True) as (stage, watch, _):
            phone = await stage.agent("1001", "sales")
            call = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            for _ in range(3):
                leg = await phone.rings()
                await leg.over(within=20)
            await seen(watch, lambda b: in_vain(b) == 3)
            await (await phone.rings()).answer()
            await seen(watch, lambda b: in_vain(b) == 0)
            await asyncio.sleep(1)
            await call.hang_up()
            await settled(watch)

    run(play())
    assert told(tmp_path) == Counter({("inbound", "answered"): 1})


@pytest.mark.parametrize("with_log", [True, False])
def test_a_dead_phone_that_nobody_asks_is_seen_by_its_third_ring(
    tmp_path: Path, *, with_log: bool
) -> None:
    async def play() -> None:
        async with watched(tmp_path, with_log=with_log) as (stage, watch, _):
            phone = await stage.agent("1001", "sales")
            phone.switch_off()
            call = await (await stage.caller("+441632960101", "Ada Fisk")).call("5001")
            await seen(watch, lambda b: in_vain(b) == 3, within=60)
            await call.hang_up()
            await settled(watch)

    run(play())
