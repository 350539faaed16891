"""What was missed while nobody listened, told afterwards from what goes on now.

Asterisk replays nothing. Who is in which queue is told anew; calls that are not on any more ended
unheard; calls that are on and nobody knows get the steps that the lists tell of.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from everycall.events.origins import HERE, Origin
from everycall.sources.asterisk_ami_events import Fields, is_known, staff_of, step_of
from everycall.sources.asterisk_ami_signs import signs_of
from everycall.sources.marking import marked

SECOND = 1_000_000

LISTED = ("ContactList", "AorList", "DeviceStateChange", "OutboundRegistrationDetail")
"""Of the lists beside queues and channels, the events that say something."""

Event = dict[str, Any]
"""A manager event, as its fields."""


def is_worth_keeping(fields: Fields) -> bool:
    """Tell whether an event says anything; what has no word here is kept to be looked at."""
    return (
        step_of(fields, 0) is not None
        or staff_of(fields, 0) is not None
        or any(True for _ in signs_of(fields, 0))
        or not is_known(fields)
    )


def body_of(fields: Fields, at: int, origin: Origin = HERE) -> str:
    """Write an event down, with the moment at which it was received, and the phone system's mark."""
    kept = _of_sound(fields) if str(fields.get("Event")).startswith("RTCP") else fields
    said = marked({**kept, "_recv": at / SECOND}, origin)
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _of_sound(fields: Fields) -> Fields:
    """Return what is needed of a report that comes every five seconds for every leg."""
    return {name: value for name, value in fields.items() if name in _SOUND}


_SOUND = frozenset(
    {
        "Event",
        "Timestamp",
        "Channel",
        "Uniqueid",
        "Linkedid",
        "Report0FractionLost",
        "Report0IAJitter",
    }
)


def gap(since: int, at: int) -> Event:
    """Return the event that says that nobody listened for a while."""
    return {"Event": "SourceGap", "Timestamp": _stamp(at), "AwayMs": str((at - since) // 1000)}


def memberships(queues: Iterable[Fields], lists: Iterable[Fields], at: int) -> Iterator[Event]:
    """Yield who is in which queue, which phone can be reached, and which line is registered."""
    for fields in queues:
        if fields.get("Event") == "QueueMember":
            yield {**fields, "Timestamp": _stamp(at)}
    for fields in lists:
        if fields.get("Event") in LISTED:
            yield {**fields, "Timestamp": _stamp(at)}


def ended_unheard(
    open_calls: Collection[str], channels: Sequence[Fields], at: int
) -> Iterator[Event]:
    """Yield the ends of calls of which no channel is left."""
    alive = {str(fields.get(name)) for fields in channels for name in ("Linkedid", "Uniqueid")}
    for call in sorted(open_calls):
        if call not in alive:
            yield {"Event": "CallGone", "Linkedid": call, "Timestamp": _stamp(at)}


def begun_unheard(
    channels: Sequence[Fields], queues: Iterable[Fields], knows: Callable[[str], bool], at: int
) -> Iterator[Event]:
    """Yield the steps of channels of calls that nobody knows, as far as the lists tell them."""
    unknown = [fields for fields in channels if not knows(str(fields.get("Linkedid", "")))]
    for fields in sorted(unknown, key=lambda f: str(f.get("Uniqueid"))):
        began = at - _duration(str(fields.get("Duration", ""))) * SECOND
        yield {**fields, "Event": "Newchannel", "Timestamp": _stamp(began)}
        if fields.get("ChannelStateDesc") in ("Up", "Ringing"):
            yield {**fields, "Event": "Newstate", "Timestamp": _stamp(began)}
        if fields.get("Application"):
            data = fields.get("ApplicationData", "")
            runs = {**fields, "Event": "Newexten", "AppData": data}
            yield {**runs, "Timestamp": _stamp(began)}
        if fields.get("BridgeId"):
            enters = {**fields, "Event": "BridgeEnter", "BridgeUniqueid": fields["BridgeId"]}
            yield {**enters, "Timestamp": _stamp(at)}
    yield from _waiting(unknown, queues, at)


def _waiting(unknown: Sequence[Fields], queues: Iterable[Fields], at: int) -> Iterator[Event]:
    channels = {str(fields.get("Uniqueid")): fields for fields in unknown}
    for entry in queues:
        channel = channels.get(str(entry.get("Uniqueid")))
        if entry.get("Event") == "QueueEntry" and channel is not None:
            joined = at - int(str(entry.get("Wait") or 0)) * SECOND
            queue = {"Event": "QueueCallerJoin", "Queue": entry.get("Queue", "")}
            yield {**channel, **queue, "Timestamp": _stamp(joined)}


def _duration(text: str) -> int:
    """Return the seconds of HH:MM:SS."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return 0
    hours, minutes, seconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds


def _stamp(at: int) -> str:
    return f"{at // SECOND}.{at % SECOND:06}"
