"""Once a server has begun, what it was made of is no longer looked through for what may be let go."""

import asyncio
import gc

BEGUN = 15.0
"""Seconds after which everything that a server needs all the time has been made."""


async def settle(after: float = BEGUN) -> None:
    """Spare the collector the hundreds of thousands of things that stay until the end.

    Looking through all of them took a quarter of a second, in which no screen heard anything.
    """
    await asyncio.sleep(after)
    gc.collect()
    gc.freeze()
