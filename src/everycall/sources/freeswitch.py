"""FreeSWITCH's call records as JSON or XML and its hang-up events: one for each leg.

A leg's channel variables say where it waited (mod_callcenter) and who was bridged to it; the legs
of a call share `call_uuid`. Answering by the system is not answering by a person: only a bridge is.
Source of the variables: mod_json_cdr and mod_callcenter in FreeSWITCH's documentation and source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from everycall.events import (
    AgentKind,
    AttemptResult,
    Direction,
    EndedBy,
    Event,
    Exit,
    Kind,
    Skip,
    SkipReason,
)
from everycall.events.sights import Sight
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.channels.people import is_line
from everycall.sources.freeswitch_forms import event_texts, is_event_text, is_xml, xml_records
from everycall.sources.json_objects import Object, PostedReader, objects
from everycall.sources.lines import open_bytes

SECOND = 1_000_000
VAGUE = 3 * SECOND
"""The resolution of a moment that no duration may be worked out from."""

_EXITS = {
    "TIMEOUT": Exit.TIMEOUT,
    "NO_AGENT_TIMEOUT": Exit.UNSTAFFED,
    "BREAK_OUT": Exit.CALLER,
    "EXIT_WITH_KEY": Exit.KEY,
}
_RESULTS = {
    "SUCCESS": AttemptResult.ANSWERED,
    "USER_BUSY": AttemptResult.BUSY,
    "NO_ANSWER": AttemptResult.NO_ANSWER,
    "NO_USER_RESPONSE": AttemptResult.UNREACHABLE,
    "ALLOTTED_TIMEOUT": AttemptResult.NO_ANSWER,
    "CALL_REJECTED": AttemptResult.REJECTED,
    "ORIGINATOR_CANCEL": AttemptResult.CANCELLED,
    "LOSE_RACE": AttemptResult.ELSEWHERE,
    "PICKED_OFF": AttemptResult.ELSEWHERE,
    "USER_NOT_REGISTERED": AttemptResult.UNREACHABLE,
    "SUBSCRIBER_ABSENT": AttemptResult.UNREACHABLE,
    "RECOVERY_ON_TIMER_EXPIRE": AttemptResult.UNREACHABLE,
}
_HUNG_UP = {
    "recv_bye": EndedBy.CALLER,
    "recv_cancel": EndedBy.CALLER,
    "send_bye": EndedBy.AGENT,
    "send_refuse": EndedBy.SYSTEM,
    "send_cancel": EndedBy.SYSTEM,
}
"""Who ended the caller's own leg, by what was sent or received on it."""

_ENVELOPE = {"Channel-Call-UUID": "call_uuid", "Unique-ID": "uuid", "Hangup-Cause": "hangup_cause"}


@dataclass(frozen=True, slots=True)
class _Leg:
    """One leg's variables."""

    values: dict[str, str]
    direction: str
    profile: dict[str, str]

    @classmethod
    def of(cls, body: Object) -> "_Leg":
        return cls(dict(body["values"]), str(body["direction"]), dict(body["profile"]))

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def moment(self, name: str) -> int | None:
        """Return a moment: the exact one in microseconds, else the one in seconds; 0 is never."""
        for stem, unit in (("_uepoch", 1), ("_epoch", SECOND)):
            text = self.text(name + stem)
            if text.isdigit() and int(text) > 0:
                return int(text) * unit
        return None

    @property
    def began(self) -> int:
        return self.moment("start") or 0

    @property
    def ended(self) -> int | None:
        return self.moment("end")

    @property
    def spoke_at(self) -> int | None:
        return self.moment("bridge")

    @property
    def is_originated(self) -> bool:
        """Tell whether FreeSWITCH itself placed it, not to connect another leg's caller."""
        return self.direction == "outbound" and self.text("call_uuid") in ("", self.text("uuid"))

    @property
    def queue(self) -> str | None:
        return self.text("cc_queue").split("@", maxsplit=1)[0] or None

    @property
    def agent(self) -> str | None:
        """Return who was bridged or rung: callcenter's agent, the user dialled, else the device."""
        for name in ("cc_agent_bridged", "cc_agent", "dialed_user"):
            if self.text(name):
                return self.text(name).split("@", maxsplit=1)[0]
        channel = self.text("bridge_channel")
        return channel.rsplit("/", maxsplit=1)[-1].split("@", maxsplit=1)[0] or None


@dataclass(frozen=True, slots=True)
class _Story:
    """A call's own leg, while its story is told."""

    call_id: str
    leg: _Leg
    site: Site

    def event(self, at: int, kind: Kind, resolution: int = 1) -> Event:
        exact = max(resolution, int(self.leg.text("resolution") or 1))
        return Event(at, kind, self.call_id, exact, leg=self.leg.text("uuid"))

    def events(self) -> Iterator[Event]:
        yield self._arrived()
        yield from self._waited()
        yield from self._rang()
        yield from self._spoke()
        yield from self._voicemail()
        yield from self._tagged()
        if self.leg.ended is not None:
            code = self.leg.text("hangup_cause_q850")
            yield replace(
                self.event(self.leg.ended, Kind.CALL_ENDED),
                reason=self._ended_by(),
                q850=int(code) if code.isdigit() else None,
                sip_code=self._sip_code(),
                text=self.leg.text("hangup_cause") or None,
            )

    def _arrived(self) -> Event:
        number = self.leg.profile.get("caller_id_number", "")
        called = self.leg.profile.get("destination_number", "")
        return replace(
            self.event(self.leg.began, Kind.CALL_ARRIVED),
            direction=self._direction(number, called),
            caller_raw=number or None,
            called=called or None,
            trunk=self.leg.text("sip_gateway_name") or self.leg.text("sip_gateway") or None,
        )

    def _direction(self, number: str, called: str) -> Direction:
        if self.leg.text("told_direction"):
            return Direction(self.leg.text("told_direction"))
        if self._is_line(self.leg.profile.get("chan_name", ""), number, dialled=False):
            return Direction.OUTBOUND if self.leg.is_originated else Direction.INBOUND
        outside = self._is_line(self.leg.text("bridge_channel"), called, dialled=True)
        return Direction.OUTBOUND if outside else Direction.INTERNAL

    def _is_line(self, channel: str, number: str, *, dialled: bool) -> bool:
        """Tell a line from a phone: by its profile, as FreeSWITCH comes, unless the site says more."""
        profile = channel.split("/")[1:2]
        if profile in (["external"], ["gateway"]) and not self.site.trunks:
            return True
        return is_line(channel, number, self.site, dialled=dialled)

    def _waited(self) -> Iterator[Event]:
        since = self.leg.moment("cc_queue_joined")
        if since is None:
            return
        yield replace(self.event(since, Kind.QUEUE_ENTERED, SECOND), queue=self.leg.queue)
        answered = self.leg.moment("cc_queue_answered")
        left = (
            answered
            or self.leg.moment("cc_queue_canceled")
            or self.leg.moment("cc_queue_terminated")
            or self.leg.ended
        )
        if left is None:
            return
        why = self.leg.text("cc_cancel_reason").upper()
        yield replace(
            self.event(left, Kind.QUEUE_LEFT, SECOND),
            queue=self.leg.queue,
            reason=Exit.ANSWERED if answered is not None else _EXITS.get(why),
            value=(left - since) // 1000,
            agent=self.leg.agent if answered is not None else None,
        )

    def _rang(self) -> Iterator[Event]:
        """Yield the ring of whoever was dialled outside a queue; the queue's own are not told."""
        result = self._result()
        if self.leg.queue is not None or result is None or self.leg.agent is None:
            return
        since = self.leg.moment("progress")
        until = self.leg.spoke_at or self.leg.ended
        if until is None:
            return
        # without a sign of ringing it may have begun at any moment of the leg
        spread = 1 if since else max(until - self.leg.began, VAGUE)
        began = self.event(since or self.leg.began, Kind.AGENT_RANG, spread)
        yield replace(began, agent=self.leg.agent)
        yield replace(
            self.event(until, Kind.AGENT_STOPPED),
            agent=self.leg.agent,
            reason=result,
            value=(until - since) // 1000 if since is not None else None,
        )

    def _result(self) -> AttemptResult | None:
        if self.leg.spoke_at is not None:
            return AttemptResult.ANSWERED
        return _RESULTS.get(self.leg.text("originate_disposition"))

    def _spoke(self) -> Iterator[Event]:
        since, until = self.leg.spoke_at, self.leg.ended
        if since is None or until is None:
            return
        talk = replace(
            self.event(since, Kind.TALK_STARTED),
            agent=self.leg.agent,
            queue=self.leg.queue,
            agent_kind=AgentKind.PERSON,
        )
        yield talk
        held = self.leg.text("hold_accum_usec")
        if held.isdigit() and int(held) > 0:
            # only the sum is told, not when it was
            end = self.event(since + int(held), Kind.HOLD_ENDED, VAGUE)
            yield replace(end, value=int(held) // 1000, agent=self.leg.agent)
        ended_by = self._ended_by()
        lasted = (until - since) // 1000
        yield replace(talk, at=until, kind=Kind.TALK_ENDED, value=lasted, reason=ended_by)

    def _voicemail(self) -> Iterator[Event]:
        if self.leg.text("last_app") == "voicemail" and self.leg.spoke_at is None:
            at = self.leg.moment("answer") or self.leg.ended
            if at is not None:
                yield self.event(at, Kind.VOICEMAIL_REACHED)

    def _tagged(self) -> Iterator[Event]:
        for name in self.site.tag_fields:
            if self.leg.text(name):
                at = self.leg.ended or self.leg.began
                yield replace(self.event(at, Kind.CALL_TAGGED), text=self.leg.text(name))

    def _ended_by(self) -> EndedBy:
        said = _HUNG_UP.get(self.leg.text("sip_hangup_disposition"), EndedBy.UNKNOWN)
        if said is EndedBy.AGENT and self.leg.spoke_at is None:
            return EndedBy.SYSTEM
        return said

    def _sip_code(self) -> int | None:
        for name in ("sip_term_status", "sip_invite_failure_status"):
            if self.leg.text(name).isdigit():
                return int(self.leg.text(name))
        return None


def translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    """Tell a call by its own leg; the legs of those who were rung say nothing more of it."""
    told = (_Leg.of(record.body) for record in records)
    legs = [leg for leg in told if not _is_agents(leg.values)]
    own = [leg for leg in legs if leg.direction != "outbound"] or legs
    if call is None or not own:
        return
    first = min(own, key=lambda leg: leg.began)
    yield from sorted(_Story(call, first, site).events(), key=lambda event: event.at)


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    with open_bytes(path) as file:
        head = file.read(1 << 12).decode("utf-8-sig", "replace")
    read = xml_records if is_xml(head) else event_texts if is_event_text(head) else objects
    for found in read(path):
        if isinstance(found, Skip):
            yield found
            continue
        yield _record(path, *found)


_ENDS = frozenset({"", "CHANNEL_HANGUP_COMPLETE"})
"""The events that tell of a whole leg; what has no name is a call record."""


def _record(path: Path, line: int, body: Object) -> Record | Skip:
    kind = str(body.get("Event-Name") or "")
    if kind not in _ENDS:
        return Skip(path.name, line, SkipReason.NO_WORD, kind, str(body)[:500])
    variables = body.get("variables")
    leg = _from_cdr(body) if isinstance(variables, dict) else _from_event(body)
    call = _call_of(leg["values"])
    if not call:
        reason = SkipReason.NO_CALL_ID
        return Skip(path.name, line, reason, "no call_uuid and no uuid", str(body)[:500])
    began = _Leg.of(leg).began
    if not began:
        return Skip(path.name, line, SkipReason.BAD_TIME, "no start_epoch", str(body)[:500])
    return Record(call, leg["values"].get("uuid") or call, began, line, leg)


def _is_agents(values: dict[str, str]) -> bool:
    """Tell the leg of an agent whom a queue rang; callcenter places it as a call of its own."""
    return values.get("cc_side") == "agent"


def _call_of(values: dict[str, str]) -> str:
    waiting = values.get("cc_member_session_uuid", "") if _is_agents(values) else ""
    return waiting or values.get("call_uuid") or values.get("uuid") or ""


def _from_cdr(body: Object) -> dict[str, Any]:
    flows = body.get("callflow")
    flow = _object(flows[0] if isinstance(flows, list) and flows else None)
    profile = _object(flow.get("caller_profile"))
    wanted = ("caller_id_number", "destination_number", "chan_name")
    return {
        # values are percent-encoded unless the module was told otherwise; a plus stays a plus
        "values": {name: unquote(str(value)) for name, value in body["variables"].items()},
        "direction": str(_object(body.get("channel_data")).get("direction", "")),
        "profile": {name: unquote(str(profile.get(name, ""))) for name in wanted},
    }


def _object(thing: Any) -> Object:
    """Return an object; an empty one where something else stands in its place."""
    return thing if isinstance(thing, dict) else {}


def _from_event(body: Object) -> dict[str, Any]:
    """Read a CHANNEL_HANGUP_COMPLETE event, as the event socket sends it in JSON."""
    plain = {name: unquote(str(value)) for name, value in body.items()}
    values = {n.removeprefix("variable_"): v for n, v in plain.items() if n.startswith("variable_")}
    for theirs, ours in _ENVELOPE.items():
        values.setdefault(ours, plain.get(theirs, ""))
    return {
        "values": values,
        "direction": plain.get("Call-Direction", ""),
        "profile": {
            "caller_id_number": plain.get("Caller-Caller-ID-Number", ""),
            "destination_number": plain.get("Caller-Destination-Number", ""),
            "chan_name": plain.get("Channel-Name", ""),
        },
    }


def _recognise(head: Head) -> Recognised | None:
    text = head.text
    if is_xml(text) and "<variables>" in text and "<callflow" in text:
        return Recognised(
            0.95, "it is a call record of FreeSWITCH in XML (cdr, variables, callflow)"
        )
    if is_event_text(text) and "CHANNEL_HANGUP_COMPLETE" in text:
        return Recognised(0.95, "its blocks are hang-up events of FreeSWITCH")
    if not text.lstrip().startswith(("{", "[")):
        return None
    if '"core-uuid"' in text and '"channel_data"' in text:
        return Recognised(0.95, "it is a call record of FreeSWITCH (core-uuid, channel_data)")
    if '"CHANNEL_HANGUP_COMPLETE"' in text:
        return Recognised(0.95, "its objects are hang-up events of FreeSWITCH")
    return None


source = Source(
    name="freeswitch",
    title="FreeSWITCH call records",
    doc="The records of mod_json_cdr and mod_xml_cdr, one for each leg, and hang-up events in JSON or "
    "plain text; queues by mod_callcenter.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.DIRECT,
            Sight.RING_RESULT,
            Sight.TALK,
            Sight.HOLD,
            Sight.VOICEMAIL,
            Sight.END,
            Sight.ENDED_BY,
            Sight.CAUSE,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.RINGS: "a record tells the last ring outside a queue; whose phones a queue rang is in "
        "callcenter's events",
        Sight.TRUNK: "name your gateways as trunks; a record tells the profile, not the line",
        Sight.CLOSED: "declare opening hours; a record does not tell what was announced",
        Sight.MENU: "a record does not tell which keys were pressed where",
        Sight.SELF_SERVICE: "a record does not tell what was heard",
        Sight.DOOR: "who found a queue full is in callcenter's events",
        Sight.TRANSFER: "a record tells the leg's last part; transfers begin a new one",
        Sight.AFTER_TRANSFER: "a record tells the leg's last part; transfers begin a new one",
        Sight.ELSEWHERE: "a call that was taken elsewhere looks answered",
        Sight.MESSAGE: "whether a message was left is in the voicemail's own events",
        Sight.CALLBACK: "callbacks are not told",
        Sight.STAFF: "who was signed in is in callcenter's events",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, translate),
    live=lambda: PostedReader(_record),
    fineness=2,
    people=True,
)
