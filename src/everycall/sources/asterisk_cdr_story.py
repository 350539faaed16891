"""The story of a call from its call detail records: who was rung, who spoke, where it ended."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from everycall.events import AgentKind, AttemptResult, Direction, Event, Exit, Kind
from everycall.events.markers import Form, Stage
from everycall.sources.base import Record, Site
from everycall.sources.channels.dialling import number_by
from everycall.sources.channels.people import endpoint_of, is_line

SECOND = 1_000_000
_RESULTS = {
    "ANSWERED": AttemptResult.ANSWERED,
    "NO ANSWER": AttemptResult.NO_ANSWER,
    "BUSY": AttemptResult.BUSY,
    "FAILED": AttemptResult.UNREACHABLE,
    "CONGESTION": AttemptResult.UNREACHABLE,
    "CANCEL": AttemptResult.CANCELLED,
}
ORIGINATED = "AppDial2"
"""What the row of a phone says that the phone system itself rang, for somebody or something."""

_A_PHONE = re.compile(r"\w+/[^/@]+")
_FAILURES = {"BUSY": "busy", "FAILED": "failed", "CONGESTION": "failed"}


@dataclass(frozen=True, slots=True)
class Party:
    """A row: a channel, and the party that it dialled, if it dialled one.

    Attributes:
        answer: when the party, or what took its place, answered.
        picked_up: when the channel itself was answered, whatever became of the party.
    """

    src: str
    dst: str
    context: str
    channel: str
    dialled: str
    app: str
    data: str
    start: int
    answer: int | None
    picked_up: int | None
    end: int
    disposition: str
    sequence: int
    unique: str
    did: str

    @classmethod
    def of(cls, body: Mapping[str, object]) -> "Party":
        """Make a row of a kept body."""

        def text(key: str) -> str:
            return str(body.get(key, ""))

        def moment(key: str) -> int | None:
            value = body.get(key)
            return None if value is None else int(str(value))

        return cls(
            src=text("src"),
            dst=text("dst"),
            context=text("dcontext"),
            channel=text("channel"),
            dialled=text("dstchannel"),
            app=text("lastapp"),
            data=text("lastdata"),
            start=int(str(body["start"])),
            answer=moment("answer"),
            picked_up=moment("picked_up"),
            end=int(str(body["end"])),
            disposition=text("disposition"),
            sequence=int(str(body["sequence"])),
            unique=text("uniqueid"),
            did=text("did"),
        )

    @property
    def spread(self) -> int:
        """How far a moment somewhere within the row may be from its start; never exact."""
        return max(self.end - self.start, 3 * SECOND)

    @property
    def answered_late(self) -> bool:
        """Whether the answer was the dialled party's: later than the channel's own could be."""
        return self.answer is not None and self.answer - self.start > SECOND

    @property
    def is_other_side(self) -> bool:
        """Whether the row speaks of the dialled side: 'AppDial', 'AppQueue', not of a caller."""
        return self.app.startswith("App")

    @property
    def targets(self) -> list[str]:
        """What Dial() was told to dial."""
        # before Asterisk 1.6.1 arguments were separated by "|"
        return re.split("[,|]", self.data)[0].split("&") if self.app == "Dial" else []

    @property
    def names_dialled(self) -> bool:
        """Whether Dial() was told to ring the phone, as far as its targets name phones."""
        if not self.targets or not all(_A_PHONE.fullmatch(target) for target in self.targets):
            return True
        return endpoint_of(self.dialled) in self.targets

    @property
    def rang_a_phone(self) -> bool:
        """Whether a real phone or line was dialled, not a Local channel in between."""
        return bool(self.dialled) and not self.dialled.startswith("Local/")


def translate(call: str | None, records: Sequence[Record], site: Site) -> Iterator[Event]:
    """Yield the events of one call; its records are all that was written of it."""
    if call is None:
        return
    parties = sorted((Party.of(r.body) for r in records), key=lambda p: (p.start, p.sequence))
    story = _Story(call, parties, site)
    told = [*story.events(), *_tagged(call, records, site)]
    yield from sorted(told, key=lambda event: event.at)


def _tagged(call: str, records: Sequence[Record], site: Site) -> Iterator[Event]:
    """Yield what the site's fields say the call was about, each thing once."""
    said = {
        str(record.body[name]): int(str(record.body["end"]))
        for name in site.tag_fields
        for record in records
        if record.body.get(name)
    }
    yield from (Event(at, Kind.CALL_TAGGED, call, SECOND, text=tag) for tag, at in said.items())


@dataclass(frozen=True, slots=True)
class _Story:
    """The rows of one call, while its story is told."""

    call_id: str
    parties: Sequence[Party]
    site: Site

    @property
    def root(self) -> Party:
        """The row of the channel with which the call began."""
        own = [p for p in self.parties if p.unique == self.call_id]
        return (own or list(self.parties))[0]

    def events(self) -> Iterator[Event]:
        direction = self._direction()
        yield self._arrived(direction)
        if direction is Direction.CALLBACK or self.root.app == ORIGINATED:
            yield from self._rang_first()
            yield from self._stays()
        if direction in (Direction.OUTBOUND, Direction.CALLBACK):
            yield from self._called_out(exact=direction is Direction.OUTBOUND)
        else:
            yield from self._came_in()
        ends = [p.end for p in self.parties if p.channel == self.root.channel]
        yield self._event(max(ends), Kind.CALL_ENDED, text=self._failure(direction))

    def _event(
        self, at: int, kind: Kind, resolution: int = SECOND, text: str | None = None
    ) -> Event:
        return Event(at, kind, self.call_id, resolution, text=text)

    def _is_line(self, channel: str, number: str, *, dialled: bool) -> bool:
        return is_line(endpoint_of(channel), number, self.site, dialled=dialled)

    def _direction(self) -> Direction:
        root = self.root
        contexts = {party.context for party in self.parties}
        means = self.site.markers.means
        if any(means(Stage.CALLBACK, Form.CONTEXT, context) for context in contexts):
            return Direction.CALLBACK
        if root.did or self._is_line(root.channel, root.src, dialled=False):
            return Direction.INBOUND
        outside = [p for p in self.parties if p.dialled and self._leads_out(p)]
        return Direction.OUTBOUND if outside or root.app == ORIGINATED else Direction.INTERNAL

    def _leads_out(self, party: Party) -> bool:
        return self._is_line(party.dialled, party.dst, dialled=True)

    def _arrived(self, direction: Direction) -> Event:
        root = self.root
        ours = direction in (Direction.OUTBOUND, Direction.CALLBACK)
        dialled = next((p.dst for p in self.parties if p.dst not in ("s", "h", "")), "")
        called = root.did or (root.dst if root.dst not in ("s", "h", "i", "t") else "") or dialled
        line = next(
            (
                endpoint_of(name)
                for p in self.parties
                for name, is_dialled in ((p.channel, False), (p.dialled, True))
                if name and self._is_line(name, p.src, dialled=is_dialled)
            ),
            None,
        )
        return replace(
            self._event(root.start, Kind.CALL_ARRIVED),
            direction=direction,
            caller_raw=(called if ours else root.src) or None,
            called=called or None,
            trunk=line,
            leg=root.unique or None,
        )

    def _failure(self, direction: Direction) -> str | None:
        if direction not in (Direction.OUTBOUND, Direction.CALLBACK):
            return None
        outside = [p for p in self.parties if p.dialled and self._leads_out(p)]
        if any(p.disposition == "ANSWERED" for p in outside):
            return None
        return _FAILURES.get(outside[-1].disposition, "no_answer") if outside else "failed"

    def _called_out(self, *, exact: bool) -> Iterator[Event]:
        """Yield the talk of whoever called out; of a call back the times begin with the agent's."""
        phones = (p.channel for p in self.parties if p.channel and not self._through(p.channel))
        agent = endpoint_of(next(phones, self.root.channel))
        for party in self.parties:
            if party.answer is not None and party.dialled and self._leads_out(party):
                exact = exact and party.answered_late
                yield from self._talk(party, agent, AgentKind.PERSON, None, exact=exact)

    def _rang_first(self) -> Iterator[Event]:
        """Yield the rings of our own phones in a call back, that came before the customer's."""
        if not self._through(self.root.channel):
            yield from self._rang_root()
        for party in self.parties:
            if self._was_rung(party) and self._queue(party):
                yield from self._ring(party)

    def _rang_root(self) -> Iterator[Event]:
        root = self.root
        rang = replace(
            self._event(root.start, Kind.AGENT_RANG),
            agent=endpoint_of(root.channel),
            agent_kind=AgentKind.PERSON,
        )
        yield rang
        stopped = replace(rang, kind=Kind.AGENT_STOPPED)
        if root.picked_up is not None:
            yield replace(stopped, at=root.picked_up, reason=AttemptResult.ANSWERED)
        elif root.app == ORIGINATED:
            yield replace(stopped, at=root.end, reason=_RESULTS.get(root.disposition))
        else:
            yield replace(stopped, reason=AttemptResult.ANSWERED, resolution=root.spread)

    def _through(self, channel: str) -> bool:
        return channel.startswith("Local/") or self._is_line(channel, "", dialled=True)

    def _came_in(self) -> Iterator[Event]:
        yield from self._stays()
        for party in self.parties:
            if self._was_rung(party):
                yield from self._ring(party)
            if party.rang_a_phone and not party.is_other_side and self._spoke(party):
                yield from self._spoken(party)
        yield from self._stages()

    def _was_rung(self, party: Party) -> bool:
        """Tell a phone that was rung from one that came to the call by itself or rang before.

        A phone that fetches a parked call has a row of its own, as a caller; one that picks up
        another's call stands in a row of Dial() that names the other; and after a transfer a row
        says once more with whom the caller is connected.
        """
        if not party.rang_a_phone or party.is_other_side:
            return False
        called_in = (p for p in self.parties if p.channel == party.dialled)
        if any(not p.is_other_side for p in called_in):
            return False
        before = self._before(party)
        if any(p.dialled == party.dialled and not p.is_other_side for p in before):
            return False
        return party.names_dialled

    def _spoke(self, party: Party) -> bool:
        """Tell whether the caller spoke with whom a row says was dialled.

        Somebody who was consulted by a go-between has a row there, and another with the caller.
        """
        following = self.parties[self.parties.index(party) + 1 :]
        again = (p for p in following if p.dialled == party.dialled and p.channel != party.channel)
        return (
            party.answer is not None
            and not self._taken_elsewhere(party)
            and not any(not p.is_other_side for p in again)
        )

    def _spoken(self, party: Party) -> Iterator[Event]:
        queue = self._queue(party)
        if self._was_rung(party):
            exact = queue is None and party.answered_late
            yield from self._talk(party, *self._who(party), queue, exact=exact)
        else:
            # the row of somebody who joined the call begins when they did
            yield from self._talk(party, *self._who(party), queue, exact=True)

    def _taken_elsewhere(self, party: Party) -> bool:
        """Tell a phone that did not answer itself from one that did, by its own side's row."""
        own = [p for p in self.parties if p.channel == party.dialled and p.is_other_side]
        return party.answer is not None and bool(own) and all(p.answer is None for p in own)

    def _who(self, party: Party) -> tuple[str, AgentKind]:
        """Return whom a row rang: a phone, or a number outside."""
        if not self._leads_out(party):
            return endpoint_of(party.dialled), AgentKind.PERSON
        endpoint = endpoint_of(party.dialled)
        numbers = (number_by(endpoint, target) for target in party.targets)
        return next(filter(None, numbers), endpoint), AgentKind.EXTERNAL

    def _queue(self, party: Party) -> str | None:
        return re.split("[,|]", party.data)[0] or None if party.app == "Queue" else None

    def _ring(self, party: Party) -> Iterator[Event]:
        agent, kind = self._who(party)
        exact = self._ring_is_exact(party)
        result = self._result(party, exact=exact)
        who = Event(0, Kind.AGENT_RANG, agent=agent, agent_kind=kind, queue=self._queue(party))
        began = replace(
            who,
            at=party.start,
            call_id=self.call_id,
            resolution=SECOND if exact else party.spread,
        )
        yield began
        stopped = replace(began, kind=Kind.AGENT_STOPPED, reason=result)
        if result is not AttemptResult.ANSWERED:
            yield replace(stopped, at=party.end, resolution=SECOND)
        elif party.answered_late and party.app != "Queue":
            yield replace(stopped, at=party.answer or party.start, resolution=SECOND)
        else:
            yield replace(stopped, resolution=party.spread)

    def _result(self, party: Party, *, exact: bool) -> AttemptResult:
        result = _RESULTS.get(party.disposition, AttemptResult.NO_ANSWER)
        if self._taken_elsewhere(party):
            return AttemptResult.ELSEWHERE
        if result is AttemptResult.BUSY and exact and party.end - party.start > SECOND:
            # a busy phone says so at once; who says it after a while has refused
            return AttemptResult.REJECTED
        others = (p.answer for p in self.parties if p.answered_late and p is not party)
        if result is AttemptResult.NO_ANSWER and any(a == party.end for a in others):
            return AttemptResult.ELSEWHERE
        return result

    def _ring_is_exact(self, party: Party) -> bool:
        """A channel's later row begins with a ring; its first begins with the call."""
        if party.app == "Queue":
            before = [p for p in self._before(party) if p.channel == party.channel]
            return bool(before) and all(p.disposition != "ANSWERED" for p in before)
        first = not any(p.channel == party.channel for p in self._before(party))
        return not first or party.answer is None or party.answered_late

    def _before(self, party: Party) -> Sequence[Party]:
        return self.parties[: self.parties.index(party)]

    def _talk(
        self,
        party: Party,
        agent: str,
        kind: AgentKind,
        queue: str | None,
        *,
        exact: bool,
    ) -> Iterator[Event]:
        began = replace(
            self._event(
                (party.answer if exact else None) or party.start,
                Kind.TALK_STARTED,
                SECOND if exact else party.spread,
            ),
            agent=agent,
            agent_kind=kind,
            queue=queue,
        )
        yield began
        yield replace(began, at=party.end, kind=Kind.TALK_ENDED, resolution=SECOND)

    def _stays(self) -> Iterator[Event]:
        """Yield one stay for each queue that rows speak of."""
        for queue in dict.fromkeys(q for p in self.parties if (q := self._queue(p))):
            mine = [party for party in self.parties if self._queue(party) == queue]
            first, last = mine[0], mine[-1]
            entered = replace(
                self._event(first.start, Kind.QUEUE_ENTERED, first.spread),
                queue=queue,
                leg=first.unique or None,
            )
            yield entered
            left = replace(entered, kind=Kind.QUEUE_LEFT)
            answered = next((p for p in mine if p.answer is not None and p.dialled), None)
            if answered is not None:
                yield replace(
                    left,
                    at=answered.start,
                    resolution=answered.spread,
                    reason=Exit.ANSWERED,
                    agent=endpoint_of(answered.dialled),
                )
            else:
                ended_there = last is self.parties[-1]
                reason = Exit.CALLER if ended_there else None
                yield replace(left, at=last.end, resolution=SECOND, reason=reason)

    def _stages(self) -> Iterator[Event]:
        for party in self.parties:
            stage = self._stage(party)
            if stage is not None:
                yield replace(
                    self._event(party.start, _STAGE_KINDS[stage], party.spread),
                    text=party.data.split(",")[0] or party.context,
                )

    def _stage(self, party: Party) -> Stage | None:
        places = (
            (Form.PROMPT, party.data.split(",")[0].rpartition("/")[2]),
            (Form.CONTEXT, party.context),
            (Form.APP, party.app),
        )
        found = (
            self.site.markers.stage_of(form, word, _STAGE_KINDS) for form, word in places if word
        )
        return next((stage for stage in found if stage is not None), None)


_STAGE_KINDS = {
    Stage.VOICEMAIL: Kind.VOICEMAIL_REACHED,
    Stage.CLOSED: Kind.CALL_CLOSED,
    Stage.CALLBACK_REQUESTED: Kind.CALLBACK_REQUESTED,
    Stage.BOT: Kind.BOT_ENTERED,
    Stage.WELCOME: Kind.MENU_ENTERED,
    Stage.MENU: Kind.MENU_ENTERED,
}
