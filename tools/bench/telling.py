"""Make calls up, in a program of its own: `telling.py RATE SECONDS PACE START` prints their events.

Every line is when an event is due, in seconds from the start, of which call it is, and what it says.
"""

from __future__ import annotations

import contextlib
import gzip
import heapq
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from everycall.sources.asterisk_ami_resync import is_worth_keeping

STORY = Path(__file__).resolve().parents[2] / "samples/scenarios/s01_caller_hangs_up/ami.jsonl.gz"
AHEAD = 3.0
"""The first call comes so many seconds after the program is begun."""

Event = tuple[float, str, str]
"""When it is due, of which call, and what it says."""


class Teller:
    """The events, as the program makes them up; it is ahead of those who listen, but not far."""

    def __init__(self, rate: int, seconds: float, pace: float) -> None:
        self.start = time.time() + AHEAD
        command = [sys.executable, __file__, str(rate), str(seconds), str(pace), str(self.start)]
        self._program = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, pipesize=1 << 20
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._program.kill()
        self._program.wait()

    def __iter__(self) -> Iterator[Event]:
        for line in self._program.stdout or ():
            due, call, body = line.split("\t", 2)
            yield float(due), call, body.rstrip("\n")


def calls(rate: int, seconds: float, pace: float, start: float) -> Iterator[Event]:
    """Yield events in order."""
    story = _story()
    base = story[0]["_recv"]
    story = [{**event, "_recv": base + (event["_recv"] - base) * pace} for event in story]
    gap = len(story) / rate
    open_calls: list[tuple[float, int, str, str, Iterator[Event]]] = []
    for number in range(int(seconds / gap) + 1):
        began = number * gap
        while open_calls and open_calls[0][0] <= began:
            yield from _next(open_calls, seconds)
        one = _one(story, base, start, number, began)
        heapq.heappush(open_calls, _event(number, one))
    while open_calls:
        yield from _next(open_calls, seconds)


_Open = tuple[float, int, str, str, Iterator[Event]]


def length(pace: float) -> float:
    """Return how long a call takes, in seconds."""
    story = _story()
    return float(story[-1]["_recv"] - story[0]["_recv"]) * pace


def _event(number: int, call: Iterator[Event]) -> _Open:
    due, name, body = next(call)
    return due, number, name, body, call


def _next(open_calls: list[_Open], seconds: float) -> Iterator[Event]:
    """Yield the event that is due first, if it is in time, and put that after it in its place."""
    due, number, name, body, call = heapq.heappop(open_calls)
    if due < seconds:
        yield due, name, body
    with contextlib.suppress(StopIteration):
        heapq.heappush(open_calls, _event(number, call))


def _one(
    story: list[dict[str, Any]], base: float, start: float, number: int, offset: float
) -> Iterator[Event]:
    call = f"{int(start)}.{number * 100}"
    ids = {name: f"{int(start)}.{number * 100 + i}" for i, name in enumerate(_ids(story))}
    for event in story:
        due = offset + event["_recv"] - base
        body = json.dumps({**event, "Timestamp": f"{start + due:.6f}"})
        for old, new in ids.items():
            body = body.replace(f'"{old}"', f'"{new}"')
        yield due, call, body.replace('"+441632960101"', f'"+4416329{number:06}"')


def _story() -> list[dict[str, Any]]:
    with gzip.open(STORY, "rt", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    calls = [
        e for e in events if is_worth_keeping(e) and (e.get("Uniqueid") or "DestUniqueid" in e)
    ]
    return sorted(calls, key=lambda event: event["_recv"])


def _ids(story: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(event["Uniqueid"]) for event in story if event.get("Uniqueid")))


def main() -> int:
    """Print them all."""
    rate, seconds, pace, start = map(float, sys.argv[1:5])
    with contextlib.suppress(BrokenPipeError):
        for due, call, body in calls(int(rate), seconds, pace, start):
            sys.stdout.write(f"{due:.6f}\t{call}\t{body}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
