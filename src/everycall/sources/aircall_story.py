"""What Aircall's call objects and webhooks tell of one call.

A call object is the state of a call when it was sent; webhooks send it again at each event, so the
newest one counts, and the events say what the object keeps to itself: whose phones rang, holds and
hand-overs. `duration` includes ringing and is not read. Source: Aircall's reference of calls and
webhooks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from everycall.events import AgentKind, AttemptResult, Direction, EndedBy, Event, Exit, Kind
from everycall.sources.json_objects import Object

SECOND = 1_000_000

_CLOSED = "out_of_opening_hours"
_IN_MENU = "abandoned_in_ivr"
_EXITS = {
    "short_abandoned": Exit.CALLER,
    "abandoned_in_classic": Exit.CALLER,
    "agents_did_not_answer": Exit.TIMEOUT,
    "no_available_agent": Exit.UNSTAFFED,
}
"""Why nobody spoke with a caller who had asked for somebody."""


def moment(value: Any) -> int | None:
    """Return seconds since 1970 as microseconds; null for what is no moment."""
    good = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return value * SECOND if good else None


def name_of(user: Any) -> str | None:
    """Return what somebody is called: by name, else mail address, else id."""
    if not isinstance(user, dict):
        return None
    found = user.get("name") or user.get("email") or user.get("id")
    return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Said:
    """One message about a call: the event, when, and the call as it was then; an object has no event."""

    event: str
    at: int
    call: Object


@dataclass(frozen=True, slots=True)
class Story:
    """One call, told by everything that was said of it."""

    call_id: str
    said: tuple[Said, ...]

    @classmethod
    def of(cls, call_id: str, said: Sequence[Said]) -> "Story":
        """Return the story of what was said, in whatever order it came."""
        return cls(call_id, tuple(sorted(said, key=lambda one: one.at)))

    @property
    def call(self) -> Object:
        """The newest state; what is null there and was known before is taken from before."""
        known: Object = {}
        for one in self.said:
            known |= {name: value for name, value in one.call.items() if value not in (None, [])}
        return known

    @property
    def inbound(self) -> bool:
        """Whether a customer called us."""
        return self.call.get("direction") == "inbound"

    @property
    def began(self) -> int:
        """When it began."""
        return moment(self.call.get("started_at")) or self.said[0].at

    @property
    def answered(self) -> int | None:
        """When somebody took it; null if nobody did."""
        return moment(self.call.get("answered_at"))

    @property
    def ended(self) -> int | None:
        """When it ended; null while it goes on."""
        return moment(self.call.get("ended_at"))

    @property
    def why_missed(self) -> str:
        """Aircall's word for why nobody took it; empty if somebody did."""
        return str(self.call.get("missed_call_reason") or "")

    @property
    def queue(self) -> str | None:
        """The team that was rung, else the line: that is what distributes calls."""
        teams = self.call.get("teams")
        if isinstance(teams, list) and teams and isinstance(teams[0], dict):
            return str(teams[0].get("name") or teams[0].get("id"))
        number = self.call.get("number")
        return str(number["name"]) if isinstance(number, dict) and number.get("name") else None

    def event(self, at: int, kind: Kind) -> Event:
        """Return an event of this call, as exact as Aircall is."""
        return Event(at, kind, self.call_id, SECOND)

    def events(self) -> Iterator[Event]:
        """Yield what happened, in order."""
        yield from sorted(self._unsorted(), key=lambda event: event.at)

    def _unsorted(self) -> Iterator[Event]:
        yield self._arrived()
        if self.inbound:
            yield from self._waited()
        yield from self._rang()
        yield from self._spoke()
        yield from self._held()
        yield from self._handed_on()
        yield from self._left_behind()
        if self.ended is not None:
            by = EndedBy.UNKNOWN if self.answered else self._gave_up()
            yield replace(self.event(self.ended, Kind.CALL_ENDED), reason=by)

    def _arrived(self) -> Event:
        number = self.call.get("number")
        digits = number.get("digits") if isinstance(number, dict) else None
        raw = self.call.get("raw_digits")
        return replace(
            self.event(self.began, Kind.CALL_ARRIVED),
            direction=Direction.INBOUND if self.inbound else Direction.OUTBOUND,
            caller_raw=str(raw).replace(" ", "") if raw else None,
            called=str(digits).replace(" ", "") if digits else None,
        )

    def _waited(self) -> Iterator[Event]:
        """Yield the wait: the moment at which a menu ended is not told, so it begins with the call."""
        if self.why_missed == _CLOSED:
            yield self.event(self.began, Kind.CALL_CLOSED)
            return
        if self.why_missed == _IN_MENU:
            yield self.event(self.began, Kind.MENU_ENTERED)
            return
        yield replace(self.event(self.began, Kind.QUEUE_ENTERED), queue=self.queue)
        left = self.answered or self.ended
        if left is not None:
            reason = Exit.ANSWERED if self.answered else _EXITS.get(self.why_missed)
            yield replace(
                self.event(left, Kind.QUEUE_LEFT),
                queue=self.queue,
                reason=reason,
                value=(left - self.began) // 1000,
                agent=self._first_agent() if self.answered else None,
            )

    def _first_agent(self) -> str | None:
        told = [name_of(one.call.get("user")) for one in self.said if one.event == "call.answered"]
        return next(filter(None, told), None) or name_of(self.call.get("user"))

    def _rang(self) -> Iterator[Event]:
        """Yield whose phones rang; a ring ends when somebody answers, declines, or the call ends."""
        over = self.answered or self.ended
        for one in self.said:
            agent = name_of(one.call.get("user"))
            if one.event != "call.ringing_on_agent" or agent is None:
                continue
            rang = replace(self.event(one.at, Kind.AGENT_RANG), agent=agent, queue=self.queue)
            yield rang
            declined = self._declined(agent, one.at)
            until = declined or over
            if until is not None and until >= one.at:
                yield replace(
                    rang,
                    at=until,
                    kind=Kind.AGENT_STOPPED,
                    reason=AttemptResult.REJECTED if declined else self._result(agent),
                    value=(until - one.at) // 1000,
                )

    def _declined(self, agent: str, since: int) -> int | None:
        found = (
            one.at
            for one in self.said
            if one.event == "call.agent_declined"
            and one.at >= since
            and name_of(one.call.get("user")) == agent
        )
        return next(found, None)

    def _result(self, agent: str) -> AttemptResult:
        if self.answered is None:
            return AttemptResult.NO_ANSWER
        mine = agent == self._first_agent()
        return AttemptResult.ANSWERED if mine else AttemptResult.ELSEWHERE

    def _spoke(self) -> Iterator[Event]:
        """Yield the talks: the first one, and one more for each time that somebody took over."""
        starts = [(self.answered, self._first_agent())] if self.answered else []
        starts += [
            (one.at, name_of(one.call.get("user")))
            for one in self.said
            if one.event == "call.answered" and self.answered and one.at > self.answered + SECOND
        ]
        for place, (since, agent) in enumerate(starts):
            following = starts[place + 1][0] if place + 1 < len(starts) else None
            until = following or self.ended
            talk = replace(
                self.event(since or 0, Kind.TALK_STARTED),
                agent=agent,
                queue=self.queue if self.inbound else None,
                agent_kind=AgentKind.PERSON,
            )
            yield talk
            if until is not None and since is not None:
                by = EndedBy.TRANSFER if following else EndedBy.UNKNOWN
                lasted = (until - since) // 1000
                yield replace(talk, at=until, kind=Kind.TALK_ENDED, value=lasted, reason=by)

    def _held(self) -> Iterator[Event]:
        kinds = {"call.hold": Kind.HOLD_STARTED, "call.unhold": Kind.HOLD_ENDED}
        since: int | None = None
        for one in self.said:
            if one.event not in kinds:
                continue
            event = self.event(one.at, kinds[one.event])
            if one.event == "call.hold":
                since = one.at
            elif since is not None:
                event = replace(event, value=(one.at - since) // 1000)
            yield replace(event, agent=name_of(one.call.get("user")))

    def _handed_on(self) -> Iterator[Event]:
        for one in self.said:
            if one.event in ("call.transferred", "call.external_transferred"):
                to = one.call.get("transferred_to")
                party = name_of(to) or one.call.get("external_transferred_to")
                started = self.event(one.at, Kind.TRANSFER_STARTED)
                yield replace(started, party=None if party is None else str(party))

    def _left_behind(self) -> Iterator[Event]:
        """Yield what stays after a call: a message, a recording, what it was about."""
        at = self.ended or self.said[-1].at
        if self.call.get("voicemail"):
            yield self.event(at, Kind.VOICEMAIL_REACHED)
            yield replace(self.event(at, Kind.VOICEMAIL_LEFT), text=str(self.call["voicemail"]))
        if self.call.get("recording"):
            yield replace(self.event(at, Kind.RECORDING_SAVED), text=str(self.call["recording"]))
        tags = self.call.get("tags")
        for tag in tags if isinstance(tags, list) else ():
            if isinstance(tag, dict) and tag.get("name"):
                yield replace(self.event(at, Kind.CALL_TAGGED), text=str(tag["name"]))

    def _gave_up(self) -> EndedBy:
        by_caller = ("short_abandoned", "abandoned_in_classic", _IN_MENU)
        return EndedBy.CALLER if self.why_missed in by_caller else EndedBy.SYSTEM
