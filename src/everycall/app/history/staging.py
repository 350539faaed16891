"""From files to events in waiting: translated, with who called made comparable, not yet counted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from everycall.app.history.pooling import Part, literal
from everycall.app.history.progress import Progress, silent
from everycall.app.history.soundness import SHOWN
from everycall.events import COLUMNS, Skip, SkipReason
from everycall.events.bounds import EARLIEST, LATEST, LONGEST, moment_beyond
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

MOST_BYTES = 8_000_000
"""A line is read that has at most so many: old encodings grow when they are made UTF-8."""


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
        if "value" in given:
            own["value"] = f"CASE WHEN ABS(w.value) <= {LONGEST} THEN w.value END"
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
        _stamp(stage, translation, _fitting(chunk.data, translation), chunk.first_line)
        _refuse(stage, translation, staged)
        stage.keep(translation.events, staged)


def _fitting(data: bytes, translation: LineTranslation) -> bytes:
    """Return lines none of which has too many fields: what is too much belongs to the last one."""
    mark, most = translation.delimiter.encode(), len(translation.columns) - 1
    lines = data.split(b"\n")
    if max(line.count(mark) for line in lines) <= most:
        return data
    cut = (line.split(mark, most) for line in lines)
    return b"\n".join(
        mark.join((*f[:most], *(t.replace(mark, b"_") for t in f[most:]))) for f in cut
    )


def _stamp(stage: Stage, translation: LineTranslation, data: bytes, first_line: int) -> None:
    engine = stage.engine
    path = engine.scratch / "chunk.txt"
    path.write_bytes(data)
    types = ", ".join(f"'{column}': 'VARCHAR'" for column in translation.columns)
    engine.view(
        "lines",
        f"SELECT * FROM read_csv('{path}', header=false, auto_detect=false, quote='', escape='', "
        f"delim='{translation.delimiter}', null_padding=true, columns={{{types}}}, "
        f"max_line_size={MOST_BYTES})",
    )
    engine.table("chunk", translation.stamped(stage.site))
    something = f"NOT COALESCE({_listed(translation)}) IS NULL"
    numbered = f"SELECT *, rowid + {first_line} AS line FROM chunk WHERE {something}"
    beyond = f'COALESCE("at" < {EARLIEST} OR "at" >= {min(stage.latest, LATEST)}, FALSE)'
    engine.view("numbered", f"SELECT *, {beyond} AS beyond FROM ({numbered}) AS n")
    engine.view("stamped", "SELECT * EXCLUDE (beyond) FROM numbered WHERE NOT beyond")
    verbs = engine.rows("SELECT DISTINCT verb FROM chunk WHERE NOT verb IS NULL")
    rows = translation.lookup(stage.site, (verb for (verb,) in verbs))
    columns = {name: translation.lookup_types[name] for name in rows[0]}
    engine.load("verbs", columns, (tuple(row.values()) for row in rows))


def _listed(translation: LineTranslation) -> str:
    return ", ".join(f'"{column}"' for column in translation.columns)


def _refuse(stage: Stage, translation: LineTranslation, staged: Staged) -> None:
    text = f"CONCAT_WS('{translation.delimiter}', {_listed(translation)})"
    beyond = f'SELECT line, "at", {text} FROM numbered WHERE beyond ORDER BY line'
    for line, at, text in stage.engine.rows(beyond):
        why = moment_beyond(at, stage.latest) or ""
        staged.skips.append(Skip(staged.path.name, line, SkipReason.BAD_TIME, why, text[:SHOWN]))
    for line, reason, detail, text in stage.engine.rows(translation.refused):
        skip = Skip(staged.path.name, line, SkipReason(reason), detail or "", text)
        staged.skips.append(skip)
