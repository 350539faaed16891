"""Sealing: what the journal took becomes history, by the same import as any file.

The records of each source are written as a file of that source and imported. History knows the
file again if a seal broke off between the import and the note of it, and the records if a later
seal holds more of them, so nothing is counted twice.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from everycall.app.intake.gathering import Gatherer
from everycall.app.intake.importing import Importer
from everycall.app.intake.translating import ordinal
from everycall.app.site.retaining import JOURNAL
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Clock, system_clock
from everycall.errors import NotThatKindError
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry, first_number, segments
from everycall.history.outlasting import keep

_NOTE = "sealed.json"
_EVERY = "*"
"""In the note: up to which number all sources are sealed; beside it, those that are further."""


@dataclass(slots=True)
class Sealed:
    """What a seal did: records by source, and the months that were counted again."""

    records: dict[str, int] = field(default_factory=dict)
    months: int = 0


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals the journal of one site into its history."""

    journal: Journal
    history: History
    site: SiteFile
    clock: Clock = system_clock

    def seal(self) -> Sealed:
        """Take everything into history that the journal has and history has not.

        A source whose records cannot be taken in holds no other back.

        Raises:
            EverycallError: another process writes to the history, or it is broken; the journal
                keeps everything, and the next seal tries again.
        """
        self._clear()
        done = self._note()
        after, up_to = done.get(_EVERY, 0), self.journal.state.last
        sealed, failure = Sealed(), None
        by_source = _by_source(e for e in self.journal.entries(after) if e.number <= up_to)
        for source, entries in by_source.items():
            fresh = [entry for entry in entries if entry.number > done.get(source, after)]
            if fresh:
                try:
                    sealed.months += self._take(source, fresh)
                except Exception as error:  # noqa: BLE001 - it is raised below
                    failure = failure or error
                    continue
                sealed.records[source] = len(fresh)
                done[source] = max(entry.number for entry in fresh)
                self._write(done)
        if failure is not None:
            raise failure
        self._write({_EVERY: up_to})
        return sealed

    def tidy(self) -> list[Path]:
        """Delete segments that are sealed and older than the live picture, or the site, needs."""
        oldest = (self.clock() - (self.site.retention.journal or JOURNAL)).timestamp()
        found = segments(self.journal.folder)
        kept = next((path for path in found if path.stat().st_mtime >= oldest), None)
        if kept is None:
            return []
        sealed = self._note().get(_EVERY, 0)
        return self.journal.drop(min(sealed, first_number(kept) - 1))

    def gather(self) -> int:
        """Put together the many small files that seals left; returns how many there are fewer.

        Raises:
            EverycallError: another process writes to the history, or it is broken; all stays as it was.
        """
        return Gatherer(self.history).gather()

    def _take(self, source: str, entries: list[Entry]) -> int:
        path = self._desk / f"{source}-{entries[0].number}-{entries[-1].number}"
        entries.sort(key=lambda entry: (entry.feed, ordinal(entry)))
        try:
            write_records(path, entries)
            importer = Importer(self.history, self.site, clock=self.clock, heard=entries)
            summary = importer.take([path], source)
        finally:
            path.unlink(missing_ok=True)
        if summary.refused:
            raise NotThatKindError(f"what {source} said {summary.refused[0][1]}")
        return summary.months

    @property
    def _desk(self) -> Path:
        return self.journal.folder / "sealing"

    def _clear(self) -> None:
        """Remove what a seal left that was killed: nobody would ever erase a caller from it."""
        self._desk.mkdir(exist_ok=True)
        for path in self._desk.iterdir():
            path.unlink()

    def _note(self) -> dict[str, int]:
        """Return up to which number each source is sealed."""
        try:
            found: dict[str, int] = json.loads((self.journal.folder / _NOTE).read_text())
        except FileNotFoundError:
            return {}
        return found

    def _write(self, done: dict[str, int]) -> None:
        path = self.journal.folder / _NOTE
        draft = path.with_suffix(".new")
        with draft.open("w") as file:
            file.write(json.dumps(done))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        keep(path.parent)


def write_records(path: Path, entries: Iterable[Entry]) -> None:
    """Write records as a file of their source, one a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{entry.body}\n" for entry in entries)


def _by_source(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.source, []).append(entry)
    return found
