"""Twilio: voice status callbacks, action callbacks and recordings, as Twilio posts them.

Each message is the form that Twilio sent, as one JSON object, with `ReceivedAt` beside it where it
was taken in. A call is the leg that reached the number, with the legs that were dialled for it
(`ParentCallSid`). Twilio answers that first leg itself, to play or to queue: only a leg that was
dialled and picked up is a person. `Duration` is billed minutes and is not read. Messages arrive in
any order: they are sorted by `SequenceNumber`. Source: Twilio's references of call resources, and of
Dial, Enqueue, Gather and Record.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from everycall.clock import to_micros
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
from everycall.sources.json_objects import Object, PostedReader, objects

SECOND = 1_000_000

_OVER = {
    "completed": AttemptResult.ANSWERED,
    "busy": AttemptResult.BUSY,
    "no-answer": AttemptResult.NO_ANSWER,
    "canceled": AttemptResult.CANCELLED,
    "failed": AttemptResult.UNREACHABLE,
}
"""How a leg that was dialled ended, by Twilio's status."""

_ON = frozenset({"in-progress", "answered"})
_RINGING = frozenset({"initiated", "ringing"})

_EXITS = {
    "bridged": Exit.ANSWERED,
    "bridging-in-process": Exit.ANSWERED,
    "hangup": Exit.CALLER,
    "leave": Exit.KEY,
    "redirected": Exit.MOVED,
    "queue-full": Exit.FULL,
    "error": Exit.SYSTEM,
    "system-error": Exit.SYSTEM,
}
"""Why a caller left a queue, by the result that Enqueue reports."""


_PHONES = ("client:", "sip:")
_COLLEAGUE = re.compile(r"client:|sip:[^@]*@[\w.-]+\.sip\.([\w-]+\.)?twilio\.com")
"""Who calls from a phone of ours: a browser or app, or a phone that is registered at Twilio."""


def _name(address: str) -> str:
    """Return a client's or a phone's name, or the number."""
    return address.removeprefix("client:").removeprefix("sip:").split("@", maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class _Message:
    """One form, with the moment that it speaks of."""

    at: int
    order: int
    form: Object

    def text(self, name: str) -> str:
        return str(self.form.get(name) or "")

    @property
    def status(self) -> str:
        return self.text("CallStatus")


@dataclass(frozen=True, slots=True)
class _Leg:
    """One leg, by its messages in their order."""

    sid: str
    messages: tuple[_Message, ...]

    def first(self, statuses: frozenset[str] | set[str]) -> _Message | None:
        return next((one for one in self.messages if one.status in statuses), None)

    @property
    def began(self) -> int:
        return self.messages[0].at

    @property
    def over(self) -> _Message | None:
        return self.first(set(_OVER))

    @property
    def spoke_at(self) -> int | None:
        """Return when it was picked up: told, or reckoned back from its length at its end."""
        picked_up, over = self.first(_ON), self.over
        if picked_up is not None:
            return picked_up.at
        length = over.text("CallDuration") if over and over.status == "completed" else ""
        return over.at - int(length) * SECOND if over and length.isdigit() else None

    @property
    def met_at(self) -> int | None:
        """Return when a customer whom we called back was put through: picked up, or pressed the key."""
        asked = [one for one in self.messages if one.text("Step")]
        keys = (one.at for one in asked if one.text("Step") == "said" and one.text("Digits") == "1")
        return next(keys, None) if asked else self.spoke_at

    @property
    def agent(self) -> str:
        """Return who was dialled."""
        return _name(self.messages[0].text("To") or self.messages[0].text("Called"))

    @property
    def is_outside(self) -> bool:
        """Tell whether a number was dialled, not a client or a phone."""
        to = self.messages[0].text("To")
        return to != "" and not to.startswith(_PHONES)

    @property
    def agent_kind(self) -> AgentKind:
        """A number outside is somebody's mobile; whether a person took it only they know."""
        machine = any(one.text("AnsweredBy").startswith("machine") for one in self.messages)
        if machine:
            return AgentKind.DEVICE
        return AgentKind.EXTERNAL if self.is_outside else AgentKind.PERSON


@dataclass(frozen=True, slots=True)
class _Story:
    """A call: the leg of the customer, and the legs that were dialled for it."""

    call_id: str
    own: _Leg
    dialled: tuple[_Leg, ...]

    def event(self, at: int, kind: Kind) -> Event:
        return Event(at, kind, self.call_id, SECOND)

    def events(self) -> Iterator[Event]:
        first = self.own.messages[0]
        if first.text("Try"):
            numbers = first.text("Customer"), first.text("From")
            yield from self._placed(self.own.agent, self.dialled[-1:], *numbers)
            return
        if self._direction is Direction.OUTBOUND and self._by_colleague:
            outside = [leg for leg in self.dialled if leg.is_outside][-1:]
            dialled = (outside[0] if outside else self.own).messages[0]
            numbers = dialled.text("To"), dialled.text("From")
            yield from self._placed(_name(first.text("From")), outside, *numbers)
            return
        yield self._arrived()
        for message in self.own.messages:
            yield from self._during(message)
        for leg in self.dialled:
            yield from self._rang(leg)
            yield from self._spoke(leg)
        if self._direction is Direction.OUTBOUND:
            yield from self._spoke(self.own)
        over = self.own.over
        if over is not None:
            code = over.text("SipResponseCode")
            yield replace(
                self.event(over.at, Kind.CALL_ENDED),
                reason=EndedBy.UNKNOWN,
                sip_code=int(code) if code.isdigit() else None,
                text=over.status,
            )

    @property
    def _by_colleague(self) -> bool:
        return _COLLEAGUE.match(self.own.messages[0].text("From")) is not None

    @property
    def _direction(self) -> Direction:
        """Return where it came from; Twilio says inbound of what a phone of ours sends to it, too."""
        first = self.own.messages[0]
        if first.text("Try"):
            return Direction.CALLBACK
        if first.text("Direction").startswith("outbound"):
            return Direction.OUTBOUND
        if not self._by_colleague:
            return Direction.INBOUND
        outside = any(leg.is_outside for leg in self.dialled or (self.own,))
        return Direction.OUTBOUND if outside else Direction.INTERNAL

    def _arrived(self) -> Event:
        first = self.own.messages[0]
        numbers = first.text("From"), first.text("To")
        customer, ours = numbers[::-1] if self._direction is Direction.OUTBOUND else numbers
        return self._begun(customer, ours)

    def _begun(self, customer: str, ours: str) -> Event:
        return replace(
            self.event(self.own.began, Kind.CALL_ARRIVED),
            direction=self._direction,
            caller_raw=customer or None,
            called=ours or None,
            leg=self.own.sid,
        )

    def _placed(self, agent: str, legs: Sequence[_Leg], number: str, ours: str) -> Iterator[Event]:
        """Yield a call of ours: the first leg is the person's, the one dialled for it the customer's."""
        over, customer = self.own.over, legs[0] if legs else None
        yield self._begun(number, ours)
        met = customer.met_at if customer is not None else None
        if customer is not None and met is not None:
            talk = replace(
                self.event(met, Kind.TALK_STARTED),
                agent=agent,
                agent_kind=AgentKind.PERSON,
                leg=customer.sid,
            )
            yield talk
            if customer.over is not None:
                lasted = max(0, customer.over.at - met)
                ended = replace(talk, at=met + lasted, kind=Kind.TALK_ENDED, value=lasted // 1000)
                yield replace(ended, reason=EndedBy.UNKNOWN)
        if over is not None:
            failure = None if met is not None else _failure(customer)
            ended = self.event(over.at, Kind.CALL_ENDED)
            yield replace(ended, reason=EndedBy.UNKNOWN, text=failure)

    def _during(self, message: _Message) -> Iterator[Event]:
        """Yield what a message of the customer's own leg says beside its status."""
        if message.text("Digits"):
            yield replace(self.event(message.at, Kind.MENU_CHOSE), text=message.text("Digits"))
        if message.text("QueueResult"):
            yield from self._waited(message)
        if message.text("RecordingUrl"):
            url = message.text("RecordingUrl")
            length = message.text("RecordingDuration")
            lasted = int(length) * 1000 if length.isdigit() else None
            left = message.text("CallStatus") == "in-progress" and not message.text("DialCallSid")
            kind = Kind.VOICEMAIL_LEFT if left else Kind.RECORDING_SAVED
            if left:
                yield self.event(message.at - (lasted or 0) * 1000, Kind.VOICEMAIL_REACHED)
            yield replace(self.event(message.at, kind), text=url, value=lasted)

    def _waited(self, message: _Message) -> Iterator[Event]:
        """Yield a stay in a queue: its length is told when it is over."""
        length = message.text("QueueTime")
        lasted = int(length) if length.isdigit() else None
        queue = message.text("QueueName") or message.text("QueueSid") or None
        if lasted is not None:
            entered = self.event(message.at - lasted * SECOND, Kind.QUEUE_ENTERED)
            yield replace(entered, queue=queue)
        yield replace(
            self.event(message.at, Kind.QUEUE_LEFT),
            queue=queue,
            reason=_EXITS.get(message.text("QueueResult")),
            value=lasted * 1000 if lasted is not None else None,
        )

    def _rang(self, leg: _Leg) -> Iterator[Event]:
        rang = replace(
            self.event(leg.began, Kind.AGENT_RANG),
            agent=leg.agent,
            agent_kind=leg.agent_kind,
            leg=leg.sid,
        )
        yield rang
        over = leg.over
        until = leg.spoke_at or (over.at if over else None)
        if until is None:
            return
        result = AttemptResult.ANSWERED if leg.spoke_at else _OVER[over.status] if over else None
        lasted = (until - leg.began) // 1000
        yield replace(rang, at=until, kind=Kind.AGENT_STOPPED, reason=result, value=lasted)

    def _spoke(self, leg: _Leg) -> Iterator[Event]:
        since, over = leg.spoke_at, leg.over
        if since is None:
            return
        own = leg is self.own
        talk = replace(
            self.event(since, Kind.TALK_STARTED),
            agent=None if own else leg.agent,
            agent_kind=AgentKind.PERSON if own else leg.agent_kind,
            leg=leg.sid,
        )
        yield talk
        if over is not None:
            lasted = (over.at - since) // 1000
            ended = replace(talk, at=over.at, kind=Kind.TALK_ENDED, value=lasted)
            yield replace(ended, reason=EndedBy.UNKNOWN)


_FAILURES = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer"}
_CODES = {"404": "invalid_number", "484": "invalid_number", "604": "invalid_number"}
_CODES |= {"486": "busy", "600": "busy", "603": "rejected", "607": "rejected", "608": "rejected"}


def _failure(customer: _Leg | None) -> str:
    """Tell why a customer whom we called back did not speak with us."""
    if customer is None or customer.over is None:
        return "failed"
    over = customer.over
    if over.status == "completed":
        return "machine"
    code = _CODES.get(over.text("SipResponseCode")) if over.status in ("busy", "failed") else None
    return code or _FAILURES.get(over.status, "failed")


def _translate(call: str | None, records: Sequence[Record], _site: Site) -> Iterator[Event]:
    if call is None:
        return
    legs: dict[str, list[_Message]] = {}
    for record in _once(records):
        form: Object = record.body
        number = str(form.get("SequenceNumber") or "")
        order = int(number) if number.isdigit() else len(legs)
        legs.setdefault(record.unit or call, []).append(_Message(record.at, order, form))
    told = {
        sid: _Leg(sid, tuple(sorted(found, key=lambda one: (one.at, one.order))))
        for sid, found in legs.items()
    }
    if call not in told:
        # the leg that reached the number was never reported: what was dialled stands for itself
        return
    others = sorted((leg for sid, leg in told.items() if sid != call), key=lambda leg: leg.began)
    story = _Story(call, told[call], tuple(others))
    yield from sorted(story.events(), key=lambda event: event.at)


def _once(records: Sequence[Record]) -> list[Record]:
    """Return each message once: Twilio posts again what it is not sure that we took."""
    found: dict[frozenset[tuple[str, str]], Record] = {}
    for record in sorted(records, key=lambda one: one.at):
        said = frozenset((k, str(v)) for k, v in record.body.items() if k != "ReceivedAt")
        found.setdefault(said, record)
    return list(found.values())


def _record(path: Path, line: int, body: Object) -> Record | Skip:
    sid = str(body.get("CallSid") or "")
    if not sid:
        detail = "no CallSid"
        return Skip(path.name, line, SkipReason.NO_CALL_ID, detail, str(body)[:500])
    at = _moment(body)
    if at is None:
        detail = "neither Timestamp nor ReceivedAt says when"
        return Skip(path.name, line, SkipReason.BAD_TIME, detail, str(body)[:500])
    return Record(str(body.get("ParentCallSid") or sid), sid, at, line, body)


def _moment(body: Object) -> int | None:
    """Return when it happened by Twilio's word, else when it was taken in."""
    try:
        if body.get("Timestamp"):
            return to_micros(parsedate_to_datetime(str(body["Timestamp"])))
        if body.get("ReceivedAt"):
            found = datetime.fromisoformat(str(body["ReceivedAt"]))
            return to_micros(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, TypeError):
        return None
    return None


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    for found in objects(path):
        yield found if isinstance(found, Skip) else _record(path, *found)


def _recognise(head: Head) -> Recognised | None:
    text = head.text.lstrip()
    words = ('"CallSid"', '"AccountSid"', '"CallStatus"')
    if text.startswith(("{", "[")) and all(word in text for word in words):
        return Recognised(0.95, "its objects are Twilio's callbacks (CallSid, CallStatus)")
    return None


source = Source(
    name="twilio",
    title="Twilio voice callbacks",
    doc="The forms that Twilio posts while a call goes on, one JSON object each; legs that were "
    "dialled for a caller are joined to their call.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.MENU,
            Sight.QUEUE,
            Sight.EXIT,
            Sight.DOOR,
            Sight.RINGS,
            Sight.DIRECT,
            Sight.RING_RESULT,
            Sight.TALK,
            Sight.VOICEMAIL,
            Sight.MESSAGE,
            Sight.END,
        }
    ),
    blind={
        Sight.LOST: "calls that Twilio refused are in its debugger and call logs only",
        Sight.TRUNK: "the lines are Twilio's own",
        Sight.CLOSED: "what an application said is known to the application; declare opening hours",
        Sight.SELF_SERVICE: "what an application solved is known to the application",
        Sight.HOLD: "a hold is a matter of the application: Twilio does not report it",
        Sight.TRANSFER: "a hand-over is one more leg that was dialled; Twilio does not call it so",
        Sight.AFTER_TRANSFER: "a hand-over is one more leg that was dialled",
        Sight.ELSEWHERE: "a hand-over to a number outside is one more leg that was dialled",
        Sight.CALLBACK: "Twilio tells call backs as calls that an application made",
        Sight.ENDED_BY: "Twilio does not say who hung up",
        Sight.CAUSE: "callbacks carry SIP codes and no Q.850 causes",
        Sight.STAFF: "who is at work is known to TaskRouter, whose events are not read",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    live=lambda: PostedReader(_record),
)
