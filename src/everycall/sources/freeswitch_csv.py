"""FreeSWITCH's call records as CSV (mod_cdr_csv): a row for each caller's leg, by the second.

A row does not tell whether a person or the system answered: the leg of a second party does, so only
a row that names one is a talk. Source of the columns: the templates "example" and "asterisk" of
cdr_csv.conf.xml, as FreeSWITCH comes.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.errors import NotThatKindError
from everycall.events import Direction, Skip, SkipReason
from everycall.events.sights import Sight
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.channels.people import is_long
from everycall.sources.freeswitch import translate
from everycall.sources.local_times import LocalClock
from everycall.sources.mapping_values import cell, moment
from everycall.sources.rows import Row, rows, separator, separator_of, split_row

SECOND = 1_000_000
MINUTE = 60 * SECOND

_EXAMPLE = (
    "caller_id_name",
    "caller_id_number",
    "destination_number",
    "context",
    "start_stamp",
    "answer_stamp",
    "end_stamp",
    "duration",
    "billsec",
    "hangup_cause",
    "uuid",
    "bleg_uuid",
    "accountcode",
    "read_codec",
    "write_codec",
)
_ASTERISK = (
    "accountcode",
    "caller_id_number",
    "destination_number",
    "context",
    "caller_id",
    "channel_name",
    "bridge_channel",
    "last_app",
    "last_arg",
    "start_stamp",
    "answer_stamp",
    "end_stamp",
    "duration",
    "billsec",
    "hangup_cause",
    "amaflags",
    "uuid",
    "userfield",
)
_FORMS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
)
_UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)
_CAUSE = re.compile(r"^[A-Z][A-Z0-9_]+$")
_FROM_OUTSIDE = "public"
"""The context in which FreeSWITCH, as it comes, takes calls from outside."""


def layout_of(row: Sequence[str]) -> tuple[str, ...] | None:
    """Tell the columns of a row by where its id and its hang-up cause stand."""
    for layout in (_EXAMPLE, _ASTERISK):
        place, cause = layout.index("uuid"), layout.index("hangup_cause")
        least = max(place, cause) + 1
        if least <= len(row) <= len(layout) + 6 and _fits(row, place, cause):
            return layout
    return None


def _fits(row: Sequence[str], place: int, cause: int) -> bool:
    return bool(_UUID.match(cell(row[place])) and _CAUSE.match(cell(row[cause])))


def _read(path: Path, site: Site) -> Iterator[Record | Skip | Note]:
    delimiter = separator_of(path)
    clock = LocalClock(ZoneInfo(site.zone or "UTC"))
    any_row = False
    for row in rows(path, delimiter):
        if isinstance(row, Skip):
            yield row
            continue
        any_row = any_row or layout_of(row.fields) is not None
        yield _record(path, row, clock)
    if not any_row:
        raise NotThatKindError(f"'{path}' has no rows of mod_cdr_csv")
    yield from map(Note, clock.notes())
    if site.zone is None:
        yield Note("no time zone is declared, so local times are read as UTC")


def _record(path: Path, row: Row, clock: LocalClock) -> Record | Skip:
    layout = layout_of(row.fields)
    if layout is None:
        if "uuid" in map(str.lower, row.fields):
            return row.skip(path, SkipReason.LEFT_OUT, "the heading")
        return row.skip(
            path, SkipReason.TOO_FEW_FIELDS, "no id and no hang-up cause in their place"
        )
    fields = dict(zip(layout, map(cell, row.fields), strict=False))
    try:
        start = _moment(fields["start_stamp"])
        times = {name: _moment(fields[f"{name}_stamp"]) for name in ("answer", "end")}
    except ValueError as error:
        return row.skip(path, SkipReason.BAD_TIME, str(error))
    if start is None:
        return row.skip(path, SkipReason.BAD_TIME, "no start_stamp")
    began = clock.micros(start)
    known = {n: clock.micros(t, after=began) for n, t in times.items() if t is not None}
    body = {"values": _values(fields, began, known), "direction": "inbound"}
    uuid = fields["uuid"]
    return Record(uuid, uuid, began, row.line, body | {"profile": _profile(fields)})


def _moment(text: str) -> datetime | None:
    return moment(text, _FORMS) if text else None


def _profile(fields: dict[str, str]) -> dict[str, str]:
    return {
        "caller_id_number": fields["caller_id_number"],
        "destination_number": fields["destination_number"],
        "chan_name": fields.get("channel_name", ""),
    }


def _values(fields: dict[str, str], began: int, known: dict[str, int]) -> dict[str, str]:
    """Return the channel variables that a row stands for."""
    second = fields.get("bleg_uuid") or fields.get("bridge_channel")
    values = {
        **{name: value for name, value in fields.items() if value},
        "call_uuid": fields["uuid"],
        "start_uepoch": str(began),
        "resolution": str(SECOND if fields["start_stamp"].count(":") == 2 else MINUTE),
        "told_direction": _direction(fields),
    }
    values |= {f"{name}_uepoch": str(at) for name, at in known.items()}
    if second and "answer" in known:
        values["bridge_uepoch"] = str(known["answer"])
    if second or "answer" not in known:
        values["dialed_user"] = fields["destination_number"]
        values["originate_disposition"] = fields["hangup_cause"]
    return values


def _direction(fields: dict[str, str]) -> Direction:
    if is_long(fields["caller_id_number"]) or fields["context"] == _FROM_OUTSIDE:
        return Direction.INBOUND
    return Direction.OUTBOUND if is_long(fields["destination_number"]) else Direction.INTERNAL


def _recognise(head: Head) -> Recognised | None:
    lines = [line for line in head.lines[:50] if line.strip()]
    if not lines:
        return None
    split = [split_row(line, separator(lines[0])) for line in lines]
    good = sum(1 for row in split if layout_of(row) is not None)
    if good * 2 < len(split):
        return None
    return Recognised(0.9, f"{good} of its first {len(lines)} rows have an id and a hang-up cause")


source = Source(
    name="freeswitch_csv",
    title="FreeSWITCH call records as CSV",
    doc="The rows of mod_cdr_csv, one for each caller's leg: by the template 'example' or 'asterisk'.",
    sees=frozenset(
        {Sight.DIRECTION, Sight.CALLER, Sight.CALLED, Sight.DIRECT, Sight.TALK, Sight.END}
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.TRUNK: "load mod_json_cdr instead and name your gateways as trunks",
        Sight.CLOSED: "declare opening hours; a row does not tell what was announced",
        Sight.MENU: "a row does not tell which keys were pressed where",
        Sight.SELF_SERVICE: "a row does not tell what was heard",
        Sight.QUEUE: "load mod_json_cdr instead: its variables name the queue",
        Sight.EXIT: "load mod_json_cdr instead: its variables say how a queue was left",
        Sight.DOOR: "who found a queue full is in callcenter's events",
        Sight.RINGS: "whose phones rang is in callcenter's events",
        Sight.RING_RESULT: "a row has the cause of the caller's leg, not of each phone",
        Sight.HOLD: "load mod_json_cdr instead",
        Sight.TRANSFER: "a row tells the leg's last part; transfers begin a new one",
        Sight.AFTER_TRANSFER: "a row tells the leg's last part; transfers begin a new one",
        Sight.ELSEWHERE: "a call that was taken elsewhere looks answered",
        Sight.VOICEMAIL: "load mod_json_cdr instead: its last application is told",
        Sight.MESSAGE: "whether a message was left is in the voicemail's own events",
        Sight.CALLBACK: "callbacks are not told",
        Sight.ENDED_BY: "load mod_json_cdr instead: it says who hung up",
        Sight.CAUSE: "load mod_json_cdr instead: a row names a cause without its side",
        Sight.STAFF: "who was signed in is in callcenter's events",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, translate),
    fineness=8,
)
