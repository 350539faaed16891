"""The calls that are done with: put away in parcels, and taken back when somebody still speaks of them.

They lie in a database of their own within the engine, so that giving the room of deleted rows back
costs what is hot, and not what the day has brought.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice

from everycall.live import tallies
from everycall.live.added import Added
from everycall.live.callers import COLUMNS, Callers
from everycall.live.ports import Engine

PARCEL, PORTION = 500, 2_000
"""A parcel that holds so many calls is full; at most so many are put away at once."""

RESULTS = ("calls", "visits", "attempts", "talks", "holds")
"""What the chain gives of every call."""

MORE = ("stays", "verdicts")
"""What metrics need beside: stays in queues, and what the team's definition says of each call."""

KEPT = (*RESULTS, *MORE)

_MINE = "call_id IN (SELECT id FROM moving_ids)"


class Cold:
    """Knows which call is cold, and in which parcel; its tables are those of the database `cold`.

    Calls move between its tables and the hot ones by way of the tables of those that move.

    Attributes:
        callers: who called in them.
    """

    def __init__(self, engine: Engine, added: Added) -> None:
        self.callers = Callers()
        self._engine = engine
        self._added = added
        self._parcel_of: dict[str, int] = {}
        self._parcels: dict[int, set[str]] = {}
        self._number = 0
        self._gone = 0
        engine.run("ATTACH ':memory:' AS cold")

    def __contains__(self, call: str) -> bool:
        return call in self._parcel_of

    def __len__(self) -> int:
        return len(self._parcel_of)

    def make(self, events: str, sources: Mapping[str, str]) -> None:
        """Make its tables and those of calls that move: each as the query or table that fills it."""
        for name, source in {"events": events, **sources}.items():
            empty = f"AS SELECT * FROM {source} LIMIT 0"
            self._engine.run(f"CREATE OR REPLACE TABLE cold.{name} {empty}")
            self._engine.run(f"CREATE OR REPLACE TABLE moving_{name} {empty}")

    def among(self, calls: Iterable[str]) -> set[str]:
        """Return those of some calls that are cold."""
        return {call for call in calls if call in self._parcel_of}

    def put(self, calls: Collection[str]) -> None:
        """Put hot calls away, and add them to the totals."""
        for portion in _portions(calls):
            parcel = self._parcel()
            move_ids(self._engine, portion)
            for name in ("events", *KEPT):
                self._put(name)
            self._added.add(parcel)
            self._parcels[parcel] |= portion
            self._parcel_of |= dict.fromkeys(portion, parcel)
            self.callers.add(self._engine.again(f"SELECT {COLUMNS} FROM moving_calls"))

    def _put(self, name: str) -> None:
        again = self._engine.again
        again(f"DELETE FROM moving_{name}")
        again(f"INSERT INTO moving_{name} SELECT * FROM hot_{name} WHERE {_MINE}")
        again(f"INSERT INTO cold.{name} SELECT * FROM moving_{name}")
        again(f"DELETE FROM hot_{name} WHERE {_MINE}")

    def _parcel(self) -> int:
        """Return the parcel into which calls are put now."""
        if len(self._parcels.get(self._number, ())) >= PARCEL:
            self._number += 1
        self._parcels.setdefault(self._number, set())
        return self._number

    def take_back(self, calls: Collection[str]) -> None:
        """Make the events of cold calls hot again; their rows will be counted anew."""
        move_ids(self._engine, calls)
        self._engine.run(f"INSERT INTO hot_events SELECT * FROM cold.events WHERE {_MINE}")
        self._remove(calls)

    def drop(self, calls: Collection[str]) -> None:
        """Keep nothing of cold calls."""
        move_ids(self._engine, calls)
        self._remove(calls)

    def arrived_before(self, moment: int) -> set[str]:
        """Return the calls that arrived before a moment."""
        query = "SELECT call_id FROM cold.calls WHERE arrived_at < ?"
        return {call for (call,) in self._engine.rows(query, [moment])}

    def renew(self, least: int) -> bool:
        """Give the room of deleted rows back, and return true, if as many calls have gone."""
        if self._gone < least:
            return False
        self._engine.run("CHECKPOINT cold")
        self._gone = 0
        return True

    def _remove(self, calls: Collection[str]) -> None:
        engine = self._engine
        self.callers.remove(engine.rows(f"SELECT {COLUMNS} FROM cold.calls WHERE {_MINE}"))
        for name in ("events", *KEPT):
            engine.run(f"DELETE FROM cold.{name} WHERE {_MINE}")
        parcels = {self._parcel_of.pop(call) for call in calls}
        for parcel in parcels:
            self._parcels[parcel].difference_update(calls)
            self._recount(parcel)
        self._added.sum_up(parcels)
        self._gone += len(calls)

    def _recount(self, parcel: int) -> None:
        if not self._parcels[parcel]:
            del self._parcels[parcel]
            self._added.drop(parcel)
            return
        move_ids(self._engine, self._parcels[parcel])
        for name in tallies.TABLES:
            self._engine.run(f"DELETE FROM moving_{name}")
            self._engine.run(f"INSERT INTO moving_{name} SELECT * FROM cold.{name} WHERE {_MINE}")
        self._added.recount(parcel)


def move_ids(engine: Engine, calls: Collection[str]) -> None:
    """Say which calls move."""
    fill_ids(engine, "moving_ids", calls)


def fill_ids(engine: Engine, table: str, ids: Collection[str]) -> None:
    """Put ids into a table, in the place of those of before."""
    engine.again(f"DELETE FROM {table}")
    engine.run(f"INSERT INTO {table} SELECT UNNEST(CAST(? AS VARCHAR[]))", [list(ids)])


def _portions(calls: Collection[str]) -> Iterator[set[str]]:
    """Yield calls, some at a time."""
    rest = iter(calls)
    while portion := set(islice(rest, PORTION)):
        yield portion
