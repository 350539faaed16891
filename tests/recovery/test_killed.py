"""Everycall killed (kill -9) at every step of a call back, with a real Asterisk and SIP phones.

A second program goes on with what the first one left. However early or late the first one died, the
caller's phone rings for at most one call of ours that reached them, and no promise is left behind.
"""

import asyncio
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asterisk import kit
from lab.leg import Leg
from lab.stage import Stage

pytestmark = [pytest.mark.asterisk, pytest.mark.promise]

PROGRAM = Path(__file__).with_name("mortal_program.py")
CALLER = "+441632960101"
MOST = 40


@pytest.fixture(autouse=True)
def asterisk() -> None:
    kit.demand()


async def program(data: Path, host: str, at: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), str(data), host, at,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode in (0, -signal.SIGKILL), err.decode()[-2000:]
    return process.returncode or 0, out.decode()


@asynccontextmanager
async def people(stage: Stage) -> AsyncIterator[list[Leg]]:
    """Everybody picks up at once; the customer hangs up after two seconds."""
    talks: list[Leg] = []
    ann = await stage.agent("1001")
    customer = await stage.customer(CALLER, "Ada Fisk")

    async def answers() -> None:
        while True:
            await (await ann.rings(within=600)).answer()

    async def talk(leg: Leg) -> None:
        await asyncio.sleep(2)
        await leg.hang_up()

    async def picks_up() -> None:
        while True:
            leg = await customer.rings(within=600)
            talks.append(await leg.answer())
            works.append(asyncio.create_task(talk(leg)))

    works = [asyncio.create_task(answers()), asyncio.create_task(picks_up())]
    try:
        yield talks
    finally:
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)


def left(data: Path) -> tuple[str, bool, int]:
    asked = "SELECT state, doubt, tries FROM records_promise"
    with sqlite3.connect(data / "records.sqlite3") as records:
        state, doubt, tries = records.execute(asked).fetchone()
    return state, bool(doubt), tries


def test_killed_at_every_step_nobody_is_called_twice(tmp_path: Path) -> None:
    """The loop over kill points: before the first step, the second one ... until it lives."""
    seen: dict[int, tuple[str, bool, int, int]] = {}

    async def story() -> None:
        async with Stage() as stage, people(stage) as talks:
            host = stage.node.manager[0]
            for at in range(1, MOST):
                data = tmp_path / str(at)
                data.mkdir()
                talks.clear()
                code, _ = await program(data, host, str(at))
                await program(data, host, "again")
                await stage.quiet()
                seen[at] = (*left(data), len(talks))
                if code == 0:
                    return
            pytest.fail("the program never lived to the end of its call")

    asyncio.run(asyncio.wait_for(story(), 900))
    assert len(seen) >= 8, "too few steps to speak of a loop"
    for at, (state, doubt, tries, talks) in seen.items():
        assert talks <= 1, f"{talks} calls reached the caller after a death at step {at}: {seen}"
        # what was only taken comes back with its lease; what may have reached them waits for a person
        settled = state == "waiting" and (doubt or tries)
        assert settled or (state == "claimed" and not talks), f"step {at}: {seen[at]}"
    assert any(doubt for _, doubt, _, _ in seen.values())
    assert any(tries for _, _, tries, _ in seen.values())
