"""The legs of a 3CX call: one row each, and what each of them was in the story of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everycall.sources.base import Record, Site
from everycall.sources.threecx_words import Ending, Party, PartyKind, Step

SECOND = 1_000_000
SLACK = SECOND
"""Times are cut and durations are rounded to whole seconds, so two legs may miss by one."""

_RANK = {
    PartyKind.QUEUE: 0,
    PartyKind.MENU: 1,
    PartyKind.BOT: 2,
    PartyKind.PERSON: 3,
    PartyKind.OUTSIDE: 3,
    PartyKind.PARK: 4,
    PartyKind.VOICEMAIL: 5,
    PartyKind.SERVICE: 6,
}


@dataclass(frozen=True, slots=True)
class Leg:
    """A row of the log.

    Attributes:
        began: when it began, in microseconds; a queue's leg with the wait, a phone's with its ring.
        ringing, talking: how long it rang, and how long it lasted after that, in milliseconds;
            `talking` of a queue is the wait, of a parking place the time parked.
    """

    began: int
    ringing: int
    talking: int
    source: Party
    target: Party
    kind: PartyKind
    direction: str
    answered: bool
    text: str
    ending: Ending

    @classmethod
    def of(cls, at: int, body: Mapping[str, str | int], site: Site) -> "Leg":
        """Make a leg of a kept body."""
        target = Party.of(str(body["to"]))
        direction, _, group = str(body["direction"]).partition(" ")
        return cls(
            began=at,
            ringing=int(body["ringing"]),
            talking=int(body["talking"]),
            source=Party.of(str(body["from"])),
            target=target,
            kind=target.kind(site, group=bool(group)),
            direction=direction.lower(),
            answered=body["status"] == "Answered",
            text=str(body["text"]),
            ending=Ending.of(str(body["text"])),
        )

    @property
    def answered_at(self) -> int:
        """When ringing ended."""
        return self.began + self.ringing * 1000

    @property
    def ended(self) -> int:
        """When the leg ended."""
        return self.answered_at + self.talking * 1000

    @property
    def spoke(self) -> bool:
        """Whether a person spoke: an answer that was hung up in the same second is none."""
        return self.kind is PartyKind.PERSON and self.answered and self.talking > 0

    def covers(self, moment: int) -> bool:
        """Tell whether a moment lies within this leg."""
        return self.began <= moment <= self.ended + SLACK

    def order(self) -> tuple[object, ...]:
        """Return what puts legs into one order, however the rows of a file were scattered."""
        texts = (self.target.text, self.source.text, self.text)
        return (self.began, _RANK[self.kind], self.ended, self.ringing, self.answered, *texts)


def legs_of(records: Sequence[Record], site: Site) -> list[Leg]:
    """Return the legs of one call in the order in which they began."""
    return sorted((Leg.of(record.at, record.body, site) for record in records), key=Leg.order)


@dataclass(frozen=True, slots=True)
class Legs:
    """The legs of one call, and which of them followed from which."""

    all: Sequence[Leg]

    def of(self, kind: PartyKind) -> list[Leg]:
        """Return the legs of one kind."""
        return [leg for leg in self.all if leg.kind is kind]

    def winner(self, place: Leg) -> Leg | None:
        """Return the phone that took the caller out of a queue."""
        if place.ending.step not in (Step.TAKEN, Step.REPLACED):
            return None
        near = [
            leg
            for leg in self.of(PartyKind.PERSON)
            if leg.answered and abs(leg.answered_at - place.ended) <= 3 * SECOND
        ]
        named = [leg for leg in near if leg.target.text == place.ending.who]
        return min(named or near, key=lambda leg: abs(leg.answered_at - place.ended), default=None)

    def winners(self) -> dict[int, Leg]:
        """Return, by the identity of the phone's leg, the queue that each winner was rung for."""
        pairs = ((self.winner(queue), queue) for queue in self.of(PartyKind.QUEUE))
        return {id(leg): queue for leg, queue in pairs if leg is not None}

    def place(self, leg: Leg) -> Leg | None:
        """Return the queue or parking place in which the caller was when a leg began."""
        places = (
            place
            for place in self.all
            if place.kind in (PartyKind.QUEUE, PartyKind.PARK) and place.covers(leg.began)
        )
        return max(places, key=lambda place: (place.began, place.kind), default=None)

    def next_of(self, leg: Leg) -> Leg | None:
        """Return the leg of whoever a talk was handed on to."""
        targets = (
            other
            for other in self.all
            if other.target.text == leg.ending.who
            and other.began >= leg.answered_at
            and other.began >= leg.ended - 60 * SECOND
        )
        return min(targets, key=lambda other: abs(other.began - leg.ended), default=None)

    @property
    def ended(self) -> int:
        """When the last leg ended."""
        return max(leg.ended for leg in self.all)

    def last(self) -> Leg:
        """Return the leg that says how the call ended; a phone that only rang says it last."""
        final = [leg for leg in self.all if leg.ended >= self.ended - SLACK]
        return max(
            final,
            key=lambda leg: (leg.ending.step is Step.ENDED, leg.answered, leg.ended, leg.began),
        )
