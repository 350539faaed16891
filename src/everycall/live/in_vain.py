"""How many rings in a row each person let pass.

A ring may be told twice, by a log and by a phone system's events, and its end becomes finer as the
second one speaks. So what is kept is what each call's last count said, never how often it said so.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

LONG_AGO = 86_400_000_000
"""Rings that ended so long before a person's latest no longer count as in a row, in microseconds."""


class EndedRing(NamedTuple):
    """A ring that was answered or ran out.

    Attributes:
        call_id: for which call.
        person: whose phone rang.
        answered: whether they answered.
        ended_at: when it ended, in microseconds since 1970.
    """

    call_id: str
    person: str
    answered: bool
    ended_at: int


class RingsInVain:
    """Remembers rings that ended, by the last count of their calls."""

    def __init__(self) -> None:
        self._rings: dict[str, dict[str, list[EndedRing]]] = defaultdict(dict)
        self._people: dict[str, set[str]] = {}
        self._in_a_row: dict[str, int] = {}

    def of(self, person: str) -> int:
        """Return how many rings since their last answer a person let pass."""
        return self._in_a_row.get(person, 0)

    def counted(self, rings: Iterable[EndedRing]) -> None:
        """Take all ended rings of calls that were counted: what was said of these no longer holds."""
        by_call = defaultdict(list)
        for ring in rings:
            by_call[ring.call_id].append(ring)
        touched = set()
        for call_id, told in by_call.items():
            touched |= self._forget(call_id)
            self._people[call_id] = {ring.person for ring in told}
            for ring in told:
                self._rings[ring.person].setdefault(call_id, []).append(ring)
            touched |= self._people[call_id]
        for person in touched:
            self._sum_up(person)

    def _forget(self, call_id: str) -> set[str]:
        people = self._people.pop(call_id, set())
        for person in people:
            del self._rings[person][call_id]
        return people

    def _sum_up(self, person: str) -> None:
        """Count what ended after the last answer; what ended before it is of no use any more."""
        rings = [ring for told in self._rings[person].values() for ring in told]
        answered = max((ring.ended_at for ring in rings if ring.answered), default=0)
        latest = max((ring.ended_at for ring in rings), default=0)
        since = max(answered, latest - LONG_AGO)
        late = [ring for ring in rings if ring.ended_at >= since]
        self._in_a_row[person] = sum(r.ended_at > answered for r in late)
        for call_id in set(self._rings[person]) - {ring.call_id for ring in late}:
            del self._rings[person][call_id]
            self._people[call_id].discard(person)
            if not self._people[call_id]:
                del self._people[call_id]
