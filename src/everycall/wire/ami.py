"""A connection to Asterisk's manager interface: actions out, events in, in the order they came."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from everycall.wire.ami_protocol import Decoder, Fields, encode

READ = 1 << 16
ANSWER = 10.0
"""An action that has no answer after so many seconds is taken for a dead connection."""


class AmiError(Exception):
    """Asterisk could not be reached, refused the login or an action, or went silent."""


class AmiUnsureError(AmiError):
    """An action was sent and its answer never came: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class Pbx:
    """Where a manager interface listens, and who may speak to it."""

    host: str
    user: str
    secret: str = field(repr=False)
    port: int = 5038
    tls: bool = False

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


Hear = Callable[[Fields], None]
"""Told of every event as it comes; it must not block."""


@dataclass(slots=True)
class _Listing:
    """The events that an action is answered with, while they come."""

    done: "asyncio.Future[list[Fields]]"
    events: list[Fields] = field(default_factory=list)


class Connection:
    """One logged-in connection. Its reader does nothing but read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hear: Hear):
        self._reader = reader
        self._writer = writer
        self._hear = hear
        self._count = 0
        self._decoder = Decoder()
        self._answers: dict[str, asyncio.Future[Fields]] = {}
        self._listings: dict[str, _Listing] = {}
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, pbx: Pbx, hear: Hear, within: float = ANSWER) -> Self:
        """Connect and log in; the secret itself never goes over the wire.

        Raises:
            AmiError: it cannot be reached, or it refuses.
        """
        context = ssl.create_default_context() if pbx.tls else None
        try:
            async with asyncio.timeout(within):
                reader, writer = await asyncio.open_connection(pbx.host, pbx.port, ssl=context)
        except (OSError, TimeoutError) as error:
            raise AmiError(f"{pbx} cannot be reached: {_reason(error)}") from None
        except (ValueError, OverflowError):
            raise AmiError(f"'{pbx.host[:80]}:{pbx.port}' can be no address of a host") from None
        connection = cls(reader, writer, hear)
        try:
            await connection._log_in(pbx)
        except ValueError as error:
            await connection.close()
            raise AmiError(f"{pbx} cannot be logged in to so: {error}") from None
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _log_in(self, pbx: Pbx) -> None:
        challenge = await self.act("Challenge", AuthType="MD5")
        secret = f"{challenge.get('Challenge', '')}{pbx.secret}".encode()
        key = hashlib.md5(secret, usedforsecurity=False).hexdigest()
        await self.act("Login", AuthType="MD5", Username=pbx.user, Key=key, Events="on")

    async def act(self, action: str, **fields: str | int) -> Fields:
        """Carry out an action and return its answer.

        Raises:
            AmiError: it was refused.
            AmiUnsureError: there was no answer.
        """
        name = self._send(action, fields)
        return await self._answer(action, name)

    async def listing(self, action: str, **fields: str | int) -> list[Fields]:
        """Carry out an action that is answered with a list of events, and return these.

        Raises:
            AmiError: it was refused, or the list did not end.
        """
        name = self._send(action, fields)
        listing = _Listing(asyncio.get_running_loop().create_future())
        self._listings[name] = listing
        try:
            await self._answer(action, name)
            async with asyncio.timeout(ANSWER):
                return await listing.done
        except TimeoutError:
            raise AmiError(f"the list of {action} did not end within {ANSWER:g} s") from None
        finally:
            self._listings.pop(name, None)

    async def _answer(self, action: str, name: str) -> Fields:
        answer: asyncio.Future[Fields] = asyncio.get_running_loop().create_future()
        self._answers[name] = answer
        try:
            async with asyncio.timeout(ANSWER):
                found = await answer
        except TimeoutError:
            raise AmiUnsureError(f"no answer to {action} for {ANSWER:g} s") from None
        finally:
            self._answers.pop(name, None)
        if found.get("Response") == "Error":
            raise AmiError(f"{action} was refused: {found.get('Message', 'no reason given')}")
        return found

    async def closed(self) -> str:
        """Wait until the other side has gone, and return how it went."""
        try:
            await asyncio.shield(self._task)
        except OSError as error:
            return _reason(error)
        return "Asterisk closed the connection"

    async def close(self) -> None:
        """Hang up, also if the other side has gone before."""
        self._task.cancel()
        self._writer.close()
        # to await it would take our own being cancelled for its, and whoever stops us waits for ever
        await asyncio.wait([self._task])
        if not self._task.cancelled():
            self._task.exception()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    def _send(self, action: str, fields: Mapping[str, Any]) -> str:
        self._count += 1
        name = str(fields.get("ActionID") or f"everycall-{self._count}")
        pairs = {"Action": action, "ActionID": name} | {k: str(v) for k, v in fields.items()}
        self._writer.write(encode(pairs))
        return name

    async def _read(self) -> None:
        try:
            while data := await self._reader.read(READ):
                for fields in self._decoder.feed(data):
                    self._take(fields)
        finally:
            lists = (one.done for one in self._listings.values())
            every: list[asyncio.Future[Any]] = [*self._answers.values(), *lists]
            for waiting in every:
                if not waiting.done():
                    waiting.set_exception(AmiUnsureError("the connection was lost"))
                    waiting.exception()  # whoever waits no longer need not hear of it

    def _take(self, fields: Fields) -> None:
        name = str(fields.get("ActionID", ""))
        if "Event" not in fields:
            answer = self._answers.get(name)
            if answer is not None and not answer.done():
                answer.set_result(fields)
            return
        listing = self._listings.get(name)
        if listing is None:
            self._hear(fields)
        elif fields.get("EventList") == "Complete" or str(fields["Event"]).endswith("Complete"):
            if not listing.done.done():
                listing.done.set_result(listing.events)
        else:
            listing.events.append(fields)


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or "lost"
