"""What was measured, as lines for the terminal and as a page."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Run

NAMES = {
    "limit": "(a) the limit: every newline and delimiter found once, one core",
    "wc": "`wc -l`",
    "usual": "(b) plain Python, a dict per call: the usual few facts",
    "same": "(b) plain Python, a dict per call: the same facts as everycall",
    "import": "**everycall import**",
    "audit": "everycall audit",
    "audit again": "everycall audit, the same again",
    "page": "everycall audit as a page, all of it made anew",
    "page again": "everycall audit as a page, the same again",
}


@dataclass(slots=True)
class Size:
    """What was measured with a log of one size."""

    millions: int
    size: int
    lines: int = 0
    stored: int = 0
    runs: dict[str, Run] = field(default_factory=dict)
    outcomes: dict[str, int] = field(default_factory=dict)
    agrees: bool | None = None


@dataclass(slots=True)
class Found:
    """Everything that was measured."""

    starts: dict[str, Run]
    sizes: list[Size] = field(default_factory=list)


def shown(size: Size) -> Iterator[str]:
    """Yield the lines for one size."""
    yield f"{size.lines:,} lines, {size.size / 1e6:,.0f} MB"
    yield f"{'':64}{'wall s':>8}{'CPU s':>8}{'MB':>7}{'x limit: wall':>15}{'CPU':>6}"
    limit = size.runs["limit"]
    for name, run in size.runs.items():
        told = NAMES[name].replace("*", "").replace("`", "")
        times = f"{run.wall / limit.wall:15.0f}{run.cpu / limit.cpu:6.0f}"
        yield f"{told:64}{run.wall:8.2f}{run.cpu:8.2f}{run.peak:7.0f}{times}"
    yield from (line.replace("*", "") for line in _compared(size))


def _compared(size: Size) -> Iterator[str]:
    same, ours = size.runs.get("same"), size.runs["import"]
    if same is not None:
        yield (
            f"Against plain Python with the same facts: {same.wall / ours.wall:.1f} times as fast by "
            f"the clock, {same.cpu / ours.cpu:.1f} times in processor time; "
            f"{'both count the same outcomes' if size.agrees else 'THE OUTCOMES DIFFER'}."
        )
    yield (
        f"{size.lines / ours.wall:,.0f} lines a second; {size.stored / 1e6:,.0f} MB are stored, "
        f"events and calls, for {size.size / 1e6:,.0f} MB of log."
    )


def written(found: Found) -> str:
    """Return the page."""
    return "\n".join(_page(found)) + "\n"


def _page(found: Found) -> Iterator[str]:
    yield "# How fast it is, and how much memory it takes"
    yield ""
    yield "Made by `make bench`. Every program ran by itself, one after another, on the same log."
    yield from _machine()
    yield ""
    yield (
        "The log is a native Asterisk `queue_log` of a year with 20 queues and 400 people: time-outs,"
        " transfers, rings without an answer; the clock's resolution is a second, so many lines tie."
    )
    for size in found.sizes:
        yield from _section(size)
    yield from ("", "## Starting", "", "| command | wall s | CPU s |", "|---|---:|---:|")
    for name, run in found.starts.items():
        yield f"| `{name}` | {run.wall:.3f} | {run.cpu:.3f} |"
    yield ""
    yield "The best of five runs each."


def _machine() -> Iterator[str]:
    load = os.getloadavg()[0]
    yield (
        f"Measured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores ({_processor()}), "
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}."
    )
    yield (
        f"The load average was {load:.1f} at the end, one of it by the measurement itself: where it is"
        " higher than the number of cores, time by the clock is too long, and processor time (CPU) is"
        " the better measure."
    )


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _section(size: Size) -> Iterator[str]:
    yield from ("", f"## {size.lines:,} lines, {size.size / 1e6:,.0f} MB", "")
    yield "| | wall s | CPU s | peak MB | × limit, wall | × limit, CPU |"
    yield "|---|---:|---:|---:|---:|---:|"
    limit = size.runs["limit"]
    for name, run in size.runs.items():
        yield (
            f"| {NAMES[name]} | {run.wall:.2f} | {run.cpu:.2f} | {run.peak:,.0f} "
            f"| {run.wall / limit.wall:,.0f} | {run.cpu / limit.cpu:,.0f} |"
        )
    yield ""
    yield from _compared(size)
