"""Asterisk's channel event log: what every channel did, to the microsecond.

Source of the events and columns: Asterisk's main/cel.c, cel_custom.conf and the CEL specification.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from everycall.errors import NotThatKindError
from everycall.events import Event, Skip, SkipReason
from everycall.events.markers import Form, Stage
from everycall.events.sights import Sight
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
from everycall.sources.channels import PAIRED, Act, Step, interpret
from everycall.sources.rows import Row, rows, separator, separator_of, split_row

EVENTS = frozenset(
    [
        "CHAN_START",
        "CHAN_END",
        "ANSWER",
        "HANGUP",
        "APP_START",
        "APP_END",
        "PARK_START",
        "PARK_END",
        "BRIDGE_START",
        "BRIDGE_END",
        "BRIDGE_UPDATE",
        "BRIDGE_ENTER",
        "BRIDGE_EXIT",
        "CONF_START",
        "CONF_END",
        "BLINDTRANSFER",
        "ATTENDEDTRANSFER",
        "TRANSFER",
        "PICKUP",
        "FORWARD",
        "LINKEDID_END",
        "USER_DEFINED",
        "LOCAL_OPTIMIZE",
        "LOCAL_OPTIMIZE_BEGIN",
        "STREAM_BEGIN",
        "STREAM_END",
        "DTMF",
        "HOOKFLASH",
        "3WAY_START",
        "3WAY_END",
    ]
)
"""Every event of stock Asterisk; others are a dialplan's own."""

_ACTS = {
    "CHAN_START": Act.BORN,
    "ANSWER": Act.ANSWERED,
    "HANGUP": Act.HUNG_UP,
    "CHAN_END": Act.HUNG_UP,
    "APP_START": Act.RUNS,
    "BRIDGE_ENTER": Act.ENTERED,
    "BRIDGE_EXIT": Act.LEFT,
    "BRIDGE_START": Act.ENTERED,
    "BRIDGE_END": Act.LEFT,
    "BLINDTRANSFER": Act.BLIND,
    "ATTENDEDTRANSFER": Act.ATTENDED,
    "TRANSFER": Act.BLIND,
    "PARK_START": Act.PARKED,
    "PARK_END": Act.UNPARKED,
    "PICKUP": Act.SWAPPED,
    "STREAM_BEGIN": Act.HEARS,
    "STREAM_END": Act.HEARD,
    "DTMF": Act.DIGIT,
    "USER_DEFINED": Act.SAID,
    "LINKEDID_END": Act.OVER,
}

_HEADINGS = {
    "cidname": "cid_name",
    "cidnum": "cid_num",
    "ciddnid": "cid_dnid",
    "cidani": "cid_ani",
    "extra": "eventextra",
    "bridgepeer": "peer",
    "channel": "channame",
}
_CHANNEL_NAME = re.compile(r"^\S+/\S+-[0-9a-f]{4,}(;[12])?(<\w+>)?$", re.IGNORECASE)
_UNIQUE_ID = re.compile(r"(^|-)\d{9,10}\.\d+$")


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a file holds what."""

    columns: dict[str, int]

    def get(self, fields: Sequence[str], name: str) -> str:
        """Return a field of a row; nothing where the file has no such column."""
        place = self.columns.get(name)
        return fields[place] if place is not None and place < len(fields) else ""


def layout_of(lines: Iterable[Sequence[str]]) -> tuple[Layout | None, bool]:
    """Tell the columns of a file from its first rows, and whether the first is a heading."""
    sample = [row for row in lines if row]
    if not sample:
        return None, False
    heading = [_HEADINGS.get(cell.strip().lower(), cell.strip().lower()) for cell in sample[0]]
    if "eventtype" in heading and "uniqueid" in heading:
        return Layout({name: i for i, name in enumerate(heading)}), True
    found = [layout for row in sample if (layout := _guess(row)) is not None]
    return (max(found, key=lambda one: len(one.columns)) if found else None), False


def _guess(row: Sequence[str]) -> Layout | None:
    """Tell the columns of a row without a heading by what stands in them.

    Asterisk's sample writes them in one order, and people leave columns out of it: around the
    channel's name stand extension and context, then application and its data.
    """
    if row[0] not in EVENTS:
        return None
    ids = [i for i, cell in enumerate(row) if _UNIQUE_ID.search(cell)]
    names = [i for i, cell in enumerate(row) if _CHANNEL_NAME.match(cell)]
    if len(ids) < 2 or not names or ids[1] != ids[0] + 1:
        return None
    name = names[0]
    columns = {"eventtype": 0, "eventtime": 1, "channame": name, "uniqueid": ids[0]}
    columns |= {"linkedid": ids[1], "context": name - 1, "exten": name - 2, "cid_dnid": name - 3}
    columns |= {"appname": name + 1, "appdata": name + 2, "cid_name": 2, "cid_num": 3}
    columns |= {"peer": ids[1] + 1, "userdeftype": len(row) - 2, "eventextra": len(row) - 1}
    return Layout(columns)


def _read(path: Path, site: Site) -> Iterator[Record | Skip | Note]:
    found = rows(path, separator_of(path))
    head = list(_take(found, 200))
    layout, has_heading = layout_of(row.fields for row in head if isinstance(row, Row))
    if layout is None:
        raise NotThatKindError(f"'{path}' has no rows that look like channel events")
    clock = LocalTime(ZoneInfo(site.zone) if site.zone else None)
    for row in head[1:] if has_heading else head:
        _learn(clock, layout, row)
    for row in (*(head[1:] if has_heading else head), *found):
        _learn(clock, layout, row)
        yield row if isinstance(row, Skip) else _record(row, layout, clock, path, site)
    yield from map(Note, clock.notes())


def _take(found: Iterator[Row | Skip], count: int) -> Iterator[Row | Skip]:
    for _ in range(count):
        row = next(found, None)
        if row is None:
            return
        yield row


def _learn(clock: LocalTime, layout: Layout, row: Row | Skip) -> None:
    if isinstance(row, Row) and layout.get(row.fields, "eventtype") == "CHAN_START":
        clock.learn(layout.get(row.fields, "eventtime"), layout.get(row.fields, "uniqueid"))


def _record(row: Row, layout: Layout, clock: LocalTime, path: Path, site: Site) -> Record | Skip:
    def get(name: str) -> str:
        return layout.get(row.fields, name)

    kind = get("eventtype").upper()
    at = clock.micros(get("eventtime"))
    if at is None:
        return row.skip(path, SkipReason.BAD_TIME, get("eventtime"))
    unique, linked = get("uniqueid"), get("linkedid") or get("uniqueid")
    if not unique:
        return row.skip(path, SkipReason.NO_CALL_ID, kind)
    means = site.markers.stage_of(Form.VERB, kind, Stage)
    if kind not in EVENTS and means is None:
        return row.skip(path, SkipReason.NO_WORD, kind)
    act = Act.SAID if means else _ACTS.get(kind)
    if act is None:
        return row.skip(path, SkipReason.LEFT_OUT, kind)
    step = Step(
        act=act,
        at=at,
        channel=unique,
        name=get("channame"),
        linked=linked,
        context=get("context"),
        exten=get("exten"),
        app=get("appname"),
        data=get("appdata"),
        number=get("cid_num"),
        dnid=get("cid_dnid"),
        other_name=get("peer"),
        variable=_said(kind, get("userdeftype")) if act is Act.SAID else "",
    )
    return Record(linked, unique, at, row.line, _with_extra(step, kind, get("eventextra")).body())


def _said(kind: str, userdeftype: str) -> str:
    """Return the dialplan's own word: what it calls its event, or an event of its own kind."""
    return userdeftype if kind == "USER_DEFINED" else kind


def _with_extra(step: Step, kind: str, text: str) -> Step:
    extra = _json(text)
    if kind == "HANGUP":
        cause = extra.get("hangupcause")
        return replace(
            step,
            cause=int(str(cause)) if str(cause).isdigit() else None,
            ended_by=str(extra["hangupsource"]) if "hangupsource" in extra else None,
            value=str(extra.get("dialstatus", "")),
        )
    if kind in ("STREAM_BEGIN", "STREAM_END"):
        return replace(step, sound=str(extra.get("sound", "moh")) if kind == "STREAM_BEGIN" else "")
    if kind == "BLINDTRANSFER":
        exten, context = str(extra.get("extension", "")), str(extra.get("context", ""))
        return replace(step, exten=exten, context=context)
    if kind in ("BRIDGE_START", "BRIDGE_END"):
        return replace(step, bridge=PAIRED)
    if kind == "DTMF":
        return replace(step, digit=str(extra.get("digit", "")))
    return replace(step, bridge=str(extra.get("bridge_id", "")))


def _json(text: str) -> dict[str, object]:
    try:
        found = json.loads(text) if text.startswith("{") else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    if call is not None:
        yield from interpret(call, _streams_named(Step.of(r.body) for r in records), site)


def _streams_named(steps: Iterable[Step]) -> Iterator[Step]:
    """Say which sound it is that ends: CEL names it only where it begins."""
    playing: dict[str, str] = {}
    for step in steps:
        if step.act is Act.HEARS:
            playing[step.channel] = step.sound
        yield (
            replace(step, sound=playing.pop(step.channel, "")) if step.act is Act.HEARD else step
        )


def _recognise(head: Head) -> Recognised | None:
    """Know CEL by its events' names and by channel names and ids in the same row."""
    lines = head.lines[:50]
    split = [split_row(line, separator(lines[0])) for line in lines]
    layout, has_heading = layout_of(split)
    if layout is None:
        return None
    kinds = [layout.get(row, "eventtype") for row in (split[1:] if has_heading else split)]
    good = sum(1 for kind in kinds if kind in EVENTS)
    if not kinds or good * 2 < len(kinds):
        return None
    return Recognised(
        0.6 + good / len(kinds) * 0.4, f"its rows begin with events such as {kinds[0]}"
    )


source = Source(
    name="asterisk_cel",
    title="Asterisk channel event log (CEL)",
    doc="What every channel did, to the microsecond: the whole way of a call through menus, queues, "
    "rings, bridges and transfers, with the cause of its end.",
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
            Sight.RING_RESULT,
            Sight.TALK,
            Sight.HOLD,
            Sight.TRANSFER,
            Sight.AFTER_TRANSFER,
            Sight.ELSEWHERE,
            Sight.VOICEMAIL,
            Sight.MESSAGE,
            Sight.END,
            Sight.ENDED_BY,
            Sight.CAUSE,
            Sight.CALLBACK,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.CLOSED: "name your closed announcement as a marker, or declare opening hours",
        Sight.SELF_SERVICE: "name your information prompts as markers",
        Sight.DOOR: "a queue that refuses leaves no trace here; add AMI",
        Sight.EXIT: "it shows that a caller left a queue, not always why; add queue_log",
        Sight.STAFF: "add queue_log or AMI",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    forms=frozenset({Form.CONTEXT, Form.PROMPT, Form.APP, Form.VERB}),
    fineness=2,
    channels=True,
    alike=True,
)
