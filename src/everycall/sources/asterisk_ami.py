"""Asterisk's manager events: everything that happens, as it happens; a capture as JSON lines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from everycall.events import EndedBy, Event, Kind, Skip, SkipReason
from everycall.events.markers import Form
from everycall.events.sights import Sight
from everycall.live.signs import Sign
from everycall.sources.asterisk_ami_events import NOT_SAID, Fields, is_known, staff_of, step_of
from everycall.sources.asterisk_ami_resync import NOT_KNOWN, WITHIN
from everycall.sources.asterisk_ami_signs import signs_of
from everycall.sources.asterisk_ami_text import is_wire_text, wire_events
from everycall.sources.asterisk_times import born_at
from everycall.sources.base import CallTranslation, Head, Recognised, Record, Site, Source
from everycall.sources.channels import Act, Step, interpret
from everycall.sources.channels.people import endpoint_of
from everycall.sources.json_objects import objects
from everycall.sources.lines import open_bytes
from everycall.sources.marking import marked, named_signs, origin_of

SECOND = 1_000_000
_UNTIMED = "untimed"
"""Marks what was said without a timestamp."""

_UNHEARD = "its beginning was not heard"


@dataclass(slots=True)
class Reading:
    """Reads manager events one after another; what it remembers is what later ones leave out."""

    name: str = "manager events"
    latest: int = 0
    placed: dict[tuple[str, str], Fields] = field(default_factory=dict)

    def record(self, fields: Fields, line: int) -> Record | Skip | None:
        """Return what an event says of a call or of staff; None if it says nothing of its own."""
        try:
            at = _moment(fields, self.latest)
        except (ValueError, OverflowError, TypeError):
            stamp = str(fields.get("Timestamp") or fields.get("_recv"))
            return Skip(self.name, line, SkipReason.BAD_TIME, stamp, str(fields)[:500])
        if at is None:
            return None
        self.latest = max(self.latest, at)
        return _record(_with_channel(fields, self.placed), at, line, self.name)

    def take(self, body: str, line: int, received_at: int) -> Iterator[Record | Skip | Sign]:
        """Yield what one event of a live feed says."""
        fields = _object(body, line, self.name)
        if isinstance(fields, Skip):
            yield fields
            return
        found = self.record({"_recv": received_at / SECOND, **fields}, line)
        if found is not None:
            yield found
        yield from named_signs(signs_of(fields, self.latest), origin_of(fields))


def _read(path: Path, _site: Site) -> Iterator[Record | Skip]:
    reading = Reading(path.name)
    for line, fields in _objects(path):
        found = fields if isinstance(fields, Skip) else reading.record(fields, line)
        if found is not None:
            yield found


def _with_channel(fields: Fields, placed: dict[tuple[str, str], Fields]) -> Fields:
    """Return an event with the ids of its channel.

    Asterisk does not say which channel it was that could not be placed; its endpoint tells.
    """
    mark = origin_of(fields).mark
    if fields.get("Application") == "AppDial2":
        placed[mark, endpoint_of(str(fields.get("Channel", "")))] = fields
    if fields.get("Event") != "OriginateResponse" or fields.get("Uniqueid") not in NOT_SAID:
        return fields
    channel = placed.pop((mark, str(fields.get("Channel", ""))), {})
    return {**fields, **{k: channel.get(k, "") for k in ("Channel", "Uniqueid", "Linkedid")}}


def _objects(path: Path) -> Iterator[tuple[int, Fields | Skip]]:
    """Yield the events of a capture: JSON objects, one a line or in a list, or the wire's own text."""
    with open_bytes(path) as file:
        head = file.read(1 << 12).decode("utf-8-sig", "replace")
    for found in wire_events(path) if is_wire_text(head) else objects(path):
        if isinstance(found, Skip):
            yield found.line, found
        else:
            line, fields = found
            yield line, _event(fields, line, path.name)


def _object(line: str, number: int, name: str) -> Fields | Skip:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Skip(name, number, SkipReason.NOT_JSON, str(error), line[:500])
    return _event(found, number, name)


def _event(found: object, number: int, name: str) -> Fields | Skip:
    if not isinstance(found, dict) or "Event" not in found:
        return Skip(name, number, SkipReason.NOT_JSON, "no manager event", str(found)[:500])
    return found


def _moment(fields: Fields, latest: int) -> int | None:
    """Return when an event happened: by its timestamp, else by the newest channel it speaks of."""
    stamp = fields.get("Timestamp") or fields.get("_recv")
    if stamp is not None:
        return round(float(stamp) * SECOND)
    born = born_at(str(fields.get("Uniqueid") or fields.get("DestUniqueid") or ""))
    # without a timestamp only the order is known, so no two are of the same moment
    following = latest + 1 if latest else None
    return max(following or 0, born * SECOND) if born is not None else following


def _record(fields: Fields, at: int, line: int, file: str) -> Record | Skip | None:
    name = str(fields.get("Event"))
    staff = staff_of(fields, at)
    if staff is not None:
        call = origin_of(fields).named(staff.call_id) if staff.call_id else None
        return Record(call, None, at, line, dict(fields))
    step = step_of(fields, at)
    if step is None:
        said = json.dumps(fields)[:500]
        return None if is_known(fields) else Skip(file, line, SkipReason.NO_WORD, name, said)
    if not step.channel:
        return None
    body = {**step.body(), **_exactness(fields)}
    origin = origin_of(fields)
    call, unit = origin.named(step.linked or step.channel), origin.named(step.channel)
    return Record(call, unit, at, line, marked(body, origin))


def _exactness(fields: Fields) -> Fields:
    """Return what is kept of how exactly the moment of an event is known."""
    if not (fields.get("Timestamp") or fields.get("_recv")):
        return {_UNTIMED: True}
    return {WITHIN: fields[WITHIN]} if WITHIN in fields else {}


def _told(call: str, records: Sequence[Record], site: Site) -> Iterator[Event]:
    """Yield the events of a call, each as exact as the moments that it was told by."""
    steps = [Step.of(record.body) for record in records]
    if not any(step.act is Act.BORN and step.channel == step.linked for step in steps):
        yield from _end_of(call, steps, site)
        return
    told = interpret(call, steps, site)
    if any(record.body.get(_UNTIMED) for record in records):
        yield from (replace(event, resolution=NOT_KNOWN, value=None) for event in told)
        return
    within = {record.at: int(record.body[WITHIN]) for record in records if WITHIN in record.body}
    if not within:
        yield from told
        return
    for event in told:
        exact = replace(event, resolution=max(event.resolution, within.get(event.at, 0)))
        yield exact if max(within.values()) < NOT_KNOWN else replace(exact, value=None)


def _translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    if call is not None and (heard := [record for record in records if "act" in record.body]):
        yield from _told(call, heard, site)
    for record in records:
        event = None if "act" in record.body else staff_of(record.body, record.at)
        if event is not None:
            yield event if call is None else replace(event, call_id=call)


def _end_of(call: str, steps: Sequence[Step], site: Site) -> Iterator[Event]:
    """Yield what can be told of a call whose beginning nobody heard, and which was over before the
    lists could tell of it: that it was there, and its end, but not how it went.
    """
    mine = [step for step in steps if step.channel == step.linked]
    for event in interpret(call, mine, site):
        if event.kind is Kind.CALL_ARRIVED:
            yield replace(event, resolution=NOT_KNOWN)
        elif event.kind is Kind.CALL_ENDED:
            yield replace(event, reason=EndedBy.UNKNOWN, q850=None, text=_UNHEARD)


def _recognise(head: Head) -> Recognised | None:
    """Know manager events by JSON objects with an Event, and channels or queues in them."""
    text = head.text.lstrip()
    if is_wire_text(text):
        return Recognised(0.95, "its blocks are manager events, as they come over the wire")
    if not text.startswith(("{", "[")) or '"Event"' not in text:
        return None
    if not any(word in text for word in ('"Uniqueid"', '"Queue"', '"Privilege"')):
        return None
    return Recognised(0.95, "its objects are manager events (Event, Privilege, Uniqueid ...)")


source = Source(
    name="asterisk_ami",
    title="Asterisk manager events (AMI)",
    doc="Everything that happens in Asterisk, to the microsecond, as a capture with one JSON object "
    "a line or as it came over the wire; the same events that the live connection delivers.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.TRUNK,
            Sight.MENU,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.DOOR,
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
            Sight.CALLBACK,
            Sight.END,
            Sight.ENDED_BY,
            Sight.CAUSE,
            Sight.STAFF,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.CLOSED: "name your closed announcement as a marker, or declare opening hours",
        Sight.SELF_SERVICE: "name your information prompts as markers",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    forms=frozenset({Form.CONTEXT, Form.PROMPT, Form.APP, Form.VERB}),
    fineness=1,
    channels=True,
    people=True,
    live=Reading,
    alike=True,
)
