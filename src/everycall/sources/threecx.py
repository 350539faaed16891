"""3CX's call log as CSV: one row per leg of a call, newest first, in local time by the second.

What a row means was learnt from six weeks of a shop's real call log:

- Rows with the same `Call ID` are one call. The id ends with the moment in which the call began,
  counted as Windows counts time, in UTC: it tells what local times mean.
- The row of a queue has direction `Inbound Queue`; its `Talking` is the wait, and its status is
  `Waiting` where somebody took the caller out of it. A queue that is closed has a row of 0 s.
- The row of a phone begins with its ring; `Talking` begins after that. Of the phones that a queue
  rings the log keeps the one that answered, and at most one other whose call "was taken": so the
  rings of a queue cannot be counted from it, and an abandoned call shows none at all.
- Whoever takes a call that rings elsewhere has a row that begins with the answer and says 0 s of
  ringing; how long that phone had rung is not known.
- A parked caller is a row to `(SP1)`, and about every half minute the parking place rings whoever
  parked the call: rows that end in "Timed out" or "Busy" and are reminders, not attempts.
- An answer with 0 s of talking is a phone that was picked up and put down.
- Voicemail boxes, receptionists, voice bots and dial codes are `Answered`, too, by no person.
- `All lines are currently in use` is a caller that the phone system itself turned away.
- Some rows are written twice, word for word; the last row is the sum of all.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.errors import NotThatKindError
from everycall.events import Skip, SkipReason
from everycall.events.markers import Form
from everycall.events.sights import Sight
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.local_times import CLOSE, BirthClock, LocalClock, hours_ahead
from everycall.sources.rows import Row, rows, separator, separator_of, split_row
from everycall.sources.threecx_story import translate
from everycall.sources.threecx_words import Ending

_NEEDED = ("call time", "call id", "from", "to", "direction", "status", "ringing", "talking")
_TEXT = "call activity details"
_DIRECTIONS = frozenset({"inbound", "outbound", "internal"})
_STATUSES = frozenset({"Answered", "Unanswered", "Waiting"})
_DURATION = re.compile(r"^(?:(\d+)\.)?(\d+):([0-5]\d):([0-5]\d)(?:\.\d+)?$")
_ID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", re.IGNORECASE)
_WINDOWS_EPOCH = 11_644_473_600 * 1_000_000
"""Microseconds from 1601, when Windows begins to count, to 1970."""


def born_at(call_id: str) -> int | None:
    """Return the moment in which a call began, in microseconds, from its id."""
    if not _ID.match(call_id):
        return None
    micros = int(call_id.replace("-", "")[8:24], 16) // 10 - _WINDOWS_EPOCH
    return micros if 0 < micros < 1 << 52 else None


def milliseconds(text: str) -> int | None:
    """Read a duration such as 00:01:33 or 1.02:03:04; None if it is none."""
    found = _DURATION.match(text.strip())
    if not found:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000


@dataclass(frozen=True, slots=True)
class _Leg:
    """A row that could be read, its time still local."""

    line: int
    call: str
    time: datetime
    body: dict[str, str | int]


def _read(path: Path, site: Site) -> Iterator[Record | Skip | Note]:
    legs: list[_Leg] = []
    for item in _legs(path):
        if isinstance(item, _Leg):
            legs.append(item)
        else:
            yield item
    clock = _Clock.of(legs, site)
    for leg in legs:
        yield Record(leg.call, None, clock.micros(leg), leg.line, leg.body)
    yield from map(Note, clock.notes())


def _legs(path: Path) -> Iterator[_Leg | Skip | Note]:
    """Yield every row once; the sum, repeated rows and what cannot be read are named."""
    heading: list[str] = []
    known: set[tuple[str, ...]] = set()
    count = 0
    for row in rows(path, separator_of(path)):
        if isinstance(row, Skip):
            yield row
        elif not heading:
            heading = _heading(row, path)
        elif row.fields[0].strip().lower() == "totals":
            yield row.skip(path, SkipReason.LEFT_OUT, "the sum of all rows")
            yield from _cut(row, count)
        else:
            count += 1
            yield from _once(row, heading, known, path)


def _heading(row: Row, path: Path) -> list[str]:
    heading = [cell.strip().lower() for cell in row.fields]
    missing = [name for name in _NEEDED if name not in heading]
    if missing:
        raise NotThatKindError(
            f"'{path}' is no 3CX call log: its heading lacks {', '.join(missing)}; "
            "export the call log with all its columns"
        )
    return heading


def _cut(row: Row, count: int) -> Iterator[Note]:
    said = row.fields[1].strip() if len(row.fields) > 1 else ""
    if said.isdigit() and int(said) != count:
        yield Note(f"the last row counts {said} rows, but the file has {count}: it was cut")


def _once(
    row: Row, heading: Sequence[str], known: set[tuple[str, ...]], path: Path
) -> Iterator[_Leg | Skip]:
    words = tuple(row.fields)
    if [cell.strip().lower() for cell in words] == heading:
        yield row.skip(path, SkipReason.LEFT_OUT, "the heading, repeated")
    elif words in known:
        yield row.skip(path, SkipReason.LEFT_OUT, "a row that stands in the file already")
    else:
        known.add(words)
        yield from _leg(row, dict(zip(heading, row.fields, strict=False)), len(heading), path)


def _leg(row: Row, cells: dict[str, str], width: int, path: Path) -> Iterator[_Leg | Skip]:
    refused = _refused(row, cells, width)
    if refused is not None:
        yield row.skip(path, *refused)
        return
    text = cells.get(_TEXT, "").strip()
    body: dict[str, str | int] = {
        "from": cells["from"].strip(),
        "to": cells["to"].strip(),
        "direction": cells["direction"].strip(),
        "status": cells["status"].strip(),
        "ringing": milliseconds(cells["ringing"]) or 0,
        "talking": milliseconds(cells["talking"]) or 0,
        "text": text,
    }
    call = cells["call id"].strip()
    yield _Leg(row.line, call, datetime.fromisoformat(cells["call time"].strip()), body)
    if not Ending.of(text).understood:
        said = text.rpartition(" → ")[2]
        yield row.skip(path, SkipReason.NO_WORD, f"'{said}' has no meaning here")


def _refused(row: Row, cells: dict[str, str], width: int) -> tuple[SkipReason, str] | None:
    """Return why a row cannot be read, or None."""
    if any(name not in cells for name in _NEEDED):
        return SkipReason.TOO_FEW_FIELDS, f"{len(row.fields)} of {width} columns"
    if any(row.fields[width:]):
        return SkipReason.TOO_MANY_FIELDS, f"{len(row.fields)} columns, the heading has {width}"
    if not cells["call id"].strip():
        return SkipReason.NO_CALL_ID, ""
    if not _is_time(cells["call time"]):
        return SkipReason.BAD_TIME, cells["call time"]
    return _bad_value(cells)


def _bad_value(cells: dict[str, str]) -> tuple[SkipReason, str] | None:
    if cells["direction"].strip().partition(" ")[0].lower() not in _DIRECTIONS:
        return SkipReason.BAD_VALUE, f"direction {cells['direction']!r}"
    if cells["status"].strip() not in _STATUSES:
        return SkipReason.BAD_VALUE, f"status {cells['status']!r}"
    for name in ("ringing", "talking"):
        if milliseconds(cells[name]) is None:
            return SkipReason.BAD_VALUE, f"{name} {cells[name]!r}"
    return None


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Clock:
    """Turns the local times of a log into moments, with the help of the calls' own ids.

    Attributes:
        first: for each call, the moment of its earliest row.
        told: the calls whose id tells that moment.
        ahead: for each call whose id tells it, how far local time is ahead of UTC.
    """

    zone: ZoneInfo | None
    local: LocalClock
    births: BirthClock
    first: dict[str, int] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    ahead: dict[str, int] = field(default_factory=dict)
    doubt: bool = False

    @classmethod
    def of(cls, legs: Sequence[_Leg], site: Site) -> "_Clock":
        """Learn from all rows of a file."""
        zone = ZoneInfo(site.zone) if site.zone else None
        clock = cls(zone, LocalClock(zone or ZoneInfo("UTC")), BirthClock(certain=False))
        times: dict[str, set[datetime]] = {}
        for leg in legs:
            times.setdefault(leg.call, set()).add(leg.time)
        for call, found in times.items():
            clock._learn(call, sorted(found))
        if zone is not None:
            clock._settle(times, zone)
            clock.doubt = clock.births.contradicts(zone, map(min, times.values()))
        return clock

    def _learn(self, call: str, times: Sequence[datetime]) -> None:
        """Take the earliest row that can be of the call's birth; no clock is off by odd minutes."""
        birth = born_at(call)
        if birth is None or times[0].tzinfo is not None:
            return
        told = (self.births.learn(time, birth) for time in times)
        ahead = next((found for found in told if found is not None), None)
        if ahead is not None:
            self.ahead[call] = ahead

    def _settle(self, times: dict[str, set[datetime]], zone: ZoneInfo) -> None:
        """Find when each call began; those whose id does not tell go by the order of the rows."""
        in_order = LocalClock(zone).in_order([min(found) for found in times.values()])
        for (call, found), moment in zip(times.items(), in_order, strict=True):
            birth = born_at(call)
            near = [self.local.choose(time, near=birth) for time in found if birth is not None]
            born = min((m for m in near if abs(m - (birth or 0)) <= CLOSE), default=None)
            if born is not None:
                self.told.add(call)
            self.first[call] = moment if born is None else born

    def micros(self, leg: _Leg) -> int:
        """Return the moment of a row."""
        if self.zone is not None or leg.time.tzinfo is not None:
            self.local.count(leg.time, known=leg.call in self.told)
            return self.local.choose(leg.time, after=self.first.get(leg.call))
        written = self.local.choose(leg.time)
        own = self.ahead.get(leg.call, self.births.ahead or 0)
        birth = born_at(leg.call) if leg.call in self.ahead else None
        # nothing happened before the call began: if it seems so, the clocks went back during it
        options = (written - ahead for ahead in (own, *self.births.found))
        return next((m for m in options if birth is None or m >= birth - CLOSE), written - own)

    def notes(self) -> Iterator[str]:
        """Say what was guessed, and why."""
        usual = self.births.ahead
        if self.zone is None and usual:
            yield f"local times are read as {hours_ahead(usual)}, because the call ids say so"
        if self.zone is not None and self.doubt:
            yield (
                f"the call ids say that local times are {hours_ahead(usual or 0)}, which "
                f"{self.zone} never is in these weeks; check the zone of the site"
            )
        yield from self.local.notes()


def _recognise(head: Head) -> Recognised | None:
    """Know a call log by its heading."""
    for line in head.lines[:1]:
        plain = line.lstrip("\ufeff")
        cells = {cell.strip().lower() for cell in split_row(plain, separator(plain))}
        if {*_NEEDED, _TEXT} <= cells:
            return Recognised(0.95, "its heading is that of 3CX's call log")
    return None


source = Source(
    name="threecx",
    title="3CX call log",
    doc="The call log that 3CX exports as CSV: one row per leg of a call, by the second.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.TRUNK,
            Sight.CLOSED,
            Sight.MENU,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.DOOR,
            Sight.DIRECT,
            Sight.RING_RESULT,
            Sight.TALK,
            Sight.TRANSFER,
            Sight.AFTER_TRANSFER,
            Sight.ELSEWHERE,
            Sight.VOICEMAIL,
            Sight.END,
            Sight.ENDED_BY,
        }
    ),
    blind={
        Sight.LOST: "it shows callers turned away because all lines were in use, not those whom "
        "the network never brought; add your carrier's records",
        Sight.RINGS: "of the phones that a queue rings it keeps the one that answered and at most "
        "one other; 3CX's reports on agents and abandoned calls count polls",
        Sight.SELF_SERVICE: "it shows that a voice bot answered, not whether it helped; name "
        "receptionists that give an answer as markers",
        Sight.HOLD: "it shows callers who were parked, not those on hold during a talk",
        Sight.MESSAGE: "it shows that voicemail answered, not whether a message was left",
        Sight.CALLBACK: "3CX keeps queue callbacks in its own report",
        Sight.CAUSE: "it writes a call cut off by a fault like a normal end",
        Sight.STAFF: "it shows only those who signed in or out by dialling the code",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, translate),
    forms=frozenset({Form.CONTEXT}),
    fineness=6,
    people=True,
)
