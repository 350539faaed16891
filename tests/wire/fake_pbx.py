"""A manager interface without a phone system: it plays recordings and can fall silent, die, refuse."""

import asyncio
import contextlib
import gzip
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from everycall.wire.ami import Pbx
from everycall.wire.ami_link import LISTS
from everycall.wire.ami_protocol import Decoder, Fields

CHALLENGE = "167325023"
USER, SECRET = "everycall", "not on the wire"


def recorded(path: Path) -> list[Fields]:
    """Return the events of a capture."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class FakePbx:
    """Listens on a free port; `lists` holds what it answers to actions that ask for a list."""

    def __init__(self) -> None:
        self.actions: list[Fields] = []
        self.lists: dict[str, list[Fields]] = {}
        self.refuses: set[str] = set()
        self.is_mute = False
        self.clients: list[asyncio.StreamWriter] = []
        self.logins = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await self._server.wait_closed()

    @property
    def pbx(self) -> Pbx:
        return Pbx("127.0.0.1", USER, SECRET, self.port)

    def hang_up(self) -> None:
        """Drop every connection."""
        for writer in self.clients:
            writer.close()
        self.clients.clear()

    async def say(self, events: Iterable[Fields]) -> None:
        """Send events to whoever is logged in."""
        for writer in self.clients:
            writer.write(b"".join(map(wire, events)))
            with contextlib.suppress(OSError):
                await writer.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        decoder = Decoder()
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                for fields in decoder.feed(data):
                    self.actions.append(fields)
                    if not self.is_mute:
                        self._answer(fields, writer)
        if writer in self.clients:
            self.clients.remove(writer)
        writer.close()

    def _answer(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
        action = fields["Action"]
        if action in self.refuses:
            reply(writer, fields, "Error", Message="Permission denied")
        elif action == "Login":
            self._log_in(fields, writer)
        elif action in self.lists or action in ("QueueStatus", "CoreShowChannels"):
            self._list(fields, writer)
        elif action in LISTS:
            reply(writer, fields, "Error", Message="No such list")
        else:
            reply(writer, fields, "Success", Challenge=CHALLENGE)

    def _list(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
        action, name = fields["Action"], fields["ActionID"]
        reply(writer, fields, "Success", EventList="start")
        for event in self.lists.get(action, ()):
            writer.write(wire({**event, "ActionID": name}))
        end = {"Event": f"{action}Complete", "EventList": "Complete", "ActionID": name}
        writer.write(wire(end))

    def _log_in(self, fields: Fields, writer: asyncio.StreamWriter) -> None:
        key = hashlib.md5(f"{CHALLENGE}{SECRET}".encode(), usedforsecurity=False).hexdigest()
        if fields["Username"] != USER or fields["Key"] != key:
            reply(writer, fields, "Error", Message="Authentication failed")
            return
        reply(writer, fields, "Success", Message="Authentication accepted")
        self.logins += 1
        self.clients.append(writer)


def reply(writer: asyncio.StreamWriter, to: Fields, response: str, **more: str) -> None:
    writer.write(wire({"Response": response, "ActionID": to["ActionID"], **more}))


def wire(fields: Fields) -> bytes:
    """Write a message as Asterisk does; a list is a field that comes several times."""
    pairs = [
        (name, one)
        for name, value in fields.items()
        if name != "_recv"
        for one in (value if isinstance(value, list) else [value])
    ]
    return ("\r\n".join(f"{name}: {one}" for name, one in pairs) + "\r\n\r\n").encode()
