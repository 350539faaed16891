"""What was missed while nobody listened, told afterwards from what goes on now.

Asterisk replays nothing. Who is in which queue is told anew; calls that are not on any more ended
unheard; calls that are on and nobody knows get the steps that the lists tell of.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from everycall.events.origins import HERE, Origin
from everycall.sources.asterisk_ami_events import Fields, is_known, staff_of, step_of
from everycall.sources.asterisk_ami_signs import signs_of
from everycall.sources.channels import Act
from everycall.sources.marking import marked

SECOND = 1_000_000

NOT_KNOWN = 3 * SECOND
"""The resolution of a moment that no duration may be worked out from."""

WITHIN = "_within"
"""The field of an event that says how exactly its moment is known, in microseconds."""

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


_MOVES = (Act.ENTERED, Act.LEFT, Act.JOINED, Act.QUIT, Act.GAVE_UP, Act.HUNG_UP)
"""What brings a channel somewhere else."""


@dataclass(slots=True)
class Course:
    """How far a call is, as far as was heard.

    Attributes:
        born: its channels whose beginning was heard and whose end was not.
        bridges: in which bridge each of its channels is.
        queues: in which queue each of them waits.
        moved: the channels that were heard to move while the lists were asked for, which may be older.
    """

    born: set[str] = field(default_factory=set)
    bridges: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)

    @classmethod
    def of(
        cls, said: Iterable[Mapping[str, Any]], since: Iterable[Mapping[str, Any]] = ()
    ) -> "Course":
        """Make it of what was said of the call's channels, in order, and of what was said since."""
        course = cls()
        for body in said:
            if "act" in body:
                course.follow(str(body["channel"]), str(body["act"]), body)
        for body in since:
            course.follow(str(body["channel"]), str(body["act"]), body)
            if body["act"] in _MOVES:
                course.moved.add(str(body["channel"]))
        return course

    def follow(self, channel: str, act: str, body: Mapping[str, Any]) -> None:
        """Note what a channel did."""
        if act == Act.BORN:
            self.born.add(channel)
        elif act == Act.ENTERED:
            self.bridges[channel] = str(body.get("bridge", ""))
        elif act == Act.LEFT:
            self.bridges.pop(channel, None)
        elif act == Act.JOINED:
            self.queues[channel] = str(body.get("queue", ""))
        elif act in (Act.QUIT, Act.GAVE_UP):
            self.queues.pop(channel, None)
        elif act == Act.HUNG_UP:
            self.born.discard(channel)
            self.bridges.pop(channel, None)
            self.queues.pop(channel, None)


def said_of(fields: Fields) -> Event | None:
    """Return what an event says of a channel, as it is kept; None if it says nothing of one."""
    step = step_of(fields, 0)
    return step.body() if step is not None and step.channel else None


def ended_unheard(
    open_calls: Collection[str], channels: Sequence[Fields], at: int
) -> Iterator[Event]:
    """Yield the ends of calls of which no channel is left."""
    alive = {str(fields.get(name)) for fields in channels for name in ("Linkedid", "Uniqueid")}
    for call in sorted(open_calls):
        if call not in alive:
            yield {"Event": "CallGone", "Linkedid": call, "Timestamp": _stamp(at)}


def moved_unheard(
    channels: Sequence[Fields],
    queues: Iterable[Fields],
    course_of: Callable[[str], Course],
    at: int,
) -> Iterator[Event]:
    """Yield the steps that brought calls from where they were heard last to where they are now."""
    courses = {call: course_of(call) for call in sorted({_call(fields) for fields in channels})}
    moved = {channel for course in courses.values() for channel in course.moved}
    listed = sorted(
        (fields for fields in channels if str(fields.get("Uniqueid")) not in moved),
        key=lambda fields: str(fields.get("Uniqueid")),
    )
    for fields in listed:
        if str(fields.get("Uniqueid")) not in courses[_call(fields)].born:
            yield from _begun(fields, at)
    for fields in listed:
        yield from _connected(fields, courses[_call(fields)], at)
    present = {str(fields.get("Uniqueid")) for fields in listed}
    for call, course in courses.items():
        for channel, bridge in sorted(course.bridges.items()):
            if channel not in present | moved:
                leaves = {"Event": "BridgeLeave", "Uniqueid": channel, "Linkedid": call}
                yield _guessed({**leaves, "BridgeUniqueid": bridge}, at, NOT_KNOWN)
    yield from _waiting(listed, queues, courses, at)


def _call(fields: Fields) -> str:
    return str(fields.get("Linkedid", ""))


def _begun(fields: Fields, at: int) -> Iterator[Event]:
    """Yield the steps of a channel whose beginning nobody heard: when it was answered is not told."""
    began = at - _duration(str(fields.get("Duration", ""))) * SECOND
    yield _guessed({**fields, "Event": "Newchannel"}, began, SECOND)
    if fields.get("Application"):
        runs = {**fields, "Event": "Newexten", "AppData": fields.get("ApplicationData", "")}
        yield _guessed(runs, began, SECOND)
    if fields.get("ChannelStateDesc") == "Ringing":
        yield _guessed({**fields, "Event": "Newstate"}, began, SECOND)
    if fields.get("ChannelStateDesc") == "Up":
        yield _guessed({**fields, "Event": "Newstate"}, at, NOT_KNOWN)


def _connected(fields: Fields, course: Course, at: int) -> Iterator[Event]:
    """Yield how a channel came out of one bridge and into another, if it did."""
    channel, bridge = str(fields.get("Uniqueid")), str(fields.get("BridgeId") or "")
    before = course.bridges.get(channel, "")
    if before == bridge:
        return
    if before:
        yield _guessed({**fields, "Event": "BridgeLeave", "BridgeUniqueid": before}, at, NOT_KNOWN)
    if bridge:
        if channel in course.born and fields.get("ChannelStateDesc") == "Up":
            yield _guessed({**fields, "Event": "Newstate"}, at, NOT_KNOWN)
        yield _guessed({**fields, "Event": "BridgeEnter", "BridgeUniqueid": bridge}, at, NOT_KNOWN)


def _waiting(
    listed: Sequence[Fields], queues: Iterable[Fields], courses: Mapping[str, Course], at: int
) -> Iterator[Event]:
    channels = {str(fields.get("Uniqueid")): fields for fields in listed}
    for entry in queues:
        channel = channels.get(str(entry.get("Uniqueid")))
        if entry.get("Event") != "QueueEntry" or channel is None:
            continue
        queue = str(entry.get("Queue", ""))
        if courses[_call(channel)].queues.get(str(entry.get("Uniqueid"))) == queue:
            continue
        joined = at - int(str(entry.get("Wait") or 0)) * SECOND
        joins = {**channel, "Event": "QueueCallerJoin", "Queue": queue}
        yield _guessed(joins, joined, SECOND)


def _guessed(event: Event, at: int, within: int) -> Event:
    """Return an event of a moment that is not known exactly, and how exactly it is."""
    return {**event, "Timestamp": _stamp(at), WITHIN: within}


def _duration(text: str) -> int:
    """Return the seconds of HH:MM:SS."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return 0
    hours, minutes, seconds = map(int, parts)
    return hours * 3600 + minutes * 60 + seconds


def _stamp(at: int) -> str:
    return f"{at // SECOND}.{at % SECOND:06}"
