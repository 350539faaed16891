"""Where what a connection hears waits to be taken: in order, without ever holding the reader up."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")

LIMIT = 200_000
"""So many things may wait; a connection that says more is given up and made anew."""


class Inbox(Generic[T]):
    """A queue between one who may not wait and one who may be busy."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._items: deque[T] = deque()
        self._limit = limit
        self._there = asyncio.Event()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def is_full(self) -> bool:
        """Whether too much waits already."""
        return len(self._items) >= self._limit

    def put(self, item: T) -> None:
        """Add something."""
        self._items.append(item)
        self._there.set()

    def take(self, most: int = LIMIT) -> list[T]:
        """Return what waits, the oldest first, and forget it."""
        count = min(most, len(self._items))
        taken = [self._items.popleft() for _ in range(count)]
        if not self._items:
            self._there.clear()
        return taken

    async def filled(self, within: float) -> bool:
        """Wait until something is there; False if the time is over first."""
        try:
            async with asyncio.timeout(within):
                await self._there.wait()
        except TimeoutError:
            return False
        return True
