"""Gathering: the many small files that sealing leaves become few, with the same events in the same order.

Every seal adds a file of events and a note of it. Where calls are heard day and night these would be
a quarter of a million after a year, all of them opened again and again. Nothing is counted anew here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from everycall.app.history.call_staging import TAIL
from everycall.app.history.pooling import literal, reading
from everycall.history import Engine, History
from everycall.history.store import EventFile, Imported, Manifest, month_of

LOOSE = 64
"""So many small files of one source and month, or notes of one source, may lie about."""

SMALL = 250_000
"""A file with so many events is large enough."""

SETTLED = TAIL + 3600 * 1_000_000
"""Microseconds after which a source that tells whole calls does not tell them anew."""

_NEWEST = 2
"""So many notes of a source stay as they are: by them a seal that broke off is known again."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Gathers the files of one site's history."""

    history: History

    def gather(self) -> int:
        """Put small files together where there are many; returns how many there are fewer.

        Raises:
            EverycallError: another process writes to the history, or it is broken; all stays as it was.
        """
        with self.history.writing():
            manifest = self.history.manifest()
            groups = [*_scattered(manifest)], [*_noted(manifest.imports)]
            if not any(groups):
                return 0
            with Engine() as engine:
                events = self._events(engine, manifest.events, groups[0])
                imports = self._notes(engine, manifest.imports, groups[1])
            self.history.commit(replace(manifest, events=events, imports=imports))
        return len(manifest.events) - len(events) + len(manifest.imports) - len(imports)

    def _events(
        self, engine: Engine, files: Sequence[EventFile], groups: Sequence[Sequence[EventFile]]
    ) -> tuple[EventFile, ...]:
        for group in groups:
            name, folder = self.history.new_folder("events")
            paths = [self.history.folder / file.path for file in group]
            engine.save(reading(paths), folder / "gathered.parquet")
            gathered = EventFile(
                f"{name}/gathered.parquet",
                group[0].source,
                sum(file.events for file in group),
                min(file.first_at for file in group),
                max(file.last_at for file in group),
            )
            files = _instead(files, group, gathered)
        return tuple(files)

    def _notes(
        self, engine: Engine, notes: Sequence[Imported], groups: Sequence[Sequence[Imported]]
    ) -> tuple[Imported, ...]:
        first = max((one.number for one in notes), default=0) + 1
        for number, group in enumerate(groups, first):
            notes = _instead(notes, group, self._note(engine, group, number))
        return tuple(notes)

    def _note(self, engine: Engine, group: Sequence[Imported], number: int) -> Imported:
        """Return one note for several; its number is new, for it is none of theirs."""
        skipped = None
        kept = [self.history.folder / one.skipped for one in group if one.skipped]
        if listed := ", ".join(literal(folder / "skipped.parquet") for folder in kept):
            skipped, folder = self.history.new_folder("skipped")
            every = f"SELECT * FROM read_parquet([{listed}], union_by_name = true)"
            engine.save(every, folder / "skipped.parquet")
        return replace(
            group[-1],
            number=number,
            size=sum(one.size for one in group),
            digest="",
            lines=sum(one.lines for one in group),
            events=sum(one.events for one in group),
            unreadable=sum(one.unreadable for one in group),
            without_word=sum(one.without_word for one in group),
            first_at=min((one.first_at for one in group if one.first_at is not None), default=None),
            last_at=max((one.last_at for one in group if one.last_at is not None), default=None),
            skipped=skipped,
        )


def _scattered(manifest: Manifest) -> Iterator[list[EventFile]]:
    """Yield small files of one source and month where there are many, but none that may be said anew."""
    settled = {one.name: one.last_at - (SETTLED if one.tail else 0) for one in manifest.sources}
    groups: dict[tuple[str, str], list[EventFile]] = {}
    for file in manifest.events:
        if file.events < SMALL and file.last_at <= settled.get(file.source, file.last_at):
            groups.setdefault((file.source, month_of(file.first_at)), []).append(file)
    yield from (group for group in groups.values() if len(group) > LOOSE)


def _noted(imports: Iterable[Imported]) -> Iterator[list[Imported]]:
    """Yield what was heard of one source on one day, where there are many notes of the source."""
    by_source: dict[tuple[str, str], list[Imported]] = {}
    for one in imports:
        if one.heard:
            by_source.setdefault((one.source, one.system), []).append(one)
    for notes in by_source.values():
        days: dict[str, list[Imported]] = {}
        for one in notes[:-_NEWEST]:
            days.setdefault(one.at[:10], []).append(one)
        if sum(map(len, days.values())) - len(days) > LOOSE:
            yield from (group for group in days.values() if len(group) > 1)


def _instead(several: Sequence[T], group: Sequence[T], one: T) -> list[T]:
    """Return the same with one in the place of the first of a group, and without the others."""
    gone = set(map(id, group))
    return [
        one if item is group[0] else item
        for item in several
        if item is group[0] or id(item) not in gone
    ]
