"""Records that were heard live and could not be read: kept whole, and read again after a fix.

They stay in history, beside what became of the others, long after the journal has let them go.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from everycall.app.history.pooling import literal
from everycall.app.intake.importing import Importer
from everycall.app.intake.sealing import write_records
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Clock, system_clock
from everycall.errors import BusyError, NotThatKindError
from everycall.events import SkipReason
from everycall.history import Engine, History
from everycall.history.journal_segments import Entry
from everycall.history.store import Imported, Manifest

_UNREADABLE = f"({', '.join(literal(r.value) for r in SkipReason if r.unreadable)})"
_KEPT = f"NOT received_at IS NULL AND reason IN {_UNREADABLE}"


@dataclass(frozen=True, slots=True)
class Kept:
    """A record that could not be read, as it came.

    Attributes:
        feed: the connection that it came by.
        received_at: when, in microseconds since 1970.
        seal: the number of the import in which it was tried last.
    """

    source: str
    feed: str
    received_at: int
    reason: str
    detail: str
    body: str
    seal: int

    def entry(self) -> Entry:
        """Return it as the journal had it."""
        return Entry(self.feed, self.source, self.body, "", self.received_at)


@dataclass(frozen=True, slots=True)
class Again:
    """What came of reading the records of a source again."""

    read: int
    still: int


@dataclass(frozen=True, slots=True)
class Replayer:
    """Reads kept records again, with the sources and the settings as they are now."""

    history: History
    site: SiteFile
    clock: Clock = system_clock

    def replay(self, source: str | None = None) -> dict[str, Again]:
        """Read them again; returns what came of it by source, nothing where nothing was kept.

        Raises:
            EverycallError: another process writes to the history; everything is kept.
        """
        by_source: dict[str, list[Kept]] = {}
        for one in kept(self.history):
            if source in (None, one.source):
                by_source.setdefault(one.source, []).append(one)
        return {name: self._replay(name, found) for name, found in by_source.items()}

    def _replay(self, source: str, found: Sequence[Kept]) -> Again:
        entries = [one.entry() for one in found]
        anew = _Without(self.history, _seals(self.history.manifest(), found))
        importer = Importer(self.history, self.site, self.clock, heard=entries, anew=anew)
        with tempfile.TemporaryDirectory(prefix="everycall-again-") as folder:
            path = Path(folder) / f"{source}-again"
            write_records(path, entries)
            summary = importer.take([path], source)
        if summary.refused:
            raise NotThatKindError(f"the records of {source} {summary.refused[0][1]}")
        return Again(len(found) - summary.unreadable, summary.unreadable)


def kept(history: History) -> list[Kept]:
    """Return the records that could not be read, newest first."""
    files = _files(history, history.manifest().imports)
    found: list[Kept] = []
    with Engine() as engine:
        for number, path in files.items():
            rows = engine.rows(
                "SELECT source, feed, received_at, reason, COALESCE(detail, ''), COALESCE(text, ''), ? AS seal "
                f"FROM read_parquet({literal(path)}) WHERE {_KEPT} ORDER BY line DESC",
                [number],
            )
            found += [Kept(*row) for row in rows]
    return sorted(found, key=lambda one: one.received_at, reverse=True)


def _files(history: History, imports: Iterable[Imported]) -> dict[int, Path]:
    return {
        one.number: history.folder / one.skipped / "skipped.parquet"
        for one in imports
        if one.heard and one.skipped and one.unreadable
    }


def _seals(manifest: Manifest, found: Iterable[Kept]) -> dict[int, str | None]:
    numbers = {one.seal for one in found}
    return {one.number: one.skipped for one in manifest.imports if one.number in numbers}


@dataclass(frozen=True, slots=True)
class _Without:
    """Takes records out of the imports in which they could not be read.

    Attributes:
        seals: the imports, and where what they skipped lay when the records were taken from there.
    """

    history: History
    seals: Mapping[int, str | None]

    def __call__(self, manifest: Manifest) -> Manifest:
        """Return the state without them.

        Raises:
            BusyError: they were read again, or erased, in the meantime.
        """
        known = {one.number: one.skipped for one in manifest.imports}
        if any(known.get(number) != place for number, place in self.seals.items()):
            raise BusyError("somebody else changed these records at the same time; try again")
        imports = (
            self._without(one) if one.number in self.seals else one for one in manifest.imports
        )
        return replace(manifest, imports=tuple(imports))

    def _without(self, one: Imported) -> Imported:
        (path,) = _files(self.history, [one]).values()
        name, folder = self.history.new_folder("skipped")
        with Engine() as engine:
            engine.table("skips", f"SELECT * FROM read_parquet({literal(path)})")
            gone: int = engine.value(f"SELECT COUNT(*) FROM skips WHERE {_KEPT}")
            rest: int = engine.value(f"SELECT COUNT(*) FROM skips WHERE NOT ({_KEPT})")
            engine.save(f"SELECT * FROM skips WHERE NOT ({_KEPT})", folder / "skipped.parquet")
        return replace(
            one,
            lines=one.lines - gone,
            unreadable=one.unreadable - gone,
            skipped=name if rest else None,
        )
