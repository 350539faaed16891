"""Finding a few calls among millions: only the months that they stand in are read, the nearest first.

A list of calls shows a page of them. The months are counted by what is asked for, which is remembered
while the history stays as it is; then only the months of that page are looked into.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from everycall.app.history.filtering import ALL, Filter, Shelf, one_of

Rows = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]

REMEMBERED = 200
"""So many filters are remembered with their counts."""


MANY = 2000
"""Who called so often is looked for among all calls."""


class Pick(NamedTuple):
    """A call that was found: where it lies, and by what it is known there."""

    shelf: Shelf
    arrived_at: int
    call_id: Any
    key: Any


@dataclass(slots=True)
class Picker:
    """Finds calls on the shelves of one state of a history.

    Attributes:
        rows: runs a query.
        shelves: where calls lie; in any order.
    """

    rows: Rows
    shelves: Sequence[Shelf] = (ALL,)
    _in_order: list[Shelf] | None = None
    _counts: dict[Filter, dict[Shelf, int]] = field(default_factory=dict)

    def count(self, wanted: Filter) -> int:
        """Return how many calls a filter finds."""
        return sum(self._counted(wanted).values())

    def picks(self, wanted: Filter, limit: int) -> list[Pick]:
        """Return the calls of a filter from `skip` on, at most so many, in their order."""
        found: list[Pick] = []
        skip = wanted.skip
        known = self._counted(wanted) if skip else self._counts.get(_asked(wanted))
        for group in self._groups(wanted):
            there = None if known is None else sum(known[shelf] for shelf in group)
            if there is not None and there <= skip:
                skip -= there
                continue
            found += self._of(group, wanted, limit - len(found), skip)
            skip = 0
            if len(found) >= limit:
                break
        return found

    def _of(self, group: Sequence[Shelf], wanted: Filter, limit: int, skip: int) -> list[Pick]:
        way = "DESC" if wanted.newest_first else "ASC"
        parts, values = self._each(
            group, wanted, lambda shelf: f"c.arrived_at, c.call_id, c.{shelf.key} AS key"
        )
        statement = (
            f"SELECT * FROM ({parts}) AS c ORDER BY c.arrived_at {way}, c.call_id {way} "
            f"LIMIT {int(limit)} OFFSET {int(skip)}"
        )
        return [
            Pick(group[place], arrived_at, call_id, key)
            for place, arrived_at, call_id, key in self.rows(statement, values)
        ]

    def _counted(self, wanted: Filter) -> dict[Shelf, int]:
        """Return how many calls a filter finds on each shelf."""
        asked = _asked(wanted)
        if asked in self._counts:
            return self._counts[asked]
        shelves = [shelf for group in self._groups(wanted) for shelf in group]
        counts = dict.fromkeys(shelves, 0)
        if shelves:
            parts, values = self._each(shelves, wanted, lambda _shelf: "COUNT(*)")
            counts |= {shelves[place]: int(calls) for place, calls in self.rows(parts, values)}
        if wanted.among is None:  # such a table may hold others the next time
            while len(self._counts) >= REMEMBERED:
                del self._counts[next(iter(self._counts))]
            self._counts[asked] = counts
        return counts

    def _each(
        self, shelves: Sequence[Shelf], wanted: Filter, columns: Callable[[Shelf], str]
    ) -> tuple[str, list[Any]]:
        """Return the query that asks each shelf, its place before the columns, and the values."""
        parts: list[str] = []
        values: list[Any] = []
        for place, shelf in enumerate(shelves):
            where, given = wanted.where(shelf)
            parts.append(
                f"SELECT {place} AS place, {columns(shelf)} FROM {shelf.counted} AS c WHERE {where}"
            )
            values += given
        return " UNION ALL ".join(parts), values

    def _groups(self, wanted: Filter) -> Iterator[list[Shelf]]:
        """Yield the shelves that may hold what is wanted, the nearest first.

        Those that have a moment in common are asked together. So are all where few calls are
        looked for, wherever they are: one question is sooner answered than many.
        """
        if self._in_order is None:
            self._in_order = self._bounded()
        there = [shelf for shelf in self._in_order if _may_hold(shelf, wanted)]
        if wanted.callers:
            there = self._of_callers(there, wanted)
        groups: list[list[Shelf]] = []
        for shelf in there:
            if groups and (wanted.callers or wanted.call_ids or _meet(groups[-1], shelf)):
                groups[-1].append(shelf)
            else:
                groups.append([shelf])
        yield from reversed(groups) if wanted.newest_first else groups

    def _of_callers(self, shelves: list[Shelf], wanted: Filter) -> list[Shelf]:
        """Return shelves with little more than the calls of some callers, where that is listed."""
        listed = [shelf for shelf in shelves if shelf.callers is not None]
        if not listed:
            return shelves
        whose, values = one_of("n.caller", wanted.callers)
        asked = " UNION ALL ".join(
            f"SELECT {place}, n.arrived_at FROM {shelf.callers} AS n WHERE {whose}"
            for place, shelf in enumerate(listed)
        )
        found = self.rows(f"SELECT * FROM ({asked}) AS n LIMIT {MANY}", values * len(listed))
        if len(found) == MANY:
            return shelves
        moments: dict[int, set[int]] = {}
        for place, arrived_at in found:
            moments.setdefault(place, set()).add(arrived_at)
        narrow = {listed[place]: _at(listed[place], those) for place, those in moments.items()}
        return [narrow.get(s, s) for s in shelves if s in narrow or s.callers is None]

    def _bounded(self) -> list[Shelf]:
        """Return the shelves with the moments of their first and last call, in order."""
        if len(self.shelves) == 1:
            return list(self.shelves)
        asked = " UNION ALL ".join(
            f"SELECT {place}, MIN(arrived_at), MAX(arrived_at) FROM {shelf.counted} AS c"
            for place, shelf in enumerate(self.shelves)
        )
        found = [
            replace(self.shelves[place], since=first, until=last + 1)
            for place, first, last in self.rows(asked, ())
            if first is not None
        ]
        return sorted(found, key=lambda shelf: (shelf.since or 0, shelf.until or 0))


def lying(picks: Sequence[Pick]) -> Iterator[tuple[Shelf, str, str, list[Any]]]:
    """Yield where picked calls lie, with the condition over calls there, that over their parts `p`,
    and the values of each.
    """
    for shelf in dict.fromkeys(pick.shelf for pick in picks):
        mine = [pick for pick in picks if pick.shelf == shelf]
        keys, values = one_of("{}." + shelf.key, [pick.key for pick in mine])
        first, last = min(p.arrived_at for p in mine), max(p.arrived_at for p in mine)
        calls = f"c.arrived_at BETWEEN {first} AND {last} AND {keys.format('c')}"
        yield shelf, calls, keys.format("p"), values


def _at(shelf: Shelf, moments: set[int]) -> Shelf:
    """Return a shelf with the calls of some moments alone."""
    listed = ", ".join(map(str, sorted(moments)))
    return replace(
        shelf, counted=f"(SELECT * FROM {shelf.counted} AS c WHERE c.arrived_at IN ({listed}))"
    )


def _asked(wanted: Filter) -> Filter:
    """Return what decides how many calls a filter finds."""
    return replace(wanted, limit=None, skip=0, newest_first=False)


def _may_hold(shelf: Shelf, wanted: Filter) -> bool:
    early = wanted.until is not None and shelf.since is not None and shelf.since >= wanted.until
    since = max((wanted.since, wanted.after and wanted.after[0]), key=lambda at: at or 0)
    late = since is not None and shelf.until is not None and shelf.until <= since
    return not early and not late


def _meet(group: Sequence[Shelf], shelf: Shelf) -> bool:
    return any(other.until is None or other.until > (shelf.since or 0) for other in group)
