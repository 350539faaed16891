"""What a row of a mapped CSV says of the course of a call, with what it leaves out worked out."""

from collections.abc import Mapping as Table
from dataclasses import dataclass
from functools import cached_property

from everycall.events import AgentKind, AttemptResult, Direction, Exit
from everycall.sources.base import Record
from everycall.sources.mapping_settings import Grain, LegKind, Mapping, Queued, Result

SECOND = 1_000_000
VAGUE = 3 * SECOND
"""The resolution of a moment that no duration may be worked out from."""

EXITS = {
    Result.ANSWERED: Exit.ANSWERED,
    Result.CALLER: Exit.CALLER,
    Result.CANCELLED: Exit.CALLER,
    Result.TIMEOUT: Exit.TIMEOUT,
    Result.NO_ANSWER: Exit.TIMEOUT,
    Result.VOICEMAIL: Exit.TIMEOUT,
    Result.MESSAGE: Exit.TIMEOUT,
    Result.EMPTY: Exit.EMPTY,
    Result.FULL: Exit.FULL,
    Result.UNSTAFFED: Exit.UNSTAFFED,
    Result.KEY: Exit.KEY,
    Result.CALLBACK: Exit.KEY,
    Result.CLOSING: Exit.CLOSING,
    Result.CLOSED: Exit.CLOSING,
    Result.WITHDRAWN: Exit.WITHDRAWN,
    Result.MOVED: Exit.MOVED,
    Result.FAILED: Exit.SYSTEM,
}
"""Why a caller left the queue, by what became of the call."""

RINGS = {
    Result.ANSWERED: AttemptResult.ANSWERED,
    Result.NO_ANSWER: AttemptResult.NO_ANSWER,
    Result.TIMEOUT: AttemptResult.NO_ANSWER,
    Result.VOICEMAIL: AttemptResult.NO_ANSWER,
    Result.MESSAGE: AttemptResult.NO_ANSWER,
    Result.REJECTED: AttemptResult.REJECTED,
    Result.BUSY: AttemptResult.BUSY,
    Result.UNREACHABLE: AttemptResult.UNREACHABLE,
    Result.FAILED: AttemptResult.UNREACHABLE,
    Result.CALLER: AttemptResult.CANCELLED,
    Result.CANCELLED: AttemptResult.CANCELLED,
    Result.ELSEWHERE: AttemptResult.ELSEWHERE,
}
"""How a phone's ring ended, by what became of the call or leg."""

FAILURES = {
    Result.BUSY: "busy",
    Result.REJECTED: "rejected",
    Result.FAILED: "failed",
    Result.REFUSED: "failed",
    Result.BLOCKED: "failed",
    Result.UNREACHABLE: "failed",
    Result.INVALID_NUMBER: "invalid_number",
    Result.MACHINE: "machine",
    Result.VOICEMAIL: "machine",
}
"""Why a call that we made came to nothing."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment and how exact it is, in microseconds."""

    at: int
    resolution: int = SECOND


@dataclass(frozen=True)
class Course:
    """A row: what it says, and what follows from it."""

    arrived: int
    body: Table[str, str | int]
    mapping: Mapping

    @classmethod
    def of(cls, record: Record, mapping: Mapping) -> "Course":
        """Make it of a record."""
        return cls(record.at, record.body, mapping)

    def text(self, name: str) -> str | None:
        """Return a word; null where the row has none."""
        found = self.body.get(name)
        return str(found) if found is not None else None

    def number(self, name: str) -> int | None:
        """Return a duration in milliseconds or a code; null where the row has none."""
        found = self.body.get(name)
        return int(found) if found is not None else None

    def lasted(self, name: str) -> int | None:
        """Return a duration that can be one."""
        found = self.number(name)
        return found if found is not None and found >= 0 else None

    @cached_property
    def resolution(self) -> int:
        """How exact its moments are."""
        return self.number("resolution") or SECOND

    def said(self, name: str) -> Moment | None:
        """Return a moment that has a column; one before the arrival is as vague as it is wrong."""
        at = self.number(name)
        if at is None:
            return None
        if at < self.arrived:
            return Moment(self.arrived, max(VAGUE, self.arrived - at))
        return Moment(at, self.resolution)

    def after(self, start: Moment | None, name: str) -> Moment | None:
        """Return the moment that is a duration after another."""
        lasted = self.lasted(name)
        if start is None or lasted is None:
            return None
        return Moment(start.at + lasted * 1000, start.resolution)

    def before(self, end: Moment | None, name: str) -> Moment | None:
        """Return the moment that is a duration before another."""
        lasted = self.lasted(name)
        if end is None or lasted is None:
            return None
        return Moment(max(end.at - lasted * 1000, self.arrived), end.resolution)

    @cached_property
    def direction(self) -> Direction | None:
        """Where it came from."""
        found = self.text("direction")
        return Direction(found) if found else None

    @property
    def we_called(self) -> bool:
        """Whether it is a call of ours."""
        return self.direction in (Direction.OUTBOUND, Direction.CALLBACK)

    @cached_property
    def result(self) -> Result | None:
        """What became of it; where no column says it, a talk says that it was answered."""
        found = self.text("result")
        if found is not None:
            return Result(found)
        if self.number("answered") is not None or self.lasted("talk"):
            return Result.ANSWERED
        return None

    @cached_property
    def kind(self) -> LegKind:
        """What a leg was to; where no column says it, whom it names."""
        found = self.text("kind")
        if found is not None:
            return LegKind(found)
        if self.mapping.grain is Grain.CALL or self.text("agent"):
            return LegKind.AGENT
        return LegKind.QUEUE if self.text("queue") else LegKind.LINE

    @property
    def agent_kind(self) -> AgentKind:
        """Who answered; a person, where no column says otherwise."""
        by_leg = {
            LegKind.BOT: AgentKind.BOT,
            LegKind.DEVICE: AgentKind.DEVICE,
            LegKind.VOICEMAIL: AgentKind.DEVICE,
            LegKind.EXTERNAL: AgentKind.EXTERNAL,
        }
        found = self.text("agent_kind")
        return AgentKind(found) if found else by_leg.get(self.kind, AgentKind.PERSON)

    @cached_property
    def queued(self) -> bool:
        """Whether the caller entered a queue."""
        match self._shown_by():
            case Queued.ENTERED:
                return self.number("queue_entered") is not None
            case Queued.NAMED:
                return self.text("queue") is not None
            case Queued.WAITED:
                return (self.lasted("wait") or 0) > 0
        return False

    def _shown_by(self) -> Queued | None:
        if self.mapping.queued is not None:
            return self.mapping.queued
        mapped = self.mapping.mapped
        by_column = (
            ("queue_entered", Queued.ENTERED),
            ("queue", Queued.NAMED),
            ("wait", Queued.WAITED),
        )
        named = Queued.NAMED if self.mapping.always.queue else None
        return next((shown for name, shown in by_column if name in mapped), named)

    @cached_property
    def start(self) -> Moment:
        """When it arrived."""
        return Moment(self.arrived, self.resolution)

    @cached_property
    def menu(self) -> Moment | None:
        """When the caller came into the menu; null where there was none."""
        given = self.said("menu_entered")
        return given or (self.start if self.lasted("menu") or self.said("menu_left") else None)

    @cached_property
    def menu_left(self) -> Moment | None:
        """When the caller left the menu."""
        return self.said("menu_left") or self.after(self.menu, "menu")

    @cached_property
    def entered(self) -> Moment:
        """When the caller entered the queue."""
        left = self.said("queue_left") or self.said("answered")
        given = self.said("queue_entered") or self.before(left, "wait") or self.menu_left
        return given or Moment(self.arrived, VAGUE if "menu" in self.mapping.mapped else SECOND)

    @cached_property
    def left(self) -> Moment:
        """When the caller left the queue."""
        given = self.said("queue_left") or self.after(self.entered, "wait")
        if given is not None:
            return given
        return (self._answered() if self.result is Result.ANSWERED else None) or self.end

    def _answered(self) -> Moment | None:
        given = self.said("answered") or self.before(self.said("talk_ended"), "talk")
        return given or self.after(self.said("rang"), "ring")

    @cached_property
    def answered(self) -> Moment:
        """When a person began to speak."""
        given = self._answered()
        if given is not None:
            return given
        if self.queued and (self.said("queue_left") or self.lasted("wait") is not None):
            return self.left
        by_end = self.before(self._said_end(), "talk") or self.after(self.menu_left, "ring")
        rung = self.after(self.start, "ring")
        return by_end or rung or Moment((self.menu_left or self.start).at, VAGUE)

    @cached_property
    def talk_ended(self) -> Moment:
        """When the talk ended."""
        given = self.said("talk_ended") or self.after(self.answered, "talk") or self._said_end()
        return given or Moment(self.answered.at, VAGUE)

    def _said_end(self) -> Moment | None:
        return self.said("ended") or self.after(self.start, "total")

    @cached_property
    def end(self) -> Moment:
        """When it ended: as it is said, or the last thing that is known of it."""
        given = self._said_end()
        if given is not None:
            return given
        names = ("menu_left", "queue_left", "answered", "talk_ended", "queue_entered", "rang")
        known = [found for name in names if (found := self.said(name)) is not None]
        known += [found for found in self._worked_out() if found is not None]
        return max([self.start, *known], key=lambda moment: moment.at)

    def _worked_out(self) -> list[Moment | None]:
        found = [self.menu_left]
        if self.queued and self.lasted("wait") is not None:
            found.append(self.after(self.entered, "wait"))
        if self.result is Result.ANSWERED and self.lasted("talk") is not None:
            found.append(self.after(self.answered, "talk"))
        if self.lasted("ring") is not None and not self.queued:
            found.append(self.after(self.said("rang") or self.menu_left or self.start, "ring"))
        return found
