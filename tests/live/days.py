"""Days of recorded and invented calls, said as live feeds say them."""

import gzip
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.history.journal_segments import Entry
from everycall.registry import load
from everycall.sources.base import Source

SAMPLES = Path(__file__).parents[2] / "samples"
SHOP = SAMPLES / "shop"
BERLIN = ZoneInfo("Europe/Berlin")
QUEUE_LOG, AMI = "asterisk_queue_log", "asterisk_ami"


def source(name: str) -> Source:
    found: Source = load("source", name)
    return found


def lines_of(path: Path) -> list[str]:
    """Return the lines of a log, compressed or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def said(lines: Iterable[str], source_name: str, feed: str, part: int = 0) -> list[Entry]:
    """Return lines as a follower or a connection hands them in."""
    entries, place = [], 0
    for line in lines:
        end = place + len(line.encode()) + 1
        name = f"{part}-{place}"
        entries.append(Entry(feed, source_name, line, name, 0, str(part), place, end))
        place = end
    return entries


def stamp(entry: Entry) -> int:
    """Return the second of a line of queue_log."""
    return int(entry.body.partition("|")[0])


def of_day(entries: Sequence[Entry], day: date) -> list[Entry]:
    """Return the lines of one day of Berlin."""
    return [e for e in entries if datetime.fromtimestamp(stamp(e), BERLIN).date() == day]


def batches(
    entries: Sequence[Entry], size: int, chance: random.Random, shuffled: float = 0.0
) -> Iterator[list[Entry]]:
    """Yield batches of about a size; some share of them comes later than it was said."""
    cut: list[list[Entry]] = []
    at = 0
    while at < len(entries):
        step = chance.randint(1, 2 * size)
        cut.append(list(entries[at : at + step]))
        at += step
    for i in range(len(cut)):
        if chance.random() < shuffled:
            j = chance.randrange(len(cut))
            cut[i], cut[j] = cut[j], cut[i]
    yield from cut
