"""What comes after a call and changes what it is called: help by a later call, a promise grown old.

Nobody counts all calls again for that: a caller's own are looked at when one of them was counted,
and a promise to call back when its time is up.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from heapq import heappop, heappush

from everycall.live.ports import Engine

_COLUMNS = "call_id, client, caller_key, direction, arrived_at, ended_at, outcome, answered, outside_only, talk_ms"
_TOUCHED = """
SELECT caller_key FROM hot_calls
WHERE NOT caller_key IS NULL AND call_id IN (SELECT id FROM counted_ids)
"""
_CONTACTS = " UNION ALL ".join(
    f"SELECT {_COLUMNS} FROM {table} WHERE caller_key IN ({_TOUCHED})"
    for table in ("hot_calls", "cold.calls")
)
_PROMISES = """
SELECT call_id, callback_requested_at FROM hot_calls
WHERE NOT callback_requested_at IS NULL AND callback_reached_at IS NULL
  AND call_id IN (SELECT id FROM counted_ids)
"""
_UNTIL = "SELECT MAX(covered_to) FROM moment"

HELPED = "helped_now"
"""The table that says of the calls of some callers whether they were helped later."""


@dataclass(frozen=True, slots=True)
class Judging:
    """How a team's definition judges calls.

    Attributes:
        verdicts: the query of what it says of `counted_calls`.
        helped: where it asks for help by a later call: the query of `call_id` and `helped_later` over
            `contacts`, and the steps that lead there; else None.
        ages: how old a promise is when its verdict may change, in microseconds.
    """

    verdicts: str
    helped: tuple[tuple[tuple[str, str], ...], str] | None = None
    ages: Collection[int] = ()


@dataclass(slots=True)
class Later:
    """Knows which calls have to be judged anew though nobody speaks of them."""

    engine: Engine
    judging: Judging
    # only what is not the rule: nobody is helped later
    _said: dict[str, bool | None] = field(default_factory=dict)
    _promised: set[str] = field(default_factory=set)
    _until: int = 0
    _due: list[tuple[int, str]] = field(default_factory=list)

    def make(self) -> None:
        """Make its table, empty; the query of verdicts reads it."""
        self.engine.load(HELPED, {"call_id": "VARCHAR", "helped_later": "BOOLEAN"}, ())

    def due(self) -> set[str]:
        """Return the calls whose promise grew so old, meanwhile, that another rule may hold."""
        found: set[str] = set()
        if self.judging.ages:
            self._until = self.engine.again(_UNTIL)[0][0]
        while self._due and self._due[0][0] <= self._until:
            _, call = heappop(self._due)
            if call in self._promised:
                found.add(call)
        return found

    def look(self) -> None:
        """Find out for the callers of the calls that were counted who was helped later."""
        if self.judging.helped is not None:
            steps, query = self.judging.helped
            every = (("contacts", _CONTACTS), *steps)
            parts = ", ".join(f"{name} AS MATERIALIZED ({text})" for name, text in every)
            self.engine.again(f"DELETE FROM {HELPED}")
            self.engine.again(f"INSERT INTO {HELPED} WITH {parts} {query}")

    def learn(self, counted: Collection[str]) -> set[str]:
        """Return the other calls of which something else is true, now that some were counted."""
        if self.judging.ages:
            self._learn_promises(counted)
        if self.judging.helped is None:
            return set()
        rows = self.engine.again(f"SELECT call_id, helped_later FROM {HELPED}")
        changed = [(call, helped) for call, helped in rows if self._said.get(call, False) != helped]
        for call, helped in changed:
            self._said[call] = helped
        return {call for call, _ in changed}.difference(counted)

    def _learn_promises(self, counted: Collection[str]) -> None:
        self._promised.difference_update(counted)
        for call, asked_at in self.engine.again(_PROMISES):
            self._promised.add(call)
            for age in self.judging.ages:
                if asked_at + age > self._until:
                    heappush(self._due, (asked_at + age, call))

    def forget(self, calls: Collection[str]) -> None:
        """Know nothing of calls any more."""
        self._promised.difference_update(calls)
        for call in calls:
            self._said.pop(call, None)
