"""Two phone systems driven by their REST interfaces: namesakes are rung, told and hung up apart."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asterisk.test_namesakes import HERE_ANN, SOUTH, THERE_ANN, Offices, offices
from asterisk.watching import rows, run, seen, settled
from everycall.events.origins import HERE, Origin
from everycall.live.board import AgentNow, AgentState
from everycall.telephony.ari import AriPhoneSystem
from everycall.telephony.commands import Dial, HangUp
from everycall.telephony.progress import Progress, Result, Stage
from everycall.wire.ari import Ari
from lab.node import MANAGER_USER, SECRET
from lab.stage import Stage as Lab

pytestmark = pytest.mark.asterisk

PHONE = "PJSIP/1001"
CUSTOMER = "+441632961000"
TRY = "one"
"""Both phone systems are given a try of this name: even those may be alike."""


@asynccontextmanager
async def driven(name: str, stage: Lab, origin: Origin) -> AsyncIterator[AriPhoneSystem]:
    host, port = stage.node.http
    system = AriPhoneSystem(name, Ari(host, MANAGER_USER, SECRET, port), origin=origin)
    work = asyncio.create_task(system.run())
    try:
        await asyncio.wait_for(system.connected.wait(), 15)
        yield system
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def told_by(system: AriPhoneSystem) -> list[Progress]:
    return [step async for step in system.follow(TRY)]


def dial(origin: Origin) -> Dial:
    return Dial(TRY, origin.named(PHONE), CUSTOMER, ring_agent_s=15, ring_s=15)


async def play(here: Offices, north: AriPhoneSystem, south: AriPhoneSystem) -> None:
    assert [await north.knows(phone) for phone in (PHONE, f"south~{PHONE}")] == [True, False]
    assert [await south.knows(phone) for phone in (PHONE, f"south~{PHONE}")] == [False, True]
    stages = (here.north, here.south)
    ann, ada = [await stage.agent("1001", "sales") for stage in stages]
    customers = [await stage.customer(CUSTOMER, "Fisk") for stage in stages]
    await here.shows(HERE_ANN, AgentState.FREE)
    await here.shows(THERE_ANN, AgentState.FREE)

    await south.carry_out(dial(SOUTH))
    there = asyncio.create_task(told_by(south))
    await ada.picks_up()
    far = await customers[1].picks_up()
    board = await here.shows(THERE_ANN, AgentState.TALKING)
    assert {one.name: one.state for one in board.agents}[HERE_ANN] is AgentState.FREE
    assert (len(ann.legs), len(customers[0].legs)) == (0, 0)

    await north.carry_out(dial(HERE))
    near = asyncio.create_task(told_by(north))
    await ann.picks_up()
    own = await customers[0].picks_up()
    await here.shows(HERE_ANN, AgentState.TALKING)

    await south.carry_out(HangUp(TRY))
    await far.over(within=10)
    await seen(here.watch, lambda b: _state(b.agents, THERE_ANN) is not AgentState.TALKING)
    assert own.ended_at is None
    assert _state(here.watch.board.agents, HERE_ANN) is AgentState.TALKING
    await own.hang_up()
    for steps, origin in ((await there, SOUTH), (await near, HERE)):
        assert {step.agent for step in steps} == {origin.named(PHONE)}
        assert {step.call_id for step in steps} == {origin.named(f"everycall-{TRY}")}
        assert Stage.TALKING in [step.stage for step in steps]
        assert steps[-1].result in (Result.REACHED, Result.CANCELLED)
    await settled(here.watch)


def _state(agents: Iterable[AgentNow], name: str) -> AgentState | None:
    return next((one.state for one in agents if one.name == name), None)


def test_tries_of_one_name_at_two_phone_systems_are_two_calls(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            offices(tmp_path) as here,
            driven("north", here.north, HERE) as north,
            driven("south", here.south, SOUTH) as south,
        ):
            await play(here, north, south)

    run(story())
    found = rows(
        tmp_path,
        "SELECT c.call_id, c.direction, t.agent FROM calls AS c "
        "INNER JOIN attempts AS t ON t.call_id = c.call_id ORDER BY c.call_id",
    )
    assert {(str(call), str(way)) for call, way, _ in found} == {
        (f"everycall-{TRY}", "callback"),
        (f"south~everycall-{TRY}", "callback"),
    }
