"""Translating whole calls: all records of a call are read together, however they were scattered."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from everycall.app.history.pooling import literal
from everycall.app.history.soundness import sound, sound_events, tolerated
from everycall.app.history.staging import Stage, Staged
from everycall.events import COLUMNS, Event, Skip
from everycall.history import Engine
from everycall.sources.base import CallTranslation, Note, Record
from everycall.sources.lines import lines_in
from everycall.sources.marked_files import told

TAIL = 24 * 3600 * 1_000_000
"""Records of calls that spoke within this time of the newest are kept: the call may go on."""

STEP = 1000
"""After so many records it is told how far a run is."""

T = TypeVar("T")

_RECORD = {
    "file": "BIGINT",
    "line": "BIGINT",
    "call": "VARCHAR",
    "unit": "VARCHAR",
    "at": "BIGINT",
    "body": "VARCHAR",
}
_EVENT = {c.name: c.type for c in COLUMNS if c.name not in {"caller", "caller_key", "event_id"}}

_ONCE = """
SELECT * EXCLUDE (nth) FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY file, call, unit, "at", body ORDER BY line) AS nth
  FROM read_records
) QUALIFY ROW_NUMBER() OVER (PARTITION BY call, unit, "at", body, nth ORDER BY file DESC, line) = 1
"""
_MOVING = """
SELECT unit, LIST(DISTINCT call) AS calls FROM once
WHERE NOT unit IS NULL AND NOT call IS NULL
GROUP BY unit HAVING COUNT(DISTINCT call) > 1
"""
_BIRTHS = 'SELECT call, MIN("at") FROM once WHERE call IN (SELECT UNNEST(?)) GROUP BY call'
_ROOTED = """
SELECT COALESCE(r.root, o.call) AS root, o.* FROM once AS o LEFT JOIN roots AS r ON r.call = o.call
"""
_ORDERED = 'SELECT root, call, unit, "at", line, body FROM rooted ORDER BY root, "at", file, line'
_REPLACED = """
SELECT call AS call_id, MIN(MIN("at")) OVER (PARTITION BY root) AS first_at
FROM rooted WHERE NOT call IS NULL GROUP BY root, call
"""
_TAIL = f"""
SELECT 0 AS file, line, call, unit, "at", body FROM rooted
WHERE NOT call IS NULL
QUALIFY MAX("at") OVER (PARTITION BY root) >= MAX("at") OVER () - {TAIL}
"""


def stage_calls(stage: Stage, staged: Sequence[Staged], tail: Path | None) -> Iterator[int]:
    """Translate the files of one source call by call; yields the records read so far."""
    translation = staged[0].source.translation
    if not isinstance(translation, CallTranslation):
        raise TypeError(f"{staged[0].source.name} does not translate calls")
    last = staged[-1]
    yield _read(stage, translation, staged, tail)
    engine = stage.engine
    engine.table("once", _ONCE)
    engine.load("roots", {"call": "VARCHAR", "root": "VARCHAR"}, _roots(engine).items())
    engine.table("rooted", _ROOTED)
    engine.load("translated", _EVENT, _translated(stage, translation, last))
    stage.keep('SELECT * FROM translated ORDER BY "at", seq', last)
    last.replaced = stage.folder / f"{last.source.name}-replaced.parquet"
    engine.save(_REPLACED, last.replaced)
    last.tail = stage.folder / f"{last.source.name}-tail.parquet"
    engine.save(_TAIL, last.tail)
    engine.drop("read_records", "once", "roots", "rooted", "translated")


def _read(
    stage: Stage, translation: CallTranslation, staged: Sequence[Staged], tail: Path | None
) -> int:
    engine = stage.engine
    engine.load("read_records", _RECORD, _rows(stage, translation, staged))
    if tail is not None:
        engine.run(f"INSERT INTO read_records SELECT * FROM read_parquet({literal(tail)})")
    count: int = engine.value("SELECT COUNT(*) FROM read_records")
    return count


def _rows(
    stage: Stage, translation: CallTranslation, staged: Sequence[Staged]
) -> Iterator[tuple[Any, ...]]:
    for one in staged:
        one.size = one.path.stat().st_size
        items = translation.read(one.path, stage.site)
        for item in _watched(stage, f"reading {one.path.name}", items, lines_in(one.path)):
            if isinstance(item, Note):
                one.notes.append(item.text)
                continue
            one.lines += 1
            found = sound(item, one.path.name, stage.latest)
            if isinstance(found, Skip):
                one.skips.append(found)
            else:
                yield one.number, found.line, found.call, found.unit, found.at, _body(found)


def _body(record: Record) -> str:
    """Write what a record says; half a sign, which no file takes, becomes a question mark."""
    body = json.dumps(record.body, separators=(",", ":"), ensure_ascii=False)
    return body if body.isascii() else body.encode(errors="replace").decode()


def _watched(stage: Stage, what: str, items: Iterable[T], total: int) -> Iterator[T]:
    """Yield items, and tell now and then how many of them are done."""
    for i, item in enumerate(items):
        if i % STEP == 0:
            stage.progress(what, min(i / max(total, 1), 1.0))
        yield item


def _roots(engine: Engine) -> dict[str, str]:
    """Return, for ids that turned out to be the same call, the one that came first."""
    groups = Groups()
    for _, calls in engine.rows(_MOVING):
        groups.join(calls)
    births = dict(engine.rows(_BIRTHS, [list(groups.parent)])) if groups.parent else {}
    return groups.roots(births)


@dataclass(slots=True)
class Groups:
    """Ids that belong together, found pair by pair."""

    parent: dict[str, str] = field(default_factory=dict)

    def find(self, item: str) -> str:
        """Return the id that stands for the group of an id."""
        self.parent.setdefault(item, item)
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def join(self, items: Sequence[str]) -> None:
        """Say that ids belong together."""
        for item in items[1:]:
            self.parent[self.find(item)] = self.find(items[0])

    def roots(self, births: dict[str, int]) -> dict[str, str]:
        """Return for each id the eldest of its group."""
        members: dict[str, list[str]] = {}
        for item in list(self.parent):
            members.setdefault(self.find(item), []).append(item)
        eldest = {k: min(v, key=lambda i: (births.get(i, 0), i)) for k, v in members.items()}
        return {item: eldest[self.find(item)] for item in list(self.parent)}


def _translated(
    stage: Stage, translation: CallTranslation, last: Staged
) -> Iterator[tuple[Any, ...]]:
    seq = 0
    total = stage.engine.value("SELECT COUNT(*) FROM rooted")
    ordered = _watched(stage, "telling calls", stage.engine.stream(_ORDERED), total)
    for root, rows in groupby(ordered, key=itemgetter("root")):
        records = [_record(row) for row in rows]
        telling = partial(told, translation, root, records, stage.site)
        found = tolerated(telling, last.path.name, str(root), last.skips)
        for event in sound_events(found, last.path.name, last.skips, stage.latest):
            seq += 1
            yield _values(event, seq)


def _record(row: dict[str, Any]) -> Record:
    return Record(row["call"], row["unit"], row["at"], row["line"], json.loads(row["body"]))


def _values(event: Event, seq: int) -> tuple[Any, ...]:
    return tuple(seq if name == "seq" else getattr(event, name, None) for name in _EVENT)
