"""The files of the journal: one record a line, each with its checksum; what is torn is passed over.

A line is eight hexadecimal digits of CRC-32, a space, and a JSON list. A segment is named by the
number of its first record. It is only ever appended to, by the process that began it.
"""

import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from pathlib import Path

from everycall.history.outlasting import keep

ENDING = ".journal"

PLACES = "places"
"""The newest record of each feed whose segments are gone: its reader goes on from it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of a source, as it came.

    Attributes:
        feed: the connection or file of this site that it came by: 'pbx', 'queue_log' ...
        source: the source that knows how to read it: 'asterisk_ami'.
        body: what was said, in the source's own words.
        event_id: what makes it the same record if it comes again.
        received_at: when it was received, in microseconds since 1970.
        part: the file or session in which `place` and `end` count.
        place: where it stands in that part: a byte or a running number.
        end: where the next one stands.
        number: its place in the journal; the journal gives it.
    """

    feed: str
    source: str
    body: str
    event_id: str
    received_at: int
    part: str = ""
    place: int = 0
    end: int = 0
    number: int = field(default=0)

    def numbered(self, number: int) -> "Entry":
        """Return the entry with its place in the journal."""
        said = (self.feed, self.source, self.body, self.event_id, self.received_at)
        return Entry(*said, self.part, self.place, self.end, number)


_VALUES = attrgetter(*(one.name for one in fields(Entry)))
_written = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Damage:
    """A line of a segment that cannot be read: the end of one that a crash tore, or worse."""

    segment: str
    line: int
    torn: bool


def encode(entry: Entry) -> bytes:
    """Write an entry as a line."""
    payload = _written(_VALUES(entry)).encode()
    return b"%08x %s\n" % (zlib.crc32(payload), payload)


def decode(line: bytes) -> Entry | None:
    """Read a line; None if it is not whole."""
    if not line.endswith(b"\n") or line[8:9] != b" ":
        return None
    payload = line[9:-1]
    if b"%08x" % zlib.crc32(payload) != line[:8]:
        return None
    return Entry(*json.loads(payload))


def read(path: Path) -> Iterator[Entry | Damage]:
    """Yield what stands in a segment; it may be written to meanwhile."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            entry = decode(line)
            yield entry or Damage(path.name, number, not line.endswith(b"\n"))


def segments(folder: Path) -> list[Path]:
    """Return the segments of a folder in the order of their records."""
    return sorted(folder.glob(f"*{ENDING}"))


def first_number(path: Path) -> int:
    """Return the number of a segment's first record, from its name."""
    return int(path.name.removesuffix(ENDING))


def name_of(number: int) -> str:
    """Return the name of a segment that begins with a record."""
    return f"{number:020}{ENDING}"


def read_places(folder: Path) -> list[Entry]:
    """Return the newest records of the feeds whose segments are gone."""
    path = folder / PLACES
    if not path.exists():
        return []
    return [entry for entry in read(path) if isinstance(entry, Entry)]


def write_places(folder: Path, entries: Iterable[Entry]) -> None:
    """Keep the newest records of feeds whose segments will go: all of them, or what was kept before."""
    told = list(entries)
    if told == read_places(folder):
        return
    draft = folder / f"{PLACES}.new"
    with draft.open("wb") as file:
        file.writelines(map(encode, told))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / PLACES)
    keep(folder)
