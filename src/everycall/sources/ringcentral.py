"""RingCentral: telephony session events, as its webhooks post them.

A session is a call; each message says where one or more of its parties are now. The party of a
person carries an extension and rings (`Proceeding`) before it is answered; a party that is answered
without having rung is RingCentral's own: a menu, a queue, an announcement. Messages come in any
order and are sorted by `sequence`. Source: RingCentral's guide to telephony session notifications.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from everycall.clock import to_micros
from everycall.events import (
    AgentKind,
    AttemptResult,
    Direction,
    EndedBy,
    Event,
    Kind,
    Skip,
    SkipReason,
)
from everycall.events.sights import Sight
from everycall.sources.base import CallTranslation, Head, Note, Recognised, Record, Site, Source
from everycall.sources.json_objects import Object, PostedReader, objects

MILLISECOND = 1_000

_RINGING = frozenset({"Proceeding", "Ringing"})
_OVER = frozenset({"Disconnected", "Gone"})
_MAILBOX = frozenset({"VoiceMail", "VoiceMailScreening"})
_MOVED = frozenset({"BlindTransfer", "AttendedTransfer", "CallSwitch", "Forward"})
_RESULTS = {
    "Rejected": AttemptResult.REJECTED,
    "Declined": AttemptResult.REJECTED,
    "Busy": AttemptResult.BUSY,
    "Unreachable": AttemptResult.UNREACHABLE,
    "Pickup": AttemptResult.ELSEWHERE,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """Where a party was at a moment."""

    at: int
    code: str
    reason: str
    missed: bool


@dataclass(frozen=True, slots=True)
class _Party:
    """One party of a session, and its way through it."""

    id: str
    said: Object
    steps: tuple[_Step, ...]

    def first(self, codes: frozenset[str] | set[str]) -> _Step | None:
        return next((step for step in self.steps if step.code in codes), None)

    @property
    def rang(self) -> _Step | None:
        return self.first(_RINGING)

    @property
    def answered(self) -> _Step | None:
        return self.first({"Answered"})

    @property
    def over(self) -> _Step | None:
        return self.first(_OVER)

    @property
    def outbound(self) -> bool:
        return self.said.get("direction") == "Outbound"

    def side(self, name: str) -> Object:
        found = self.said.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def agent(self) -> str | None:
        """Return whose party it is: by name, else extension; null if it is nobody of ours."""
        mine = self.side("from" if self.outbound else "to")
        if not self.said.get("extensionId") and not mine.get("extensionNumber"):
            return None
        found = mine.get("name") or mine.get("extensionNumber") or self.said.get("extensionId")
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class _Story:
    """A session, by its parties in the order in which they joined."""

    call_id: str
    parties: tuple[_Party, ...]

    def event(self, at: int, kind: Kind) -> Event:
        return Event(at, kind, self.call_id, MILLISECOND)

    def events(self) -> Iterator[Event]:
        yield self._arrived()
        for party in self.parties:
            yield from self._rang(party)
            yield from self._spoke(party)
            yield from self._held(party)
            yield from self._said(party)
        ends = [party.over for party in self.parties]
        if all(end is not None for end in ends):
            last = max((end for end in ends if end is not None), key=lambda end: end.at)
            ended = self.event(last.at, Kind.CALL_ENDED)
            yield replace(ended, reason=EndedBy.UNKNOWN, text=last.reason or None)

    def _arrived(self) -> Event:
        first = self.parties[0]
        ours = "extensionNumber"
        inside = ours in first.side("from") and ours in first.side("to")
        outbound = Direction.OUTBOUND if first.outbound else Direction.INBOUND
        customer, line = ("to", "from") if first.outbound else ("from", "to")
        return replace(
            self.event(first.steps[0].at, Kind.CALL_ARRIVED),
            direction=Direction.INTERNAL if inside else outbound,
            caller_raw=_number(first.side(customer)),
            called=_number(first.side(line)),
        )

    def _is_person(self, party: _Party) -> bool:
        return party.agent is not None and (party.outbound or party.rang is not None)

    def _rang(self, party: _Party) -> Iterator[Event]:
        since, until = party.rang, party.answered or party.first(_MAILBOX) or party.over
        if party.outbound or since is None or party.agent is None:
            return
        rang = replace(self.event(since.at, Kind.AGENT_RANG), agent=party.agent, leg=party.id)
        yield rang
        if until is not None:
            lasted = (until.at - since.at) // 1000
            result = AttemptResult.ANSWERED if party.answered else self._result(until)
            yield replace(rang, at=until.at, kind=Kind.AGENT_STOPPED, reason=result, value=lasted)

    def _result(self, over: _Step) -> AttemptResult | None:
        if over.reason in _RESULTS:
            return _RESULTS[over.reason]
        if over.missed:
            return AttemptResult.NO_ANSWER
        taken = any(self._is_person(party) and party.answered for party in self.parties)
        return AttemptResult.ELSEWHERE if taken else AttemptResult.NO_ANSWER

    def _spoke(self, party: _Party) -> Iterator[Event]:
        since, until = party.answered, party.over
        if since is None or not self._is_person(party):
            return
        talk = replace(
            self.event(since.at, Kind.TALK_STARTED),
            agent=party.agent,
            agent_kind=AgentKind.PERSON,
            leg=party.id,
        )
        yield talk
        if until is None:
            return
        moved = until.reason in _MOVED
        lasted = (until.at - since.at) // 1000
        ended = replace(talk, at=until.at, kind=Kind.TALK_ENDED, value=lasted)
        yield replace(ended, reason=EndedBy.TRANSFER if moved else EndedBy.UNKNOWN)
        if moved:
            yield self.event(until.at, Kind.TRANSFER_STARTED)

    def _held(self, party: _Party) -> Iterator[Event]:
        since: int | None = None
        for step in party.steps:
            if step.code == "Hold" and since is None:
                since = step.at
                yield replace(self.event(step.at, Kind.HOLD_STARTED), agent=party.agent)
            elif step.code != "Hold" and since is not None:
                lasted = (step.at - since) // 1000
                ended = replace(self.event(step.at, Kind.HOLD_ENDED), agent=party.agent)
                yield replace(ended, value=lasted)
                since = None

    def _said(self, party: _Party) -> Iterator[Event]:
        voicemail = party.first(_MAILBOX)
        if voicemail is not None:
            yield self.event(voicemail.at, Kind.VOICEMAIL_REACHED)


def _number(side: Object) -> str | None:
    found = side.get("phoneNumber") or side.get("extensionNumber")
    return None if found is None else str(found)


def _place(sequence: Any) -> int:
    text = str(sequence)
    return int(text) if text.isascii() and text.isdigit() else 0


def _translate(call: str | None, records: Sequence[Record], _site: Site) -> Iterator[Event]:
    if call is None:
        return
    steps: dict[str, list[_Step]] = {}
    said: dict[str, Object] = {}
    ordered = sorted(records, key=lambda r: (_place(r.body.get("sequence")), r.at))
    for record in ordered:
        for party in record.body["parties"]:
            name = str(party["id"])
            said[name] = said.get(name, {}) | party
            status = party.get("status") or {}
            step = _Step(
                record.at,
                str(status.get("code") or ""),
                str(status.get("reason") or ""),
                bool(party.get("missedCall")),
            )
            steps.setdefault(name, []).append(step)
    parties = tuple(_Party(name, said[name], tuple(steps[name])) for name in steps)
    if parties:
        yield from sorted(_Story(call, parties).events(), key=lambda event: event.at)


def _record(path: Path, line: int, message: Object) -> Record | Skip:
    body = message.get("body")
    if not isinstance(body, dict) or not body.get("telephonySessionId"):
        detail = "no telephony session: 'body' has no telephonySessionId"
        return Skip(path.name, line, SkipReason.NO_CALL_ID, detail, str(message)[:500])
    parties = body.get("parties")
    if not isinstance(parties, list) or not all(_is_party(party) for party in parties):
        detail = "the session says nothing of its parties"
        return Skip(path.name, line, SkipReason.NO_WORD, detail, str(message)[:500])
    at = _moment(body.get("eventTime") or message.get("timestamp"))
    if at is None:
        detail = "no eventTime"
        return Skip(path.name, line, SkipReason.BAD_TIME, detail, str(message)[:500])
    return Record(str(body["telephonySessionId"]), None, at, line, body)


def _is_party(found: Any) -> bool:
    return isinstance(found, dict) and "id" in found and isinstance(found.get("status", {}), dict)


def _moment(text: Any) -> int | None:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return to_micros(found if found.tzinfo else found.replace(tzinfo=UTC))


def _read(path: Path, _site: Site) -> Iterator[Record | Skip | Note]:
    for found in objects(path):
        yield found if isinstance(found, Skip) else _record(path, *found)


def _recognise(head: Head) -> Recognised | None:
    text = head.text.lstrip()
    words = ('"telephonySessionId"', '"parties"')
    if text.startswith(("{", "[")) and all(word in text for word in words):
        return Recognised(0.95, "its objects are RingCentral's sessions (telephonySessionId)")
    return None


source = Source(
    name="ringcentral",
    title="RingCentral telephony sessions",
    doc="What RingCentral posts whenever a party of a call moves on, one JSON object each; a "
    "session is a call, however many phones rang for it.",
    sees=frozenset(
        {
            Sight.DIRECTION,
            Sight.CALLER,
            Sight.CALLED,
            Sight.RINGS,
            Sight.DIRECT,
            Sight.RING_RESULT,
            Sight.TALK,
            Sight.HOLD,
            Sight.TRANSFER,
            Sight.VOICEMAIL,
            Sight.END,
        }
    ),
    blind={
        Sight.LOST: "only a carrier's records show calls that never got in",
        Sight.TRUNK: "the lines are RingCentral's own",
        Sight.CLOSED: "sessions do not say which rule answered; declare opening hours",
        Sight.MENU: "sessions do not say which keys were pressed",
        Sight.SELF_SERVICE: "sessions do not say who was helped by an announcement",
        Sight.QUEUE: "sessions show whose phones rang, and not for which queue",
        Sight.EXIT: "sessions show whose phones rang, and not for which queue",
        Sight.DOOR: "who found a queue full is in RingCentral's own reports",
        Sight.AFTER_TRANSFER: "who took a call that was handed to a number outside is not told",
        Sight.ELSEWHERE: "an external transfer's end is not told",
        Sight.MESSAGE: "whether a message was left is in the message store",
        Sight.CALLBACK: "call backs are told as outbound calls",
        Sight.ENDED_BY: "sessions do not say who hung up",
        Sight.CAUSE: "sessions carry no cause codes",
        Sight.STAFF: "agents' days are in presence events, which are not read",
    },
    recognise=_recognise,
    translation=CallTranslation(_read, _translate),
    live=lambda: PostedReader(_record),
    people=True,
)
