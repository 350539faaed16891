"""Where a process that only serves pages puts what is posted to it, until the watching one takes it.

Each such process has a journal of its own, so what it acknowledges is on the disk whether or not
anybody is watching; whoever watches hands the records on to the site's journal, which knows those
that it has.
"""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from everycall.app.intake.ingesting import PostedFeed
from everycall.history.journal import Journal, Receipt
from everycall.history.journal_segments import Entry, decode, segments

Take = Callable[[Sequence[Entry]], "Future[Receipt]"]

BATCH = 5_000
_NOTE = "taken.json"


def landings(data: Path, site: str) -> Path:
    """Return where the journals of all serving processes lie."""
    return data / "journal" / site / "landing"


class Desk:
    """Makes records of what is posted, and hands them to a journal; for any thread."""

    def __init__(self, take: Take, place: Callable[[str], Entry | None]) -> None:
        self._take = take
        self._place = place
        self._feeds: dict[str, PostedFeed] = {}
        self._lock = threading.Lock()

    def take(self, source: str, bodies: Sequence[str], at: int) -> "Future[Receipt]":
        """Hand the records of one batch in; the promise is kept when they are on the disk."""
        with self._lock:
            return self._take(list(self._feed(source).entries(bodies, at)))

    def _feed(self, source: str) -> PostedFeed:
        name = f"post-{source}"
        if source not in self._feeds:
            self._feeds[source] = PostedFeed(name, source, self._place(name))
        return self._feeds[source]


class Landing:
    """The journal of one serving process."""

    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder)
        self.desk = Desk(self.journal.submit, self.journal.place)

    def open(self) -> None:
        """Be ready to take records.

        Raises:
            BusyError: another process of this name has it open.
        """
        self.journal.open()

    def close(self) -> None:
        """Write what waits, and let it go."""
        self.journal.close()

    def tidy(self) -> list[Path]:
        """Delete what the watching process has taken."""
        self.journal.roll()
        return self.journal.drop(taken_of(self.journal.folder))


@dataclass(slots=True)
class _Tail:
    """How far a landing journal has been read."""

    folder: Path
    taken: int
    path: Path | None = None
    offset: int = 0

    def read(self) -> Iterator[Entry]:
        """Yield what was added since, oldest first; half a line waits for its end."""
        found = segments(self.folder)
        if self.path not in found:
            self.path, self.offset = (found[0] if found else None), 0
        while self.path is not None:
            yield from self._lines(self.path)
            later = [path for path in found if path > self.path]
            if not later:
                return
            self.path, self.offset = later[0], 0

    def _lines(self, path: Path) -> Iterator[Entry]:
        try:
            with path.open("rb") as file:
                file.seek(self.offset)
                for line in file:
                    if not line.endswith(b"\n"):
                        return
                    self.offset += len(line)
                    entry = decode(line)
                    if entry is not None and entry.number > self.taken:
                        yield entry
        except FileNotFoundError:
            return


class Landings:
    """Takes what has landed on to the site's journal."""

    def __init__(self, home: Path, take: Take) -> None:
        self._home = home
        self._take = take
        self._tails: dict[Path, _Tail] = {}

    def round(self) -> int:
        """Take on what is there; returns how many records.

        Raises:
            NotTakenError: the site's journal refuses; everything stays where it is.
        """
        folders = sorted(path for path in self._home.glob("*") if path.is_dir())
        return sum(self._from(folder) for folder in folders)

    def _from(self, folder: Path) -> int:
        tail = self._tails.setdefault(folder, _Tail(folder, taken_of(folder)))
        count, batch = 0, list[Entry]()
        try:
            for entry in tail.read():
                batch.append(entry)
                if len(batch) == BATCH:
                    count += self._on(tail, batch)
                    batch = []
            return count + self._on(tail, batch)
        except BaseException:
            # what was read and not taken is read again
            del self._tails[folder]
            raise

    def _on(self, tail: _Tail, batch: list[Entry]) -> int:
        if batch:
            self._take(batch).result()
            tail.taken = batch[-1].number
            draft = tail.folder / f"{_NOTE}.new"
            draft.write_text(json.dumps(tail.taken), encoding="utf-8")
            draft.replace(tail.folder / _NOTE)
        return len(batch)


def taken_of(folder: Path) -> int:
    """Return up to which number a landing journal has been taken on."""
    try:
        return int((folder / _NOTE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
