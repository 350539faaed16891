"""The journal: what live sources say is on the disk before it counts as taken.

Any number of threads hand records in; one thread writes everything that waits, asks the disk once
to keep it (group commit), and only then acknowledges. A record that is known already is
acknowledged and not written again. A disk that refuses is a state, never a crash: whoever hands in
is refused, nothing that was acknowledged is lost, and the next record tries again.
"""

import fcntl
import hashlib
import os
import queue
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from pathlib import Path
from typing import IO, Self

from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import BusyError, ClosedError, NotTakenError
from everycall.history.journal_keys import Keys
from everycall.history.journal_segments import (
    Damage,
    Entry,
    encode,
    first_number,
    name_of,
    read,
    read_places,
    segments,
    write_places,
)

SEGMENT = 64 << 20
"""A segment that has grown beyond this, in bytes, is closed and the next one begun."""

GROUP = 20_000
"""At most about so many records are kept by one request to the disk."""


REMEMBERED = 100_000
"""So many records of a session are remembered to tell equal ones apart."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of records that were handed in: all of them are on the disk now.

    Attributes:
        fresh: those that were not known before, with their numbers.
        known: how many had been taken before, and were not taken again.
    """

    fresh: tuple[Entry, ...]
    known: int = 0


@dataclass(frozen=True, slots=True)
class JournalState:
    """How the journal is.

    Attributes:
        refuses: why it takes nothing at present; None while all is well.
        refused: records that were refused since it was opened; their senders know.
        last: the number of the newest record that is on the disk.
    """

    refuses: str | None
    since: int | None
    refused: int
    taken: int
    known: int
    last: int
    size: int
    damage: tuple[Damage, ...]


class Disk:
    """What the journal asks of a disk; a fake of it can be full."""

    def create(self, path: Path) -> int:
        """Begin a new file that is only appended to; the folder keeps its name."""
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o640)
            os.fsync(folder)
        finally:
            os.close(folder)
        return descriptor

    def write(self, descriptor: int, data: bytes) -> None:
        """Write all of the data."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def keep(self, descriptor: int) -> None:
        """Return when everything written would survive a power cut."""
        os.fdatasync(descriptor)

    def cut(self, descriptor: int, size: int) -> None:
        """Shorten a file to what is known to be good."""
        os.ftruncate(descriptor, size)

    def close(self, descriptor: int) -> None:
        """Let a file go."""
        os.close(descriptor)


@dataclass(slots=True)
class _Handed:
    """Records that wait to be written, and the promise to their sender."""

    entries: Sequence[Entry]
    promise: "Future[Receipt]"


@dataclass(slots=True)
class _Writing:
    """The segment that is being written."""

    path: Path
    descriptor: int
    size: int = 0


@dataclass(slots=True)
class _Count:
    """What the journal has done so far."""

    taken: int = 0
    known: int = 0
    refused: int = 0
    size: int = 0
    refuses: str | None = None
    since: int | None = None
    damage: list[Damage] = field(default_factory=list)


class Journal:
    """The journal of one site; only one process at a time may have it open."""

    def __init__(
        self,
        folder: Path,
        *,
        segment: int = SEGMENT,
        disk: Disk | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self.folder = folder
        self._segment = segment
        self._disk = disk or Disk()
        self._clock = clock
        self._ids = Keys()
        self._places: dict[str, Entry] = {}
        self._newest_at = 0
        self._next = 1
        self._last = 0
        self._is_full = False
        self._count = _Count()
        self._writing: _Writing | None = None
        self._waiting: queue.SimpleQueue[_Handed | None] = queue.SimpleQueue()
        self._lock: IO[str] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False

    # ---- opening and closing

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self) -> None:
        """Read what is there, and be ready to take more.

        Raises:
            BusyError: another process has it open.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = self._locked()
        for entry in read_places(self.folder):
            self._note_place(entry)
        for path in segments(self.folder):
            self._next = max(self._next, first_number(path) + 1)
            for entry in self._good(path):
                self._learn(_key(entry), entry)
            self._count.size += path.stat().st_size
        self._last = self._next - 1
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def _locked(self) -> IO[str]:
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            sentence = f"another everycall takes calls in for {self.folder}; stop it first"
            raise BusyError(sentence) from None
        return lock

    def close(self) -> None:
        """Write what waits, and let others open it."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None
        self._is_closed = True
        self._turn_away()
        self._let_go()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # ---- handing in

    def submit(self, entries: Iterable[Entry]) -> "Future[Receipt]":
        """Hand records in; the promise is kept when they are on the disk, or broken with
        NotTakenError; at once with ClosedError if the journal has been closed.
        """
        promise: Future[Receipt] = Future()
        self._waiting.put(_Handed(tuple(entries), promise))
        if self._is_closed:
            self._turn_away()
        return promise

    def append(self, entries: Iterable[Entry]) -> Receipt:
        """Hand records in and wait until they are on the disk.

        Raises:
            NotTakenError: none of them was taken; send them again later.
        """
        return self.submit(entries).result()

    def _turn_away(self) -> None:
        """Refuse whatever came after the last group: nobody writes any more."""
        with suppress(queue.Empty):
            while True:
                handed = self._waiting.get_nowait()
                if handed is not None and handed.promise.set_running_or_notify_cancel():
                    handed.promise.set_exception(ClosedError(f"{self.folder} is closed"))

    # ---- looking

    @property
    def state(self) -> JournalState:
        """How the journal is."""
        count = self._count
        return JournalState(
            refuses=count.refuses,
            since=count.since,
            refused=count.refused,
            taken=count.taken,
            known=count.known,
            last=self._last,
            size=count.size,
            damage=tuple(count.damage),
        )

    def place(self, feed: str) -> Entry | None:
        """Return the newest record of a feed, from which its reader goes on."""
        return self._places.get(feed)

    @property
    def newest_at(self) -> int:
        """The latest moment at which a record was received, by whatever clock told it; 0 if none was."""
        return self._newest_at

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Yield the records behind a number, each once, in the order in which they were taken."""
        found = segments(self.folder)
        seen: set[bytes] = set()
        for path, following in zip_longest(found, found[1:]):
            if following is not None and first_number(following) <= after + 1:
                continue
            for entry in read(path):
                if isinstance(entry, Entry) and entry.number > after and _key(entry) not in seen:
                    seen.add(_key(entry))
                    yield entry

    def roll(self) -> None:
        """Begin a new segment with the next record, so that this one can go when its time comes."""
        self._is_full = True

    def drop(self, up_to: int) -> list[Path]:
        """Delete the segments that hold nothing behind a number; return them.

        The places of feeds that have said nothing since are kept; while they cannot be, nothing goes.
        """
        found = segments(self.folder)
        old = [path for path, following in pairwise(found) if first_number(following) <= up_to + 1]
        if not old:
            return []
        kept = first_number(found[len(old)])
        try:
            write_places(self.folder, [e for e in self._places.copy().values() if e.number < kept])
        except OSError:
            return []
        for path in old:
            self._count.size -= path.stat().st_size
            for entry in read(path):
                if isinstance(entry, Entry):
                    self._ids.discard(_key(entry))
            path.unlink()
        return old

    def _good(self, path: Path) -> Iterator[Entry]:
        for entry in read(path):
            if isinstance(entry, Entry):
                yield entry
            else:
                self._count.damage.append(entry)

    def _learn(self, key: bytes, entry: Entry) -> None:
        self._ids.add(key)
        self._note_place(entry)

    def _note_place(self, entry: Entry) -> None:
        self._next = max(self._next, entry.number + 1)
        self._newest_at = max(self._newest_at, entry.received_at)
        place = self._places.get(entry.feed)
        if place is None or entry.number > place.number:
            self._places[entry.feed] = entry

    # ---- the thread that writes

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            group, more = self._gathered(first)
            self._take(group)
            if not more:
                return

    def _gathered(self, first: _Handed) -> tuple[list[_Handed], bool]:
        """Return everything that waits; what comes while the disk is busy waits for the next."""
        group, count = [first], len(first.entries)
        with suppress(queue.Empty):
            while count < GROUP:
                handed = self._waiting.get_nowait()
                if handed is None:
                    return group, False
                group.append(handed)
                count += len(handed.entries)
        return group, True

    def _take(self, group: Sequence[_Handed]) -> None:
        fresh: dict[bytes, Entry] = {}
        receipts = [self._sorted_out(handed.entries, fresh) for handed in group]
        try:
            self._write(list(fresh.values()))
        except OSError as error:
            self._refuse(group, error)
            return
        for key, entry in fresh.items():
            self._learn(key, entry)
        self._last = self._next - 1
        self._count.refuses = self._count.since = None
        self._count.taken += len(fresh)
        for handed, receipt in zip(group, receipts, strict=True):
            self._count.known += receipt.known
            if handed.promise.set_running_or_notify_cancel():
                handed.promise.set_result(receipt)

    def _sorted_out(self, entries: Sequence[Entry], fresh: dict[bytes, Entry]) -> Receipt:
        own: list[Entry] = []
        for entry in entries:
            key = _key(entry)
            if key not in self._ids and key not in fresh:
                fresh[key] = entry.numbered(self._next + len(fresh))
                own.append(fresh[key])
        return Receipt(tuple(own), len(entries) - len(own))

    def _write(self, fresh: Sequence[Entry]) -> None:
        if not fresh:
            return
        if self._writing is not None and (self._is_full or self._writing.size >= self._segment):
            self._let_go()
        self._is_full = False
        data = b"".join(map(encode, fresh))
        # numbers that were tried are never given again: a refused record may be on the disk
        number, self._next = self._next, self._next + len(fresh)
        writing = self._writing or self._begin(number)
        self._disk.write(writing.descriptor, data)
        self._disk.keep(writing.descriptor)
        writing.size += len(data)
        self._count.size += len(data)

    def _begin(self, number: int) -> _Writing:
        path = self.folder / name_of(number)
        self._writing = _Writing(path, self._disk.create(path))
        return self._writing

    def _refuse(self, group: Sequence[_Handed], error: OSError) -> None:
        """Give the segment up, shortened to what is good: what a disk says of it after a failure
        cannot be trusted.
        """
        if self._writing is not None:
            with suppress(OSError):
                self._disk.cut(self._writing.descriptor, self._writing.size)
            self._let_go()
        why = error.strerror or str(error)
        if self._count.refuses is None:
            self._count.since = to_micros(self._clock())
        self._count.refuses = why
        self._count.refused += sum(len(handed.entries) for handed in group)
        refusal = NotTakenError(f"nothing can be written to {self.folder}: {why}; send it again")
        for handed in group:
            if handed.promise.set_running_or_notify_cancel():
                handed.promise.set_exception(refusal)

    def _let_go(self) -> None:
        if self._writing is not None:
            with suppress(OSError):
                self._disk.close(self._writing.descriptor)
            self._writing = None


def _key(entry: Entry) -> bytes:
    return hashlib.blake2b(f"{entry.feed}\n{entry.event_id}".encode(), digest_size=16).digest()


class Ordinals:
    """Names records by what they say: equal ones of one batch, file or session are told apart by
    their ordinal, and the same batch sent again gets the same names.
    """

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def name(self, body: str) -> str:
        """Return the id of the next record that says this."""
        if len(self._seen) > REMEMBERED:
            # what a record says has its time in it, so equal ones are never far apart
            self._seen.clear()
        digest = hashlib.blake2b(body.encode(), digest_size=12).hexdigest()
        self._seen[digest] += 1
        return f"{digest}-{self._seen[digest]}"
