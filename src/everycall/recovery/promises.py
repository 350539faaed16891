"""What happens to promises: decided here, kept by whoever stores them, who is passed in."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from everycall.recovery.deadlines import Deadline
from everycall.recovery.evidence import Ended, Finding, Verdict, judge
from everycall.recovery.owing import Owed, OwingSettings, owed
from everycall.recovery.states import Move, State, arrow


@dataclass(frozen=True, slots=True)
class Promise:
    """A call back that is owed to one caller.

    Attributes:
        caller: the number, as E.164 or as it was received.
        misses: how often the caller was missed; `tries`: how often we called.
        owner: who has taken it; null if nobody has.
        joins: later calls of the number may join and close it without being asked.
    """

    id: int
    caller: str
    client: str | None
    state: State
    made_at: datetime
    missed_at: datetime
    due: Deadline
    misses: int = 1
    tries: int = 0
    requested: bool = False
    message_left: bool = False
    joins: bool = True
    owner: str | None = None
    next_at: datetime | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A move to be made: who, why, and what changes beside the state."""

    move: Move
    who: str
    why: str
    call_id: str | None = None
    tries: int | None = None
    next_at: datetime | None = None
    lease_until: datetime | None = None
    message_left: bool | None = None
    owner: str | None = None


class Promises(Protocol):
    """Where promises are kept. A move goes through only if nobody else moved first."""

    def find_open(self, caller: str, client: str | None) -> Promise | None:
        """Return the open promise to a caller; there is at most one."""

    def make(self, what: Owed, due: Deadline, now: datetime) -> Promise | None:
        """Make a promise; None if there is one already."""

    def miss_again(self, promise: Promise, call: Ended) -> bool:
        """Count another miss of the same caller, once for each call."""

    def suggest(self, promise: Promise, call: Ended, finding: Finding) -> bool:
        """Note what a call may mean, for a person to confirm; once for each call."""

    def move(self, promise: Promise, step: Step, now: datetime) -> bool:
        """Make a move if the promise is still where it was; False if it is not."""

    def pending(self, promise: Promise) -> Finding | None:
        """Return what was proved while the number was being dialled, and closes it after that."""

    def put_off(self, promise: Promise, call: Ended, finding: Finding) -> bool:
        """Keep what a call proves until the dialling is over; once for each call."""

    def together(self) -> AbstractContextManager[object]:
        """Keep everything that is done inside, or nothing of it."""

    def is_taken(self, call_id: str) -> bool:
        """Tell whether a call has been taken already."""

    def taken(self, call_id: str, now: datetime) -> None:
        """Note that a call has been taken."""

    def overdue(self, now: datetime) -> Iterable[Promise]:
        """Return open promises whose lease, or whose time, is over."""


def take(
    call: Ended,
    promises: Promises,
    due: Deadline,
    settings: OwingSettings,
    now: datetime,
) -> str:
    """Let a finished call make, join or close a promise; returns what it did, in words.

    The same call may come any number of times: it is taken once.
    """
    with promises.together():
        if promises.is_taken(call.call_id):
            return "taken before"
        said = _take(call, promises, due, settings, now)
        promises.taken(call.call_id, now)
    return said


def _take(
    call: Ended, promises: Promises, due: Deadline, settings: OwingSettings, now: datetime
) -> str:
    found = promises.find_open(call.caller, call.client) if call.caller else None
    if found is not None:
        return _close(call, found, promises, settings, now)
    what = owed(call, settings)
    if what is None:
        return "nothing is owed"
    if what.caller is None:
        return "not returnable: the number was withheld"
    made = promises.make(what, due, now)
    return "a promise was made" if made is not None else "there is a promise already"


def _close(
    call: Ended, found: Promise, promises: Promises, settings: OwingSettings, now: datetime
) -> str:
    finding = judge(call, found.made_at)
    if finding.verdict is Verdict.NOTHING:
        return finding.reason
    if not finding.certain or not found.joins:
        promises.suggest(found, call, finding)
        return f"suggested: {finding.reason}"
    if finding.verdict is Verdict.AGAIN:
        promises.miss_again(found, call)
        return finding.reason
    if found.state is State.DIALLING:
        promises.put_off(found, call, finding)
        return f"{finding.reason}; it is closed when the dialling is over"
    step = after(found, finding, call.call_id, settings, now)
    if step is not None and not promises.move(found, step, now):
        # it moved in between: what it is now decides
        return _close_anew(call, found, promises, settings, now)
    return finding.reason


def _close_anew(
    call: Ended, before: Promise, promises: Promises, settings: OwingSettings, now: datetime
) -> str:
    found = promises.find_open(before.caller, before.client)
    if found is None or found.id != before.id:
        return "somebody else was quicker"
    return _close(call, found, promises, settings, now)


def dialled(
    promise: Promise, step: Step, promises: Promises, settings: OwingSettings, now: datetime
) -> bool:
    """End the dialling of a promise: as it ended, unless something closed it in the meantime."""
    with promises.together():
        finding = promises.pending(promise)
        back = replace(step, next_at=None) if finding is not None else step
        if not promises.move(promise, back, now):
            return False
        if finding is None or not arrow(step.move).target.is_open:
            return True
        returned = replace(promise, state=arrow(step.move).target, owner=back.owner)
        closing = after(returned, finding, step.call_id or "", settings, now)
        return closing is None or promises.move(returned, closing, now)


def after(
    promise: Promise, finding: Finding, call_id: str, settings: OwingSettings, now: datetime
) -> Step | None:
    """Return the move that a finding asks for."""
    who = "the calls"
    match finding.verdict:
        case Verdict.HELPED:
            return Step(Move.KEEP, who, finding.reason, call_id)
        case Verdict.RETURNED:
            return Step(Move.WITHDRAW, who, finding.reason, call_id)
        case Verdict.TRIED | Verdict.MESSAGE:
            return _tried(promise, finding, call_id, settings, now)
        case _:
            return None


def _tried(
    promise: Promise, finding: Finding, call_id: str, settings: OwingSettings, now: datetime
) -> Step:
    tries = promise.tries + 1
    if tries >= settings.tries:
        return Step(Move.GIVE_UP, "the calls", finding.reason, call_id, tries=tries)
    left = finding.verdict is Verdict.MESSAGE
    on_the_line = promise.state in (State.DIALLING, State.TALKING)
    move = (Move.LEFT_MESSAGE if left else Move.NOT_REACHED) if on_the_line else Move.GIVE_BACK
    return Step(
        move,
        "the calls",
        finding.reason,
        call_id,
        tries=tries,
        next_at=now + settings.gap,
        message_left=left or None,
    )


def tidy(
    promises: Promises,
    settings: OwingSettings,
    now: datetime,
    on_the_line: Callable[[Promise], bool | None],
) -> int:
    """Return leases that ran out and end promises whose days have passed; how many moved.

    Whoever dials and goes silent leaves a call that may still ring: the promise goes back only when
    `on_the_line` proves that no call is on, by False; None is no proof.
    """
    moved = 0
    for promise in promises.overdue(now):
        step = _overdue(promise, settings, now, on_the_line)
        moved += step is not None and promises.move(promise, step, now)
    return moved


def _overdue(
    promise: Promise,
    settings: OwingSettings,
    now: datetime,
    on_the_line: Callable[[Promise], bool | None],
) -> Step | None:
    silent = _over(promise.lease_until, now)
    if promise.state is State.CLAIMED and silent:
        return Step(Move.LEASE_ENDED, "everycall", "nothing happened for the time of the lease")
    if (
        promise.state in (State.DIALLING, State.TALKING)
        and silent
        and on_the_line(promise) is False
    ):
        return Step(Move.DIAL_LOST, "everycall", "whoever dialled went silent, and no call is on")
    if promise.state is State.WAITING and promise.made_at + settings.lasts <= now:
        return Step(Move.EXPIRE, "everycall", "its last day has passed")
    return None


def _over(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def rank(promise: Promise, now: datetime) -> tuple[bool, bool, datetime, int]:
    """Return the place of a promise in the list of what to do next: the smallest is next.

    Those that may not be tried yet come last; who already has our message waits behind the
    others; then what is due first; then who called most often.
    """
    later = promise.next_at is not None and promise.next_at > now
    due = min(d for d in (promise.due.business, promise.due.clock) if d is not None)
    return later, promise.message_left and not promise.requested, due, -promise.misses
