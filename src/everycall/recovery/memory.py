"""Promises kept in memory: the fake that passes the same stories as the database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from everycall.recovery.deadlines import Deadline
from everycall.recovery.evidence import Ended, Finding, Verdict
from everycall.recovery.owing import Owed
from everycall.recovery.promises import Promise, Step
from everycall.recovery.states import State, arrow


@dataclass(slots=True)
class MemoryPromises:
    """Keeps promises in lists and dictionaries; for tests and for trying things out."""

    rows: dict[int, Promise] = field(default_factory=dict)
    moves: list[tuple[int, Step]] = field(default_factory=list)
    lines: dict[tuple[int, str], Finding] = field(default_factory=dict)
    calls: set[str] = field(default_factory=set)

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
        )
        self.rows[made.id] = made
        return made

    def miss_again(self, promise: Promise, call: Ended) -> bool:
        """Count another miss of the same caller, once for each call."""
        if not self._line(promise, call, Finding(Verdict.AGAIN, "missed again")):
            return False
        here = self.rows[promise.id]
        self.rows[promise.id] = replace(here, misses=here.misses + 1)
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
        kept = dict(self.rows), list(self.moves), dict(self.lines), set(self.calls)
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
        free = way.target is State.WAITING
        self.rows[promise.id] = replace(
            here,
            state=way.target,
            lease_until=step.lease_until,
            owner=step.owner if free or step.owner is not None else here.owner,
            tries=here.tries if step.tries is None else step.tries,
            next_at=here.next_at if step.next_at is None else step.next_at,
            message_left=here.message_left if step.message_left is None else step.message_left,
        )
        self.moves.append((promise.id, step))
        return True

    def is_taken(self, call_id: str) -> bool:
        """Tell whether a call has been taken already."""
        return call_id in self.calls

    def taken(self, call_id: str, now: datetime) -> None:
        """Note that a call has been taken."""
        self.calls.add(call_id)

    def overdue(self, now: datetime) -> Iterable[Promise]:
        """Return open promises whose lease, or whose time, is over."""
        return [p for p in list(self.rows.values()) if p.state.is_open]
