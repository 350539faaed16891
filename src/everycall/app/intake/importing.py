"""Taking files in: all of a file or nothing of it, and never the same thing twice."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from everycall.app.history.call_staging import stage_calls
from everycall.app.history.counting import count_episodes
from everycall.app.history.pooling import Part, literal, months_of, overlaps, without_repeats
from everycall.app.history.progress import Progress, silent
from everycall.app.history.skips import save_skips, whole
from everycall.app.history.soundness import latest_of
from everycall.app.history.staging import FreshFile, Numbers, Stage, Staged, stage_lines
from everycall.app.intake.assuming import assumptions, lines_of
from everycall.app.intake.doubling import refuse_doubles, refuse_other_queues
from everycall.app.intake.finding import Found, LeftOut, every_source, find
from everycall.app.intake.sorting_out import (
    Summary,
    digest_of,
    emptied,
    insist_on,
    insist_on_all,
    is_known,
    of_one_system,
    sorted_out,
)
from everycall.app.intake.speaking import covered_anew, moment_of, sources_of, view_of
from everycall.app.intake.systems import chosen, systems_of
from everycall.app.intake.totals import Totals
from everycall.app.keeping.erasing import keep_out
from everycall.app.keeping.forgetting import keep_forgotten
from everycall.app.site.counting_mark import outdated, reading_mark
from everycall.app.site.given import give, give_windows
from everycall.app.site.sitefile import SiteFile
from everycall.calls.chain import written
from everycall.calls.model import Setting
from everycall.clock import Clock, system_clock, to_micros
from everycall.errors import EverycallError
from everycall.history import Engine, History, Segment
from everycall.history.journal_segments import Entry
from everycall.history.store import (
    EventFile,
    Imported,
    Manifest,
    SourceState,
)
from everycall.sources.base import LineTranslation
from everycall.sources.mapping import FOLDER as MAPPINGS

_EXTENT = 'SELECT COUNT(*), MIN("at"), MAX("at") FROM ({rest}) AS e'

_NOT_TOLD_ANEW = """
SELECT e.* FROM read_parquet({file}) AS e
WHERE NOT EXISTS (
  SELECT 1 FROM read_parquet(:replaced) AS r
  WHERE r.call_id = e.call_id AND r.first_at <= e."at"
)
"""

_OF_TAIL = "SELECT * FROM read_parquet({file}) WHERE call_id IN (SELECT call FROM {tail})"


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes files of one site in.

    Attributes:
        heard: the records that the lines of the file are, if they were heard live.
        anew: what the state is to be without what is now read again.
        over: begin with nothing: what was taken in before is there only if it is among the files.
    """

    history: History
    site: SiteFile
    clock: Clock = system_clock
    progress: Progress = silent
    memory: str = "2500MB"
    heard: Sequence[Entry] = ()
    anew: Callable[[Manifest], Manifest] | None = None
    over: bool = False

    def take(
        self,
        paths: Sequence[Path],
        source: str | None = None,
        mapping: Path | None = None,
        system: str | None = None,
    ) -> Summary:
        """Take files in and count again what they touch.

        `mapping` says how to read all of them, and `system` which phone system they are of.

        Raises:
            EverycallError: nothing was taken in, and the sentence says why.
        """
        summary = Summary(self.history.site)
        own = self.history.folder.parents[1] / MAPPINGS
        if self.heard and source is not None:
            # who said it is known, however little of it can be read
            files: list[Found | LeftOut] = [
                Found(path, every_source(own)[source], "heard") for path in paths
            ]
        else:
            files = find(paths, source, mapping=mapping, folder=own)
        found = list(sorted_out(files, summary))
        insist_on(paths, found, summary)
        if not self.heard:
            found = self._of_system(found, system, summary)
        with self.history.writing(), Engine(self.memory) as engine:
            manifest = self.history.manifest()
            self.history.clean(manifest)
            if self.over:
                manifest = emptied(manifest, found, summary)
            fresh = [f for f in found if self.anew or not is_known(f, manifest, summary)]
            if fresh:
                name, folder = self.history.new_folder("events")
                stage = Stage(
                    engine,
                    folder,
                    self.site.site(),
                    self._numbers(),
                    self.history.site,
                    self.progress,
                    latest_of(self._heard_at()),
                )
                staged = self._stage(stage, fresh, manifest, summary)
                if self.over:
                    insist_on_all(summary)
                manifest = self.anew(manifest) if self.anew and staged else manifest
                events = self._adopt(engine, manifest, staged, name)
                self._commit(engine, replace(manifest, events=events), staged, summary)
            elif self._outdated(manifest):
                self._commit(engine, manifest, [], summary)
            elif not manifest.generation:
                # from now on it is known that there were no calls, not only that nobody asked
                self.history.commit(manifest)
        return summary

    def recount(self) -> Summary:
        """Count again what was counted by other settings than the site has now; nothing is read anew.

        Raises:
            EverycallError: nothing was counted, and the sentence says why.
        """
        summary = Summary(self.history.site)
        with self.history.writing(), Engine(self.memory) as engine:
            manifest = self.history.manifest()
            self.history.clean(manifest)
            if self._outdated(manifest):
                self._commit(engine, manifest, [], summary)
        return summary

    def _of_system(
        self, found: Sequence[Found], system: str | None, summary: Summary
    ) -> list[Found]:
        """Say of files whose phone system they are, where there may be several of the kind."""
        alike = [file.path for file in found if file.source.alike]
        if not alike and system is None:
            return list(found)
        origin = chosen(systems_of(self.history, self.site), system, alike)
        return list(of_one_system(found, origin, summary))

    def _heard_at(self) -> int:
        """Return the present as far as it bounds what is said: what a file says may be of any time."""
        return to_micros(self.clock()) if self.heard else 0

    def _numbers(self) -> Numbers:
        return Numbers(self.site.region, self.site.internal)

    def _stage(
        self, stage: Stage, fresh: Sequence[Found], manifest: Manifest, summary: Summary
    ) -> list[Staged]:
        """Translate every file; one that fails as a whole is named and left out."""
        start = max((file.number for file in manifest.imports), default=0) + 1
        waiting = [Staged(f.path, f.source, n, f.origin) for n, f in enumerate(fresh, start)]
        done: list[Staged] = []
        for group in _groups(waiting):
            done += self._stage_group(stage, group, manifest, summary)
        systems = [] if self.heard else systems_of(self.history, self.site)
        if len(systems) > 1:
            refuse_doubles(stage.engine, self.history, manifest, done, systems)
        if not self.heard:
            refuse_other_queues(stage.engine, self.history, manifest, done)
        for one in done:
            one.skips = whole(one.skips, self.heard)
        keep_out(self.history, stage.engine, done)
        keep_forgotten(self.history, stage.engine, done)
        return done

    def _stage_group(
        self, stage: Stage, group: list[Staged], manifest: Manifest, summary: Summary
    ) -> list[Staged]:
        try:
            for _ in self._staging(stage, group, manifest):
                pass
        except EverycallError as error:
            # of several files only one can be told to be at fault, so each is tried by itself
            if len(group) > 1:
                singles = ([one] for one in group)
                return [
                    s for one in singles for s in self._stage_group(stage, one, manifest, summary)
                ]
            why = str(error).removeprefix(f"'{group[0].path}' ")
            summary.refused.append((group[0].path, why))
            return []
        return group

    def _staging(self, stage: Stage, group: list[Staged], manifest: Manifest) -> Iterator[int]:
        first = group[0]
        if isinstance(first.source.translation, LineTranslation):
            size = max(first.path.stat().st_size, 1)
            for read in stage_lines(stage, first):
                self.progress(f"reading {first.path.name}", min(read / size, 1.0))
                yield read
            return
        self.progress(f"reading {first.path.name}", 0.0)
        state = manifest.source(first.source.name)
        tail = self.history.folder / state.tail if state and state.tail else None
        yield from stage_calls(stage, group, tail)
        if self.anew:
            self._spare(stage.engine, group[-1], tail)

    def _spare(self, engine: Engine, one: Staged, tail: Path | None) -> None:
        """Let a lone record of a call that is long over add to what is known of it, no more."""
        if one.replaced is not None:
            spared = one.replaced.with_suffix(".spared")
            known = f"read_parquet({literal(tail)})" if tail else "(SELECT NULL AS call)"
            engine.save(_OF_TAIL.format(file=literal(one.replaced), tail=known), spared)
            spared.replace(one.replaced)

    def _adopt(
        self, engine: Engine, manifest: Manifest, staged: Sequence[Staged], name: str
    ) -> tuple[EventFile, ...]:
        """Return the event files of the new state: what is said anew is out, repeats are out."""
        stored = list(manifest.events)
        spoken = [Part(s.name, s.first_at, s.last_at) for s in manifest.sources]
        for one in staged:
            if one.replaced is not None:
                stored = self._without_replaced(engine, stored, one)
            windows = overlaps(one.part, spoken) if one.part else []
            stored += self._new_files(engine, one, stored, windows, name)
            spoken += [one.part] if one.part else []
        return tuple(stored)

    def _without_replaced(
        self, engine: Engine, stored: Sequence[EventFile], one: Staged
    ) -> list[EventFile]:
        """Rewrite those files of a source that hold calls which it has now told anew."""
        replaced = literal(one.replaced or "")
        since = engine.value(f"SELECT MIN(first_at) FROM read_parquet({replaced})")
        name, folder = self.history.new_folder("events")
        kept = []
        for i, file in enumerate(stored):
            if file.source != one.source.name or since is None or file.last_at < since:
                kept.append(file)
                continue
            rest = _NOT_TOLD_ANEW.format(file=literal(self.history.folder / file.path))
            rest = rest.replace(":replaced", replaced)
            count, first_at, last_at = engine.rows(_EXTENT.format(rest=rest))[0]
            if count == file.events:
                kept.append(file)
            elif count:
                engine.save(rest, folder / f"{i:05}.parquet")
                path = f"{name}/{i:05}.parquet"
                kept.append(EventFile(path, one.source.name, count, first_at, last_at))
        return kept

    def _new_files(
        self,
        engine: Engine,
        one: Staged,
        stored: Sequence[EventFile],
        windows: Sequence[Part],
        name: str,
    ) -> list[EventFile]:
        if windows:
            known = [
                self.history.folder / f.path
                for f in stored
                if any(f.source == w.source and f.overlaps(w.first_at, w.last_at) for w in windows)
            ]
            fresh = [file.path for file in one.files]
            engine.table("rest", without_repeats(engine, fresh, known, windows))
            path = fresh[0].with_name(f"{one.number:06}-once.parquet")
            engine.save("SELECT * FROM rest", path)
            extent = engine.rows(_EXTENT.format(rest="SELECT * FROM rest"))[0]
            one.files = [FreshFile(path, *extent)] if extent[0] else []
            for file in fresh:
                file.unlink()
        return [
            EventFile(f"{name}/{f.path.name}", one.source.name, f.events, f.first_at, f.last_at)
            for f in one.files
        ]

    def _commit(
        self, engine: Engine, manifest: Manifest, staged: Sequence[Staged], summary: Summary
    ) -> None:
        sources = sources_of(manifest, staged, self.site)
        if not sources:
            imported = (*manifest.imports, *self._imported(engine, staged, summary))
            self.history.commit(replace(manifest, imports=imported))
            return
        setting = Setting(tuple(map(view_of, sources)), self.site.limits.limits())
        moment = moment_of(sources, self._heard_at())
        give(engine, self.site, moment)
        fresh = [file.path for one in staged for file in one.files]
        touched = months_of(engine, fresh) | covered_anew(manifest, sources)
        totals = Totals(engine, self.history, self.site, self.progress)
        counted = totals.counted(written(setting), manifest, touched, fresh)
        following = replace(
            counted,
            episodes=self._join(engine, counted.segments, moment),
            sources=self._with_tails(sources, staged),
            imports=(*manifest.imports, *self._imported(engine, staged, summary)),
        )
        totals.check(following, summary)
        summary.months = len({*following.segments} - {*manifest.segments})
        summary.assumed += assumptions(self.site, lines_of(engine, self.history, following))
        summary.strays = [stray for stray in following.strays if stray not in manifest.strays]
        self.history.commit(following)

    def _outdated(self, manifest: Manifest) -> set[str]:
        return outdated(manifest, self.site)

    def _join(
        self, engine: Engine, segments: Sequence[Segment], moment: tuple[int, int, int]
    ) -> str | None:
        if not segments:
            return None
        self.progress("joining calls of the same caller", 0.0)
        give_windows(engine, self.site, moment)
        folders = [self.history.folder / s.folder for s in segments]
        home = self.history.new_folder("episodes")
        return count_episodes(engine, self.site.limits.limits(), folders, home)

    def _with_tails(
        self, sources: Iterable[SourceState], staged: Sequence[Staged]
    ) -> tuple[SourceState, ...]:
        tails = {one.source.name: one.tail for one in staged if one.tail is not None}
        return tuple(self._with_tail(source, tails.get(source.name)) for source in sources)

    def _with_tail(self, source: SourceState, tail: Path | None) -> SourceState:
        if tail is None:
            return source
        name, folder = self.history.new_folder("tails")
        tail.replace(folder / "records.parquet")
        return replace(source, tail=name)

    def _imported(
        self, engine: Engine, staged: Sequence[Staged], summary: Summary
    ) -> Iterator[Imported]:
        for one in staged:
            done = self._record(engine, one)
            summary.files.append(done)
            if one.notes:
                summary.notes[one.path] = one.notes
            yield done

    def _record(self, engine: Engine, one: Staged) -> Imported:
        unreadable = sum(1 for skip in one.skips if skip.reason.unreadable)
        return Imported(
            number=one.number,
            path=str(one.path.absolute()),
            source=one.source.name,
            size=one.path.stat().st_size,
            digest=digest_of(one.path),
            at=self.clock().isoformat(timespec="seconds"),
            lines=one.lines,
            events=one.events,
            unreadable=unreadable,
            without_word=len(one.skips) - unreadable,
            first_at=one.part.first_at if one.part else None,
            last_at=one.part.last_at if one.part else None,
            skipped=save_skips(engine, self.history, one, self.heard),
            heard=bool(self.heard),
            system=one.origin.mark,
            read_by=reading_mark(self.site),
        )


def _groups(staged: Iterable[Staged]) -> Iterator[list[Staged]]:
    """Yield files that are translated together: those of a source that tells whole calls."""
    by_source: dict[str, list[Staged]] = {}
    for one in staged:
        if isinstance(one.source.translation, LineTranslation):
            yield [one]
        else:
            by_source.setdefault(one.source.name, []).append(one)
    yield from by_source.values()
