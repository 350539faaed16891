"""Measure the live part: `live.py [--rate 1000] [--seconds 30] [--page docs/benchmarks.md]`.

How many records a second the journal takes when several send at once, and how long it takes from a
manager event to the picture that shows it, at a steady rate of events; whether many more events a
second are taken for minutes with the picture up, and memory stays what it was; and how a thousand
wallboards fare on one process. Calls are copies of one that was recorded, each with ids and moments
of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import heapq
import json
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs as a plain file

from bench.walls import memory_of, walls
from everycall.app.sitefile import SiteFile
from everycall.app.watching import Posted, Watch, WatchSettings
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.settings import read_table
from everycall.sources.asterisk_ami_resync import is_worth_keeping

STORY = Path(__file__).resolve().parents[2] / "samples/scenarios/s01_caller_hangs_up/ami.jsonl.gz"
SENDERS = 8


def main() -> int:
    options = _options()
    work = Path(tempfile.mkdtemp(prefix="everycall-bench-", dir=options.work))
    lines: list[str] = []
    try:
        for line in _measured(options, work):
            print(line, flush=True)
            lines.append(line)
    finally:
        shutil.rmtree(work)
    if options.page:
        put(options.page, lines)
    return 0


def _measured(options: argparse.Namespace, work: Path) -> Iterator[str]:
    for batch in (1, 100):
        yield journal(work / f"journal-{batch}", batch, options.seconds / 3)
    yield asyncio.run(picture(work / "data", options.rate, options.seconds))
    yield asyncio.run(picture(work / "load", options.load, options.load_seconds, story=0.2))
    yield walls(work / "walls", options.screens, options.seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=1000, help="events a second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="(%(default)s)")
    parser.add_argument("--load", type=int, default=5000, help="events a second (%(default)s)")
    parser.add_argument("--load-seconds", type=float, default=300.0, help="(%(default)s)")
    parser.add_argument("--screens", type=int, default=1000, help="wallboards (%(default)s)")
    parser.add_argument("--work", type=Path, help="where to write (the system's temporary folder)")
    parser.add_argument("--page", type=Path, help="the page whose section Live is written anew")
    return parser.parse_args()


def put(page: Path, lines: list[str]) -> None:
    """Write the section of a page anew."""
    before, _, rest = page.read_text(encoding="utf-8").partition("\n## Live\n")
    after = rest.partition("\n## ")
    tail = f"\n## {after[2]}" if after[1] else ""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    head = f"{os.cpu_count()} cores, load average {load} at the end, this measurement included:"
    said = "\n".join(f"- {line}" for line in lines)
    page.write_text(f"{before.rstrip()}\n\n## Live\n\n{head}\n\n{said}\n{tail}", encoding="utf-8")


def journal(folder: Path, batch: int, seconds: float) -> str:
    """Let several senders write batches of a size, each waiting until it is acknowledged."""
    body = json.dumps({"Event": "Newexten", "Uniqueid": "1795332054.17", "AppData": "x" * 300})
    taken = [0] * SENDERS
    waits: list[float] = []

    def send(sender: int, until: float) -> None:
        while time.perf_counter() < until:
            began, base = time.perf_counter(), taken[sender]
            names = (f"{sender}-{base + i}" for i in range(batch))
            opened.append([Entry("bench", "asterisk_ami", body, name, 1) for name in names])
            waits.append(time.perf_counter() - began)
            taken[sender] += batch

    with Journal(folder) as opened:
        began = time.perf_counter()
        threads = [threading.Thread(target=send, args=(i, began + seconds)) for i in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
    return (
        f"journal, {SENDERS} senders, batches of {batch}: {sum(taken) / took:,.0f} records/s on the "
        f"disk; acknowledged after {_ms(waits, 50)} ms (p50), {_ms(waits, 99)} ms (p99)"
    )


async def picture(data: Path, rate: int, seconds: float, story: float = 1.0) -> str:
    """Say calls at a steady rate, and see when each is first in the picture.

    A call may be told faster than it happened, so that at a high rate not thousands are open.
    """
    site = read_table(SiteFile, {"zone": "UTC"})
    settings = WatchSettings(data, site, (Posted("bench", "asterisk_ami"),))
    sent: dict[str, float] = {}
    seen: dict[str, float] = {}
    acknowledged: list[float] = []
    async with Watch(settings) as watch:
        looking = asyncio.create_task(_look(watch, seen))
        memory = asyncio.create_task(_weigh(watch))
        count = await _say(watch, rate, seconds, sent, acknowledged, story)
        await asyncio.sleep(3)
        looking.cancel()
        memory.cancel()
        drawn, behind = watch.health().draw_ms, watch.health().behind
        weights = [w for w, _ in WEIGHED]
        lags = [seen[call] - at for call, at in sent.items() if call in seen]
        law = _law(watch)
    unseen = len(sent) - len(lags)
    return (
        f"picture at {count / seconds:,.0f} events/s for {seconds:g} s, {len(sent)} calls, "
        f"{unseen} never seen: event to picture {_ms(lags, 50)} ms (p50), {_ms(lags, 99)} ms (p99); "
        f"acknowledged after {_ms(acknowledged, 50)} / {_ms(acknowledged, 99)} ms; "
        f"the last picture took {drawn:.0f} ms; {behind:,} behind at the end, at most "
        f"{max(b for _, b in WEIGHED):,}; memory {_thirds(weights)} MB; {law}"
    )


WEIGHED: list[tuple[int, int]] = []
"""The memory of this process in megabytes, and how many records were behind, twice a second."""


async def _weigh(watch: Watch) -> None:
    WEIGHED.clear()
    while True:
        WEIGHED.append((memory_of(os.getpid()), watch.health().behind))
        await asyncio.sleep(0.5)


def _thirds(weights: list[int]) -> str:
    """Say how much it was after a third of the time, after two, and at the end."""
    places = (len(weights) // 3, 2 * len(weights) // 3, len(weights) - 1)
    return ", ".join(str(weights[place]) for place in places)


async def _look(watch: Watch, seen: dict[str, float]) -> None:
    async for board in watch.boards():
        now = time.perf_counter()
        for call in board.calls:
            seen.setdefault(call.call_id, now)


async def _say(
    watch: Watch,
    rate: int,
    seconds: float,
    sent: dict[str, float],
    acknowledged: list[float],
    pace: float,
) -> int:
    events = _calls(rate, seconds, pace)
    feed, count, began = watch.posted["bench"], 0, time.perf_counter()
    due = next(events, None)
    while due is not None:
        elapsed = time.perf_counter() - began
        batch: list[str] = []
        while due is not None and due[0] <= elapsed:
            at, call, body = due
            sent.setdefault(call, began + at)
            batch.append(body)
            due = next(events, None)
        if batch:
            count += len(batch)
            handed = time.perf_counter()
            await asyncio.wrap_future(watch.take(list(feed.entries(batch, time.time_ns() // 1000))))
            acknowledged.append(time.perf_counter() - handed)
        await asyncio.sleep(0.02)
    return count


def _calls(rate: int, seconds: float, pace: float = 1.0) -> Iterator[tuple[float, str, str]]:
    """Yield events in order: when each is due, of which call, and what it says."""
    story = _story()
    base = story[0]["_recv"]
    story = [{**event, "_recv": base + (event["_recv"] - base) * pace} for event in story]
    start, gap = time.time(), len(story) / rate
    open_calls: list[tuple[float, int, str, str, Iterator[tuple[float, str, str]]]] = []
    for number in range(int(seconds / gap) + 1):
        began = number * gap
        while open_calls and open_calls[0][0] <= began:
            yield from _next(open_calls, seconds)
        one = _one(story, base, start, number, began)
        heapq.heappush(open_calls, _event(number, one))
    while open_calls:
        yield from _next(open_calls, seconds)


_Open = tuple[float, int, str, str, Iterator[tuple[float, str, str]]]


def _event(number: int, call: Iterator[tuple[float, str, str]]) -> _Open:
    due, name, body = next(call)
    return due, number, name, body, call


def _next(open_calls: list[_Open], seconds: float) -> Iterator[tuple[float, str, str]]:
    """Yield the event that is due first, if it is in time, and put that after it in its place."""
    due, number, name, body, call = heapq.heappop(open_calls)
    if due < seconds:
        yield due, name, body
    with contextlib.suppress(StopIteration):
        heapq.heappush(open_calls, _event(number, call))


def _one(
    story: list[dict[str, Any]], base: float, start: float, number: int, offset: float
) -> Iterator[tuple[float, str, str]]:
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


def _law(watch: Watch) -> str:
    day = watch.board.day
    if day is None:
        return "no call"
    return f"{day.arrived} over, {day.pending} open, {sum(day.outcomes.values())} outcomes"


def _ms(values: list[float], percent: int) -> str:
    if len(values) < 2:
        return "-"
    return f"{statistics.quantiles(values, n=100)[percent - 1] * 1000:.1f}"


if __name__ == "__main__":
    sys.exit(main())
