"""Phones that go silent, lines that are not registered, and how a talk sounded."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from asterisk.watching import agent, feeds_of, rows, run, seen, settled, watching, wired
from everycall.app.live.reaching import Silence, silences
from everycall.app.live.watching import Watch
from everycall.live.board import AgentState
from everycall.wire.ami import Connection, Pbx
from lab.node import MANAGER_USER, SECRET, Node
from lab.registrar import Registrar
from lab.stage import Stage

pytestmark = pytest.mark.asterisk

QUALIFY = 2


@asynccontextmanager
async def single(data: Path, node: Node) -> AsyncIterator[tuple[Stage, Watch]]:
    """Watch one Asterisk by its manager interface; a caller has called once."""
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(Stage(node))
        cable = await stack.enter_async_context(wired(stage))
        feeds = feeds_of(stage, cable, with_log=False)
        watch = await stack.enter_async_context(watching(data, feeds))
        await (await (await stage.caller("+441632960199", "Zoe")).call("5000")).hang_up()
        yield stage, watch


def test_a_dead_phone_is_seen_within_ten_seconds_of_its_silence(tmp_path: Path) -> None:
    async def play() -> None:
        async with single(tmp_path, Node(qualify=QUALIFY)) as (stage, watch):
            phone = await stage.agent("1001", "sales")
            board = await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)
            assert agent(board, "Agent 1").checked_every == QUALIFY
            phone.switch_off()
            silent_at = time.monotonic()
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.UNREACHABLE)
            assert time.monotonic() - silent_at < QUALIFY + 10
            await phone.switch_on()
            await seen(watch, lambda b: agent(b, "Agent 1").state is AgentState.FREE)

    run(play())
    kinds = [kind for (kind,) in rows(tmp_path, "SELECT kind FROM events WHERE agent LIKE '%1001'")]
    assert kinds.index("agent.phone_lost") < len(kinds) - 1
    assert "agent.phone_back" in kinds


def test_a_phone_that_is_never_asked_is_known_as_such(tmp_path: Path) -> None:
    async def play() -> None:
        async with Stage() as stage, wired(stage) as cable:
            await stage.agent("1001", "sales")
            async with watching(tmp_path, feeds_of(stage, cable, with_log=False)) as watch:
                board = await seen(watch, lambda b: agent(b, "Agent 1").checked_every is not None)
                assert agent(board, "Agent 1").checked_every == 0

    run(play())


def test_a_line_that_is_refused_is_an_outage_until_it_is_taken_again(tmp_path: Path) -> None:
    async def play() -> None:
        node = Node(registers=True)
        company = await Registrar((node.network.provider, 5060)).switch_on()
        async with single(tmp_path, node) as (_, watch):
            company.refuses = True
            board = await seen(watch, lambda b: any(t.lost_since for t in b.trunks))
            assert board.trunks[0].name == f"{node.network.provider}:5060"
            await asyncio.sleep(1)
            company.refuses = False
            board = await seen(watch, lambda b: not any(t.lost_since for t in b.trunks))
            assert board.trunks[0].out_ms >= 1000
        company.switch_off()

    run(play())
    found = rows(tmp_path, "SELECT kind FROM events WHERE kind LIKE 'trunk.%' ORDER BY \"at\"")
    kinds = [kind for (kind,) in found]
    assert kinds.index("trunk.lost") < len(kinds) - 1
    assert kinds[-1] == "trunk.back"


def test_what_a_bad_line_loses_is_evidence_on_its_leg(tmp_path: Path) -> None:
    async def play() -> None:
        async with single(tmp_path, Node()) as (stage, watch):
            phone = await stage.agent("1001", "sales")
            caller = await stage.caller("+441632960101", "Ada Fisk")
            call = await caller.dial("5001")
            leg = await phone.picks_up()
            assert leg.speaker is not None
            leg.speaker.loses = 5
            await call.answered()
            await asyncio.sleep(11)
            await call.hang_up()
            await settled(watch)

    run(play())
    found = rows(tmp_path, "SELECT agent, text FROM events WHERE kind = 'talk.quality'")
    said = dict(found)
    bad = next(text for who, text in found if who in ("Agent 1", "PJSIP/1001"))
    loss = float(re.findall(r"loss=([0-9.]+)", bad)[0])
    assert 0.1 < loss < 0.3, said


@pytest.mark.parametrize(("qualify", "within"), [(0, None), (QUALIFY, QUALIFY + 1.0)])
def test_set_up_knows_how_long_a_silence_would_go_unseen(
    qualify: int, within: float | None
) -> None:
    async def play() -> None:
        async with Stage(Node(qualify=qualify)) as stage:
            await stage.agent("1001", "sales")
            host, port = stage.node.manager
            pbx = Pbx(host, MANAGER_USER, SECRET, port)
            connection = await Connection.open(pbx, lambda _: None)
            phones = await connection.listing("PJSIPShowAors")
            members = await connection.listing("QueueStatus")
            await connection.close()
            people = [one for one in members if one["Event"] == "QueueMember"]
            assert silences(phones, people) == (Silence(within, ("PJSIP/1001",)),)

    run(play())
