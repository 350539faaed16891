"""The story of a call from the rows of a mapped CSV: one row per call, or one per leg."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from everycall.events import AgentKind, AttemptResult, EndedBy, Event, Exit, Kind
from everycall.sources.base import Record
from everycall.sources.mapping_course import (
    EXITS,
    FAILURES,
    RINGS,
    VAGUE,
    Course,
    Moment,
)
from everycall.sources.mapping_settings import Grain, LegKind, Mapping, Result

_ALONE = frozenset({Result.NO_ANSWER, Result.REJECTED, Result.BUSY, Result.UNREACHABLE})
"""What only a phone can answer to a call, even where nobody is named."""

_REFUSED = {Result.REFUSED: "capacity", Result.BLOCKED: "blocked"}


def translate(mapping: Mapping, call: str | None, records: Sequence[Record]) -> Iterator[Event]:
    """Yield the events of one call; its records are all that was written of it."""
    if call is None or not records:
        return
    courses = [Course.of(record, mapping) for record in records]
    if len(courses) > 1:
        courses.sort(key=_order)
    story = _Story(call, courses, mapping)
    yield from sorted(story.events(), key=lambda event: event.at)


def _order(course: Course) -> tuple[int, str]:
    return course.arrived, repr(sorted(course.body.items()))


@dataclass(frozen=True, slots=True)
class _Story:
    """The rows of one call, while its story is told."""

    call_id: str
    rows: Sequence[Course]
    mapping: Mapping

    def events(self) -> Iterator[Event]:
        yield self._arrived()
        if not self.mapping.carrier:
            yield from self._inside()
        yield from self._refused()
        yield self._ended()

    def _event(self, moment: Moment, kind: Kind) -> Event:
        return Event(moment.at, kind, self.call_id, moment.resolution)

    def _first(self, name: str) -> str | None:
        return next((found for row in self.rows if (found := row.text(name))), None)

    def _arrived(self) -> Event:
        first = next((row for row in self.rows if row.direction), self.rows[0])
        customer = "to_number" if first.we_called else "from_number"
        return replace(
            self._event(self.rows[0].start, Kind.CALL_ARRIVED),
            direction=first.direction,
            caller_raw=self._first("caller") or first.text(customer),
            called=self._first("called") or first.text("to_number"),
            trunk=self._first("trunk"),
            client=self._first("client") or self.mapping.always.client or None,
            language=self._first("language"),
        )

    def _inside(self) -> Iterator[Event]:
        if self.mapping.grain is Grain.CALL:
            for row in self.rows:
                yield from self._call(row)
        else:
            yield from self._named_queues()
            for row in self.rows:
                yield from self._leg(row)

    def _call(self, row: Course) -> Iterator[Event]:
        yield from self._menu(row)
        if row.queued:
            yield from self._stay(row)
        yield from self._phone(row)
        yield from self._extras(row)

    def _leg(self, row: Course) -> Iterator[Event]:
        match row.kind:
            case LegKind.QUEUE:
                if row.text("kind"):
                    yield from self._stay(row)
            case LegKind.MENU:
                yield replace(self._event(row.start, Kind.MENU_ENTERED), text=row.text("agent"))
            case LegKind.VOICEMAIL:
                yield self._event(row.start, Kind.VOICEMAIL_REACHED)
            case LegKind.BOT:
                yield self._event(row.start, Kind.BOT_ENTERED)
                yield self._event(row.end, Kind.BOT_ENDED)
            case LegKind.LINE | LegKind.DEVICE:
                yield from self._menu(row)
            case _:
                yield from self._phone(row)
        yield from self._extras(row)

    def _menu(self, row: Course) -> Iterator[Event]:
        menu, choice = row.menu, row.text("menu_choice")
        if menu is not None or choice is not None:
            yield self._event(menu or row.start, Kind.MENU_ENTERED)
        if choice is not None:
            yield replace(self._event(row.menu_left or row.start, Kind.MENU_CHOSE), text=choice)

    def _stay(self, row: Course) -> Iterator[Event]:
        queue = row.text("queue") or self.mapping.always.queue or self.mapping.name
        entered = replace(self._event(row.entered, Kind.QUEUE_ENTERED), queue=queue)
        yield entered
        exit_ = EXITS.get(row.result) if row.result else None
        yield replace(
            entered,
            at=max(row.left.at, row.entered.at),
            kind=Kind.QUEUE_LEFT,
            resolution=row.left.resolution,
            reason=exit_ or self._nobody_answered(),
            value=row.lasted("wait"),
            agent=row.text("agent") if exit_ is Exit.ANSWERED else None,
        )

    def _nobody_answered(self) -> Exit | None:
        exit_ = self.mapping.always.queue_exit
        return EXITS.get(exit_) if exit_ else None

    def _named_queues(self) -> Iterator[Event]:
        """Yield a stay for each queue that the legs of phones name, where no leg is its own."""
        if any(row.kind is LegKind.QUEUE and row.text("kind") for row in self.rows):
            return
        for queue in dict.fromkeys(found for row in self.rows if (found := row.text("queue"))):
            rows = [row for row in self.rows if row.text("queue") == queue]
            yield from self._named_queue(queue, rows)

    def _named_queue(self, queue: str, rows: Sequence[Course]) -> Iterator[Event]:
        entered = replace(self._event(rows[0].entered, Kind.QUEUE_ENTERED), queue=queue)
        yield entered
        taken = [row for row in rows if row.result is Result.ANSWERED]
        left = min((row.answered for row in taken), key=lambda m: m.at, default=None)
        exits = (EXITS[row.result] for row in reversed(rows) if row.result in _EXIT_OF_LEG)
        reason = Exit.ANSWERED if taken else next(exits, None) or self._nobody_answered()
        moment = left or max((row.end for row in rows), key=lambda m: m.at)
        yield replace(
            entered,
            at=moment.at,
            kind=Kind.QUEUE_LEFT,
            resolution=moment.resolution,
            reason=reason,
            agent=taken[0].text("agent") if taken else None,
        )

    def _phone(self, row: Course) -> Iterator[Event]:
        answered = row.result is Result.ANSWERED
        if not row.we_called and self._rang(row):
            yield from self._ring(row)
        if answered and row.agent_kind is not AgentKind.DEVICE:
            yield from self._talk(row)

    def _rang(self, row: Course) -> bool:
        """Tell whether a row shows a phone that rang."""
        named = row.text("agent") is not None
        shown = row.number("rang") is not None or bool(row.lasted("ring"))
        if row.queued and not named:
            return False
        if self.mapping.grain is Grain.LEG:
            return named or shown
        if row.result is Result.ANSWERED:
            return True
        return shown or row.result in _ALONE or (named and row.result in RINGS)

    def _ring(self, row: Course) -> Iterator[Event]:
        stopped = self._stopped(row)
        began = row.said("rang") or row.before(stopped, "ring") or self._leg_start(row)
        rang = replace(
            self._event(began or Moment(stopped.at, VAGUE), Kind.AGENT_RANG),
            agent=row.text("agent"),
            agent_kind=row.agent_kind,
            queue=row.text("queue") if self._in_queue(row) else None,
        )
        yield rang
        yield replace(
            rang,
            at=max(stopped.at, rang.at),
            kind=Kind.AGENT_STOPPED,
            resolution=stopped.resolution if began else VAGUE,
            reason=RINGS.get(row.result or Result.NO_ANSWER, AttemptResult.NO_ANSWER),
            value=row.lasted("ring"),
        )

    def _stopped(self, row: Course) -> Moment:
        """Return when a phone stopped ringing."""
        if row.result is Result.ANSWERED:
            return row.answered
        if self.mapping.grain is Grain.CALL and row.queued:
            return row.left
        began = row.said("rang") or self._leg_start(row) or row.menu_left or row.start
        return row.after(began, "ring") or row.end

    def _leg_start(self, row: Course) -> Moment | None:
        return row.start if self.mapping.grain is Grain.LEG else None

    def _in_queue(self, row: Course) -> bool:
        return row.queued or (self.mapping.grain is Grain.LEG and row.text("queue") is not None)

    def _talk(self, row: Course) -> Iterator[Event]:
        began = replace(
            self._event(row.answered, Kind.TALK_STARTED),
            agent=row.text("agent"),
            agent_kind=row.agent_kind,
            queue=self._talk_queue(row),
        )
        yield began
        ended_by, talk, hold = row.text("ended_by"), row.lasted("talk"), row.lasted("hold")
        if hold and talk is not None and not self.mapping.durations.talk_includes_hold:
            talk += hold
        ended = row.talk_ended
        yield replace(
            began,
            at=max(ended.at, row.answered.at),
            kind=Kind.TALK_ENDED,
            resolution=ended.resolution,
            reason=EndedBy(ended_by) if ended_by else None,
            value=talk,
        )
        yield from self._hold(row, hold)
        if row.text("transfer_to"):
            handed = replace(self._event(ended, Kind.TRANSFER_STARTED), reason="blind")
            yield replace(handed, agent=row.text("agent"), party=row.text("transfer_to"))

    def _talk_queue(self, row: Course) -> str | None:
        if not self._in_queue(row):
            return None
        return row.text("queue") or self.mapping.always.queue or self.mapping.name

    def _hold(self, row: Course, hold: int | None) -> Iterator[Event]:
        """Yield the sum of the holds of a talk; when they were is not known."""
        if hold:
            moment = Moment(row.answered.at + hold * 1000, VAGUE)
            yield replace(self._event(moment, Kind.HOLD_ENDED), value=hold)

    def _extras(self, row: Course) -> Iterator[Event]:
        end = row.end
        tag = row.text("tag")
        if tag is not None:
            yield replace(self._event(end, Kind.CALL_TAGGED), text=tag)
        match row.result:
            case Result.VOICEMAIL:
                yield self._event(end, Kind.VOICEMAIL_REACHED)
            case Result.MESSAGE:
                yield self._event(end, Kind.VOICEMAIL_REACHED)
                yield self._event(end, Kind.VOICEMAIL_LEFT)
            case Result.CALLBACK:
                yield self._event(end, Kind.CALLBACK_REQUESTED)
            case Result.CLOSED:
                yield self._event(end, Kind.CALL_CLOSED)
            case Result.SELF_SERVED:
                yield self._event(end, Kind.INFO_PLAYED)

    def _refused(self) -> Iterator[Event]:
        for row in self.rows:
            reason = self._refusal(row)
            if reason and not row.we_called:
                refused = replace(self._event(row.start, Kind.CALL_REFUSED), reason=reason)
                yield _with_codes(refused, row)

    def _refusal(self, row: Course) -> str | None:
        if row.result is Result.FAILED:
            return None if row.queued or self._rang(row) else "network"
        return _REFUSED.get(row.result) if row.result else None

    def _ended(self) -> Event:
        last = max(self.rows, key=lambda row: row.end.at)
        ended = _with_codes(self._event(last.end, Kind.CALL_ENDED), last)
        # a carrier's word on who hung up would claim that a call was ours that never got in
        return ended if self.mapping.carrier else self._with_reason(ended, last)

    def _with_reason(self, ended: Event, last: Course) -> Event:
        results = [row.result for row in self.rows]
        said = last.text("ended_by")
        reason = EndedBy(said) if said else _ENDED_BY.get(last.result or Result.ANSWERED)
        if Result.ELSEWHERE in results and Result.ANSWERED not in results:
            return replace(ended, reason="elsewhere")
        if self.rows[0].we_called and Result.ANSWERED not in results:
            failure = next((FAILURES[r] for r in reversed(results) if r in FAILURES), None)
            return replace(ended, reason=reason, text=failure)
        return replace(ended, reason=reason)


def _with_codes(event: Event, row: Course) -> Event:
    return replace(event, sip_code=row.number("sip_code"), q850=row.number("q850"))


_EXIT_OF_LEG = frozenset(EXITS) - {Result.ANSWERED, Result.NO_ANSWER}
"""What a leg may say of why the caller left the queue; a phone that was not answered says nothing."""

_ENDED_BY = {
    Result.CALLER: EndedBy.CALLER,
    Result.CANCELLED: EndedBy.CALLER,
    Result.FAILED: EndedBy.NETWORK,
    Result.TIMEOUT: EndedBy.SYSTEM,
    Result.CLOSED: EndedBy.SYSTEM,
    Result.CLOSING: EndedBy.SYSTEM,
    Result.FULL: EndedBy.SYSTEM,
    Result.UNSTAFFED: EndedBy.SYSTEM,
}
"""Who ended a call, by what became of it, where no column says it."""
