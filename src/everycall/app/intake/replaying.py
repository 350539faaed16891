"""Playing a day of the sample shop as if it were now: its queue_log, with every moment moved."""

import gzip
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

DAY = datetime(2026, 10, 8, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""A day on which a newsletter went out and nobody had told the team; from before the first call."""

NOW = DAY.replace(hour=11)
"""What is shown first is the shop at this time of that day."""

END = DAY.replace(hour=19)

_ID = re.compile(r"^(\d{10})(\.\d+)$")


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the log, and the second in which it is to be written."""

    second: int
    line: str


def moved(lines: Iterator[str], begins: int, ends: int, by: int) -> Iterator[Said]:
    """Yield the lines of a stretch of time, their moments and channel ids moved by some seconds.

    The second in which a channel was born is the beginning of its id; it moves with the line.
    """
    for line in lines:
        fields = line.rstrip("\n").split("|")
        if not fields[0].isdigit() or not begins <= int(fields[0]) < ends:
            continue
        second = int(fields[0]) + by
        yield Said(second, "|".join([str(second), *(_moved(field, by) for field in fields[1:])]))


def _moved(field: str, by: int) -> str:
    found = _ID.match(field)
    return f"{int(found[1]) + by}{found[2]}" if found else field


def sample_day(folder: Path, now: int) -> Iterator[Said]:
    """Yield the sample day of a folder of logs, moved so that its late morning is now."""
    by = now - int(NOW.timestamp())
    bounds = int(DAY.timestamp()), int(END.timestamp())
    for path in sorted(folder.glob("queue_log*.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from moved(iter(file), *bounds, by)


def play(
    said: Iterator[Said],
    path: Path,
    stop: Event,
    clock: Callable[[], float] = time.time,
) -> None:
    """Write the lines to a log, each when its time has come; those of the past at once."""
    ordered = sorted(said, key=lambda one: one.second)
    with path.open("w", encoding="utf-8", buffering=1) as file:
        for one in ordered:
            if stop.wait(max(0.0, one.second - clock())):
                return
            file.write(f"{one.line}\n")
