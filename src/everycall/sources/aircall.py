"""Aircall: its webhooks as they come, or the call objects that its interface gives for the past."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from everycall.events import Event, Skip, SkipReason
from everycall.events.sights import Sight
from everycall.sources.aircall_story import Said, Story, moment
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.json_objects import Object, PostedReader, objects


def _record(path: Path, line: int, body: Object) -> Record | Skip:
    """Read one webhook."""
    call = body.get("data")
    if body.get("resource") != "call":
        detail = f"a webhook about {body.get('resource') or 'nothing'}, not about a call"
        return Skip(path.name, line, SkipReason.LEFT_OUT, detail, str(body)[:500])
    if not isinstance(call, dict) or "id" not in call:
        detail = "the webhook has no call with an id in 'data'"
        return Skip(path.name, line, SkipReason.NO_CALL_ID, detail, str(body)[:500])
    at = moment(body.get("timestamp"))
    if at is None:
        detail = "no timestamp in seconds since 1970"
        return Skip(path.name, line, SkipReason.BAD_TIME, detail, str(body)[:500])
    told = {"event": str(body.get("event") or ""), "at": at, "call": call}
    return Record(str(call["id"]), None, at, line, told)


def _object(path: Path, line: int, body: Object) -> Record | Skip:
    """Read one call object, which is taken as said when the call ended."""
    if "id" not in body:
        detail = "the call object has no id"
        return Skip(path.name, line, SkipReason.NO_CALL_ID, detail, str(body)[:500])
    began = moment(body.get("started_at"))
    if began is None:
        detail = "no started_at in seconds since 1970"
        return Skip(path.name, line, SkipReason.BAD_TIME, detail, str(body)[:500])
    at = moment(body.get("ended_at")) or began
    return Record(str(body["id"]), None, began, line, {"event": "", "at": at, "call": body})


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    for found in objects(path):
        yield found if isinstance(found, Skip) else _record(path, *found)


def _read_objects(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    """Read call objects: one by one, or the pages of an answer with its calls in a list."""
    for found in objects(path):
        if isinstance(found, Skip):
            yield found
            continue
        line, body = found
        calls = body.get("calls")
        for one in calls if isinstance(calls, list) else [body]:
            if isinstance(one, dict):
                yield _object(path, line, one)


def _translate(call: str | None, records: Sequence[Record], _site: Site) -> Iterator[Event]:
    if call is not None:
        said = [Said(str(r.body["event"]), int(r.body["at"]), r.body["call"]) for r in records]
        yield from Story.of(call, said).events()


def _recognise(head: Head) -> Recognised | None:
    text = head.text.lstrip()
    if text.startswith(("{", "[")) and '"resource"' in text and '"call.' in text:
        return Recognised(0.95, "its objects are Aircall's webhooks (resource, event call....)")
    return None


def _recognise_objects(head: Head) -> Recognised | None:
    text = head.text.lstrip()
    words = ('"raw_digits"', '"started_at"', '"missed_call_reason"')
    if text.startswith(("{", "[")) and all(w in text for w in words) and '"resource"' not in text:
        return Recognised(0.9, "its objects are Aircall's calls (raw_digits, missed_call_reason)")
    return None


_SEEN = frozenset(
    {
        Sight.DIRECTION,
        Sight.CALLER,
        Sight.CALLED,
        Sight.CLOSED,
        Sight.QUEUE,
        Sight.EXIT,
        Sight.TALK,
        Sight.VOICEMAIL,
        Sight.MESSAGE,
        Sight.END,
    }
)
_HEARD = frozenset({Sight.RINGS, Sight.RING_RESULT, Sight.HOLD, Sight.TRANSFER})
"""What only the webhooks tell."""

_BLIND: Mapping[Sight, str] = {
    Sight.LOST: "only a carrier's records show calls that never got in",
    Sight.TRUNK: "the lines are Aircall's own",
    Sight.MENU: "Aircall says that a caller left in a menu, and not which keys were pressed",
    Sight.SELF_SERVICE: "Aircall does not say who was helped by an announcement",
    Sight.DOOR: "Aircall does not tell who was turned away from who gave up",
    Sight.DIRECT: "calls are distributed by lines and teams",
    Sight.AFTER_TRANSFER: "who took a call that was handed to a number outside is not told",
    Sight.ELSEWHERE: "an external transfer's end is not told",
    Sight.CALLBACK: "Aircall tells its call backs as outbound calls",
    Sight.ENDED_BY: "Aircall does not say who hung up on a talk",
    Sight.CAUSE: "Aircall names no cause codes",
    Sight.STAFF: "agents' days are in Aircall's user webhooks, which are not read",
}
_ONLY_WEBHOOKS = "call objects do not say it: connect Aircall's webhooks"

source = Source(
    name="aircall",
    title="Aircall webhooks",
    doc="What Aircall posts at each event of a call, one JSON object each; the newest state of a "
    "call counts, and the events tell whose phones rang.",
    sees=_SEEN | _HEARD,
    blind=_BLIND,
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    live=lambda: PostedReader(_record),
    people=True,
)

calls = Source(
    name="aircall_calls",
    title="Aircall call objects",
    doc="The calls that Aircall's interface lists for the past, one JSON object each or a page of "
    "them with its calls in a list.",
    sees=_SEEN,
    blind=dict(_BLIND) | dict.fromkeys(_HEARD, _ONLY_WEBHOOKS),
    recognise=_recognise_objects,
    translation=CallTranslation(_read_objects, _translate),
    people=True,
)
