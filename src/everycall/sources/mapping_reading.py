"""From the rows of a mapped CSV to records: every cell read as what the mapping says it is."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.errors import NotThatKindError
from everycall.events import Skip, SkipReason
from everycall.sources.base import Note, Record, Site
from everycall.sources.lines import open_bytes
from everycall.sources.local_times import LocalClock, readings
from everycall.sources.mapping_rows import Cells, Layout, layout_of, missing, read_cells, tidy
from everycall.sources.mapping_settings import DURATIONS, MOMENTS, Mapping
from everycall.sources.mapping_values import (
    DamagedError,
    duration,
    identity,
    moment,
    resolution,
    time_of_day,
)

HEAD = 64 << 10
SECOND = 1_000_000
DAY = timedelta(days=1)
HALF_DAY = timedelta(hours=12)
_WORDS = ("agent", "trunk", "transfer_to", "menu_choice", "tag", "client", "language")
_NUMBERS = ("caller", "called", "from_number", "to_number")
_CODES = ("sip_code", "q850")
_MEANT = ("direction", "result", "kind", "agent_kind", "ended_by")


@dataclass(slots=True)
class Told:
    """What a row says, its moments still local.

    Attributes:
        call: the call's own id; null where the file has none.
        body: durations in milliseconds and words, by their names in the mapping.
    """

    line: int
    call: str | None
    moments: dict[str, datetime]
    body: dict[str, str | int]


@dataclass(slots=True)
class Reading:
    """A walk through one file that counts what it had to mend.

    Attributes:
        keys: for each thing that is mapped to one column, the tidied name of that column.
        damaged: numbers of customers that a spreadsheet has cut.
        doubts: words that the mapping gives no meaning to.
    """

    mapping: Mapping
    path: Path
    damaged: int = 0
    doubts: list[Skip] = field(default_factory=list)
    keys: dict[str, str] = field(init=False)
    needed: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        headings = self.mapping.columns.headings()
        self.keys = {name: tidy(found[0]) for name, found in headings.items()}
        self.needed = {tidy(heading): heading for _, heading in self.mapping.needed()}

    def told(self, cells: Cells) -> Told | Skip:
        """Read a row, or say why it cannot be read."""
        row = cells.row
        lacking = [heading for key, heading in self.needed.items() if key not in cells.named]
        if lacking:
            return row.skip(self.path, SkipReason.TOO_FEW_FIELDS, f"it ends before '{lacking[0]}'")
        left_out = self._left_out(cells)
        if left_out is not None:
            return row.skip(self.path, SkipReason.LEFT_OUT, left_out)
        try:
            call = self._call_id(cells)
            moments = self._moments(cells)
        except DamagedError as error:
            return row.skip(self.path, SkipReason.BAD_VALUE, str(error))
        except ValueError as error:
            return row.skip(self.path, SkipReason.BAD_TIME, str(error))
        if self.mapping.columns.call_id and not call:
            return row.skip(self.path, SkipReason.NO_CALL_ID, "")
        return self._with_values(Told(row.line, call or None, moments, {}), cells)

    def _left_out(self, cells: Cells) -> str | None:
        for rule in self.mapping.leave_out:
            text = cells.named.get(tidy(rule.column), "")
            if text in rule.values:
                return f"{rule.column} is '{text}': {rule.why}"
        return None

    def _text(self, cells: Cells, name: str) -> str:
        text = cells.named.get(self.keys.get(name, ""), "")
        return "" if text in self.mapping.nothing.get(name, ()) else text

    def _call_id(self, cells: Cells) -> str:
        parts = [identity(cells.named.get(tidy(c), "")) for c in self.mapping.columns.call_id]
        return "-".join(parts) if all(parts) else ""

    def _moments(self, cells: Cells) -> dict[str, datetime]:
        times = self.mapping.times
        day = (
            moment(self._text(cells, "date"), (times.date_format,)) if "date" in self.keys else None
        )
        found: dict[str, datetime] = {}
        for name in MOMENTS:
            text = self._text(cells, name)
            if name != "arrived" and text in times.never:
                continue
            if day is None:
                found[name] = moment(text, times.formats)
            else:
                found[name] = _same_night(time_of_day(text, times.formats, day), found)
        return found

    def _with_values(self, told: Told, cells: Cells) -> Told | Skip:
        try:
            for name in DURATIONS:
                text = self._text(cells, name)
                if text not in self.mapping.times.never or text in ("0", "0:00:00", "00:00:00"):
                    unit = self.mapping.durations.of(name)
                    told.body[name] = duration(text, unit, self.mapping.file.decimal)
        except ValueError:
            return cells.row.skip(self.path, SkipReason.BAD_VALUE, f"{name} {text!r}")
        exact = resolution(self._text(cells, "arrived"), self.mapping.times.formats)
        told.body |= {"resolution": exact} if exact != SECOND else {}
        told.body |= {name: text for name in _WORDS if (text := self._text(cells, name))}
        told.body |= dict(self._numbers(cells))
        told.body |= {n: int(t) for n in _CODES if (t := self._text(cells, n)).isdigit()}
        told.body |= dict(self._meant(cells))
        queue = self._text(cells, "queue") or self.mapping.always.queue
        if queue:
            told.body["queue"] = self.mapping.values.queue.get(queue, queue)
        return told

    def _numbers(self, cells: Cells) -> Iterator[tuple[str, str]]:
        for name in _NUMBERS:
            try:
                text = identity(self._text(cells, name))
            except DamagedError:
                self.damaged += 1
                continue
            if text:
                yield name, text

    def _meant(self, cells: Cells) -> Iterator[tuple[str, str]]:
        """Yield what words mean; a word that the mapping does not know is named."""
        for name in _MEANT:
            text = self._text(cells, name)
            known: Table[str, str] = getattr(self.mapping.values, name)
            means = _meaning(text, known)
            if means is not None:
                yield name, means
            elif text:
                detail = f"{name} '{text}' has no meaning in the mapping"
                self.doubts.append(cells.row.skip(self.path, SkipReason.NO_WORD, detail))
        if self.mapping.always.direction and not self._text(cells, "direction"):
            yield "direction", self.mapping.always.direction.value


def _meaning(text: str, known: Table[str, str]) -> str | None:
    if not text:
        return None
    folded = {word.lower(): means for word, means in known.items()}
    found = known.get(text) or folded.get(text.lower()) or known.get("*")
    return str(found) if found is not None else None


def _same_night(time: datetime, found: Table[str, datetime]) -> datetime:
    """A time of day far before the call's beginning is one of the day after."""
    began = found.get("arrived")
    return time + DAY if began is not None and began - time > HALF_DAY else time


def read(mapping: Mapping, path: Path, site: Site) -> Iterator[Record | Skip | Note]:
    """Yield the records of a file.

    Raises:
        NotThatKindError: it has not the columns that are mapped.
    """
    layout = _layout(mapping, path)
    reading = Reading(mapping, path)
    told: list[Told] = []
    for cells in read_cells(path, layout, mapping.file.repeats):
        found = cells if isinstance(cells, Skip) else reading.told(cells)
        if isinstance(found, Skip):
            yield found
        else:
            told.append(found)
    yield from reading.doubts
    zone = mapping.times.zone or (ZoneInfo(site.zone) if site.zone else None)
    yield from _records(told, LocalClock(zone or ZoneInfo("UTC")))
    yield from map(Note, _notes(reading, told, zone))


def _layout(mapping: Mapping, path: Path) -> Layout:
    needed = [heading for _, heading in mapping.needed()]
    lines = first_lines(path)
    layout = layout_of(lines, mapping.file, needed)
    if layout is None:
        told = missing(lines, mapping.file, needed)
        raise NotThatKindError(f"'{path}' does not fit the mapping '{mapping.name}': {told}")
    return layout


def first_lines(path: Path) -> list[str]:
    """Return the first lines of a file, as text."""
    with open_bytes(path) as file:
        data = file.read(HEAD)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, "replace").splitlines()


def _records(told: Sequence[Told], clock: LocalClock) -> Iterator[Record | Note]:
    arrived = clock.in_order([one.moments["arrived"] for one in told])
    names: Counter[str] = Counter()
    for one, at in zip(told, arrived, strict=True):
        began = _by_duration(one, clock, at)
        body: dict[str, str | int] = dict(one.body)
        for name, naive in one.moments.items():
            if name != "arrived":
                body[name] = clock.micros(naive, after=began)
        call = one.call or _named(began, body, names)
        yield Record(call, None, began, one.line, body)
    yield from map(Note, clock.notes())


def _by_duration(one: Told, clock: LocalClock, at: int) -> int:
    """In an hour that came twice the length of the call may tell which one was meant."""
    naive, ended, total = one.moments["arrived"], one.moments.get("ended"), one.body.get("total")
    if naive.tzinfo or ended is None or ended.tzinfo or not isinstance(total, int):
        return at
    if len(readings(naive, clock.zone)) == 1 or len(readings(ended, clock.zone)) == 2:
        return at
    return clock.choose(naive, near=readings(ended, clock.zone)[0] - total * 1000)


def _named(at: int, body: Table[str, str | int], names: Counter[str]) -> str:
    """Make an id for a call of a file that has none: the same call has it in every file."""
    words = json.dumps(body, sort_keys=True).encode()
    name = f"{at // SECOND}-{hashlib.blake2b(words, digest_size=6).hexdigest()}"
    names[name] += 1
    return name if names[name] == 1 else f"{name}-{names[name]}"


def _notes(reading: Reading, told: Sequence[Told], zone: ZoneInfo | None) -> Iterator[str]:
    if zone is None and any(one.moments["arrived"].tzinfo is None for one in told):
        yield "no time zone is declared, so local times are read as UTC"
    if reading.damaged:
        yield (
            f"{reading.damaged} numbers lost their last digits in a spreadsheet (4.41633E+11) and "
            "are taken for unknown; export again with these columns as text"
        )
