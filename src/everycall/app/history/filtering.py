"""Which calls are asked for, as a condition over the tables that they lie in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

WRITTEN_OUT = 50
"""So many values stand in a condition itself, where what is stored can be passed over by them."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Calls that lie together, and where: those of one month, or all that can be seen.

    Attributes:
        counted, visits, attempts, talks, episode_calls, episodes: what calls and what belongs to
            them are read from.
        callers: the list of whose calls they are, sorted by number; None where there is none.
        key, need: the columns by which parts know their call, and calls their need.
        since, until: every call arrived from the one moment on, before the other; None is unknown.
    """

    counted: str = "counted"
    visits: str = "visits"
    attempts: str = "attempts"
    talks: str = "talks"
    episode_calls: str = "episode_calls"
    episodes: str = "episodes"
    callers: str | None = None
    key: str = "call_id"
    need: str = "episode"
    since: int | None = None
    until: int | None = None


ALL = Shelf()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls are asked for; None asks for all.

    Attributes:
        since, until: moments in microseconds; calls that arrived from the first, before the second.
        after: a call's moment of arrival and id; only calls that come after it in order of arrival.
        among: a table of calls, of which they have to be.
        skip: leave out so many before `limit` counts.
    """

    since: int | None = None
    until: int | None = None
    outcomes: tuple[str, ...] = ()
    directions: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    call_ids: tuple[str, ...] = ()
    after: tuple[int, str] | None = None
    among: str | None = None
    limit: int | None = None
    skip: int = 0
    newest_first: bool = False

    def where(self, shelf: Shelf = ALL) -> tuple[str, list[Any]]:
        """Return the SQL condition over calls `c` of a shelf, and its values."""
        conditions = ["TRUE"]
        values: list[Any] = []
        for column, operator, value in (
            ("c.arrived_at", ">=", self.since),
            ("c.arrived_at", "<", self.until),
        ):
            if value is not None:
                conditions.append(f"{column} {operator} ?")
                values.append(value)
        if self.after is not None:
            conditions.append("c.arrived_at >= ? AND (c.arrived_at > ? OR c.call_id > ?)")
            values.extend((self.after[0], *self.after))
        if self.among is not None:
            conditions.append(f"c.call_id IN (SELECT call_id FROM {self.among})")
        for condition, wanted in self._lists(shelf):
            conditions.append(condition)
            values.extend(wanted)
        return " AND ".join(conditions), values

    def _lists(self, shelf: Shelf) -> Iterator[tuple[str, list[Any]]]:
        for column, wanted in (
            ("c.outcome", self.outcomes),
            ("c.direction", self.directions),
            ("c.called", self.called),
            ("c.client", self.clients),
            ("c.call_id", self.call_ids),
        ):
            if wanted:
                yield one_of(column, wanted)
        for column, table, wanted in (
            ("queue", shelf.visits, self.queues),
            ("agent", shelf.attempts, self.agents),
        ):
            if wanted:
                among, values = one_of(f"p.{column}", wanted)
                found = f"SELECT p.{shelf.key} FROM {table} AS p WHERE {among}"
                yield f"c.{shelf.key} IN ({found})", values
        if self.callers:
            known, values = one_of("c.caller_key", self.callers)
            raw, _ = one_of("c.caller_raw", self.callers)
            # one condition for each column: what is stored can be passed over by either
            yield f"({known} OR (c.caller_key IS NULL AND {raw}))", values * 2


def one_of(column: str, wanted: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return the condition that a column has one of some values, and the values to fill in."""
    if len(wanted) > WRITTEN_OUT:
        return f"{column} IN (SELECT UNNEST(?))", [list(wanted)]
    return f"{column} IN ({', '.join('?' * len(wanted))})", list(wanted)
