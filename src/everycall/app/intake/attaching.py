"""Attaching what is said of calls afterwards: ratings and tags from a file, each to its call.

What is attached becomes events of the call, so that every number follows from the same history. No
call is made or changed by it, and the same row again is known.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from everycall.app.history.asking import Asking
from everycall.app.history.staging import FILE_STEP
from everycall.app.intake.sorting_out import digest_of
from everycall.app.site.attached_rows import AttachedFile, Headings, SaidOf, Scale
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Clock, system_clock
from everycall.errors import NotFoundError, NotThatKindError
from everycall.events import COLUMNS, Kind, Skip, SkipReason
from everycall.events.callers import caller
from everycall.history import History
from everycall.history.store import EventFile, Imported, Manifest

KINDS = {"score": Kind.SURVEY_ANSWERED, "tag": Kind.CALL_TAGGED}
SOURCES = {"score": "ratings", "tag": "tags"}
"""What the rows of a kind are called where sources are named."""

CLOCKS = 60_000_000
"""Another program's clock may be so far behind the phone system's, in microseconds."""

_GIVEN = {"line": "BIGINT", "id": "VARCHAR", "caller_key": "VARCHAR", "at": "BIGINT"}

_BY_ID = """
SELECT g.line, MIN(COALESCE(l.call_id, c.call_id, p.call_id)) AS call_id
FROM given AS g
LEFT JOIN links AS l ON l.id = g.id
LEFT JOIN counted AS c ON c.call_id = g.id
LEFT JOIN (
  SELECT e.leg, MIN(COALESCE(k.call_id, e.call_id)) AS call_id
  FROM events AS e LEFT JOIN links AS k ON k.id = e.call_id
  WHERE NOT e.call_id IS NULL AND e.leg IN (SELECT id FROM given)
  GROUP BY e.leg
) AS p ON p.leg = g.id
GROUP BY g.line
"""

_BY_CALLER = f"""
SELECT g.line, MIN_BY(c.call_id, (ABS(COALESCE(c.ended_at, c.arrived_at) - g."at"), c.call_id))
  AS call_id
FROM given AS g
INNER JOIN counted AS c ON c.caller_key = g.caller_key
WHERE c.direction <> 'internal' AND c.arrived_at <= g."at" + {CLOCKS}
  AND ABS(COALESCE(c.ended_at, c.arrived_at) - g."at") <= ?
GROUP BY g.line
"""

_MATCHED = """
SELECT g.line, COALESCE(i.call_id, b.call_id) AS call_id, NOT i.call_id IS NULL AS by_id,
  COALESCE(g."at", c.ended_at, c.arrived_at) AS "at"
FROM given AS g
LEFT JOIN by_id AS i ON i.line = g.line
LEFT JOIN by_caller AS b ON b.line = g.line
LEFT JOIN counted AS c ON c.call_id = COALESCE(i.call_id, b.call_id)
ORDER BY g.line
"""

_KNOWN = """
SELECT COALESCE(l.call_id, e.call_id), e."at", e.text, e.reason
FROM events AS e LEFT JOIN links AS l ON l.id = e.call_id
WHERE e.kind = ? AND e.source = ?
"""


@dataclass(frozen=True, slots=True)
class Matched:
    """A row and the call that it speaks of."""

    said: SaidOf
    call_id: str
    at: int
    text: str
    reason: str | None = None


@dataclass(slots=True)
class Attached:
    """What became of a file.

    Attributes:
        by_id, by_caller: rows that found their call, by what.
        known: of those, rows that were attached before.
        skips: rows without a call, and rows that could not be read.
    """

    path: Path
    columns: dict[str, str]
    rows: int = 0
    by_id: int = 0
    by_caller: int = 0
    known: int = 0
    skips: list[Skip] = field(default_factory=list)

    @property
    def unmatched(self) -> list[Skip]:
        """Rows whose call is not there."""
        return [skip for skip in self.skips if skip.reason is SkipReason.NO_CALL]

    @property
    def unreadable(self) -> list[Skip]:
        """Rows of which nobody can say what they mean."""
        return [skip for skip in self.unplaced if skip.reason is not SkipReason.NO_CALL]

    @property
    def unplaced(self) -> list[Skip]:
        """Every row that was given and counts nowhere, in the order of the file."""
        return sorted((s for s in self.skips if s.reason.unreadable), key=lambda s: s.line)


@dataclass(frozen=True, slots=True)
class Attaching:
    """Attaches files to the calls of one site.

    Attributes:
        kind: score or tag.
        within: how far the end of a caller's call may be from what is said of it.
    """

    history: History
    site: SiteFile
    kind: str
    scale: Scale
    within: timedelta
    headings: Headings
    clock: Clock = system_clock

    def take(self, path: Path) -> Attached:
        """Attach the rows of a file.

        Raises:
            EverycallError: nothing was attached, and the sentence says why.
        """
        if not path.is_file():
            raise NotFoundError(f"there is no file '{path}'")
        file = AttachedFile(path, self.kind, self.headings, self.site.zone or ZoneInfo("UTC"))
        done = Attached(path, file.columns)
        said = list(self._readable(file, done))
        if not done.rows:
            raise NotThatKindError(f"'{path}' has a heading and no rows")
        with self.history.writing(), Asking(self.history, self.site.zone) as asking:
            found = list(self._matched(asking, said, done))
            fresh = list(self._fresh(asking, found, done))
            self._write(asking, fresh, done)
        return done

    def _readable(self, file: AttachedFile, done: Attached) -> Iterator[tuple[SaidOf, str]]:
        for row in file.rows():
            done.rows += 1
            if isinstance(row, Skip):
                done.rows -= not row.reason.unreadable
                done.skips.append(row)
                continue
            try:
                yield row, self._text(row.what)
            except ValueError as error:
                done.skips.append(_skip(file.path, row, SkipReason.BAD_VALUE, str(error)))

    def _text(self, what: str) -> str:
        if self.kind == "tag":
            return what
        try:
            score = float(what.replace(",", "."))
        except ValueError:
            raise ValueError(f"'{what}' is no score") from None
        return f"{self.scale.out_of_five(score):g}"

    def _matched(
        self, asking: Asking, said: Sequence[tuple[SaidOf, str]], done: Attached
    ) -> Iterator[Matched]:
        by_line = {row.line: (row, text) for row, text in said}
        for line, call_id, by_id, at in self._calls(asking, [row for row, _ in said]):
            row, text = by_line[line]
            if call_id is None:
                skip = _skip(done.path, row, SkipReason.NO_CALL, self._why(row))
                done.skips.append(skip)
                continue
            done.by_id += by_id
            done.by_caller += not by_id
            written = f"{row.what} on {self.scale}" if self.kind == "score" else None
            yield Matched(row, call_id, at, text, written)

    def _calls(self, asking: Asking, said: Iterable[SaidOf]) -> list[tuple[Any, ...]]:
        engine = asking.engine
        engine.load("given", _GIVEN, (self._given(row) for row in said))
        engine.table("by_id", _BY_ID)
        micros = int(self.within.total_seconds() * 1_000_000)
        engine.run(f"CREATE OR REPLACE TABLE by_caller AS {_BY_CALLER}", [micros])
        return asking.rows(_MATCHED)

    def _given(self, row: SaidOf) -> tuple[Any, ...]:
        return row.line, row.call_id, self._key(row), row.at

    def _key(self, row: SaidOf) -> str | None:
        if row.caller is None:
            return None
        return caller(row.caller, self.site.region, self.site.internal).key

    def _why(self, row: SaidOf) -> str:
        own = f"there is no call '{row.call_id}'" if row.call_id else ""
        if row.caller is None or row.at is None:
            return own or "it names no call, and no caller with a time"
        if self._key(row) is None:
            return own or f"'{row.caller}' is no number by which a caller is known"
        hours = self.within.total_seconds() / 3600
        other = f"no call of {row.caller} ended within {hours:g} h of it"
        return f"{own}, and {other}" if own else other

    def _fresh(self, asking: Asking, found: Iterable[Matched], done: Attached) -> Iterator[Matched]:
        known = set(asking.rows(_KNOWN, [KINDS[self.kind].value, SOURCES[self.kind]]))
        for one in found:
            said = (one.call_id, one.at, one.text, one.reason)
            if said in known:
                done.known += 1
                continue
            known.add(said)
            yield one

    def _write(self, asking: Asking, fresh: Sequence[Matched], done: Attached) -> None:
        manifest = asking.manifest
        number = max((one.number for one in manifest.imports), default=0) + 1
        path = str(done.path.absolute())
        others = [i for i in manifest.imports if (i.source, i.path) != (SOURCES[self.kind], path)]
        imported = self._imported(asking, number, fresh, done)
        events = (*manifest.events, *self._events(asking, number, fresh))
        self._commit(replace(manifest, imports=(*others, imported), events=events))

    def _commit(self, manifest: Manifest) -> None:
        self.history.commit(manifest)

    def _events(self, asking: Asking, number: int, fresh: Sequence[Matched]) -> Iterator[EventFile]:
        if not fresh:
            return
        name, folder = self.history.new_folder("events")
        types = {column.name: column.type for column in COLUMNS}
        rows = (tuple(self._event(one, number).get(c) for c in types) for one in fresh)
        asking.engine.load("attached", types, rows)
        asking.engine.save('SELECT * FROM attached ORDER BY "at", seq', folder / "attached.parquet")
        first, last = min(one.at for one in fresh), max(one.at for one in fresh)
        path = f"{name}/attached.parquet"
        yield EventFile(path, SOURCES[self.kind], len(fresh), first, last)

    def _event(self, one: Matched, number: int) -> dict[str, Any]:
        return {
            "at": one.at,
            "seq": number * FILE_STEP + one.said.line,
            "resolution": 1_000_000,
            "call_id": one.call_id,
            "kind": KINDS[self.kind].value,
            "text": one.text,
            "reason": one.reason,
            "source": SOURCES[self.kind],
            "site": self.history.site,
        }

    def _imported(
        self, asking: Asking, number: int, fresh: Sequence[Matched], done: Attached
    ) -> Imported:
        return Imported(
            number=number,
            path=str(done.path.absolute()),
            source=SOURCES[self.kind],
            size=done.path.stat().st_size,
            digest=digest_of(done.path),
            at=self.clock().isoformat(timespec="seconds"),
            lines=done.rows,
            events=len(fresh),
            unreadable=sum(skip.reason.unreadable for skip in done.skips),
            without_word=sum(not skip.reason.unreadable for skip in done.skips),
            first_at=min((one.at for one in fresh), default=None),
            last_at=max((one.at for one in fresh), default=None),
            skipped=self._skipped(asking, done),
        )

    def _skipped(self, asking: Asking, done: Attached) -> str | None:
        if not done.skips:
            return None
        name, folder = self.history.new_folder("skipped")
        types = {"file": "VARCHAR", "line": "BIGINT", "reason": "VARCHAR"}
        rows = ((s.file, s.line, s.reason.value, s.detail, s.text) for s in done.skips)
        asking.engine.load("skips", types | {"detail": "VARCHAR", "text": "VARCHAR"}, rows)
        columns = f"*, '{SOURCES[self.kind]}' AS source"
        asking.engine.save(f"SELECT {columns} FROM skips ORDER BY line", folder / "skipped.parquet")
        return name


def _skip(path: Path, row: SaidOf, reason: SkipReason, detail: str) -> Skip:
    return Skip(path.name, row.line, reason, detail, row.what)
