"""Promises kept in memory: the fake that passes the same stories as the database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from everycall.recovery.deadlines import Deadline
from everycall.recovery.evidence import Ended, Finding, Verdict, is_same
from everycall.recovery.owing import ASKED, Owed, place_of
from everycall.recovery.promises import Promise, Step
from everycall.recovery.states import Move, State, arrow


@dataclass(slots=True)
class MemoryPromises:
    """Keeps promises in lists and dictionaries; for tests and for trying things out."""

    rows: dict[int, Promise] = field(default_factory=dict)
    moves: list[tuple[int, Step]] = field(default_factory=list)
    lines: dict[tuple[int, str], Finding] = field(default_factory=dict)
    calls: dict[str, Ended] = field(default_factory=dict)
    withheld: dict[str, Owed] = field(default_factory=dict)

    def find_open(self, caller: str, client: str | None) -> Promise | None:
        """Return the open promise to a caller; there is at most one."""
        for promise in self.rows.values():
            if (promise.caller, promise.client) == (caller, client) and promise.state.is_open:
                return promise
        return None

    def make(self, what: Owed, due: Deadline, now: datetime) -> Promise | None:
        """Make a promise; None if there is one already."""
        if what.caller is None or self.find_open(what.caller, what.client) is not None:
            return None
        made = Promise(
            len(self.rows) + 1,
            what.caller,
            what.client,
            State.WAITING,
            what.missed_at,
            what.missed_at,
            due,
            requested=what.requested,
            joins=what.joins,
            first_call=what.call_id,
            queue=what.queue,
            language=what.language,
            place_at=what.place_at,
            number=what.number,
        )
        self.rows[made.id] = made
        return made

    def miss_again(self, promise: Promise, call: Ended) -> bool:
        """Count another miss of the same caller, once for each call."""
        if not self._line(promise, call, Finding(Verdict.AGAIN, "missed again")):
            return False
        here = self.rows[promise.id]
        self.rows[promise.id] = replace(
            here,
            misses=here.misses + 1,
            requested=here.requested or call.outcome in ASKED,
            place_at=here.place_at or place_of(call),
        )
        return True

    def suggest(self, promise: Promise, call: Ended, finding: Finding) -> bool:
        """Note what a call may mean, for a person to confirm; once for each call."""
        return self._line(promise, call, replace(finding, certain=False))

    def put_off(self, promise: Promise, call: Ended, finding: Finding) -> bool:
        """Keep what a call proves until the dialling is over; once for each call."""
        return self._line(promise, call, finding)

    def _line(self, promise: Promise, call: Ended, finding: Finding) -> bool:
        is_new = (promise.id, call.call_id) not in self.lines
        self.lines.setdefault((promise.id, call.call_id), finding)
        return is_new

    def pending(self, promise: Promise) -> Finding | None:
        """Return what was proved while the number was being dialled, and closes it after that."""
        closing = (Verdict.HELPED, Verdict.RETURNED)
        for (number, _), finding in self.lines.items():
            if number == promise.id and finding.certain and finding.verdict in closing:
                return finding
        return None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep everything that is done inside, or nothing of it."""
        kept = dict(self.rows), list(self.moves), dict(self.lines), dict(self.calls)
        try:
            yield
        except BaseException:
            self.rows, self.moves, self.lines, self.calls = kept
            raise

    def move(self, promise: Promise, step: Step, now: datetime) -> bool:
        """Make a move if the promise is still where it was; False if it is not."""
        way, here = arrow(step.move), self.rows[promise.id]
        if here.state is not promise.state or promise.state not in way.sources:
            return False
        if promise.owner is not None and here.owner != promise.owner:
            return False
        reopened = way.target.is_open and not here.state.is_open
        if reopened and self.find_open(here.caller, here.client) is not None:
            return False
        if step.move is Move.REOPEN:
            self._forget_proofs(promise.id)
        free = way.target is State.WAITING
        self.rows[promise.id] = replace(
            here,
            state=way.target,
            lease_until=step.lease_until,
            owner=step.owner if free or step.owner is not None else here.owner,
            tries=here.tries if step.tries is None else step.tries,
            next_at=here.next_at if step.next_at is None else step.next_at,
            message_left=here.message_left if step.message_left is None else step.message_left,
            doubt=here.doubt if step.doubt is None else step.doubt,
        )
        self.moves.append((promise.id, step))
        return True

    def not_returnable(self, what: Owed) -> bool:
        """Note a caller who cannot be called back, once for each call."""
        return self.withheld.setdefault(what.call_id, what) is what

    def _forget_proofs(self, number: int) -> None:
        """A person said that what closed it was wrong: it does not close it again."""
        for key, finding in self.lines.items():
            if key[0] == number:
                self.lines[key] = replace(finding, certain=False)

    def is_taken(self, call: Ended) -> str | None:
        """Return the outcome with which a call was taken, under whatever id; None if it was not."""
        if call.call_id in self.calls:
            return self.calls[call.call_id].outcome
        same = (one for one in self.calls.values() if is_same(one, call))
        return next((one.outcome for one in same), None)

    def taken(self, call: Ended, now: datetime) -> None:
        """Note that a call has been taken as it is now."""
        self.calls[call.call_id] = call

    def known(self, calls: Iterable[Ended]) -> set[str]:
        """Return the ids of those calls that were taken as they are."""
        before = self.calls
        return {
            c.call_id
            for c in calls
            if c.call_id in before and before[c.call_id].outcome == c.outcome
        }

    def taken_as(self, call_id: str, outcome: str, now: datetime) -> None:
        """Note that a call of our own was taken already, by how its dialling ended."""
        self.calls[call_id] = Ended(call_id, "callback", None, None, now, now, outcome)

    def overdue(self, now: datetime) -> Iterable[Promise]:
        """Return open promises whose lease, or whose time, is over."""
        return [p for p in list(self.rows.values()) if p.state.is_open]
