"""Asterisk for one command: connect, say it, leave. Nothing of its fate is heard."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from everycall.events.origins import HERE, Origin
from everycall.telephony.ami import AmiPhoneSystem
from everycall.telephony.port import PhoneSystemError
from everycall.wire.ami import AmiError, Connection, Pbx
from everycall.wire.ami_link import Tap


class _Visit:
    """A connection that nobody listens on."""

    booted_at: int | None = None

    def __init__(self, feed: str, connection: Connection) -> None:
        self.feed = feed
        self._connection = connection

    async def act(self, action: str, **fields: str | int) -> dict[str, Any]:
        return await self._connection.act(action, **fields)

    async def listing(self, action: str, **fields: str | int) -> list[dict[str, Any]]:
        return await self._connection.listing(action, **fields)

    def listen(self, _tap: Tap) -> Callable[[], None]:
        return lambda: None


@asynccontextmanager
async def visited(feed: str, pbx: Pbx, origin: Origin = HERE) -> AsyncIterator[AmiPhoneSystem]:
    """Yield a phone system that is connected for as long as the context lasts.

    Raises:
        PhoneSystemError: it cannot be reached, or it refuses.
    """
    try:
        connection = await Connection.open(pbx, lambda _: None)
    except AmiError as error:
        raise PhoneSystemError(f"{feed}: {error}") from None
    try:
        yield AmiPhoneSystem(_Visit(feed, connection), origin=origin)
    finally:
        await connection.close()
