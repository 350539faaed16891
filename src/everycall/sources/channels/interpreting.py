"""Reading the steps of one call together, and saying what happened in the product's own words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from everycall.calls.causes import Fault, attempt_result, cause_of
from everycall.events import AttemptResult, Direction, EndedBy, Event, Exit, Kind
from everycall.sources.base import Site
from everycall.sources.channels.connections import Talk, talks
from everycall.sources.channels.dialling import dialled_number
from everycall.sources.channels.people import Cast, Channel, Role, cast
from everycall.sources.channels.sounding import sounded
from everycall.sources.channels.stages import stages
from everycall.sources.channels.steps import Act, Step
from everycall.sources.channels.waiting import Visit, dialled_through, rings, visits

SECOND = 1_000_000
_NOT_THERE = ("CHANUNAVAIL", "CONGESTION")
"""What DIALSTATUS says of a phone that could not be rung at all."""

_FAULTS = {Fault.CAPACITY, Fault.NETWORK, Fault.MISROUTED, Fault.MEDIA, Fault.SYSTEM}


def interpret(call_id: str, steps: Iterable[Step], site: Site) -> Iterator[Event]:
    """Yield the events of one call, in order of time."""
    told = sorted(steps, key=lambda step: step.at)
    if not told:
        return
    story = _Story(call_id, told, cast(told, site), site)
    yield from sorted(story.events(), key=lambda event: event.at)


@dataclass(slots=True)
class _Story:
    """A call and its parts, while it is being told."""

    call_id: str
    steps: Sequence[Step]
    cast: Cast
    site: Site

    def events(self) -> Iterator[Event]:
        stays = visits(self.steps, self.cast)
        spoken = talks(self.steps, self.cast)
        yield self._arrived()
        yield from self._joined()
        yield from self._stayed(stays)
        yield from self._rang(stays)
        yield from self._spoke(spoken, stays)
        yield from self._held(spoken, stays)
        yield from self._handed_on()
        yield from self._passed()
        yield from self._sounded()
        yield from self._ended(spoken)

    def _event(self, at: int, kind: Kind, **said: Any) -> Event:
        return Event(at, kind, self.call_id, **said)

    def _with(self, channel: Channel, at: int, kind: Kind, queue: str | None) -> Event:
        return self._event(
            at,
            kind,
            agent=self._name(channel),
            agent_kind=self.cast.kind_of(channel),
            leg=channel.id,
            queue=queue or None,
        )

    def _arrived(self) -> Event:
        root = next(iter(self.cast.channels.values()))
        customer = self.cast.customer
        inbound = self.cast.direction in (Direction.INBOUND, Direction.INTERNAL)
        line = next(
            (c for c in self.cast.channels.values() if self.cast.roles[c.id] is Role.LINE), None
        )
        dialled = self._dialled(root)
        number = root.number if inbound else (customer.number if customer else "") or dialled
        return self._event(
            root.born_at,
            Kind.CALL_ARRIVED,
            direction=self.cast.direction,
            caller_raw=number or None,
            called=(dialled if inbound else number) or None,
            trunk=line.endpoint if line else None,
            leg=root.id,
            text=self.cast.why,
        )

    def _joined(self) -> Iterator[Event]:
        """Yield the beginnings of consultations that became part of this call: other sources
        know them by ids of their own.
        """
        for channel in list(self.cast.channels.values())[1:]:
            if channel.linked == channel.id:
                joined = self._event(channel.born_at, Kind.CALL_ARRIVED)
                yield replace(joined, leg=channel.id, text="a consultation that joined this call")

    def _dialled(self, root: Channel) -> str:
        """Return the number that was dialled: by the caller, or by us on the way out."""
        if root.exten and root.exten not in ("s", "h", "i", "t"):
            return root.exten
        if root.dnid:
            return root.dnid
        dials = (step.data for step in self.steps if step.app == "Dial" and step.data)
        found = re.search(r"/(\+?\d{3,})", next(dials, ""))
        return found[1] if found else ""

    def _name(self, channel: Channel) -> str:
        between = dialled_through(channel, self.cast)
        member = channel.member or (between.member if between else "")
        outside = self.cast.roles[channel.id] is Role.LINE
        number = dialled_number(channel, self.cast, self.steps) if outside else ""
        return member or number or channel.endpoint

    def _stayed(self, stays: Sequence[Visit]) -> Iterator[Event]:
        for visit in stays:
            where = {"queue": visit.queue, "leg": visit.channel.id}
            yield self._event(visit.began_at, Kind.QUEUE_ENTERED, **where)
            if visit.ended_at is not None:
                yield self._event(
                    visit.ended_at,
                    Kind.QUEUE_LEFT,
                    queue=visit.queue,
                    leg=visit.channel.id,
                    agent=self._name(visit.agent) if visit.agent else None,
                    reason=self._exit(visit),
                    value=(visit.ended_at - visit.began_at) // 1000,
                    text=visit.key or None,
                )

    def _exit(self, visit: Visit) -> Exit | None:
        """A caller's leaving that the caller did not ask for was the phone system's or a fault."""
        if visit.reason is not Exit.CALLER:
            return visit.reason
        by_itself = self._ended_itself(visit.channel)
        fault = _is_fault(visit.channel.cause)
        return Exit.SYSTEM if fault or by_itself is False else Exit.CALLER

    def _ended_itself(self, channel: Channel) -> bool | None:
        """Tell whether a phone itself ended; None where the source never says."""
        told = channel.ended_itself()
        if told is None and any(s.act in (Act.ASKED_TO_END, Act.TOLD_TO_END) for s in self.steps):
            return False
        return told

    def _rang(self, stays: Sequence[Visit]) -> Iterator[Event]:
        yield from self._never_rang()
        for ring in rings(self.steps, self.cast, stays):
            if ring.channel is self.cast.customer:
                continue
            rang = self._with(ring.channel, ring.rang_at, Kind.AGENT_RANG, ring.queue)
            endpoint = ring.channel.endpoint
            yield replace(rang, party=endpoint if rang.agent != endpoint else None)
            if ring.stopped_at is not None:
                yield replace(
                    rang,
                    at=ring.stopped_at,
                    kind=Kind.AGENT_STOPPED,
                    reason=ring.result,
                    value=(ring.stopped_at - ring.rang_at) // 1000,
                    q850=ring.channel.cause if ring.channel.answered_at is None else None,
                )

    def _never_rang(self) -> Iterator[Event]:
        """Yield the ring of a phone that is not there: Dial() fails before there is a channel."""
        customer = self.cast.customer
        if customer is None or self.cast.phones():
            return
        if customer.dial_status not in _NOT_THERE:
            return
        dials = [step for step in self.steps if step.app == "Dial" and step.channel == customer.id]
        yield self._event(
            dials[-1].at if dials else customer.ended_at or 0,
            Kind.AGENT_STOPPED,
            agent=dials[-1].data.split(",")[0] or None if dials else None,
            reason=AttemptResult.UNREACHABLE,
            value=0,
            q850=customer.cause,
        )

    def _spoke(self, spoken: Sequence[Talk], stays: Sequence[Visit]) -> Iterator[Event]:
        for talk in spoken:
            queue = next((v.queue for v in stays if v.agent is talk.channel), None)
            started = self._with(talk.channel, talk.began_at, Kind.TALK_STARTED, queue)
            yield started
            if talk.ended_at is not None:
                reason, cause = self._talk_end(talk)
                yield replace(
                    started,
                    at=talk.ended_at,
                    kind=Kind.TALK_ENDED,
                    reason=reason,
                    value=(talk.ended_at - talk.began_at) // 1000,
                    q850=cause,
                )

    def _talk_end(self, talk: Talk) -> tuple[str | None, int | None]:
        ended_at = talk.ended_at or 0
        for step in self.steps:
            handed = step.act in (Act.BLIND, Act.ATTENDED) and step.channel == talk.channel.id
            if handed and abs(step.at - ended_at) <= SECOND:
                return EndedBy.TRANSFER, None
        customer = self.cast.customer
        legs = [leg for leg in (talk.channel, customer) if leg is not None]
        ends = [leg for leg in legs if leg.ended_at and abs(leg.ended_at - ended_at) <= SECOND]
        if not ends:
            return None, None
        faults = [leg.cause for leg in ends if _is_fault(leg.cause)]
        return self._ended_by(ends), faults[0] if faults else ends[0].cause

    def _ended_by(self, legs: Sequence[Channel]) -> str | None:
        """Tell who ended it: a fault, the one who asked for it, or the phone system."""
        named = [leg.ended_by for leg in legs if leg.ended_by is not None]
        by_dialplan = any(name.startswith("dialplan/") for name in named)
        if not by_dialplan and any(_is_fault(leg.cause) for leg in legs):
            return EndedBy.NETWORK
        if named:
            return self._by_name(next((name for name in named if name), ""))
        if any(s.act in (Act.ASKED_TO_END, Act.TOLD_TO_END) for s in self.steps):
            return self._by_request()
        return None

    def _by_request(self) -> str:
        asked = {step.channel for step in self.steps if step.act is Act.ASKED_TO_END}
        customer = self.cast.customer
        if customer is not None and customer.id in asked:
            return EndedBy.CALLER
        real = (c for c in asked if self.cast.roles.get(c) is not Role.GO_BETWEEN)
        return EndedBy.AGENT if any(real) else EndedBy.SYSTEM

    def _by_name(self, named: str) -> str:
        customer = self.cast.customer
        if customer is not None and named == customer.name:
            return EndedBy.CALLER
        if any(named == channel.name for channel in self.cast.channels.values()):
            return EndedBy.AGENT
        return EndedBy.SYSTEM

    def _held(self, spoken: Sequence[Talk], stays: Sequence[Visit]) -> Iterator[Event]:
        """Yield when the customer, who had spoken with a person, heard music or was parked."""
        customer = self.cast.customer
        if customer is None or not spoken:
            return
        begun: Step | None = None
        connected = False
        for step in self.steps:
            if step.channel != customer.id:
                continue
            connected = _is_connected(step, connected=connected)
            if step.at < spoken[0].began_at:
                continue
            music = step.sound == "moh" and connected and not _waits(stays, step.at)
            if step.act is Act.PARKED or (step.act is Act.HEARS and music):
                begun = begun or step
            elif begun is not None and _releases(step, begun):
                yield from self._hold(begun, step.at)
                begun = None
        if begun is not None:
            yield from self._hold(begun, None)

    def _hold(self, begun: Step, ended_at: int | None) -> Iterator[Event]:
        parked = begun.act is Act.PARKED
        start = Kind.PARK_STARTED if parked else Kind.HOLD_STARTED
        yield self._event(begun.at, start)
        if ended_at is not None:
            end = self._event(ended_at, Kind.PARK_ENDED if parked else Kind.HOLD_ENDED)
            yield replace(end, value=(ended_at - begun.at) // 1000)

    def _handed_on(self) -> Iterator[Event]:
        parked = [step.at for step in self.steps if step.act is Act.PARKED]
        for step in self.steps:
            if step.act not in (Act.BLIND, Act.ATTENDED):
                continue
            if any(abs(at - step.at) <= SECOND for at in parked):
                continue
            channel = self.cast.channels.get(step.channel)
            yield self._event(
                step.at,
                Kind.TRANSFER_STARTED,
                agent=self._name(channel) if channel else None,
                party=step.exten or None,
                reason=step.act.value,
            )

    def _passed(self) -> Iterator[Event]:
        for passed in stages(self.steps, self.cast, self.site):
            yield self._event(
                passed.at,
                passed.kind,
                text=passed.text or None,
                reason=passed.reason,
                value=passed.value,
                party=passed.party,
            )

    def _sounded(self) -> Iterator[Event]:
        """Say how each leg that is over sounded, the worse of its two ways."""
        reports = [step for step in self.steps if step.act is Act.SOUNDED]
        for channel in self.cast.channels.values():
            told = sounded(reports, channel.id)
            if told is not None and channel.ended_at is not None:
                event = self._with(channel, channel.ended_at, Kind.TALK_QUALITY, None)
                yield replace(event, text=told)

    def _ended(self, spoken: Sequence[Talk]) -> Iterator[Event]:
        customer = self.cast.customer
        channels = self.cast.channels.values()
        if customer is not None and customer.ended_at is not None:
            ended_at = customer.ended_at
        elif customer is None and all(c.ended_at is not None for c in channels):
            ended_at = max(c.ended_at or 0 for c in channels)
        else:
            return
        yield self._event(
            ended_at,
            Kind.CALL_ENDED,
            reason=self._ended_in_the_end(spoken),
            q850=customer.cause if customer else None,
            text=self._failure(spoken),
        )

    def _ended_in_the_end(self, spoken: Sequence[Talk]) -> str | None:
        customer, ours = self.cast.customer, self.cast.ours
        if customer is None:
            return self._never_dialled(ours)
        if customer.cause == 26 and not spoken:
            return "elsewhere"
        if ours is not None and ours.ended_itself():
            return EndedBy.AGENT
        if spoken:
            return self._ended_by([customer, *[t.channel for t in spoken[-1:] if t.ended_at]])
        by = EndedBy.SYSTEM if customer.dial_status in _NOT_THERE else self._ended_by([customer])
        # a phone that refuses ends its own ring; the caller is then sent away by the dialplan
        came_in = self.cast.direction in (Direction.INBOUND, Direction.INTERNAL)
        return EndedBy.SYSTEM if by is EndedBy.AGENT and came_in else by

    def _never_dialled(self, ours: Channel | None) -> str | None:
        """Tell who ended a call of ours for which the customer was never dialled."""
        if ours is None or ours.answered_at is not None:
            return None
        refused = attempt_result(ours.cause) in (AttemptResult.REJECTED, AttemptResult.BUSY)
        return EndedBy.AGENT if refused else EndedBy.SYSTEM

    def _failure(self, spoken: Sequence[Talk]) -> str | None:
        """Say why somebody whom we called did not speak with us."""
        if spoken or self.cast.direction not in (Direction.OUTBOUND, Direction.CALLBACK):
            return None
        return _failure(self.cast.customer)


def _is_fault(cause: int | None) -> bool:
    found = cause_of(cause)
    return found is not None and found.fault in _FAULTS


def _failure(customer: Channel | None) -> str:
    """Tell why somebody whom we called did not speak with us."""
    if customer is None:
        return "failed"
    code = customer.cause
    if code in (17, 21):
        return "busy" if code == 17 else "rejected"
    if code in (1, 22, 28):
        return "invalid_number"
    return "failed" if _is_fault(code) else "no_answer"


def _is_connected(step: Step, *, connected: bool) -> bool:
    """Tell whether a channel is in a bridge after a step: music heard elsewhere is no hold."""
    if step.act in (Act.ENTERED, Act.LEFT):
        return step.act is Act.ENTERED
    return connected


def _waits(stays: Sequence[Visit], at: int) -> bool:
    return any(v.began_at <= at <= (v.ended_at or at) for v in stays)


def _releases(step: Step, begun: Step) -> bool:
    if begun.act is Act.PARKED:
        return step.act in (Act.UNPARKED, Act.HUNG_UP)
    return step.act in (Act.HEARD, Act.HUNG_UP) or (step.act is Act.UNHELD)
