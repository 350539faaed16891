"""The store of facts: Parquet files by month of arrival, and one manifest that says which count.

A file is never changed. A new state is written beside the old one, and becomes true in the instant
in which the manifest is replaced; what the manifest does not name is rubbish of a broken run.
"""

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self

from everycall.errors import BrokenHistoryError, BusyError
from everycall.history.outlasting import keep, keep_whole

TABLES = ("calls", "visits", "attempts", "talks", "holds", "links")
"""What a segment holds, one file each."""

VERSION = 1
_MANIFEST = "manifest.json"
_REPLACED = ".replaced"

READ_FOR = 900.0
"""Seconds for which files that a new state replaced stay: the longest report is read sooner."""


@dataclass(frozen=True, slots=True)
class EventFile:
    """Events of one source, in the order in which they were taken in.

    Attributes:
        path: where it lies, below the site's folder.
        first_at, last_at: the moments of its first and last event, in microseconds.
    """

    path: str
    source: str
    events: int
    first_at: int
    last_at: int

    def overlaps(self, first_at: int, last_at: int) -> bool:
        """Tell whether it may hold events of a stretch of time, both ends included."""
        return self.first_at <= last_at and self.last_at >= first_at


@dataclass(frozen=True, slots=True)
class Segment:
    """The calls that arrived in one month (UTC), as they were counted last.

    Attributes:
        month: year and month, '2026-11'.
        folder: where its files lie, below the site's folder.
        pending: calls that had not ended.
        numbered: its calls have numbers beside their ids; those counted long ago have none.
        counted_by: a mark of the site's settings that it was counted by; empty if counted long ago.
    """

    month: str
    folder: str
    calls: int
    pending: int = 0
    numbered: bool = False
    counted_by: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """A file that was taken in: what it was, and what came of it.

    Attributes:
        skipped: the folder of what became no event.
        heard: its lines are records that were heard live; what could not be read is kept whole.
        system: the mark of the phone system whose file it is; what was heard live says it itself.
        read_by: a mark of the settings that its lines were read by; empty if nobody noted it.
    """

    number: int
    path: str
    source: str
    size: int
    digest: str
    at: str
    lines: int
    events: int
    unreadable: int
    without_word: int
    first_at: int | None
    last_at: int | None
    skipped: str | None = None
    heard: bool = False
    system: str = ""
    read_by: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """What is known of a source that has spoken: what it sees, and from when to when it spoke."""

    name: str
    sees: tuple[str, ...]
    fineness: int
    channels: bool
    people: bool
    carrier: bool
    first_at: int
    last_at: int
    tail: str | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """A call of which records speak that lie months apart: it counts in one month only.

    Attributes:
        month: where it counts: most is said of it there.
        last_at: the moment of the last record of it, in microseconds.
    """

    call_id: str
    month: str
    last_at: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is true of a site's history at one instant."""

    generation: int = 0
    events: tuple[EventFile, ...] = ()
    segments: tuple[Segment, ...] = ()
    sources: tuple[SourceState, ...] = ()
    imports: tuple[Imported, ...] = ()
    episodes: str | None = None
    strays: tuple[Stray, ...] = ()

    @property
    def numbered(self) -> bool:
        """Whether all calls have numbers, and the episodes and what belongs to them too."""
        return bool(self.segments) and all(segment.numbered for segment in self.segments)

    def segment(self, month: str) -> Segment | None:
        """Return the segment of a month, if there is one."""
        return next((s for s in self.segments if s.month == month), None)

    def source(self, name: str) -> SourceState | None:
        """Return what is known of a source, if it ever spoke."""
        return next((s for s in self.sources if s.name == name), None)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a manifest."""
        found = json.loads(text)
        return cls(
            generation=found["generation"],
            events=tuple(EventFile(**item) for item in found["events"]),
            segments=tuple(Segment(**item) for item in found["segments"]),
            sources=tuple(
                SourceState(**{**item, "sees": tuple(item["sees"])}) for item in found["sources"]
            ),
            imports=tuple(Imported(**item) for item in found["imports"]),
            episodes=found["episodes"],
            strays=tuple(Stray(**item) for item in found.get("strays", ())),
        )

    def to_json(self) -> str:
        """Write a manifest."""
        return json.dumps({"version": VERSION, **asdict(self)}, indent=1)

    def folders(self) -> set[str]:
        """Return every file or folder that belongs to this state."""
        tails = {s.tail for s in self.sources if s.tail}
        skipped = {i.skipped for i in self.imports if i.skipped}
        events = {str(Path(e.path).parent) for e in self.events}
        own = {s.folder for s in self.segments} | events | tails | skipped
        return own | ({self.episodes} if self.episodes else set())


class History:
    """The history of one site, in one folder."""

    def __init__(self, data: Path, site: str = "main") -> None:
        self.site = site
        self.folder = data / "history" / site

    def manifest(self) -> Manifest:
        """Return the present state; an empty one where nothing was ever imported.

        Raises:
            BrokenHistoryError: the manifest cannot be read.
        """
        path = self.folder / _MANIFEST
        try:
            return Manifest.from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Manifest()
        except (ValueError, KeyError, TypeError) as error:
            sentence = f"the manifest cannot be read ({error}); restore it from a backup"
            raise BrokenHistoryError(sentence, str(path)) from None

    def files(self, manifest: Manifest, table: str) -> list[Path]:
        """Return the files of one table of calls and their parts."""
        return [self.folder / s.folder / f"{table}.parquet" for s in manifest.segments]

    def event_files(self, manifest: Manifest, first_at: int, last_at: int) -> list[Path]:
        """Return the files that hold events of a stretch of time."""
        return [self.folder / e.path for e in manifest.events if e.overlaps(first_at, last_at)]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the only writer.

        Raises:
            BusyError: another process writes to this site.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                sentence = (
                    f"another everycall is writing to {self.folder}; try again when it is done"
                )
                raise BusyError(sentence) from None
            yield

    def new_folder(self, kind: str) -> tuple[str, Path]:
        """Make an empty folder for new files; returns its name below the site and its path."""
        name = f"{kind}/{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
        path = self.folder / name
        path.mkdir(parents=True)
        return name, path

    def commit(self, manifest: Manifest, *, forget: bool = False) -> None:
        """Make a new state true, all of it in one instant, and so that a power cut takes none of it; what
        no longer counts goes when nobody reads it any more, or now, if it is to be forgotten.
        """
        before, after = self.manifest().folders(), manifest.folders()
        for folder in before - after:
            self._mark_replaced(folder)
        for folder in sorted(after - before):
            keep_whole(self.folder / folder)
        path = self.folder / _MANIFEST
        draft = path.with_suffix(".new")
        with draft.open("w", encoding="utf-8") as file:
            file.write(replace(manifest, generation=manifest.generation + 1).to_json())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        keep(self.folder)
        self.clean(manifest, at_once=forget)

    def _mark_replaced(self, folder: str) -> None:
        if (self.folder / folder).is_dir():
            (self.folder / folder / _REPLACED).touch()

    def clean(self, manifest: Manifest, *, at_once: bool = False) -> None:
        """Remove files that belong to no state.

        Those of a run that broke off were never read and go at once; those of an earlier state wait
        for whoever began to read it.
        """
        keep = manifest.folders()
        for kind in ("events", "segments", "episodes", "tails", "skipped"):
            for path in (self.folder / kind).glob("*"):
                if f"{kind}/{path.name}" not in keep and (at_once or _is_left(path)):
                    shutil.rmtree(path, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Tell whether nobody reads a folder that does not count."""
    try:
        return time.time() - (folder / _REPLACED).stat().st_mtime > READ_FOR
    except FileNotFoundError:
        return True


def month_of(at: int) -> str:
    """Return the month (UTC) of a moment in microseconds, as '2026-11'."""
    return datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m")


def month_bounds(month: str) -> tuple[int, int]:
    """Return the first moment of a month and of the next one, in microseconds."""
    start = date.fromisoformat(f"{month}-01")
    following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
    return _micros(start), _micros(following)


def _micros(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000
