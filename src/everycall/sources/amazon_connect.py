"""Amazon Connect's contact records and events: JSON objects, each sent at least once.

A call is the chain of contacts that begins with InitialContactId. Records of a contact are
delivered several times, and again when something was added: the newest LastUpdateTimestamp counts.
Source of the fields: "Contact records data model" in Amazon Connect's administrator guide.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from everycall.clock import to_micros
from everycall.events import AgentKind, Direction, EndedBy, Event, Exit, Kind, Skip, SkipReason
from everycall.events.sights import Sight
from everycall.sources.amazon_connect_events import KIND, as_record, together
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.json_objects import Object, PostedReader, objects

SECOND = 1_000_000
VAGUE = 3 * SECOND
"""The resolution of a moment that no duration may be worked out from."""

_OURS = frozenset({"OUTBOUND", "API", "EXTERNAL_OUTBOUND"})
_LISTENING = "MONITOR"
"""The contact of a supervisor who listens to another one's talk."""

_DIRECTIONS = {
    "INBOUND": Direction.INBOUND,
    "WEBRTC_API": Direction.INBOUND,
    "CALLBACK": Direction.CALLBACK,
} | dict.fromkeys(_OURS, Direction.OUTBOUND)
_ENDED_BY = {
    "CUSTOMER_DISCONNECT": EndedBy.CALLER,
    "AGENT_DISCONNECT": EndedBy.AGENT,
    "THIRD_PARTY_DISCONNECT": EndedBy.NETWORK,
    "TELECOM_PROBLEM": EndedBy.NETWORK,
    "CONTACT_FLOW_DISCONNECT": EndedBy.SYSTEM,
    "EXPIRED": EndedBy.SYSTEM,
    "API": EndedBy.SYSTEM,
    "BARGED": EndedBy.AGENT,
}
_FAULTS = frozenset({"TELECOM_PROBLEM"})
_PUT_THROUGH = "ConnectedToSystemTimestamp"
"""When the customer's phone was connected; null where it never was."""


def _moment(contact: Object, *names: str) -> int | None:
    found: Any = contact
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if not isinstance(found, str):
        return None
    try:
        moment = datetime.fromisoformat(found)
    except ValueError:
        return None
    return to_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _text(contact: Object, *names: str) -> str | None:
    found: Any = contact
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return str(found) if found not in (None, "") else None


def _number(contact: Object, *names: str) -> int | None:
    found: Any = contact
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return int(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


@dataclass(frozen=True, slots=True)
class _Contact:
    """One contact of a call, while its story is told."""

    call_id: str
    record: Object
    follows: bool
    next_began: int | None
    tag_fields: tuple[str, ...] = ()

    @property
    def method(self) -> str:
        return str(self.record.get("InitiationMethod") or "").upper()

    @property
    def began(self) -> int:
        return _moment(self.record, "InitiationTimestamp") or 0

    @property
    def ended(self) -> int | None:
        return _moment(self.record, "DisconnectTimestamp")

    @property
    def spoke_at(self) -> int | None:
        """Return when a person and the customer were connected; of our own calls the person is first."""
        taken = _moment(self.record, "Agent", "ConnectedToAgentTimestamp")
        if taken is None or self.method not in _OURS or _PUT_THROUGH not in self.record:
            return taken
        reached = _moment(self.record, _PUT_THROUGH)
        return None if reached is None else max(taken, reached)

    @property
    def handed_on_at(self) -> int | None:
        return _moment(self.record, "TransferCompletedTimestamp")

    def event(self, at: int, kind: Kind, resolution: int = SECOND) -> Event:
        return Event(at, kind, self.call_id, resolution, leg=str(self.record["ContactId"]))

    def events(self) -> Iterator[Event]:
        if not self.follows:
            yield self._arrived()
        if self.method == "CALLBACK":
            yield from self._called_back()
        yield from self._waited()
        yield from self._spoke()
        yield from self._handed_on()
        yield from self._tagged()

    def _tagged(self) -> Iterator[Event]:
        """Yield what attributes and disposition say the contact was about, at its end."""
        for name in self.tag_fields:
            tag = _text(self.record, "Attributes", name) or _text(self.record, name)
            if tag is not None:
                yield replace(self.event(self.ended or self.began, Kind.CALL_TAGGED), text=tag)

    def _arrived(self) -> Event:
        return replace(
            self.event(self.began, Kind.CALL_ARRIVED),
            direction=_DIRECTIONS.get(self.method, Direction.UNKNOWN),
            caller_raw=_text(self.record, "CustomerEndpoint", "Address"),
            called=_text(self.record, "SystemEndpoint", "Address"),
        )

    def _called_back(self) -> Iterator[Event]:
        """A callback is made when it is asked for, and reached when the system connects."""
        yield self.event(self.began, Kind.CALLBACK_REQUESTED)
        dialled = _moment(self.record, "Agent", "ConnectedToAgentTimestamp")
        reached = _moment(self.record, _PUT_THROUGH)
        tried = dialled or reached
        if tried is not None:
            yield self.event(min(tried, reached or tried), Kind.CALLBACK_DIALLED)
        if reached is not None:
            yield self.event(reached, Kind.CALLBACK_REACHED)

    def _waited(self) -> Iterator[Event]:
        since = _moment(self.record, "Queue", "EnqueueTimestamp")
        if since is None:
            return
        queue = _text(self.record, "Queue", "Name") or _text(self.record, "Queue", "ARN")
        yield replace(self.event(since, Kind.QUEUE_ENTERED), queue=queue)
        until = _moment(self.record, "Queue", "DequeueTimestamp") or self.spoke_at or self.ended
        if until is None:
            return
        lasted = _number(self.record, "Queue", "Duration")
        answered = self.spoke_at is not None
        yield replace(
            self.event(until, Kind.QUEUE_LEFT),
            queue=queue,
            reason=self._exit(),
            value=lasted * 1000 if lasted is not None else (until - since) // 1000,
            agent=_text(self.record, "Agent", "Username") if answered else None,
        )

    def _exit(self) -> Exit | None:
        if self.spoke_at is not None:
            return Exit.ANSWERED
        if self.handed_on_at is not None or self.record.get("NextContactId"):
            return Exit.MOVED
        reason = str(self.record.get("DisconnectReason") or "")
        if reason in _FAULTS:
            return Exit.SYSTEM
        return {"CUSTOMER_DISCONNECT": Exit.CALLER, "CONTACT_FLOW_DISCONNECT": Exit.TIMEOUT}.get(
            reason
        )

    def _spoke(self) -> Iterator[Event]:
        since = self.spoke_at
        if since is None:
            return
        agent = _text(self.record, "Agent", "Username") or _text(self.record, "Agent", "ARN")
        began = replace(
            self.event(since, Kind.TALK_STARTED),
            agent=agent,
            queue=_text(self.record, "Queue", "Name"),
            agent_kind=AgentKind.PERSON,
        )
        yield began
        held = _number(self.record, "Agent", "CustomerHoldDuration")
        if held is not None and held > 0:
            # only the sum is told, not when it was
            moment = self.event(since + held * SECOND, Kind.HOLD_ENDED, VAGUE)
            yield replace(moment, value=held * 1000, agent=agent)
        until = self._talk_ended()
        if until is None:
            return
        spoken = _number(self.record, "Agent", "AgentInteractionDuration")
        lasted = (spoken + (held or 0)) * 1000 if spoken is not None else (until - since) // 1000
        by = EndedBy.TRANSFER if self.handed_on_at is not None else _ended_by(self.record)
        yield replace(began, at=until, kind=Kind.TALK_ENDED, value=lasted, reason=by)
        yield from self._wrapped_up(began)

    def _wrapped_up(self, talk: Event) -> Iterator[Event]:
        until = _moment(self.record, "Agent", "AfterContactWorkEndTimestamp")
        worked = _number(self.record, "Agent", "AfterContactWorkDuration")
        if until is not None:
            done = replace(talk, at=until, kind=Kind.AGENT_WRAPPED_UP, agent_kind=None)
            yield replace(done, value=worked * 1000 if worked is not None else None)

    def _talk_ended(self) -> int | None:
        known = (
            self.handed_on_at,
            _moment(self.record, "Agent", "AfterContactWorkStartTimestamp"),
            self.ended,
        )
        return min((at for at in known if at is not None), default=None)

    def _handed_on(self) -> Iterator[Event]:
        if self.handed_on_at is None:
            return
        # the contact that follows begins while the agent is still on the line
        at = min(self.handed_on_at, self.next_began or self.handed_on_at)
        target = _text(self.record, "TransferredToEndpoint", "Address")
        yield replace(self.event(at, Kind.TRANSFER_STARTED), party=target)


def _ended_by(record: Object) -> EndedBy:
    return _ENDED_BY.get(str(record.get("DisconnectReason") or ""), EndedBy.UNKNOWN)


def _newest(records: Sequence[Record]) -> list[Object]:
    """Return each contact once, in the order in which they began: its newest record counts.

    A contact of which there are only events is what these say together.
    """
    bodies = [dict(record.body) for record in records]
    events: dict[str, list[Object]] = {}
    for body in (body for body in bodies if KIND in body):
        events.setdefault(str(body["ContactId"]), []).append(body)
    found = {contact: together(said) for contact, said in events.items()}
    told = (body for body in bodies if KIND not in body)
    for body in sorted(told, key=lambda body: str(body.get("LastUpdateTimestamp") or "")):
        found[str(body["ContactId"])] = body
    return sorted(
        found.values(),
        key=lambda body: (str(body.get("InitiationTimestamp")), str(body["ContactId"])),
    )


def _translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    if call is None:
        return
    bodies = [body for body in _newest(records) if body.get("InitiationMethod") != _LISTENING]
    if not bodies:
        return
    begins = [_moment(body, "InitiationTimestamp") for body in bodies]
    contacts = [
        _Contact(call, body, place > 0, following, site.tag_fields)
        for place, (body, following) in enumerate(zip(bodies, [*begins[1:], None], strict=True))
    ]
    events = [event for contact in contacts for event in contact.events()]
    yield from sorted([*events, *_ended(contacts)], key=lambda event: event.at)


def _ended(contacts: Sequence[_Contact]) -> Iterator[Event]:
    """Yield the end of a call: that of its last contact, which need not be the one that began last."""
    ends = [contact.ended for contact in contacts]
    known = [at for at in ends if at is not None]
    if len(known) == len(ends):
        last = [contact for contact in contacts if contact.ended == max(known)][-1]
        ended = replace(last.event(max(known), Kind.CALL_ENDED), reason=_ended_by(last.record))
        yield replace(ended, text=_text(last.record, "DisconnectReason"))


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    for found in objects(path):
        if isinstance(found, Skip):
            yield found
            continue
        yield _record(path, *found)


def _record(path: Path, line: int, body: Any) -> Record | Skip:
    def skip(reason: SkipReason, detail: str) -> Skip:
        return Skip(path.name, line, reason, detail, str(body)[:500])

    if isinstance(body, dict):
        body = as_record(body)
    if not isinstance(body, dict) or "ContactId" not in body:
        return skip(SkipReason.NO_WORD, "no contact record: it has no ContactId")
    if str(body.get("Channel") or "VOICE").upper() != "VOICE":
        return skip(SkipReason.LEFT_OUT, f"a contact by {body['Channel']}, not by phone")
    at = _moment(body, "InitiationTimestamp")
    if at is None:
        given = body.get("InitiationTimestamp")
        return skip(SkipReason.BAD_TIME, f"InitiationTimestamp {given!r}" if given else "")
    contact = str(body["ContactId"])
    first = str(body.get("InitialContactId") or contact)
    return Record(first, contact, at, line, body)


def _recognise(head: Head) -> Recognised | None:
    text = head.text
    if text.lstrip().startswith(("{", "[")) and all(
        word in text for word in ('"ContactId"', '"InitiationTimestamp"')
    ):
        return Recognised(0.95, "its objects are contact records (ContactId, InitiationTimestamp)")
    if text.lstrip().startswith(("{", "[")) and all(
        word in text for word in ('"contactId"', '"eventType"', '"initiationMethod"')
    ):
        return Recognised(0.95, "its objects are contact events (contactId, eventType)")
    return None


source = Source(
    name="amazon_connect",
    title="Amazon Connect contact records",
    doc="One JSON object for each contact, as Amazon Connect streams them; later versions of a "
    "contact replace earlier ones, and transfers are joined to their call. Contact events are read, too.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.TALK,
            Sight.HOLD,
            Sight.TRANSFER,
            Sight.CALLBACK,
            Sight.END,
            Sight.ENDED_BY,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's or trunk's records show calls that never got in",
        Sight.RINGS: "a contact record counts the connection attempts and does not say whose phones rang",
        Sight.RING_RESULT: "a contact record does not say how an agent's phone answered",
        Sight.DIRECT: "people are rung through queues",
        Sight.MENU: "what callers did in a contact flow is in the flow's own logs",
        Sight.CLOSED: "what a contact flow said is in the flow's own logs; declare opening hours",
        Sight.SELF_SERVICE: "what a contact flow solved is in the flow's own logs",
        Sight.VOICEMAIL: "Amazon Connect has no voicemail of its own",
        Sight.MESSAGE: "Amazon Connect has no voicemail of its own",
        Sight.DOOR: "who found a queue full is in the flow's own logs",
        Sight.TRUNK: "the lines are Amazon's own",
        Sight.CAUSE: "contact records name a reason and no cause codes",
        Sight.AFTER_TRANSFER: "who took a call that was handed to a number outside is not told",
        Sight.ELSEWHERE: "an external transfer's end is not told",
        Sight.STAFF: "agents' days are in the agent event stream",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    live=lambda: PostedReader(_record),
    people=True,
)
