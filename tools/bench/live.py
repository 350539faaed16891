"""Measure the live part: `live.py [--part latency] [--part load] [--page docs/benchmarks.md]`.

Five parts, all unless some are named:

- journal: how many records a second the journal takes when several send at once;
- latency: how long it takes from a manager event to the picture that shows it, at a steady rate;
- load: whether many more events a second are taken for minutes, with a picture that keeps up;
- hour: an hour of calls told faster than it happened, and whether memory stays what it was;
- walls: how a thousand wallboards fare on one process.

A call is in the picture when it is shown among the open ones, or, if it ends before the next picture,
when totals are shown that count it (`shown.py`). The program begins itself again as the units of
`deploy/` run it (`as_served.py`). Calls are copies of one that was recorded, each with ids and moments of its own; a program of its own
makes them up (`telling.py`), so that what is measured is not what measures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import statistics
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs as a plain file

from bench import as_served
from bench.shown import Shown
from bench.telling import Teller, length
from bench.walls import memory_of, walls
from everycall.app.intake.feeds import Posted
from everycall.app.intake.sealing import Sealed
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Clock
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.live.board import Board
from everycall.settings import read_table

SENDERS = 8
PARTS = ("journal", "latency", "load", "hour", "walls")
LATENCY_MS = 500
"""The goal from an event to the picture that shows it, for 99 of 100 calls."""

LAG_S = 3.0
"""The goal under load: of 100 calls 99 are in the picture after so many seconds, in each third."""

SPEED = 60
"""An hour of calls is told so many times faster than it happened."""


def main() -> int:
    as_served.begin_again()
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
    parts = options.part or PARTS
    yield as_served.said()
    if "journal" in parts:
        for batch in (1, 100):
            yield journal(work / f"journal-{batch}", batch, options.seconds / 3)
    if "latency" in parts:
        telling = Telling(options.rate, options.seconds)
        yield latency(asyncio.run(told(work / "latency", telling)))
    if "load" in parts:
        telling = Telling(options.load, options.load_seconds, pace=0.2)
        yield load(asyncio.run(told(work / "load", telling)))
    if "hour" in parts:
        telling = Telling(options.hour_rate, 3600, speed=SPEED)
        yield hour(asyncio.run(told(work / "hour", telling)))
    if "walls" in parts:
        yield walls(work / "walls", options.screens, options.wall_seconds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be repeated")
    parser.add_argument("--rate", type=int, default=1000, help="events a second (%(default)s)")
    parser.add_argument("--seconds", type=float, default=30.0, help="(%(default)s)")
    parser.add_argument("--load", type=int, default=5000, help="events a second (%(default)s)")
    parser.add_argument("--load-seconds", type=float, default=300.0, help="(%(default)s)")
    parser.add_argument("--hour-rate", type=int, default=10, help="events a second (%(default)s)")
    parser.add_argument("--screens", type=int, default=1000, help="wallboards (%(default)s)")
    parser.add_argument("--wall-seconds", type=float, default=130.0, help="(%(default)s)")
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
    said = "\n".join(
        textwrap.fill(line, 118, initial_indent="- ", subsequent_indent="  ") for line in lines
    )
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


@dataclass(frozen=True, slots=True)
class Telling:
    """How calls are told.

    Attributes:
        rate: events a second, in the time in which they happen.
        pace: a call takes only this share of its time, so that at a high rate not thousands are open.
        speed: time itself goes so many times faster.
    """

    rate: int
    seconds: float
    pace: float = 1.0
    speed: int = 1


@dataclass(slots=True)
class Heard:
    """What became of what was told.

    Attributes:
        shown: when each call was first told of, and first in the picture.
        weighed: twice a second, the memory in megabytes and how many records were behind.
    """

    telling: Telling
    shown: Shown = field(default_factory=Shown)
    acknowledged: list[float] = field(default_factory=list)
    weighed: list[tuple[int, int]] = field(default_factory=list)
    events: int = 0
    took: float = 0.0
    cpu: float = 0.0
    law: str = ""

    @property
    def lags(self) -> list[float]:
        """How long each call took to be in the picture, in seconds."""
        seen = self.shown.seen
        return [seen[call] - at for call, at in self.shown.sent.items() if call in seen]

    @property
    def said(self) -> str:
        """What was told, in how long, and what that cost."""
        sent = len(self.shown.sent)
        unseen = sent - len(self.lags)
        return (
            f"{self.events / self.took:,.0f} events/s for {self.took:.0f} s, {sent:,} calls, "
            f"{unseen} never in the picture, {self.law}; {self.cpu / self.took:.2f} s of processor time a second"
        )

    @property
    def spread(self) -> str:
        """How long it took to the picture."""
        return f"event to picture {_ms(self.lags, 50)} ms (p50), {_ms(self.lags, 99)} ms (p99)"


class _Measured(Watch):
    """Says which calls its newest picture knows of, and does not seal when it ends: that would take
    longer than the measurement, and is no part of it.
    """

    def __init__(self, settings: WatchSettings, clock: Clock, shown: Shown) -> None:
        super().__init__(settings, clock)
        self._shown = shown

    def _drawing(self, fresh: Sequence[Entry], now: int, exact: bool) -> Board:  # noqa: FBT001 - as the watch has it
        board = super()._drawing(fresh, now, exact)
        neighbours = self.picture._window.neighbours  # noqa: SLF001 - nobody else asks for it
        known = tuple(call for call in list(self._shown.waited_for) if call in neighbours)
        self._shown.known = (board.version, known)
        return board

    async def seal(self) -> Sealed:
        return Sealed()


async def told(data: Path, telling: Telling) -> Heard:
    """Tell calls at a steady rate, and see when each is first in the picture."""
    site = read_table(SiteFile, {"zone": "UTC"})
    settings = WatchSettings(data, site, (Posted("bench", "asterisk_ami"),))
    heard, start = Heard(telling), float("inf")

    def clock() -> datetime:
        return datetime.fromtimestamp(_told_time(start, telling.speed), UTC)

    async with _Measured(settings, clock, heard.shown) as watch:
        warm = length(telling.pace)
        with Teller(telling.rate, warm + telling.seconds, telling.pace) as teller:
            start = teller.start
            looking = asyncio.create_task(_look(watch, heard))
            weighing = asyncio.create_task(_weigh(watch, heard))
            await _say(watch, teller, heard, warm)
            await asyncio.sleep(5)
            looking.cancel()
            weighing.cancel()
            heard.law = _law(watch)
    return heard


def _told_time(start: float, speed: int) -> float:
    """Return what time it is where time goes faster from a moment on."""
    now = time.time()
    return now if now < start else start + (now - start) * speed


async def _say(watch: Watch, teller: Teller, heard: Heard, warm: float) -> None:
    """Tell what is due; what comes before as many calls are on as will be is told, and not counted."""
    feed, speed = watch.posted["bench"], heard.telling.speed
    begun: set[str] = set()
    began, cpu = teller.start + warm / speed, 0.0
    events = iter(teller)
    due = next(events, None)
    while due is not None:
        batch: list[str] = []
        until = (time.time() - teller.start) * speed
        while due is not None and due[0] <= until:
            at, call, body = due
            if at >= warm and call not in begun:
                heard.shown.tell(call, teller.start + at / speed)
            begun.add(call)
            heard.events += at >= warm
            batch.append(body)
            due = next(events, None)
        if batch:
            now = int(_told_time(teller.start, speed) * 1_000_000)
            handed = time.time()
            await asyncio.wrap_future(watch.take(list(feed.entries(batch, now))))
            heard.acknowledged.append(time.time() - handed)
        if time.time() >= began:
            cpu = cpu or time.process_time()
        await asyncio.sleep(0.02)
    heard.took, heard.cpu = time.time() - began, time.process_time() - cpu


async def _look(watch: Watch, heard: Heard) -> None:
    async for board in watch.boards():
        heard.shown.look(board, time.time())


async def _weigh(watch: Watch, heard: Heard) -> None:
    while True:
        heard.weighed.append((memory_of(os.getpid()), watch.health().behind))
        await asyncio.sleep(0.5)


def latency(heard: Heard) -> str:
    """Say whether the picture was quick."""
    lags = heard.lags
    ms = statistics.quantiles(lags, n=100)[98] * 1000 if len(lags) > 1 else float("inf")
    waits = heard.acknowledged
    return (
        f"{heard.said}: {heard.spread}; acknowledged after {_ms(waits, 50)} / {_ms(waits, 99)} ms. "
        f"Goal, a p99 under {LATENCY_MS} ms at 1,000 events/s: {_goal(ms < LATENCY_MS)}"
    )


def load(heard: Heard) -> str:
    """Say whether the picture kept up, and was no later in the end than in the middle."""
    telling = heard.telling
    is_taken = heard.events >= 0.98 * telling.rate * telling.seconds
    is_told = heard.took <= 1.02 * telling.seconds + 1
    minutes = f"{telling.seconds / 60:g} minutes"
    return (
        f"{heard.said}: event to picture {_spreads(heard)} in the first, middle and last third; "
        f"acknowledged after {_ms(heard.acknowledged, 50)} / {_ms(heard.acknowledged, 99)} ms; records "
        f"behind at most {_behind(heard)} in each third; memory {_sixths(heard)} MB after each sixth. "
        f"Goal, {telling.rate:,} events/s for {minutes} into the journal, with a picture that is never "
        f"more than {LAG_S:g} s behind (p99) and in the last third no later than in the middle: "
        f"{_goal(is_taken and is_told and is_steady(heard))}"
    )


def thirds(heard: Heard) -> list[list[float]]:
    """Return how late each call was in the picture, by the third of the time in which it began."""
    found: list[list[float]] = [[], [], []]
    sent, seen = heard.shown.sent, heard.shown.seen
    first, last = min(sent.values(), default=0.0), max(sent.values(), default=0.0)
    for call, at in sent.items():
        # what was never seen is later than anything that was
        third = min(2, int(3 * (at - first) / ((last - first) or 1)))
        found[third].append(seen.get(call, float("inf")) - at)
    return found


def is_steady(heard: Heard) -> bool:
    """Tell whether the picture was never far behind, and not ever further."""
    parts = thirds(heard)
    if any(len(one) < 2 for one in parts):
        return False
    worst = [sorted(one)[int(0.99 * len(one))] for one in parts]
    middles = [statistics.median(one) for one in parts]
    behind = max((b for _, b in heard.weighed[len(heard.weighed) // 2 :]), default=0)
    is_near = max(worst) <= LAG_S and behind <= LAG_S * heard.telling.rate
    return is_near and middles[2] <= 1.25 * middles[1] + 0.25


def _spreads(heard: Heard) -> str:
    found = (sorted(one) for one in thirds(heard))
    return ", ".join(
        f"{one[len(one) // 2] * 1000:,.0f} / {one[int(0.99 * len(one))] * 1000:,.0f} ms"
        if one
        else "-"
        for one in found
    )


def _behind(heard: Heard) -> str:
    behind, third = [b for _, b in heard.weighed], max(1, len(heard.weighed) // 3)
    parts = (behind[:third], behind[third : 2 * third], behind[2 * third :])
    return ", ".join(f"{max(part, default=0):,}" for part in parts)


def hour(heard: Heard) -> str:
    """Say whether memory stayed what it was."""
    weights = [w for w, _ in heard.weighed]
    third = len(weights) // 3
    first, middle, last = (
        max(part) for part in (weights[:third], weights[third : 2 * third], weights[2 * third :])
    )
    return (
        f"an hour of calls told {SPEED} times faster, {heard.said}: memory at most {first}, {middle}, {last} "
        f"MB in the first, second and last twenty minutes, {_sixths(heard)} MB after every ten. Goal, flat "
        f"memory over an hour (the last third at most a tenth more than the second): "
        f"{_goal(last <= middle * 1.1)}"
    )


def _sixths(heard: Heard) -> str:
    weights = [w for w, _ in heard.weighed]
    return ", ".join(str(weights[max(0, len(weights) * part // 6 - 1)]) for part in range(1, 7))


def _goal(reached: bool) -> str:  # noqa: FBT001 - what is said of it
    return "reached" if reached else "not reached"


def _law(watch: Watch) -> str:
    day = watch.board.day
    if day is None:
        return "no call"
    return f"{day.arrived:,} counted, {day.pending:,} of them open"


def _ms(values: list[float], percent: int) -> str:
    if len(values) < 2:
        return "-"
    return f"{statistics.quantiles(values, n=100)[percent - 1] * 1000:,.0f}"


if __name__ == "__main__":
    sys.exit(main())
