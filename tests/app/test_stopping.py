"""Work that is to end ends, also if it does not hear of it the first time."""

import asyncio

from everycall.app.live.stopping import stopped


def test_work_that_goes_on_when_it_is_cancelled_is_ended_all_the_same() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            await asyncio.sleep(60)

    async def story() -> bool:
        work = asyncio.create_task(stubborn())
        await asyncio.sleep(0)
        await asyncio.wait_for(stopped([work], again=0.01), 5)
        return work.cancelled()

    assert asyncio.run(story())


def test_work_that_failed_or_is_over_is_left_as_it_is() -> None:
    async def fails() -> None:
        raise ValueError

    async def story() -> None:
        works = [asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(0))]
        await asyncio.wait(works)
        await stopped(works)
        await stopped([])

    asyncio.run(story())
