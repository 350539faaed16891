"""Asterisk's manager events: everything that happens, as it happens; a capture as JSON lines.

Source of the events and fields: the manager documentation in Asterisk's core-en_US.xml,
apps/app_queue.c and main/manager_channels.c.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from everycall.events import Event, Kind, Skip, SkipReason
from everycall.events.markers import Form
from everycall.events.sights import Sight
from everycall.sources.asterisk_times import born_at
from everycall.sources.base import CallTranslation, Head, Recognised, Record, Site, Source
from everycall.sources.channels import Act, Step, interpret
from everycall.sources.channels.people import endpoint_of
from everycall.sources.lines import chunks

Fields = Mapping[str, Any]

SECOND = 1_000_000

_VARIABLES = frozenset({"QUEUESTATUS", "DIALSTATUS", "VMSTATUS", "ABANDONED"})

_NOT_SAID = (None, "", "<unknown>")

_QUIET = frozenset(
    [
        "AgentComplete",
        "AgentDump",
        "AgentRingNoAnswer",
        "AgentConnect",
        "BridgeCreate",
        "BridgeDestroy",
        "BridgeMerge",
        "BridgeInfoChannel",
        "BridgeInfoComplete",
        "BridgeListComplete",
        "BridgeListItem",
        "Cdr",
        "CEL",
        "ChannelTalkingStart",
        "ChannelTalkingStop",
        "CoreShowChannel",
        "CoreShowChannelsComplete",
        "DNDState",
        "DeviceStateChange",
        "DeviceStateListComplete",
        "DTMFBegin",
        "EndpointList",
        "ExtensionStatus",
        "LocalBridge",
        "LocalOptimizationBegin",
        "LocalOptimizationEnd",
        "MessageWaiting",
        "MixMonitorMute",
        "MixMonitorStart",
        "MixMonitorStop",
        "MusicOnHold",
        "MonitorStart",
        "MonitorStop",
        "NewAccountCode",
        "NewCallerid",
        "NewConnectedLine",
        "PresenceStateChange",
        "QueueCallerAbandon",
        "QueueEntry",
        "QueueMember",
        "QueueMemberPenalty",
        "QueueMemberRinginuse",
        "QueueMemberStatus",
        "QueueParams",
        "QueueStatusComplete",
        "QueueSummary",
        "QueueSummaryComplete",
        "Rename",
        "RTCPReceived",
        "RTCPSent",
        "Reload",
        "SessionTimeout",
        "Status",
        "StatusComplete",
        "SuccessfulAuth",
        "ChallengeSent",
        "ChallengeResponseFailed",
        "InvalidPassword",
        "TestEvent",
        "DialEnd",
        "PeerStatus",
        "AOC-D",
        "AOC-E",
        "AOC-S",
        "Masquerade",
        "NewPeerAccount",
        "ParkedCallSwap",
        "ChanSpyStart",
        "ChanSpyStop",
        "HangupHandlerRun",
        "HangupHandlerPush",
        "HangupHandlerPop",
        "DialState",
    ]
)
"""Events that say nothing of their own about a call: another event says it, or nobody asks."""


def _plain(act: Act) -> Callable[[Fields], dict[str, Any] | None]:
    return lambda _fields: {"act": act}


def _state(fields: Fields) -> dict[str, Any] | None:
    acts = {"Ringing": Act.RINGING, "Up": Act.ANSWERED}
    act = acts.get(str(fields.get("ChannelStateDesc")))
    return {"act": act} if act else None


def _variable(fields: Fields) -> dict[str, Any] | None:
    name = str(fields.get("Variable", ""))
    if name not in _VARIABLES:
        return None
    return {"act": Act.VARIABLE, "variable": name, "value": str(fields.get("Value", ""))}


def _digit(fields: Fields) -> dict[str, Any] | None:
    if fields.get("Direction") not in (None, "Received"):
        return None
    return {"act": Act.DIGIT, "digit": str(fields.get("Digit", ""))}


def _hung_up(fields: Fields) -> dict[str, Any] | None:
    cause = str(fields.get("Cause", ""))
    return {"act": Act.HUNG_UP, "cause": int(cause) if cause.isdigit() else None}


def _bridge(act: Act) -> Callable[[Fields], dict[str, Any] | None]:
    return lambda fields: {"act": act, "bridge": str(fields.get("BridgeUniqueid", ""))}


def _queue(act: Act) -> Callable[[Fields], dict[str, Any] | None]:
    return lambda fields: {"act": act, "queue": str(fields.get("Queue", ""))}


def _rung(fields: Fields) -> dict[str, Any] | None:
    member = {"queue": str(fields.get("Queue", "")), "member": str(fields.get("MemberName", ""))}
    dialled = str(fields.get("DialString", ""))
    return {"act": Act.RUNG, "data": dialled, **member, **_snapshot(fields, "Dest")}


def _dial_state(fields: Fields) -> dict[str, Any] | None:
    if fields.get("DialStatus") != "RINGING":
        return None
    return {"act": Act.RINGING, **_snapshot(fields, "Dest")}


def _runs(fields: Fields) -> dict[str, Any] | None:
    app, data = fields.get("Application", ""), fields.get("AppData", "")
    return {"act": Act.RUNS, "app": str(app), "data": str(data)}


def _blind(fields: Fields) -> dict[str, Any] | None:
    if fields.get("Result", "Success") != "Success":
        return None
    target = {"exten": str(fields.get("Extension", "")), "context": str(fields.get("Context", ""))}
    return {"act": Act.BLIND, **_snapshot(fields, "Transferer"), **target}


def _attended(fields: Fields) -> dict[str, Any] | None:
    if fields.get("Result", "Success") != "Success":
        return None
    return {"act": Act.ATTENDED, **_snapshot(fields, "OrigTransferer")}


def _parked(act: Act) -> Callable[[Fields], dict[str, Any] | None]:
    return lambda fields: {"act": act, **_snapshot(fields, "Parkee")}


def _originated(fields: Fields) -> dict[str, Any]:
    """Say where a channel that the phone system placed by itself was to go on."""
    return {
        "act": Act.ORIGINATED,
        "context": str(fields.get("Context", "")),
        "exten": str(fields.get("Exten", "")),
    }


def _said(fields: Fields) -> dict[str, Any] | None:
    name = str(fields.get("UserEvent", ""))
    return {"act": Act.SAID, "variable": name, "value": str(fields.get("Number", ""))}


_STEPS: dict[str, Callable[[Fields], dict[str, Any] | None]] = {
    "Newchannel": _plain(Act.BORN),
    "Newstate": _state,
    "OriginateResponse": _originated,
    "Newexten": _runs,
    "DialBegin": _rung,
    "DialState": _dial_state,
    "AgentCalled": _rung,
    "QueueCallerJoin": _queue(Act.JOINED),
    "QueueCallerLeave": _queue(Act.QUIT),
    "BridgeEnter": _bridge(Act.ENTERED),
    "BridgeLeave": _bridge(Act.LEFT),
    "MusicOnHoldStart": lambda _fields: {"act": Act.HEARS, "sound": "moh"},
    "MusicOnHoldStop": lambda _fields: {"act": Act.HEARD, "sound": "moh"},
    "Hold": _plain(Act.HELD),
    "Unhold": _plain(Act.UNHELD),
    "DTMFEnd": _digit,
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "ParkedCall": _parked(Act.PARKED),
    "UnParkedCall": _parked(Act.UNPARKED),
    "ParkedCallTimeOut": _parked(Act.UNPARKED),
    "ParkedCallGiveUp": _parked(Act.UNPARKED),
    "Pickup": _plain(Act.SWAPPED),
    "UserEvent": _said,
    "VarSet": _variable,
    "HangupRequest": _plain(Act.ASKED_TO_END),
    "SoftHangupRequest": _plain(Act.TOLD_TO_END),
    "Hangup": _hung_up,
}


def _snapshot(fields: Fields, prefix: str = "") -> dict[str, str]:
    """Return what an event says of a channel; `prefix` names which of several it is."""

    def get(key: str) -> str:
        value = fields.get(prefix + key)
        return "" if value in _NOT_SAID else str(value)

    return {
        "channel": get("Uniqueid"),
        "name": get("Channel"),
        "linked": get("Linkedid"),
        "context": get("Context"),
        "exten": get("Exten"),
        "number": get("CallerIDNum"),
    }


_STAFF = {
    "QueueMemberAdded": Kind.AGENT_SIGNED_IN,
    "QueueMemberRemoved": Kind.AGENT_SIGNED_OUT,
    "QueueMemberPause": Kind.AGENT_PAUSED,
    "QueueMemberPaused": Kind.AGENT_PAUSED,
    "ContactStatus": Kind.AGENT_PHONE_BACK,
    "Registry": Kind.TRUNK_BACK,
    "Shutdown": Kind.SOURCE_GAP,
    "FullyBooted": Kind.SOURCE_GAP,
}
"""Events about people, lines and the phone system itself, that belong to no call."""


def step_of(fields: Fields, at: int) -> Step | None:
    """Return what an event says that a channel did; None if it says nothing of the kind."""
    make = _STEPS.get(str(fields.get("Event")))
    made = make(fields) if make else None
    if made is None:
        return None
    return Step(**{**_snapshot(fields), **made, "at": at})


def staff_of(fields: Fields, at: int) -> Event | None:
    """Return what an event says about people, lines or the phone system itself."""
    name = str(fields.get("Event"))
    kind = _STAFF.get(name)
    if kind is None:
        return None
    if name == "Shutdown":
        return Event(at, kind, reason="shutdown")
    if name == "FullyBooted":
        return _booted(fields, at)
    if name in ("ContactStatus", "Registry"):
        return _reachable(fields, at, kind)
    paused = fields.get("Paused") == "1"
    resumed = kind is Kind.AGENT_PAUSED and not paused
    return Event(
        at,
        Kind.AGENT_RESUMED if resumed else kind,
        agent=str(fields.get("MemberName") or fields.get("Interface") or "") or None,
        queue=str(fields.get("Queue", "")) or None,
        text=str(fields.get("PausedReason") or fields.get("Reason") or "") or None,
    )


def _booted(fields: Fields, at: int) -> Event | None:
    """Return for how long the phone system has been running: every login is told."""
    uptime = str(fields.get("Uptime", ""))
    if not uptime.isdigit():
        return None
    return Event(at, Kind.SOURCE_GAP, reason="boot", value=int(uptime) * 1000)


def _reachable(fields: Fields, at: int, kind: Kind) -> Event | None:
    status = str(fields.get("ContactStatus") or fields.get("Status") or "")
    if kind is Kind.TRUNK_BACK:
        lost = status in ("Rejected", "Timeout", "Failed", "Unregistered", "Unknown")
        line = str(fields.get("Domain") or fields.get("Username") or "")
        return Event(at, Kind.TRUNK_LOST if lost else kind, trunk=line or None, text=status)
    if status not in ("Reachable", "Unreachable", "Removed", "NonQualified", "Unqualified"):
        return None
    lost = status in ("Unreachable", "Removed")
    phone = str(fields.get("EndpointName") or fields.get("AOR") or "")
    return Event(at, Kind.AGENT_PHONE_LOST if lost else kind, agent=f"PJSIP/{phone}", text=status)


def _read(path: Path, _site: Site) -> Iterator[Record | Skip]:
    latest = 0
    placed: dict[str, Fields] = {}
    for line, fields in _objects(path):
        if isinstance(fields, Skip):
            yield fields
            continue
        at = _moment(fields, latest)
        if at is None:
            continue
        latest = max(latest, at)
        found = _record(_with_channel(fields, placed), at, line, path)
        if found is not None:
            yield found


def _with_channel(fields: Fields, placed: dict[str, Fields]) -> Fields:
    """Return an event with the ids of its channel.

    Asterisk does not say which channel it was that could not be placed; its endpoint tells.
    """
    if fields.get("Application") == "AppDial2":
        placed[endpoint_of(str(fields.get("Channel", "")))] = fields
    if fields.get("Event") != "OriginateResponse" or fields.get("Uniqueid") not in _NOT_SAID:
        return fields
    channel = placed.pop(str(fields.get("Channel", "")), {})
    return {**fields, **{k: channel.get(k, "") for k in ("Channel", "Uniqueid", "Linkedid")}}


def _objects(path: Path) -> Iterator[tuple[int, Fields | Skip]]:
    """Yield the events of a capture: one JSON object a line, or one JSON list of them."""
    for chunk in chunks(path, "", keep_last=True):
        for skip in chunk.skips:
            yield skip.line, skip
        text = chunk.data.decode("utf-8")
        if text.lstrip().startswith("["):
            yield from enumerate(_list(text, path), chunk.first_line)
            return
        for number, line in enumerate(text.split("\n"), chunk.first_line):
            if line.strip():
                yield number, _object(line, number, path)


def _list(text: str, path: Path) -> list[Fields | Skip]:
    try:
        found = json.loads(text)
    except ValueError as error:
        return [Skip(path.name, 1, SkipReason.NOT_JSON, str(error), text[:200])]
    return [item for item in found if isinstance(item, dict)]


def _object(line: str, number: int, path: Path) -> Fields | Skip:
    try:
        found = json.loads(line)
    except ValueError as error:
        return Skip(path.name, number, SkipReason.NOT_JSON, str(error), line[:500])
    if not isinstance(found, dict) or "Event" not in found:
        return Skip(path.name, number, SkipReason.NOT_JSON, "no manager event", line[:500])
    return found


def _moment(fields: Fields, latest: int) -> int | None:
    """Return when an event happened: by its timestamp, else by the newest channel it speaks of."""
    stamp = fields.get("Timestamp") or fields.get("_recv")
    if stamp is not None:
        return round(float(stamp) * SECOND)
    born = born_at(str(fields.get("Uniqueid") or fields.get("DestUniqueid") or ""))
    return max(latest, born * SECOND) if born is not None else latest or None


def _record(fields: Fields, at: int, line: int, path: Path) -> Record | Skip | None:
    name = str(fields.get("Event"))
    staff = staff_of(fields, at)
    if staff is not None:
        return Record(None, None, at, line, dict(fields))
    step = step_of(fields, at)
    if step is None:
        known = name in _STEPS or name in _QUIET or name in _STAFF
        reason = SkipReason.NO_WORD
        return None if known else Skip(path.name, line, reason, name, json.dumps(fields)[:500])
    if not step.channel:
        return None
    return Record(step.linked or step.channel, step.channel, at, line, step.body())


def _translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    if call is not None:
        yield from interpret(call, (Step.of(record.body) for record in records), site)
        return
    for record in records:
        event = staff_of(record.body, record.at)
        if event is not None:
            yield event


def _recognise(head: Head) -> Recognised | None:
    """Know manager events by JSON objects with an Event, and channels or queues in them."""
    text = head.text.lstrip()
    if not text.startswith(("{", "[")) or '"Event"' not in text:
        return None
    if not any(word in text for word in ('"Uniqueid"', '"Queue"', '"Privilege"')):
        return None
    return Recognised(0.95, "its objects are manager events (Event, Privilege, Uniqueid ...)")


source = Source(
    name="asterisk_ami",
    title="Asterisk manager events (AMI)",
    doc="Everything that happens in Asterisk, to the microsecond, as a capture with one JSON object "
    "a line; the same events that the live connection delivers.",
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
)
