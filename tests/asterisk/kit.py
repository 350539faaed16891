"""A real Asterisk for tests: whether there is one, and a wire to it that can be pulled out."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from lab.node import installed_prefix, is_installed


def demand() -> None:
    """Skip where no Asterisk is; with ASTERISK_REQUIRED=1, fail."""
    if is_installed(installed_prefix()):
        return
    reason = f"no Asterisk in {installed_prefix()}: run tools/lab/fetch.sh"
    if os.environ.get("ASTERISK_REQUIRED"):
        pytest.fail(reason)
    pytest.skip(reason)


class Cable:
    """A wire between everycall and the manager interface that can be pulled out."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._writers: list[asyncio.StreamWriter] = []
        self._works: set[asyncio.Task[None]] = set()
        self.is_cut = False
        self.port = 0

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.close()
            return
        try:
            there, back = await asyncio.open_connection(*self._to)
        except OSError:
            writer.close()
            return
        self._writers += [writer, back]
        for one, other in ((reader, back), (there, writer)):
            self._works.add(asyncio.create_task(self._pass_on(one, other)))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except OSError:
            pass
        writer.close()

    def cut(self) -> None:
        self.is_cut = True
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def mend(self) -> None:
        self.is_cut = False

    async def stop(self) -> None:
        self.cut()
        self._server.close()
        await asyncio.gather(*self._works, return_exceptions=True)
