"""What would have been promised: the calls of a history, taken one after the other as if they were live.

Nobody works on these promises, so whatever closes them the callers and the team did by themselves:
the curve says how many returned, and how soon.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from everycall.app.history.asking import Asking
from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile
from everycall.recovery import Deadline, Ended, Move, Owed, State
from everycall.recovery.evidence import is_same
from everycall.recovery.memory import MemoryPromises
from everycall.recovery.promises import Promise, Step

DELAYS = tuple(timedelta(minutes=m) for m in (5, 15, 30, 60, 120, 240, 480, 1440, 2880, 10080))
"""How long after the miss the curve is drawn."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What became of the promises of a history; the states add up to `made`.

    Attributes:
        withheld: missed calls whose caller nobody can call back.
        returned_after: for each promise whose caller rang again and was helped: how long after.
        reached_after: for each that our own call reached: how long after.
    """

    made: int
    withheld: int
    states: dict[State, int]
    returned_after: tuple[timedelta, ...]
    reached_after: tuple[timedelta, ...]

    @property
    def balanced(self) -> bool:
        """Whether every promise is in one state."""
        return sum(self.states.values()) == self.made

    def curve(self, delays: Sequence[timedelta] = DELAYS) -> tuple[tuple[timedelta, int], ...]:
        """Return how many callers had returned by themselves after each time."""
        return tuple((d, sum(after <= d for after in self.returned_after)) for d in delays)


def replay(asking: Asking, site: SiteFile) -> Replay:
    """Take every call of a history in the order in which they ended."""
    told = Told()
    recoverer = Recoverer(site, told, asking.zone)
    last = datetime.min.replace(tzinfo=UTC)
    for call, queue in recoverer.history(asking):
        last = call.ended_at
        told.expire(call.owed_to, call.client, call.ended_at - site.promises.lasts)
        recoverer.take(call, queue)
    for promise in list(told.rows.values()):
        told.expire(promise.caller, promise.client, last - site.promises.lasts)
    return _replay(told)


def _replay(told: "Told") -> Replay:
    after: dict[Move, list[timedelta]] = {Move.WITHDRAW: [], Move.KEEP: []}
    for number, (move, at) in told.closed.items():
        promise = told.rows[number]
        if move in after and not promise.state.is_open:
            after[move].append(at - promise.missed_at)
    return Replay(
        made=len(told.rows),
        withheld=len(told.withheld),
        states=dict(Counter(promise.state for promise in told.rows.values())),
        returned_after=tuple(sorted(after[Move.WITHDRAW])),
        reached_after=tuple(sorted(after[Move.KEEP])),
    )


class Told(MemoryPromises):
    """Promises in memory that note when each was closed, and find themselves by the caller."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: dict[int, tuple[Move, datetime]] = {}
        self._by_caller: dict[tuple[str | None, str | None], int] = {}
        self._last: dict[tuple[str | None, str], Ended] = {}

    @contextmanager
    def together(self) -> Iterator[None]:
        """Nothing fails here, so nothing has to be taken back."""
        yield

    def find_open(self, caller: str | None, client: str | None) -> Promise | None:
        """Return the open promise to a caller; there is at most one."""
        found = self.rows.get(self._by_caller.get((caller, client), 0))
        return found if found is not None and found.state.is_open else None

    def make(self, what: Owed, due: Deadline, now: datetime) -> Promise | None:
        """Make a promise; None if there is one already."""
        made = super().make(what, due, now)
        if made is not None:
            self._by_caller[made.caller, made.client] = made.id
        return made

    def is_taken(self, call: Ended) -> str | None:
        """Return the outcome with which a call was taken, under whatever id; None if it was not."""
        before = self._last.get((call.caller, call.direction))
        return before.outcome if before is not None and is_same(before, call) else None

    def taken(self, call: Ended, now: datetime) -> None:  # noqa: ARG002 - the port has it
        """Note that a call has been taken as it is now."""
        self._last[call.caller, call.direction] = call

    def move(self, promise: Promise, step: Step, now: datetime) -> bool:
        """Make a move, and note when."""
        done = super().move(promise, step, now)
        if done:
            self.closed[promise.id] = (step.move, now)
        return done

    def expire(self, caller: str | None, client: str | None, before: datetime) -> None:
        """End the promise to a caller whose last day had passed."""
        found = self.find_open(caller, client)
        if found is not None and found.made_at <= before:
            self.move(found, Step(Move.EXPIRE, "everycall", "its last day has passed"), before)
