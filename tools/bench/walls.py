"""Measure wallboards: a thousand of them look at one process, and each event's way to all screens.

The server runs in a process of its own; the screens are plain sockets here, one thread each would
be too many. A frame carries the moment of its board, so its age at each screen can be told.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PORT = 8643
SHOWN_MS = 250
"""The goal from the moment of a board to the screen, for 99 of 100 boards."""

OPENING = 0.004
"""A screen is opened after so many seconds more than the one before."""


@dataclass
class Seen:
    """What the screens saw: the age of each frame, in seconds, and how many screens were live."""

    ages: list[float] = field(default_factory=list)
    live: set[int] = field(default_factory=set)
    connected: int = 0
    failed: int = 0


def walls(data: Path, screens: int, seconds: float) -> str:
    """Open so many screens on one process that plays the sample day, and measure."""
    _allow_files(2 * screens + 200)
    process = _server(data)
    try:
        address = _wall(process)
        before = memory_of(process.pid)
        seen = asyncio.run(_look(address, screens, seconds))
        after = memory_of(process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    return _said(seen, screens, before, after)


def _allow_files(wanted: int) -> None:
    """Let this program and the server have so many connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if most > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _server(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "everycall", "serve", "--sample", "--port", str(PORT)]
    environment = {**os.environ, "EVERYCALL_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )


def _wall(process: subprocess.Popen[str]) -> tuple[int, str]:
    for line in process.stdout or ():
        if found := re.search(r"http://[^:]+:(\d+)(/wall/\S+)/", line):
            return int(found[1]), found[2]
    raise SystemExit("the server did not start")


def memory_of(pid: int) -> int:
    """Return the memory of a process in megabytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) // 1024  # type: ignore[index]  # it is there


async def _look(address: tuple[int, str], screens: int, seconds: float) -> Seen:
    await _ready(address)
    seen = Seen()
    readers = [asyncio.create_task(_screen(address, i, seen)) for i in range(screens)]
    await asyncio.sleep(screens * OPENING + 5)
    seen.ages.clear()
    seen.live.clear()
    await asyncio.sleep(seconds)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    return seen


async def _ready(address: tuple[int, str]) -> None:
    """Wait until a screen is shown something."""
    for _ in range(600):
        seen = Seen()
        first = asyncio.create_task(_screen(address, 0, seen))
        await asyncio.sleep(2)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        if seen.live:
            return


async def _screen(address: tuple[int, str], number: int, seen: Seen) -> None:
    port, path = address
    await asyncio.sleep(number * OPENING)
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
        writer.write(f"GET {path}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
    except (OSError, asyncio.IncompleteReadError):
        seen.failed += 1
        return
    seen.connected += 1
    while line := await reader.readline():
        if line.startswith(b"data: "):
            _note(line, number, seen)


def _note(line: bytes, number: int, seen: Seen) -> None:
    # the moment stands first: a thousand whole boards would keep this program busy, not the server
    as_of = json.loads(b"{" + line[7:60].split(b",", 1)[0] + b"}")["as_of"]
    seen.ages.append(time.time() - as_of / 1000)
    seen.live.add(number)


def _said(seen: Seen, screens: int, before: int, after: int) -> str:
    if len(seen.ages) < 2:
        return f"{screens} wallboards: nothing was seen ({seen.failed} could not connect)"
    cuts = statistics.quantiles(seen.ages, n=100)
    reached = cuts[98] * 1000 < SHOWN_MS and len(seen.live) == screens
    return (
        f"{screens} wallboards on one process: {len(seen.live)} live, {seen.failed} refused; a board "
        f"is on the screen {cuts[49] * 1000:.0f} ms (p50), {cuts[98] * 1000:.0f} ms (p99) after its "
        f"moment, drawing included; memory {before} MB before, {after} MB with all of them. Goal, a "
        f"p99 under {SHOWN_MS} ms with 1,000 of them: {'reached' if reached else 'not reached'}"
    )
