"""Measure wallboards: a thousand of them look at one process, and each event's way to all screens.

The server runs in a process of its own; the screens are bare sockets here, read in one loop, which
looks at a frame no further than to its moment. From that its age at each screen can be told.
"""

from __future__ import annotations

import os
import re
import resource
import select
import signal
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PORT = 8643
SHOWN_MS = 250
"""The goal from the moment of a board to the screen, for 99 of 100 boards."""

BOARDS = 100
"""Of fewer boards the slowest of a hundred is nothing but the slowest."""

OPENING = 0.004
"""A screen is opened so many seconds after the one before."""

SETTLING = 20.0
"""Seconds that the server is given to have begun before anything is measured."""

READ = 1 << 18
AS_OF = b'data: {"as_of":'
END = b"}\n\n\r\n"
"""A frame is sent as one chunk, and is the end of what has come when it has come."""


@dataclass
class Seen:
    """What the screens saw: the age of each frame, in seconds, and how many screens were live.

    Attributes:
        boards: by the moment of a board, its age at the first screen and at the last.
        before, after: memory of the server without the screens, and with all of them, in megabytes.
        processor, own: processor time of the server, and of this program, in seconds.
    """

    ages: list[float] = field(default_factory=list)
    live: set[int] = field(default_factory=set)
    boards: dict[float, list[float]] = field(default_factory=dict)
    failed: int = 0
    before: int = 0
    after: int = 0
    processor: float = 0.0
    own: float = 0.0

    def begin(self, pid: int) -> None:
        """Begin to count: what was seen until now was the opening."""
        self.ages.clear()
        self.live.clear()
        self.boards.clear()
        self.processor, self.own = -processor_of(pid), -time.process_time()

    def end(self, pid: int) -> None:
        """Have counted."""
        self.processor += processor_of(pid)
        self.own += time.process_time()
        self.after = memory_of(pid)


def walls(data: Path, screens: int, seconds: float) -> str:
    """Open so many screens on one process that plays the sample day, and measure."""
    _allow_files(2 * screens + 200)
    process = _server(data)
    try:
        seen = _look(_wall(process), screens, seconds, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    return _said(seen, screens)


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


@dataclass(slots=True)
class Screen:
    """One screen: a bare socket, and of the frame that is coming the moment of its board."""

    socket: socket.socket
    number: int
    as_of: float | None = None


def _look(address: tuple[int, str], screens: int, seconds: float, pid: int) -> Seen:
    _ready(address)
    time.sleep(SETTLING)
    seen = Seen(before=memory_of(pid))
    with select.epoll() as poll:
        found: dict[int, Screen] = {}
        for number in range(screens):
            _open(address, number, poll, found, seen)
            _read(poll, found, seen, OPENING)
        _read(poll, found, seen, 5)
        seen.begin(pid)
        _read(poll, found, seen, seconds)
        seen.end(pid)
        for screen in found.values():
            screen.socket.close()
    return seen


def _ready(address: tuple[int, str]) -> None:
    """Wait until a screen is shown something."""
    for _ in range(120):
        seen = Seen()
        with select.epoll() as poll:
            found: dict[int, Screen] = {}
            _open(address, 0, poll, found, seen)
            _read(poll, found, seen, 1)
        if seen.live:
            return


def _open(
    address: tuple[int, str],
    number: int,
    poll: select.epoll,
    found: dict[int, Screen],
    seen: Seen,
) -> None:
    port, path = address
    try:
        made = socket.create_connection(("127.0.0.1", port), 10)
    except OSError:
        seen.failed += 1
        return
    made.sendall(f"GET {path}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    made.settimeout(0)
    found[made.fileno()] = Screen(made, number)
    poll.register(made.fileno(), select.EPOLLIN)


def _read(poll: select.epoll, found: dict[int, Screen], seen: Seen, seconds: float) -> None:
    """Read whatever comes for so long, in one loop: what measures must cost less than what is measured."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for number, _event in poll.poll(left):
            screen = found[number]
            data = screen.socket.recv(READ)
            if not data:
                poll.unregister(number)
                seen.failed += 1
            else:
                _note(screen, data, seen)


def _note(screen: Screen, data: bytes, seen: Seen) -> None:
    """Note the age of a board when all of it has come; its moment stands first."""
    if (place := data.find(AS_OF)) >= 0:
        begin = place + len(AS_OF)
        screen.as_of = int(data[begin : data.index(b",", begin)]) / 1000
    if screen.as_of is not None and data.endswith(END):
        age = time.time() - screen.as_of
        seen.ages.append(age)
        seen.boards.setdefault(screen.as_of, [age, age])[1] = age
        seen.live.add(screen.number)
        screen.as_of = None


def processor_of(pid: int) -> float:
    """Return the processor time that a process has used, in seconds."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def _said(seen: Seen, screens: int) -> str:
    if len(seen.ages) < 2:
        return f"{screens} wallboards: nothing was seen ({seen.failed} could not connect)"
    cuts = statistics.quantiles(seen.ages, n=100)
    spread = sorted((last - first) * 1000 for first, last in seen.boards.values())
    slowest = sorted((last * 1000 for _, last in seen.boards.values()), reverse=True)[:5]
    enough = len(seen.boards) >= BOARDS
    reached = cuts[98] * 1000 < SHOWN_MS and len(seen.live) == screens and enough
    return (
        f"{screens} wallboards on one process: {len(seen.live)} live, {seen.failed} refused or lost; "
        f"a board is on the screen {cuts[49] * 1000:.0f} ms (p50), {cuts[98] * 1000:.0f} ms (p99) after "
        f"its moment, drawing included, and on the last {statistics.median(spread):.0f} ms (p50), "
        f"{spread[-1]:.0f} ms (at most) after it is on the first; the slowest of {len(seen.boards)} boards "
        f"are on the last after {', '.join(f'{ms:.0f}' for ms in slowest)} ms; they took "
        f"{seen.processor:.1f} s of the server's processor time (and {seen.own:.1f} s of what reads "
        f"them); memory {seen.before} MB before, {seen.after} MB with all of them. Goal, a "
        f"p99 under {SHOWN_MS} ms with 1,000 of them, over {BOARDS} boards or more: {'reached' if reached else 'not reached'}"
    )
