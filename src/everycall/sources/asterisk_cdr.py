"""Asterisk's call detail records: one row per party that was dialled, by the second.

Source of the columns: Asterisk's cdr_csv.c, the CDR specification, and FreePBX's cdr table. A row
says who was rung and how that ended, but its times count from the moment in which the channel was
answered, be it by a menu: where a time may be any within the row, its resolution says so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.errors import NotThatKindError
from everycall.events import (
    Skip,
    SkipReason,
)
from everycall.events.markers import Form
from everycall.events.sights import Sight
from everycall.sources.asterisk_cdr_story import translate
from everycall.sources.asterisk_times import LocalTime
from everycall.sources.base import (
    CallTranslation,
    Head,
    Note,
    Recognised,
    Record,
    Site,
    Source,
)
from everycall.sources.local_times import CLOSE, QUARTER
from everycall.sources.rows import Row, rows, separator, separator_of, split_row

SECOND = 1_000_000
_PLAIN = [
    "accountcode",
    "src",
    "dst",
    "dcontext",
    "clid",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "start",
    "answer",
    "end",
    "duration",
    "billsec",
    "disposition",
    "amaflags",
]
Fields = Mapping[str, str]

_FOLLOWS = 2 * SECOND
"""A row of the same channel that begins so soon after another is of the same call."""

_NEW = ["peeraccount", "linkedid", "sequence"]
_HEADINGS = {"calldate": "start", "calldate_utc": "start", "cnum": "src_number"}
_DISPOSITIONS = frozenset(
    {"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL", "UNKNOWN"}
)
_UNIQUE_ID = re.compile(r"(^|-)\d{9,10}\.\d+$")
_KEPT = [
    "src",
    "dst",
    "dcontext",
    "channel",
    "dstchannel",
    "lastapp",
    "lastdata",
    "disposition",
    "uniqueid",
    "did",
    "userfield",
]


def layout_of(sample: Sequence[Sequence[str]]) -> tuple[list[str] | None, bool]:
    """Tell the columns of a file from its first rows, and whether the first is a heading."""
    if not sample:
        return None, False
    heading = [_HEADINGS.get(cell.strip().lower(), cell.strip().lower()) for cell in sample[0]]
    if {"src", "dst", "disposition", "start"} <= set(heading):
        return heading, True
    found = next((layout for row in sample if (layout := _guess(row)) is not None), None)
    return found, False


def _guess(row: Sequence[str]) -> list[str] | None:
    """Tell the columns of a row without a heading by their number and by what looks like an id."""
    if not 16 <= len(row) <= 21 or row[14].upper() not in _DISPOSITIONS:
        return None
    rest = len(row) - 16
    new = _NEW if rest >= 3 else []
    between = rest - len(new)
    has_id = between > 0 and bool(_UNIQUE_ID.search(row[16]))
    names = ["uniqueid", "userfield"] if between == 2 else ["uniqueid" if has_id else "userfield"]
    return [*_PLAIN, *names[:between], *new]


def _read(path: Path, site: Site) -> Iterator[Record | Skip | Note]:
    found = list(rows(path, separator_of(path)))
    layout, has_heading = layout_of([row.fields for row in found[:50] if isinstance(row, Row)])
    if layout is None:
        raise NotThatKindError(f"'{path}' has no rows that look like call detail records")
    zone = ZoneInfo(site.zone) if site.zone else None
    clock = LocalTime(zone)
    records = [
        row if isinstance(row, Skip) else (row, dict(zip(layout, row.fields, strict=False)))
        for row in (found[1:] if has_heading else found)
    ]
    for one in records:
        if isinstance(one, tuple):
            clock.learn(one[1].get("start", ""), one[1].get("uniqueid", ""))
    names = _names([one for one in records if isinstance(one, tuple)], LocalTime(zone))
    for one in records:
        if isinstance(one, Skip):
            yield one
        else:
            name = names.get(one[0].line, f"{path.name}:{one[0].line}")
            yield _record(*one, clock, path, name, (*_KEPT, *site.tag_fields))
    yield from map(Note, clock.notes())


def _names(records: Sequence[tuple[Row, Fields]], clock: LocalTime) -> dict[int, str]:
    """Name the calls of rows without ids by their channel; rows that follow one another are one."""
    found: dict[int, str] = {}
    ends: dict[str, tuple[str, int]] = {}
    known = [
        (clock.micros(fields.get("start", "")), row.line, fields)
        for row, fields in records
        if fields.get("channel") and not fields.get("uniqueid")
    ]
    timed = [(start, line, fields) for start, line, fields in known if start is not None]
    for start, line, fields in sorted(timed, key=_by_time):
        channel = fields["channel"]
        name, end = ends.get(channel, ("", -1))
        if start > end + _FOLLOWS:
            name, end = f"{channel}@{start // SECOND}", start
        ends[channel] = (name, max(end, _end(fields, start, clock)))
        found[line] = name
    return found


def _by_time(known: tuple[int, int, Fields]) -> tuple[int, int]:
    return known[:2]


def _record(
    row: Row, fields: Fields, clock: LocalTime, path: Path, name: str, kept: Sequence[str]
) -> Record | Skip:
    fields = {**fields, "disposition": fields.get("disposition", "").upper()}
    if fields["disposition"] not in _DISPOSITIONS:
        return row.skip(path, SkipReason.BAD_VALUE, f"disposition {fields.get('disposition')!r}")
    clock.learn(fields.get("start", ""), fields.get("uniqueid", ""))
    start = clock.micros(fields.get("start", ""))
    if start is None:
        return row.skip(path, SkipReason.BAD_TIME, fields.get("start", ""))
    unique = fields.get("uniqueid") or name
    body: dict[str, object] = {k: _given(fields.get(k)) for k in kept if _given(fields.get(k))}
    body |= {"start": start, "end": _end(fields, start, clock)}
    body["answer"] = _answer(fields, start, clock)
    body["picked_up"] = clock.micros(fields.get("answer", ""))
    body["sequence"] = int(fields["sequence"]) if fields.get("sequence", "").isdigit() else row.line
    return Record(_given(fields.get("linkedid")) or unique, unique, start, row.line, body)


def _given(text: str | None) -> str:
    return "" if text in (None, "NULL", "\\N") else str(text)


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _end(fields: Mapping[str, str], start: int, clock: LocalTime) -> int:
    expected = start + round(_number(fields.get("duration")) * SECOND)
    return _told(clock.micros(fields.get("end", "")), expected, fields.get("duration"))


def _answer(fields: Mapping[str, str], start: int, clock: LocalTime) -> int | None:
    if fields["disposition"] != "ANSWERED":
        return None
    expected = _end(fields, start, clock) - round(_number(fields.get("billsec")) * SECOND)
    return _told(clock.micros(fields.get("answer", "")), expected, fields.get("billsec"))


def _told(written: int | None, expected: int, lasted: str | None) -> int:
    """Return a written time; if the clocks changed in between, what the length of the call says."""
    if written is None:
        return expected
    off = abs(written - expected)
    changed = bool(lasted) and off > CLOSE and min(off % QUARTER, -off % QUARTER) <= CLOSE
    return expected if changed else written


def _recognise(head: Head) -> Recognised | None:
    """Know call detail records by their heading, or by 16 to 21 columns with a disposition."""
    lines = [line for line in head.lines[:50] if line.strip()]
    split = [split_row(line, separator(lines[0])) for line in lines]
    layout, has_heading = layout_of(split)
    if layout is None:
        return None
    if has_heading:
        return Recognised(0.9, "its heading names src, dst, start and disposition")
    good = sum(1 for row in split if _guess(row) is not None)
    if good * 2 < len(split):
        return None
    return Recognised(0.9, f"its rows have {len(layout)} columns with a disposition in the 15th")


source = Source(
    name="asterisk_cdr",
    title="Asterisk call detail records (CDR)",
    doc="One row per party that was dialled, by the second: Master.csv with 16 to 21 columns, or a "
    "table of call detail records as CSV with a heading, such as FreePBX's.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.TRUNK,
            Sight.MENU,
            Sight.QUEUE,
            Sight.RINGS,
            Sight.DIRECT,
            Sight.TALK,
            Sight.VOICEMAIL,
            Sight.END,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.EXIT: "it shows who was rung from a queue, not why the caller left; add queue_log",
        Sight.DOOR: "a queue that refuses leaves no trace here; add AMI",
        Sight.RING_RESULT: "a refusal may look like no answer; add CEL or AMI",
        Sight.HOLD: "add CEL or AMI",
        Sight.TRANSFER: "it shows who was rung, not who handed on; add queue_log, CEL or AMI",
        Sight.AFTER_TRANSFER: "add CEL or AMI",
        Sight.ELSEWHERE: "add CEL or AMI",
        Sight.MESSAGE: "it shows that voicemail was reached, not whether a message was left; add AMI",
        Sight.CALLBACK: "name the context of your callback requests as a marker",
        Sight.CLOSED: "name your closed announcement as a marker, or declare opening hours",
        Sight.SELF_SERVICE: "add CEL or AMI, and name your information prompts as markers",
        Sight.ENDED_BY: "add queue_log, CEL or AMI",
        Sight.CAUSE: "add CEL or AMI",
        Sight.STAFF: "add queue_log or AMI",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, translate),
    forms=frozenset({Form.CONTEXT, Form.PROMPT, Form.APP}),
    fineness=7,
    channels=True,
    alike=True,
)
