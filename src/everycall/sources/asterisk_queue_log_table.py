"""queue_log out of a database, exported as CSV: turned back into the lines that Asterisk writes.

Two tables are known. Asterisk's own realtime table has `time, callid, queuename, agent, event` and
either `data1` to `data5` or one column `data`; its `time` is local, with microseconds, and the last
field may hold several values. PBXware's has `uid, date_time, callid, queue_name, type, event` and
its own columns for what the values mean: `type` is the agent, `date_time` counts seconds since
1970, `entpos` and `expos` are the position at first and last, `htime` is the wait (of RINGNOANSWER
the ring, in milliseconds), `ttime` the talk, and `param1` is the caller on every row of a call. Its
verbs that begin with OUT are calls that agents made: OUTDIAL when they dial, OUTANSWER when a talk
has ended (`param2` says who ended it), OUTCANCEL and the others when there was none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.events import Skip, SkipReason
from everycall.events.callers import caller
from everycall.sources.asterisk_times import born_at
from everycall.sources.base import Note, Site
from everycall.sources.lines import Chunk, chunks, open_bytes
from everycall.sources.local_times import BirthClock, LocalClock, hours_ahead
from everycall.sources.rows import Row, rows, split_row

FILLER = "||||"
SECOND = 1_000_000
MOST_FIELDS = 8
"""A line has no more values than this after its verb."""

_BATCH = 100_000
_REALTIME = frozenset({"time", "callid", "queuename", "agent", "event"})
_PBXWARE = frozenset({"date_time", "callid", "queue_name", "type", "event", "param1", "htime"})
_OUTCALLS = frozenset({"OUTBUSY", "OUTNOANSWER", "OUTCHANUNAVAIL", "OUTCONGESTION", "OUTCANCEL"})
_FAILED = {"OUTBUSY": "busy", "OUTCHANUNAVAIL": "failed", "OUTCONGESTION": "failed"}
_PARAMS = ("param1", "param2", "param3")
_ENDED = ("htime", "ttime", "entpos")
_LEFT = ("expos", "entpos", "htime")
_NATIVE: dict[str, tuple[str, ...]] = {
    "ENTERQUEUE": ("", "param1", "entpos"),
    "CONNECT": ("htime", "param2", "param3"),
    "COMPLETECALLER": _ENDED,
    "COMPLETEAGENT": _ENDED,
    "RINGNOANSWER": ("htime",),
    "RINGCANCELED": ("htime",),
    "ABANDON": _LEFT,
    "EXITWITHTIMEOUT": _LEFT,
    "EXITEMPTY": _LEFT,
    "EXITWITHKEY": ("param2", *_LEFT),
    "BLINDTRANSFER": ("param2", "param3", *_ENDED),
    "TRANSFER": ("param2", "param3", *_ENDED),
    "ATTENDEDTRANSFER": ("", "param2", *_ENDED),
    "OUTTRANSFER": ("param1", "param2", "htime", "ttime"),
}
"""PBXware's columns that hold what Asterisk writes after each verb, in Asterisk's order."""


def is_heading(line: str) -> str | None:
    """Return what separates the columns if a line is the heading of such a table."""
    for delimiter in (",", ";", "\t"):
        names = {name.strip().lower() for name in split_row(line.lstrip("\ufeff"), delimiter)}
        realtime = names >= _REALTIME and bool(names & {"data", "data1"})
        if realtime or names >= _PBXWARE:
            return delimiter
    return None


def chunks_of(path: Path, site: Site) -> Iterator[Chunk | Note]:
    """Yield a file in chunks of native lines, line by line where the file has them.

    Raises:
        NotThatKindError: the file is damaged as a whole.
    """
    delimiter = is_heading(_first_line(path))
    if delimiter is None:
        yield from chunks(path, FILLER)
    else:
        yield from _Table.of(path, delimiter, site).chunks()


def _first_line(path: Path) -> str:
    with open_bytes(path) as file:
        start = file.read(1 << 12)
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return (start.decode(encoding, "replace").splitlines() or [""])[0]


@dataclass(slots=True)
class _Table:
    """A table, while it is written out as lines.

    Attributes:
        heading: the names of its columns.
    """

    path: Path
    site: Site
    rows: Sequence[Row | Skip]
    heading: list[str]
    clock: "_Clock"

    @classmethod
    def of(cls, path: Path, delimiter: str, site: Site) -> "_Table":
        """Read a table and learn what its clock shows."""
        found = list(rows(path, delimiter))
        first = next(row for row in found if isinstance(row, Row))
        heading = [name.strip().lower() for name in first.fields]
        rest = [row for row in found if row is not first]
        table = cls(path, site, rest, heading, _Clock.of(site))
        for row in rest:
            if isinstance(row, Row):
                cells = table.cells(row)
                table.clock.learn(cells.get("time", ""), cells.get("callid", ""))
        return table

    def cells(self, row: Row) -> dict[str, str]:
        """Return a row by the names of its columns."""
        named = dict(zip(self.heading, row.fields, strict=False))
        return {name: "" if text in ("NULL", "\\N") else text for name, text in named.items()}

    def chunks(self) -> Iterator[Chunk | Note]:
        """Yield the native lines; each stands at the number of the line that it comes from."""
        self.clock.settle()
        lines: list[str] = []
        skips: list[Skip] = []
        first = 1
        for row in self.rows:
            if isinstance(row, Skip):
                skips.append(row)
                continue
            lines += [FILLER] * (row.line - first - len(lines))
            lines.append(self._line(row, skips))
            if len(lines) >= _BATCH:
                yield _chunk(lines, first, skips)
                first += len(lines)
                lines, skips = [], []
        yield _chunk(lines, first, skips)
        yield from map(Note, self.clock.notes())

    def _line(self, row: Row, skips: list[Skip]) -> str:
        cells = self.cells(row)
        stamp = None
        refused = self._refused(row, cells)
        if refused is None:
            stamp = self._stamp(cells)
            refused = (SkipReason.BAD_TIME, cells.get("time", ""))
        if stamp is None:
            skips.append(row.skip(self.path, *refused))
            return FILLER
        return "|".join((stamp, *self._fields(cells)))

    def _refused(self, row: Row, cells: Mapping[str, str]) -> tuple[SkipReason, str] | None:
        if [name.strip().lower() for name in row.fields] == self.heading:
            return SkipReason.LEFT_OUT, "the heading, repeated"
        if "event" not in cells or "callid" not in cells:
            return SkipReason.TOO_FEW_FIELDS, f"{len(row.fields)} of {len(self.heading)} columns"
        if any(row.fields[len(self.heading) :]):
            return SkipReason.TOO_MANY_FIELDS, f"{len(row.fields)} of {len(self.heading)} columns"
        return None

    def _stamp(self, cells: Mapping[str, str]) -> str | None:
        counted = cells.get("date_time") or cells.get("time", "")
        if counted.replace(".", "", 1).isdigit():
            return counted
        return self.clock.stamp(cells.get("time", ""), cells["callid"])

    def _fields(self, cells: Mapping[str, str]) -> Iterable[str]:
        queue = cells.get("queuename", cells.get("queue_name", ""))
        agent = cells.get("agent", cells.get("type", ""))
        if "htime" in cells and self._inside(cells):
            agent = cells["param1"]
        verb, data = self._verb(cells)
        head = (cells["callid"], queue or "NONE", agent or "NONE", verb)
        return (*map(_plain, head), *_trimmed(data))

    def _verb(self, cells: Mapping[str, str]) -> tuple[str, list[str]]:
        verb = cells["event"].strip()
        if "htime" not in cells:
            names = ["data"] if "data" in cells else [n for n in self.heading if n[:4] == "data"]
            return verb, [cells.get(name, "") for name in names]
        if verb.startswith("OUT") and verb in (*_OUTCALLS, "OUTDIAL", "OUTANSWER"):
            return self._outcall(verb, cells)
        return verb, [_plain(cells.get(name, "")) for name in _NATIVE.get(verb, _PARAMS)]

    def _outcall(self, verb: str, cells: Mapping[str, str]) -> tuple[str, list[str]]:
        """Return PBXware's verb of a call that an agent made, and its values in our order."""
        number, ring = cells.get("param1", ""), cells.get("htime", "")
        if verb == "OUTANSWER":
            by = cells.get("param2", "").removeprefix("COMPLETE")
            return verb + by, [number, ring, cells.get("ttime", "")]
        if verb == "OUTDIAL":
            return verb + ("INTERNAL" if self._inside(cells) else ""), [number]
        if self._inside(cells):
            return f"{verb}INTERNAL", [number, ring]
        return verb, [number, _FAILED.get(verb, "")]

    def _inside(self, cells: Mapping[str, str]) -> bool:
        """Tell whether an agent called one of the site's own numbers."""
        outcall = cells["event"].strip() in (*_OUTCALLS, "OUTDIAL", "OUTANSWER")
        return outcall and caller(cells.get("param1"), None, self.site.internal).key is None


def _plain(text: str) -> str:
    """Return a value as Asterisk would have written it: nothing in it separates fields or lines."""
    return text.replace("|", "_").replace("\n", " ").replace("\r", "")


def _trimmed(data: Sequence[str]) -> list[str]:
    """Return values without empty ones at the end; one may hold several, as it was cut there."""
    joined = "|".join(text.replace("\n", " ").replace("\r", "") for text in data)
    found = joined.split("|")[:MOST_FIELDS]
    while found and not found[-1]:
        found.pop()
    return found


def _chunk(lines: Sequence[str], first: int, skips: Sequence[Skip]) -> Chunk:
    data = "".join(f"{line}\n" for line in lines).encode()
    return Chunk(data, first, len(lines), tuple(skips))


@dataclass(slots=True)
class _Clock:
    """Turns a table's local times into seconds since 1970."""

    zone: ZoneInfo | None
    local: LocalClock
    births: BirthClock
    times: list[datetime] = field(default_factory=list)
    by_ids: bool = False
    last: int | None = None

    @classmethod
    def of(cls, site: Site) -> "_Clock":
        """Make the clock of a site."""
        zone = ZoneInfo(site.zone) if site.zone else None
        return cls(zone, LocalClock(zone or ZoneInfo("UTC")), BirthClock(certain=True))

    def learn(self, written: str, call: str) -> None:
        """Take a row for what the id of its call, which is a moment, tells of the clock."""
        naive, birth = _naive(written), born_at(call)
        if naive is not None and naive.tzinfo is None:
            self.times.append(naive)
            if birth is not None:
                self.births.learn(naive, birth * SECOND)

    def settle(self) -> None:
        """Decide whether the ids or the declared zone say how far the clock is from UTC."""
        usual = self.births.ahead is not None
        # who declares UTC speaks of the log; another zone may be only where the site lies
        site = self.zone if self.zone is not None and self.zone.key != "UTC" else None
        contradicts = site is not None and self.births.contradicts(site, self.times)
        self.by_ids = usual and (self.zone is None or contradicts)

    def stamp(self, written: str, call: str) -> str | None:
        """Return a moment as Asterisk would have written it."""
        naive = _naive(written)
        if naive is None:
            return None
        self.last = self._micros(naive, born_at(call))
        seconds, micros = divmod(self.last, SECOND)
        return f"{seconds}.{micros:06}" if "." in written else str(seconds)

    def _micros(self, naive: datetime, birth: int | None) -> int:
        if self.by_ids and naive.tzinfo is None:
            return LocalClock(ZoneInfo("UTC")).choose(naive) - (self.births.ahead or 0)
        if birth is not None:
            return self.local.micros(naive, near=birth * SECOND)
        return self.local.micros(naive, after=self.last)

    def notes(self) -> Iterator[str]:
        """Say what was guessed, and why."""
        if self.by_ids and self.times and self.births.ahead:
            hours = hours_ahead(self.births.ahead)
            yield f"local times are read as {hours}, because the channel ids say so"
        elif self.zone is None and self.times and self.births.ahead is None:
            yield "no time zone is declared, so local times are read as UTC"
        yield from self.local.notes()


def _naive(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written.strip())
    except ValueError:
        return None
