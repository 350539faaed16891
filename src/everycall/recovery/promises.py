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
        first_call: the call that made it; it cannot be its own second miss.
        doubt: a call may have reached them unseen, so only a person dials again.
        place_at: since when the caller stood in line, if the place was kept.
        number: the number that was called.
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
    first_call: str = ""
    queue: str | None = None
    language: str | None = None
    doubt: bool = False
    place_at: datetime | None = None
    number: str | None = None


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
    doubt: bool | None = None


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

    def not_returnable(self, what: Owed) -> bool:
        """Note a caller who cannot be called back, once for each call."""

    def is_taken(self, call: Ended) -> str | None:
        """Return the outcome with which a call was taken, under whatever id; None if it was not."""

    def taken(self, call: Ended, now: datetime) -> None:
        """Note that a call has been taken as it is now."""

    def known(self, calls: Iterable[Ended]) -> set[str]:
        """Return the ids of those calls that were taken as they are."""

    def taken_as(self, call_id: str, outcome: str, now: datetime) -> None:
        """Note that a call of our own was taken already, by how its dialling ended."""

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

    The same call may come any number of times: it is taken once, and again only if more was heard of
    it in the meantime and it ended otherwise than was thought.
    """
    with promises.together():
        before = promises.is_taken(call)
        if before in ("", call.outcome):
            return "taken before"
        said = _take(call, promises, due, settings, now, before=before)
        promises.taken(call, now)
    return said


def _take(
    call: Ended,
    promises: Promises,
    due: Deadline,
    settings: OwingSettings,
    now: datetime,
    *,
    before: str | None,
) -> str:
    who, known = call.owed_to, before is not None
    found = promises.find_open(who, call.client) if who else None
    if found is not None:
        return _close(call, found, promises, settings, now, known=known)
    what = owed(call, settings)
    if what is None:
        return "nothing is owed"
    if before is not None and owed(replace(call, outcome=before), settings) is not None:
        return "it was missed before, by another name"
    if what.caller is None:
        promises.not_returnable(what)
        return "not returnable: the number was withheld"
    made = promises.make(what, due, now)
    return "a promise was made" if made is not None else "there is a promise already"


_COUNTED = (Verdict.AGAIN, Verdict.TRIED, Verdict.MESSAGE)
"""What a call counts once: hearing more of it later does not count it again."""


def _close(
    call: Ended,
    found: Promise,
    promises: Promises,
    settings: OwingSettings,
    now: datetime,
    *,
    known: bool = False,
) -> str:
    finding = _judged(call, found)
    if finding.verdict is Verdict.NOTHING or (known and finding.verdict in _COUNTED):
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


def _judged(call: Ended, found: Promise) -> Finding:
    """Return what a call proves; the call that made the promise can only turn out to be answered."""
    finding = judge(call, found.made_at)
    if call.call_id != found.first_call:
        return finding
    if finding.verdict is Verdict.RETURNED:
        return replace(finding, reason="more was heard of the call: it was answered after all")
    return Finding(Verdict.NOTHING, "it made the promise")


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
    return Step(
        _back(promise.state, left=left),
        "the calls",
        finding.reason,
        call_id,
        tries=tries,
        next_at=now + settings.gap,
        message_left=left or None,
    )


def _back(state: State, *, left: bool) -> Move:
    """Return the move by which a try that came to nothing leads back to waiting."""
    if state in (State.DIALLING, State.TALKING):
        return Move.LEFT_MESSAGE if left else Move.NOT_REACHED
    return Move.GIVE_BACK if state is State.CLAIMED else Move.TRIED


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
        why = "whoever dialled went silent; nobody saw how it ended, and no call is on"
        return Step(Move.DIAL_LOST, "everycall", why, doubt=True)
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
