"""The story of a 3CX call from its legs: where the caller waited, who spoke, how it ended."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from everycall.events import AgentKind, AttemptResult, Direction, EndedBy, Event, Exit, Kind
from everycall.events.markers import Form, Stage
from everycall.sources.base import Record, Site
from everycall.sources.threecx_legs import SECOND, SLACK, Leg, Legs, legs_of
from everycall.sources.threecx_words import (
    FAILURES,
    QUEUE_EXITS,
    REFUSALS,
    RING_RESULTS,
    Party,
    PartyKind,
    Route,
    Step,
)

NO_MESSAGE = 3000
"""In voicemail for less than this, in milliseconds, nobody left a message."""

VAGUE = 3 * SECOND
"""The resolution of a moment that no duration may be worked out from."""

_DIRECTIONS = {
    "inbound": Direction.INBOUND,
    "outbound": Direction.OUTBOUND,
    "internal": Direction.INTERNAL,
}
_SIGNS = {"set queue login": Kind.AGENT_SIGNED_IN, "set queue logout": Kind.AGENT_SIGNED_OUT}


def translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    """Yield the events of one call; its records are all that was written of it."""
    legs = legs_of(records, site)
    if call is None or not legs:
        return
    story = _Story(call, Legs(legs), site)
    yield from sorted(story.events(), key=lambda event: event.at)


@dataclass(frozen=True, slots=True)
class _Story:
    """The legs of one call, while its story is told."""

    call_id: str
    legs: Legs
    site: Site

    @property
    def first(self) -> Leg:
        return self.legs.all[0]

    @property
    def direction(self) -> Direction:
        words = {leg.direction for leg in self.legs.all}
        known = (direction for word, direction in _DIRECTIONS.items() if word in words)
        return next(known, Direction.UNKNOWN)

    def events(self) -> Iterator[Event]:
        yield self._arrived()
        queues = self.legs.winners()
        for leg in self.legs.all:
            yield from self._leg(leg, queues.get(id(leg)))
        yield replace(
            self._event(self.legs.ended, Kind.CALL_ENDED),
            reason=self._ended_by(self.legs.last()),
            text=self._failure(),
        )

    def _event(self, at: int, kind: Kind, resolution: int = SECOND) -> Event:
        return Event(at, kind, self.call_id, resolution)

    def _arrived(self) -> Event:
        route = Route.of(self.first.text)
        outbound = self.direction is Direction.OUTBOUND
        customer = self.first.target if outbound else self.first.source
        dialled = self.first.target if self.first.kind is PartyKind.OUTSIDE else None
        called = route.number or (dialled.number if dialled else None)
        return replace(
            self._event(self.first.began, Kind.CALL_ARRIVED),
            direction=self.direction,
            caller_raw=customer.number or customer.name or None,
            called=called,
            trunk=route.trunk,
            text=route.did,
        )

    def _leg(self, leg: Leg, queue: Leg | None) -> Iterator[Event]:
        match leg.kind:
            case PartyKind.QUEUE:
                yield from self._stay(leg)
            case PartyKind.PARK:
                yield from self._parked(leg)
            case PartyKind.PERSON:
                yield from self._phone(leg, queue)
            case PartyKind.OUTSIDE:
                yield from self._outside(leg)
            case _:
                yield from self._automated(leg)

    def _stay(self, leg: Leg) -> Iterator[Event]:
        entered = replace(self._event(leg.began, Kind.QUEUE_ENTERED), queue=leg.target.text)
        yield entered
        exit_ = self._exit(leg)
        winner = self.legs.winner(leg)
        yield replace(
            entered,
            at=leg.ended,
            kind=Kind.QUEUE_LEFT,
            reason=exit_,
            value=leg.talking,
            agent=winner.target.text if winner and exit_ is Exit.ANSWERED else None,
        )
        if exit_ is Exit.CLOSING:
            yield self._closed(leg)

    def _exit(self, leg: Leg) -> Exit | None:
        step = leg.ending.step
        if step in (Step.TAKEN, Step.REPLACED):
            winner = self.legs.winner(leg)
            return Exit.MOVED if winner is None else self._exit_to(winner)
        if step is Step.TRANSFERRED:
            return Exit.MOVED
        if step is Step.ENDED:
            by_caller = self._who(leg.ending.who, leg) is EndedBy.CALLER
            return Exit.CALLER if by_caller else Exit.WITHDRAWN
        return QUEUE_EXITS.get(leg.ending.said)

    def _exit_to(self, winner: Leg) -> Exit:
        """A phone that was picked up and hung up in the same second is no answer."""
        if winner.talking:
            return Exit.ANSWERED
        if winner.ending.step is not Step.ENDED:
            return Exit.MOVED
        by_caller = self._who(winner.ending.who, winner) is EndedBy.CALLER
        return Exit.CALLER if by_caller else Exit.WITHDRAWN

    def _closed(self, leg: Leg) -> Event:
        return replace(self._event(leg.ended, Kind.CALL_CLOSED), text=leg.target.text)

    def _parked(self, leg: Leg) -> Iterator[Event]:
        """Yield a time parked, up to a second shorter where its edges cut into a talk."""
        if not leg.answered:
            yield from self._nobody_parked(leg)
            return
        talks = [other for other in self.legs.all if self._is_talk(other)]
        began = [t.ended for t in talks if leg.began < t.ended <= leg.began + SLACK]
        ended = [t.answered_at for t in talks if leg.ended - SLACK <= t.answered_at < leg.ended]
        yield replace(
            self._event(max([leg.began, *began]), Kind.PARK_STARTED), text=leg.target.text
        )
        yield replace(
            self._event(min([leg.ended, *ended]), Kind.PARK_ENDED),
            value=leg.talking,
            text=leg.target.text,
        )

    def _nobody_parked(self, leg: Leg) -> Iterator[Event]:
        """Yield a refusal where somebody wanted to take a parked call and there was none."""
        if leg is self.first and leg.ending.step is Step.ENDED:
            refused = self._event(leg.began, Kind.CALL_REFUSED)
            yield replace(refused, reason="misrouted", text=f"no call at {leg.target.text}")

    def _phone(self, leg: Leg, queue: Leg | None) -> Iterator[Event]:
        place = queue or self.legs.place(leg)
        # a parking place rings whoever parked the caller; that is a reminder and no attempt
        if place is None or place.kind is PartyKind.QUEUE:
            yield from self._ring(leg, place)
        if leg.spoke:
            yield from self._talk(leg, leg.target.text, queue)

    def _ring(self, leg: Leg, queue: Leg | None) -> Iterator[Event]:
        rang = replace(
            self._event(leg.began, Kind.AGENT_RANG),
            agent=leg.target.text,
            agent_kind=AgentKind.PERSON,
            queue=queue.target.text if queue else None,
        )
        stopped = replace(
            rang,
            at=leg.answered_at,
            kind=Kind.AGENT_STOPPED,
            reason=self._ring_result(leg),
            value=leg.ringing,
        )
        if queue is not None and leg.answered and queue.ending.step is Step.TAKEN:
            # the row of whoever takes a call that rings elsewhere begins with the answer
            rang, stopped = replace(rang, resolution=VAGUE), replace(stopped, value=None)
        yield rang
        yield stopped

    def _ring_result(self, leg: Leg) -> AttemptResult:
        if leg.spoke:
            return AttemptResult.ANSWERED
        step = leg.ending.step
        if step in (Step.TAKEN, Step.REPLACED, Step.TRANSFERRED):
            return AttemptResult.ELSEWHERE
        if step is Step.ENDED:
            by_phone = self._who(leg.ending.who, leg) is not EndedBy.CALLER
            return AttemptResult.REJECTED if by_phone else AttemptResult.CANCELLED
        return RING_RESULTS.get(leg.ending.said, AttemptResult.NO_ANSWER)

    def _talk(
        self, leg: Leg, agent: str, queue: Leg | None, kind: AgentKind = AgentKind.PERSON
    ) -> Iterator[Event]:
        began = replace(
            self._event(leg.answered_at, Kind.TALK_STARTED),
            agent=agent,
            agent_kind=kind,
            queue=queue.target.text if queue else None,
        )
        yield began
        handed = leg.ending.step in (Step.TRANSFERRED, Step.REPLACED)
        reason = EndedBy.TRANSFER if handed else self._ended_by(leg)
        yield replace(began, at=leg.ended, kind=Kind.TALK_ENDED, value=leg.talking, reason=reason)
        if handed:
            yield from self._handed_on(leg, agent)

    def _handed_on(self, leg: Leg, agent: str) -> Iterator[Event]:
        """Yield a transfer; to be parked is none."""
        target = Party.of(leg.ending.who)
        if target.kind(self.site) is PartyKind.PARK:
            return
        following = self.legs.next_of(leg)
        began = following.began if following else leg.ended
        consulted = leg.ending.step is Step.REPLACED or began < leg.ended - SLACK
        yield replace(
            self._event(min(leg.ended, max(began, leg.answered_at)), Kind.TRANSFER_STARTED),
            agent=agent,
            party=target.text,
            reason="attended" if consulted else "blind",
        )

    def _outside(self, leg: Leg) -> Iterator[Event]:
        """Yield what became of a number: one that we called, or one that callers are sent to."""
        if self._is_ours(leg):
            if self._is_talk(leg):
                yield from self._talk(leg, leg.source.text, None, self._kind_of(leg.source))
        elif leg.ending.said in REFUSALS:
            refused = self._event(leg.began, Kind.CALL_REFUSED)
            yield replace(refused, reason=REFUSALS[leg.ending.said], text=leg.ending.said)
        else:
            yield from self._forwarded(leg)

    def _is_ours(self, leg: Leg) -> bool:
        """Whether it is a number that we called."""
        outbound = leg.direction == "outbound" and self.direction is Direction.OUTBOUND
        return outbound and leg.kind is PartyKind.OUTSIDE

    def _is_talk(self, leg: Leg) -> bool:
        return leg.spoke or (self._is_ours(leg) and leg.answered and leg.talking > 0)

    def _kind_of(self, party: Party) -> AgentKind:
        kinds = {PartyKind.PERSON: AgentKind.PERSON, PartyKind.BOT: AgentKind.BOT}
        return kinds.get(party.kind(self.site), AgentKind.DEVICE)

    def _forwarded(self, leg: Leg) -> Iterator[Event]:
        for event in self._ring(leg, None):
            answered = leg.answered and event.kind is Kind.AGENT_STOPPED
            reason = AttemptResult.ANSWERED if answered else event.reason
            yield replace(event, agent_kind=AgentKind.EXTERNAL, reason=reason)
        if leg.answered and leg.talking:
            yield from self._talk(leg, leg.target.text, None, AgentKind.EXTERNAL)

    def _automated(self, leg: Leg) -> Iterator[Event]:
        began = replace(self._event(leg.began, Kind.MENU_ENTERED), text=leg.target.text)
        if leg.ending.closed or self._means(leg, Stage.CLOSED):
            yield self._closed(leg)
        if leg.kind is PartyKind.MENU:
            heard = self._means(leg, Stage.INFORMATION)
            yield replace(began, kind=Kind.INFO_PLAYED) if heard else began
        elif leg.kind is PartyKind.VOICEMAIL and leg.answered:
            short = leg.talking < NO_MESSAGE and leg.ending.step is Step.ENDED
            reason = "no_message" if short else None
            yield replace(began, kind=Kind.VOICEMAIL_REACHED, reason=reason)
        elif leg.kind is PartyKind.BOT and leg.answered:
            yield replace(began, kind=Kind.BOT_ENTERED)
            yield replace(began, at=leg.ended, kind=Kind.BOT_ENDED, value=leg.talking)
        elif leg.kind is PartyKind.SERVICE:
            yield from self._service(leg)

    def _means(self, leg: Leg, stage: Stage) -> bool:
        return self.site.markers.means(stage, Form.CONTEXT, leg.target.name)

    def _service(self, leg: Leg) -> Iterator[Event]:
        """Yield a code that was dialled: it did what was asked for, without a person."""
        if not leg.answered:
            return
        yield replace(self._event(leg.began, Kind.INFO_PLAYED), text=leg.target.text)
        kind = _SIGNS.get(leg.target.name.lower())
        if kind is not None:
            yield Event(leg.began, kind, None, SECOND, agent=leg.source.text)

    def _failure(self) -> str | None:
        if self.direction is not Direction.OUTBOUND or any(leg.answered for leg in self.legs.all):
            return None
        dialled = self.legs.of(PartyKind.OUTSIDE)
        return FAILURES.get(dialled[-1].ending.said) if dialled else None

    def _ended_by(self, leg: Leg) -> EndedBy | None:
        if leg.ending.step is Step.ENDED:
            return self._who(leg.ending.who, leg)
        return EndedBy.SYSTEM if leg.ending.said else None

    def _who(self, text: str, leg: Leg) -> EndedBy:
        """Tell who a text names: the customer, one of us, or the phone system itself."""
        who = Party.of(text)
        if self.direction is Direction.INTERNAL and who.text == leg.source.text:
            return EndedBy.CALLER
        kind = who.kind(self.site)
        if kind is PartyKind.PERSON:
            return EndedBy.AGENT
        if kind is PartyKind.OUTSIDE or who.number.lower() == leg.source.number.lower() != "":
            return EndedBy.CALLER
        withheld = not leg.source.number and leg.source.text.lower() == who.number.lower()
        return EndedBy.CALLER if withheld else EndedBy.SYSTEM
