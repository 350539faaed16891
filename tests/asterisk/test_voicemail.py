"""A message left on a real Asterisk is owed a call back, asked for, and can be heard on its call."""

import asyncio
from pathlib import Path

import pytest

from asterisk.watching import run, settled
from everycall.app.history.asking import Asking, Filter
from everycall.app.keeping.recordings import recordings
from everycall.history import History
from everycall.quality.recordings import RecordingSettings
from recovery.office import CALLER, Office, office

pytestmark = [pytest.mark.asterisk, pytest.mark.promise]

STRAIGHT_TO_VOICEMAIL = "5200"


async def leaves_a_message(here: Office, seconds: float) -> None:
    caller = await here.stage.caller(CALLER, "Ada Fisk")
    call = await caller.call(STRAIGHT_TO_VOICEMAIL)
    await asyncio.sleep(seconds)
    await call.hang_up()


def messages(data: Path, spool: Path) -> list[Path]:
    """Return the messages that can be heard, as the page of their call finds them."""
    settings = RecordingSettings(voicemail=(str(spool),))
    with Asking(History(data)) as asking:
        calls = asking.calls(Filter(callers=(CALLER,)), evidence=False)
        found = [one for call in calls for one in recordings(asking, call, settings)]
    return [Path(one.where) for one in found if one.message]


def test_who_leaves_a_message_is_owed_a_call_back_with_the_message(tmp_path: Path) -> None:
    async def story() -> None:
        data = tmp_path / "data"
        async with office(data, automatic=False) as here:
            await leaves_a_message(here, 8)
            await here.until(lambda: here.promises.rows)
            assert (here.the().requested, here.the().caller) == (True, CALLER)
            assert here.the().place_at is None
            await settled(here.watch)
            await here.watch.seal()
            spool = here.stage.node.run / "spool" / "voicemail"
            heard = messages(data, spool)
            assert len(heard) == 1
            assert heard[0].stat().st_size > 8_000

    run(story())


def test_a_message_joins_what_is_owed_already(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            await here.stage.resting_agent("1001", "sales")
            await here.miss(await here.stage.caller(CALLER, "Ada Fisk"))
            assert not here.the().requested
            await leaves_a_message(here, 6)
            await here.until(lambda: here.the().requested)
            assert here.the().misses == 2

    run(story())


def test_who_says_nothing_is_owed_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        async with office(tmp_path, automatic=False) as here:
            await leaves_a_message(here, 1.5)
            await settled(here.watch)
            await asyncio.sleep(4)
            assert not here.promises.rows

    run(story())
