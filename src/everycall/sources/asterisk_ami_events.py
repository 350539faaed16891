"""What each of Asterisk's manager events says: a channel's step, or something about people and lines.

Source of the events and fields: the manager documentation in Asterisk's core-en_US.xml,
apps/app_queue.c and main/manager_channels.c.
"""

from collections.abc import Callable, Mapping
from typing import Any

from everycall.events import Event, Kind
from everycall.sources.channels import Act, Step

Fields = Mapping[str, Any]

_VARIABLES = frozenset({"QUEUESTATUS", "DIALSTATUS", "VMSTATUS", "ABANDONED"})

NOT_SAID = (None, "", "<unknown>")

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
        "ContactList",
        "ContactListComplete",
        "ChannelTalkingStart",
        "ChannelTalkingStop",
        "CoreShowChannel",
        "CoreShowChannelsComplete",
        "DNDState",
        "DeviceStateChange",
        "DeviceStateListComplete",
        "DTMFBegin",
        "AorList",
        "AorListComplete",
        "EndpointList",
        "OutboundRegistrationDetailComplete",
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
        "app": str(fields.get("Application", "")),
    }


def _sounded(whose: str) -> Callable[[Fields], dict[str, Any] | None]:
    """Return what reads a report of how one side heard the other; the first report block counts."""

    def read(fields: Fields) -> dict[str, Any] | None:
        lost, jitter = (str(fields.get(f"Report0{n}", "")) for n in ("FractionLost", "IAJitter"))
        if not lost.isdigit() or not jitter.isdigit():
            return None
        return {"act": Act.SOUNDED, "variable": whose, "value": f"{lost}/{jitter}"}

    return read


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
    "RTCPSent": _sounded("from"),
    "RTCPReceived": _sounded("to"),
    "VarSet": _variable,
    "HangupRequest": _plain(Act.ASKED_TO_END),
    "SoftHangupRequest": _plain(Act.TOLD_TO_END),
    "Hangup": _hung_up,
}


_SAID_OF = (
    ("channel", "Uniqueid"),
    ("name", "Channel"),
    ("linked", "Linkedid"),
    ("context", "Context"),
    ("exten", "Exten"),
    ("number", "CallerIDNum"),
)
_PREFIXED = {
    prefix: tuple((name, prefix + said) for name, said in _SAID_OF)
    for prefix in ("", "Dest", "Transferer", "OrigTransferer", "Parkee")
}


def _snapshot(fields: Fields, prefix: str = "") -> dict[str, str]:
    """Return what an event says of a channel; `prefix` names which of several it is."""
    found: dict[str, str] = {}
    for name, said in _PREFIXED[prefix]:
        value = fields.get(said)
        found[name] = "" if value in NOT_SAID else str(value)
    return found


_STAFF = {
    "QueueMemberAdded": Kind.AGENT_SIGNED_IN,
    "QueueMemberRemoved": Kind.AGENT_SIGNED_OUT,
    "QueueMemberPause": Kind.AGENT_PAUSED,
    "QueueMemberPaused": Kind.AGENT_PAUSED,
    "ContactStatus": Kind.AGENT_PHONE_BACK,
    "Registry": Kind.TRUNK_BACK,
    "OutboundRegistrationDetail": Kind.TRUNK_BACK,
    "Shutdown": Kind.SOURCE_GAP,
    "FullyBooted": Kind.SOURCE_GAP,
    "SourceGap": Kind.SOURCE_GAP,
    "CallGone": Kind.CALL_ENDED,
}
"""Events about people, lines and the phone system itself; of no channel, whatever call they end."""


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
    if name in _OWN:
        return _OWN[name](fields, at)
    if kind is Kind.TRUNK_BACK:
        return _registered(fields, at)
    if name == "ContactStatus":
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


def _away(fields: Fields, at: int) -> Event:
    """Return for how long everycall itself had not heard the phone system."""
    away = str(fields.get("AwayMs", ""))
    return Event(at, Kind.SOURCE_GAP, reason="away", value=int(away) if away.isdigit() else None)


def _gone(fields: Fields, at: int) -> Event:
    """Return that a call is over whose end nobody heard."""
    call = str(fields.get("Linkedid", ""))
    text = "it ended while nobody listened"
    return Event(at, Kind.CALL_ENDED, call_id=call, reason="unknown", text=text)


def _booted(fields: Fields, at: int) -> Event | None:
    """Return for how long the phone system has been running: every login is told."""
    uptime = str(fields.get("Uptime", ""))
    if not uptime.isdigit():
        return None
    return Event(at, Kind.SOURCE_GAP, reason="boot", value=int(uptime) * 1000)


_OWN: dict[str, Callable[[Fields, int], Event | None]] = {
    "FullyBooted": _booted,
    "SourceGap": _away,
    "CallGone": _gone,
}
"""How the events are read that are of one kind alone; the last two everycall says by itself."""


def _registered(fields: Fields, at: int) -> Event | None:
    """Return whether a line is registered with the telephone company; trying is neither."""
    status = str(fields.get("Status", ""))
    if status not in (*_REGISTERED, *_NOT_REGISTERED):
        return None
    address = str(fields.get("Domain") or fields.get("ServerUri") or fields.get("Username") or "")
    line = address.removeprefix("sips:").removeprefix("sip:").partition(";")[0]
    kind = Kind.TRUNK_BACK if status in _REGISTERED else Kind.TRUNK_LOST
    return Event(at, kind, trunk=line or None, text=status)


_REGISTERED = ("Registered",)
_NOT_REGISTERED = ("Rejected", "Timeout", "Failed", "Unregistered", "Unknown", "No Authentication")


def _reachable(fields: Fields, at: int, kind: Kind) -> Event | None:
    status = str(fields.get("ContactStatus") or fields.get("Status") or "")
    if status not in ("Reachable", "Unreachable", "Removed", "NonQualified", "Unqualified"):
        return None
    lost = status in ("Unreachable", "Removed")
    phone = str(fields.get("EndpointName") or fields.get("AOR") or "")
    return Event(at, Kind.AGENT_PHONE_LOST if lost else kind, agent=f"PJSIP/{phone}", text=status)


def is_known(fields: Fields) -> bool:
    """Say whether a kind of event is understood, if only as one that says nothing of its own."""
    name = str(fields.get("Event"))
    return name in _STEPS or name in _QUIET or name in _STAFF
