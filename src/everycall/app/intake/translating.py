"""Translating what live feeds say, batch by batch, as imports translate files."""

import marshal
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any, Protocol, TypeVar

from everycall.app.history.call_staging import Groups
from everycall.app.history.pooling import literal
from everycall.app.history.soundness import latest_of, sound, sound_events, tolerated
from everycall.app.history.staging import Stage, Staged, stage_chunk
from everycall.events import COLUMNS, Event, Skip
from everycall.events.callers import UNKNOWN
from everycall.history import Engine
from everycall.history.journal_segments import Entry
from everycall.live.signs import Sign
from everycall.live.window import Retold
from everycall.sources.base import CallTranslation, LineTranslation, Record, Source
from everycall.sources.lines import chunks
from everycall.sources.marked_files import told as told_of

T = TypeVar("T")

_SESSION = 1 << 40
"""More records than one session or file of a feed ever has."""

_ROW = {column.name: column.type for column in COLUMNS}

_GIVEN = ("seq", "caller", "caller_key", "source", "site", "event_id")
"""What an event does not say itself."""

_SAYS = tuple(name for name in _ROW if name not in _GIVEN)
_SAID = attrgetter(*_SAYS)
_IN_ORDER = itemgetter(*((*_SAYS, *_GIVEN).index(name) for name in _ROW))

_VALUES = attrgetter(*(one.name for one in fields(Record)))
"""What a record says, in order; a copy of all that is in it would cost more than its translation."""


@dataclass(frozen=True, slots=True)
class Incoming(Stage):
    """A place where new events wait in the table `incoming`, filled in as imported ones are.

    Translating makes tables all the time, so it has an engine of its own: the plans of the one that
    counts would not outlive it.

    Attributes:
        counting: the engine that has the table.
    """

    counting: Engine = field(kw_only=True)

    def keep(self, statement: str, staged: Staged) -> None:
        """Add the events that a statement gives to the table."""
        self.engine.view("waiting", statement)
        given = {row[0] for row in self.engine.rows("DESCRIBE waiting")}
        if "caller_raw" in given:
            self._identify()
        path = self.folder / "waiting.parquet"
        self.engine.save(self._filled(staged, given), path)
        self.counting.run(f"INSERT INTO incoming SELECT * FROM read_parquet({literal(path)})")
        path.unlink()

    def add(self, source: str, events: Iterable[Event]) -> None:
        """Add events of whole calls to the table, each with its place among them."""
        numbered = sorted(enumerate(events, 1), key=lambda one: one[1].at)
        rows = (self._row(source, seq, event) for seq, event in numbered)
        self.counting.add("incoming", _ROW, rows)

    def _row(self, source: str, seq: int, event: Event) -> tuple[Any, ...]:
        who = self.numbers.of(event.caller_raw) if event.caller_raw else UNKNOWN
        said = (*_SAID(event), seq, who.e164, who.key, source, self.name, None)
        return tuple(_IN_ORDER(said))


@dataclass(slots=True)
class Told:
    """What a batch of records said beyond the events that wait in `incoming`."""

    retold: list[Retold] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)


class Feed(Protocol):
    """Translates what one source says."""

    def take(self, entries: Sequence[Entry]) -> Told:
        """Translate records; their events wait in `incoming` then."""

    def calls_of(self, feed: str) -> set[str]:
        """Return the calls that a feed spoke of, as far as that is kept."""

    def said(self, feed: str, call: str) -> list[Mapping[str, Any]]:
        """Return what a feed said of a call, in order, as far as that is kept."""

    def pack(self, calls: Collection[str]) -> None:
        """Calls are over: keep what was said of them, but small."""

    def forget(self, calls: Collection[str]) -> None:
        """Nobody will ask for these calls any more."""


def feed_of(source: Source, stage: Incoming) -> Feed:
    """Return what translates a source's live records.

    Raises:
        ValueError: the source cannot be heard live.
    """
    if isinstance(source.translation, LineTranslation):
        return LineFeed(source, source.translation, stage)
    if source.live is None:
        raise ValueError(f"{source.name} cannot be heard live")
    return CallFeed(source, source.translation, stage)


def ordinal(entry: Entry) -> int:
    """Return the place of a record among all of its feed: by session or file, then within it."""
    return int(entry.part or 0) * _SESSION + entry.place


@dataclass(slots=True)
class LineFeed:
    """A source whose lines speak for themselves."""

    source: Source
    translation: LineTranslation
    stage: Incoming

    def take(self, entries: Sequence[Entry]) -> Told:
        """Translate lines; an event has the place of its line, in whatever order they come."""
        told = Told()
        for run in _runs(sorted(entries, key=ordinal)):
            self._take(run, told)
        return told

    def _take(self, run: Sequence[Entry], told: Told) -> None:
        path = self.stage.engine.scratch / "live.txt"
        path.write_bytes(b"".join(entry.body.encode() + b"\n" for entry in run))
        staged = Staged(path, self.source, int(run[0].part or 0))
        stage = replace(self.stage, latest=latest_of(max(entry.received_at for entry in run)))
        for chunk in chunks(path, self.translation.filler):
            placed = replace(chunk, first_line=run[0].place + chunk.first_line)
            stage_chunk(stage, self.translation, placed, staged)
        told.skips += staged.skips

    def calls_of(self, feed: str) -> set[str]:  # noqa: ARG002 - the port has it
        """Nothing is kept: no list of what goes on belongs to a log."""
        return set()

    def said(self, feed: str, call: str) -> list[Mapping[str, Any]]:  # noqa: ARG002 - the port has it
        """Nothing is kept."""
        return []

    def pack(self, calls: Collection[str]) -> None:
        """Nothing is kept: a line is never translated again."""

    def forget(self, calls: Collection[str]) -> None:
        """Nothing is kept."""


def _runs(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """Yield stretches of a file that have no gap in them."""
    run: list[Entry] = []
    for entry in entries:
        if run and (run[-1].part, run[-1].end) != (entry.part, entry.place):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


@dataclass(slots=True)
class _Kept:
    """The records of one id: those said lately, and small, those of before."""

    feed: str
    fresh: list[Record] = field(default_factory=list)
    packed: bytes = b""
    born_at: int = 0

    def add(self, record: Record) -> None:
        self.born_at = min(self.born_at or record.at, record.at)
        self.fresh.append(record)

    def records(self) -> Iterator[Record]:
        if self.packed:
            rows = marshal.loads(zlib.decompress(self.packed))  # noqa: S302 - our own, of a moment ago
            yield from (Record(*row) for row in rows)
        yield from self.fresh

    def pack(self) -> None:
        """Write the records small; what is no plain data, or nested too deeply, stays as it is."""
        rows = [_VALUES(record) for record in self.records()] if self.fresh else []
        with suppress(ValueError):
            # within one process this writes each name once, and much faster than as JSON
            self.packed = zlib.compress(marshal.dumps(rows), 1) if rows else self.packed
            self.fresh = []


@dataclass(slots=True)
class CallFeed:
    """A source whose calls are translated as a whole: again whenever one of them is spoken of."""

    source: Source
    translation: CallTranslation
    stage: Incoming
    _readers: dict[str, Any] = field(default_factory=dict)
    _kept: dict[str, _Kept] = field(default_factory=dict)
    _call_of: dict[str, str] = field(default_factory=dict)
    _groups: Groups = field(default_factory=Groups)
    _members: dict[str, set[str]] = field(default_factory=dict)

    def take(self, entries: Sequence[Entry]) -> Told:
        """Read records, and translate every call anew of which any of them speaks."""
        told = Told()
        events: list[Event] = []
        touched: set[str] = set()
        for entry in sorted(entries, key=ordinal):
            for said in self._tolerant(partial(self._read, entry), entry.body, told):
                if isinstance(said, Sign):
                    told.signs.append(said)
                elif isinstance(said, Skip):
                    told.skips.append(said)
                elif said.call is None:
                    alone = partial(told_of, self.translation, None, [said], self.stage.site)
                    events += self._tolerant(alone, entry.body, told)
                else:
                    touched.add(self._keep(entry.feed, said, said.call))
        found = [*events, *self._retold(touched, told)]
        latest = latest_of(max((entry.received_at for entry in entries), default=0))
        self._hand_over(list(sound_events(found, self.source.name, told.skips, latest)))
        return told

    def _retold(self, touched: Collection[str], told: Told) -> Iterator[Event]:
        """Yield the events of every call that was spoken of, as it is told now."""
        roots = {self._groups.find(call) for call in touched}
        retold = {call for root in roots for call in self._members[root]}
        for root in sorted(roots):
            yield from self._tolerant(partial(self._told_anew, root), root, told)
        told.retold.append(Retold(self.source.name, retold))

    def _tolerant(self, work: Callable[[], Iterable[T]], text: str, told: Told) -> list[T]:
        """Do some work; what fails is told."""
        return tolerated(work, self.source.name, text, told.skips)

    def _read(self, entry: Entry) -> Iterator[Record | Skip | Sign]:
        """Read with what earlier records of the same connection left to remember."""
        if self.source.live is None:
            return
        reader = self._readers.get(entry.feed)
        if reader is None:
            reader = self._readers[entry.feed] = self.source.live()
        for item in reader.take(entry.body, ordinal(entry), entry.received_at):
            yield sound(item, self.source.name, latest_of(entry.received_at))

    def _keep(self, feed: str, record: Record, call: str) -> str:
        if call not in self._kept:
            self._kept[call] = _Kept(feed)
            self._members[self._groups.find(call)] = {call}
        self._kept[call].add(record)
        before = self._call_of.setdefault(record.unit or call, call)
        if self._groups.find(before) != self._groups.find(call):
            self._join(before, call)
        return call

    def _join(self, one: str, other: str) -> None:
        """Two ids are the same call: a channel that was of the one is now of the other."""
        mine = self._members.pop(self._groups.find(one))
        theirs = self._members.pop(self._groups.find(other))
        self._groups.join([one, other])
        self._members[self._groups.find(one)] = mine | theirs

    def _told_anew(self, root: str) -> Iterable[Event]:
        members = self._members[root]
        eldest = min(members, key=lambda call: (self._kept[call].born_at, call))
        records = (record for call in members for record in self._kept[call].records())
        ordered = sorted(records, key=lambda record: (record.at, record.line))
        return told_of(self.translation, eldest, ordered, self.stage.site)

    def _hand_over(self, events: Sequence[Event]) -> None:
        if events:
            self.stage.add(self.source.name, events)

    def calls_of(self, feed: str) -> set[str]:
        """Return the calls that a connection spoke of."""
        return {call for call, kept in self._kept.items() if kept.feed == feed}

    def said(self, feed: str, call: str) -> list[Mapping[str, Any]]:
        """Return what a connection said of a call, in order."""
        if call not in self._kept:
            return []
        members = (self._kept[one] for one in self._members[self._groups.find(call)])
        found = (record for kept in members if kept.feed == feed for record in kept.records())
        return [record.body for record in sorted(found, key=lambda one: (one.at, one.line))]

    def pack(self, calls: Collection[str]) -> None:
        """Keep the records of calls that are over, but small."""
        for call in self._whole(calls):
            self._kept[call].pack()

    def forget(self, calls: Collection[str]) -> None:
        """Keep nothing of calls, nor of the ids that they are known by."""
        gone = self._whole(calls)
        for call in gone:
            self._members.pop(self._groups.find(call), None)
            del self._kept[call]
        for unit in [unit for unit, call in self._call_of.items() if call in gone]:
            del self._call_of[unit]
        self._groups = _without(self._groups, gone)

    def _whole(self, calls: Collection[str]) -> set[str]:
        """Return the ids of calls, and those that turned out to be the same: one is known outside."""
        roots = {self._groups.find(call) for call in calls if call in self._kept}
        return {call for root in roots for call in self._members[root]}


def _without(groups: Groups, gone: Collection[str]) -> Groups:
    parent = {item: groups.find(item) for item in groups.parent if item not in gone}
    return Groups({**{root: root for root in parent.values()}, **parent})
