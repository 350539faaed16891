"""The last seal waits for one that is going on: when watching ends, history has everything."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from everycall.app.intake.feeds import Posted
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.clock import system_clock
from live.test_clock_back import FEED, SITE, call, post
from live.test_watching import outcomes, played


def test_what_is_heard_while_a_day_is_sealed_is_sealed_at_the_end(tmp_path: Path) -> None:
    settings = WatchSettings(tmp_path, SITE, (Posted(FEED, "everycall_events"),))

    async def story() -> None:
        at = datetime.now(UTC)
        async with Watch(settings, system_clock) as watch:
            await post(watch, [*call("one", at, over=False), *call("one", at, over=True)])
            sealing = asyncio.create_task(watch.seal())
            await asyncio.sleep(0.05)
            await post(watch, [*call("two", at, over=False), *call("two", at, over=True)])
            sealing.cancel()
        assert watch.unsealed is None

    played(story)
    assert outcomes(tmp_path) == ["caller_left_in_queue"] * 2
