"""Ending work that goes on beside others, for sure."""

import asyncio
from collections.abc import Collection
from typing import Any

AGAIN = 1.0
"""Work that goes on for so many seconds after it was cancelled is cancelled once more."""


async def stopped(works: Collection["asyncio.Task[Any]"], again: float = AGAIN) -> None:
    """End work and wait until it has ended.

    What is cancelled at the moment in which something else that it waits for is there goes on, as if
    nothing had been asked of it (`asyncio.wait_for` of Python 3.11 does so).
    """
    left = set(works)
    while left:
        for work in left:
            work.cancel()
        _, left = await asyncio.wait(left, timeout=again)
    await asyncio.gather(*works, return_exceptions=True)
