"""Running a program by itself and measuring it: time by the clock, processor time, memory."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took.

    Attributes:
        wall: seconds by the clock.
        cpu: seconds of processor time, over all cores.
        peak: the most memory that it held at once, in MB.
        said: what it printed.
    """

    wall: float
    cpu: float
    peak: float
    said: str


def measured(command: Sequence[str], output: Path) -> Run:
    """Run a program and wait for it.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    with output.open("wb") as file:
        child = os.posix_spawnp(
            command[0], list(command), os.environ, file_actions=_into(file.fileno())
        )
        _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - began
    said = output.read_text(encoding="utf-8", errors="replace")
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{said[-2000:]}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / _MAXRSS_A_MB, said)


_MAXRSS_A_MB = 1 << 20 if sys.platform == "darwin" else 1 << 10


def _into(number: int) -> list[tuple[int, int, int]]:
    return [(os.POSIX_SPAWN_DUP2, number, 1), (os.POSIX_SPAWN_DUP2, number, 2)]


def best(runs: Sequence[Run]) -> Run:
    """Return the quickest of several runs, which the rest of the machine disturbed the least."""
    return min(runs, key=lambda run: run.cpu)
