"""A small client for Asterisk's manager interface: actions out, events in."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Event = dict[str, Any]

_LIMIT = 2**20


class ManagerError(Exception):
    """Asterisk refused an action; the message is its own."""


class Manager:
    """One logged-in connection that keeps every event with its time of arrival."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.events: list[Event] = []
        self._reader = reader
        self._writer = writer
        self._count = 0
        self._answers: dict[str, asyncio.Future[Event]] = {}
        self._watchers: list[tuple[Callable[[Event], bool], asyncio.Future[Event]]] = []
        self._task = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def connect(cls, address: tuple[str, int], user: str, secret: str) -> Manager:
        """Connect and log in."""
        reader, writer = await asyncio.open_connection(*address, limit=_LIMIT)
        await reader.readline()  # the banner
        manager = cls(reader, writer)
        await manager.do("Login", Username=user, Secret=secret)
        return manager

    async def do(self, action: str, **fields: str | int) -> Event:
        """Carry out an action and return its response."""
        self._count += 1
        name = f"lab-{self._count}"
        answer = self._answers[name] = asyncio.get_running_loop().create_future()
        lines = [f"Action: {action}", f"ActionID: {name}"]
        lines += [f"{key}: {value}" for key, value in fields.items()]
        self._writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        response: Event = await asyncio.wait_for(answer, 10)
        if response["Response"] == "Error":
            raise ManagerError(f"{action}: {response.get('Message', '')}")
        return response

    async def event(self, wanted: Callable[[Event], bool], within: float = 30) -> Event:
        """Wait for an event, one that has come already included."""
        for event in self.events:
            if wanted(event):
                return event
        future: asyncio.Future[Event] = asyncio.get_running_loop().create_future()
        self._watchers.append((wanted, future))
        return await asyncio.wait_for(future, within)

    async def close(self) -> None:
        """Hang up on Asterisk, also when it has gone before."""
        self._task.cancel()
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        lines: list[str] = []
        with contextlib.suppress(ConnectionError):
            while line := await self._reader.readline():
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text:
                    lines.append(text)
                elif lines:
                    self._take(_fields(lines))
                    lines = []

    def _take(self, fields: Event) -> None:
        if "Event" not in fields:
            answer = self._answers.pop(fields.get("ActionID", ""), None)
            if answer and not answer.done():
                answer.set_result(fields)
            return
        self.events.append(fields | {"_recv": round(time.time(), 6)})
        for wanted, future in self._watchers:
            if not future.done() and wanted(fields):
                future.set_result(fields)


def _fields(lines: list[str]) -> Event:
    """Fields by name; a name that comes twice has a list."""
    fields: Event = {}
    for line in lines:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name in fields:
            before = fields[name]
            fields[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            fields[name] = value
    return fields
