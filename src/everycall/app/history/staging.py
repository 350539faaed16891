"""From files to events in waiting: translated, with who called made comparable, not yet counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from everycall.app.history.pooling import Part, literal
from everycall.app.history.progress import Progress, silent
from everycall.events import COLUMNS, Skip, SkipReason
from everycall.events.bounds import LATEST
from everycall.events.callers import Caller, caller
from everycall.events.origins import HERE, Origin
from everycall.history import Engine
from everycall.sources.base import LineTranslation, Note, Site, Source
from everycall.sources.lines import Chunk, chunks

_NUMBERS = "raw VARCHAR, caller VARCHAR, caller_key VARCHAR"

FILE_STEP = 1 << 40
"""Events of a later file come after those of an earlier one where their moments are equal."""


REMEMBERED = 100_000
"""So many raw numbers are remembered with what makes them comparable."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How raw numbers of a site are made comparable; each is worked out once, as long as it is
    remembered.
    """

    region: str | None = None
    internal: tuple[str, ...] = ()
    known: dict[str, Caller] = field(default_factory=dict)

    def of(self, raw: str) -> Caller:
        """Return who called."""
        if raw not in self.known:
            if len(self.known) >= REMEMBERED:
                # who calls again calls soon; for months a watch hears new numbers
                self.known.clear()
            self.known[raw] = caller(raw, self.region, self.internal)
        return self.known[raw]


@dataclass(frozen=True, slots=True)
class FreshFile:
    """Events that wait in a file: how many, and from when to when."""

    path: Path
    events: int
    first_at: int
    last_at: int


@dataclass(slots=True)
class Staged:
    """What a file gave: events that wait, and what in it could not be read.

    Attributes:
        origin: the phone system whose file it is.
        notes: what was guessed, and why.
        replaced: a file that lists calls which this source has told anew.
        tail: a file of the records of calls that may go on in the next import.
    """

    path: Path
    source: Source
    number: int
    origin: Origin = HERE
    size: int = 0
    lines: int = 0
    skips: list[Skip] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: list[FreshFile] = field(default_factory=list)
    replaced: Path | None = None
    tail: Path | None = None

    @property
    def events(self) -> int:
        """How many events the file gave."""
        return sum(file.events for file in self.files)

    @property
    def part(self) -> Part | None:
        """From when to when it speaks; None if it says nothing."""
        if not self.files:
            return None
        first_at = min(file.first_at for file in self.files)
        return Part(self.source.name, first_at, max(file.last_at for file in self.files))


@dataclass(frozen=True, slots=True)
class Stage:
    """A place where the files of one import are translated and wait.

    Attributes:
        latest: nothing is believed that is said to have happened later.
    """

    engine: Engine
    folder: Path
    site: Site
    numbers: Numbers
    name: str
    progress: Progress = silent
    latest: int = LATEST

    def keep(self, statement: str, staged: Staged) -> None:
        """Write the events that a statement gives to a file, with everything filled in."""
        self.engine.view("waiting", statement)
        given = {row[0] for row in self.engine.rows("DESCRIBE waiting")}
        if "caller_raw" in given:
            self._identify()
        path = self.folder / f"{staged.number:06}-{len(staged.files):05}.parquet"
        self.engine.save(self._filled(staged, given), path)
        extent = f'SELECT COUNT(*), MIN("at"), MAX("at") FROM read_parquet({literal(path)})'
        count, first_at, last_at = self.engine.rows(extent)[0]
        if count:
            staged.files.append(FreshFile(path, count, first_at, last_at))
        else:
            path.unlink()

    def _identify(self) -> None:
        """Add the callers of the waiting events who were not seen before to the table of numbers."""
        unseen = (
            "SELECT DISTINCT caller_raw FROM waiting AS w WHERE NOT caller_raw IS NULL "
            "AND NOT EXISTS (SELECT 1 FROM numbers AS n WHERE n.raw = w.caller_raw)"
        )
        self.engine.run(f"CREATE TABLE IF NOT EXISTS numbers ({_NUMBERS})")
        found = ((raw, self.numbers.of(raw)) for (raw,) in self.engine.rows(unseen))
        rows = ((raw, who.e164, who.key) for raw, who in found)
        columns = {"raw": "VARCHAR", "caller": "VARCHAR", "caller_key": "VARCHAR"}
        self.engine.load("new_numbers", columns, rows)
        self.engine.run("INSERT INTO numbers SELECT * FROM new_numbers")

    def _filled(self, staged: Staged, given: set[str]) -> str:
        own = {c.name: f'w."{c.name}"' if c.name in given else "NULL" for c in COLUMNS}
        own["seq"] = f"w.seq + {staged.number * FILE_STEP}"
        own["source"] = literal(staged.source.name)
        own["site"] = literal(self.name)
        if "caller_raw" in given:
            own |= {"caller": "n.caller", "caller_key": "n.caller_key"}
        columns = ", ".join(f'CAST({own[c.name]} AS {c.type}) AS "{c.name}"' for c in COLUMNS)
        joined = "LEFT JOIN numbers AS n ON n.raw = w.caller_raw" if "caller_raw" in given else ""
        return f"SELECT {columns} FROM waiting AS w {joined}"


def stage_lines(stage: Stage, staged: Staged) -> Iterator[int]:
    """Translate a file whose lines speak for themselves; yields the bytes read so far."""
    translation = staged.source.translation
    if not isinstance(translation, LineTranslation):
        raise TypeError(f"{staged.source.name} does not translate lines")
    cut = translation.chunks
    for chunk in cut(staged.path, stage.site) if cut else chunks(staged.path, translation.filler):
        if isinstance(chunk, Note):
            staged.notes.append(chunk.text)
            continue
        stage_chunk(stage, translation, chunk, staged)
        yield staged.size


def stage_chunk(stage: Stage, translation: LineTranslation, chunk: Chunk, staged: Staged) -> None:
    """Translate some whole lines; a live feed brings them so."""
    staged.size += len(chunk.data)
    staged.lines += chunk.lines
    staged.skips.extend(chunk.skips)
    if chunk.data:
        _stamp(stage, translation, chunk.data, chunk.first_line)
        _refuse(stage, translation, staged)
        stage.keep(translation.events, staged)


def _stamp(stage: Stage, translation: LineTranslation, data: bytes, first_line: int) -> None:
    engine = stage.engine
    path = engine.scratch / "chunk.txt"
    path.write_bytes(data)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in translation.columns)
    engine.view(
        "lines",
        f"SELECT * FROM read_csv('{path}', header=false, auto_detect=false, quote='', escape='', "
        f"delim='{translation.delimiter}', null_padding=true, columns={{{types}}})",
    )
    engine.table("chunk", translation.stamped(stage.site))
    engine.view("stamped", f"SELECT *, rowid + {first_line} AS line FROM chunk")
    verbs = engine.rows("SELECT DISTINCT verb FROM chunk WHERE NOT verb IS NULL")
    rows = translation.lookup(stage.site, (verb for (verb,) in verbs))
    columns = {name: translation.lookup_types[name] for name in rows[0]}
    engine.load("verbs", columns, (tuple(row.values()) for row in rows))


def _refuse(stage: Stage, translation: LineTranslation, staged: Staged) -> None:
    for line, reason, detail, text in stage.engine.rows(translation.refused):
        skip = Skip(staged.path.name, line, SkipReason(reason), detail or "", text)
        staged.skips.append(skip)
