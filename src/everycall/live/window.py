"""The calls of the last days, counted again and again by the same chain as history.

Events and rows of calls that are open, or were so a moment ago, are hot: a batch counts those of
them that it speaks of, with their neighbours. The rest is cold: its totals are only added to, and
it is taken back when somebody still speaks of it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from everycall.calls.chain import INPUTS, Chain
from everycall.events import Kind
from everycall.live import tallies
from everycall.live.added import Added
from everycall.live.cold import KEPT, MORE, RESULTS, Cold, fill_ids
from everycall.live.emptiness import ALWAYS, Needs, is_empty, needs
from everycall.live.folding import folded
from everycall.live.later import Judging, Later
from everycall.live.neighbours import COLUMNS, Neighbours, Said
from everycall.live.ports import Engine
from everycall.metrics.stays import COLUMNS as STAY
from everycall.metrics.stays import lone_stays

RENEWED = 8_000
"""After so many calls were counted the room of deleted rows is given back."""

HOT = 90_000_000
"""A call stays hot for so long after its last sign of life, in microseconds."""

CROWD, BRIEF = 1_500, 10_000_000
"""Where more calls than this are hot, each stays so only this long: totals are of all that are hot."""

_SPEAKING = f"SELECT {', '.join(COLUMNS)} FROM incoming WHERE NOT call_id IS NULL"
_GAPS = (
    f"SELECT * FROM incoming WHERE kind = '{Kind.SOURCE_GAP}' "
    "AND reason IN ('restart', 'shutdown', 'boot')"
)
_EVENTS = """
SELECT h.* FROM hot_events AS h INNER JOIN counted_ids AS i ON i.id = h.call_id
UNION ALL
SELECT * FROM gaps
"""
_RETOLD = "DELETE FROM hot_events WHERE call_id IN (SELECT UNNEST(?)) AND source = ?"
_OTHER_ANSWERS = """
INSERT INTO lone_answers (call_id, source, agent)
SELECT -number, source, agent FROM kept_answers
WHERE NOT call_id IN (SELECT id FROM counted_ids)
"""
_NEW_ANSWERS = """
INSERT INTO kept_answers
SELECT n.call_id, l.call_id + ? AS number, l.source, l.agent
FROM lone_answers AS l INNER JOIN call_numbers AS n ON n.number = l.call_id
"""
_STAYS = f"""
SELECT {STAY} FROM counted_visits
UNION ALL
SELECT {STAY} FROM ({lone_stays("counted_calls", "counted_talks", "counted_visits")}) AS lone
"""
_LEARNED = """
SELECT one, other FROM known_agents
EXCEPT SELECT one, other FROM learned_agents
EXCEPT SELECT one, other FROM given_agents
EXCEPT SELECT other AS one, one AS other FROM given_agents
"""


@dataclass(frozen=True, slots=True)
class Retold:
    """Calls that a source has told anew: what it said of them before no longer counts."""

    source: str
    calls: Collection[str]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one count did.

    Attributes:
        counted: how many calls were counted.
        open: how many of all are not over.
        over: those counted that are.
    """

    counted: int
    open: int
    over: frozenset[str]


class Window:
    """Events of the last days in an engine, and what they amount to.

    The engine holds the chain's other inputs already, and the table of slots; `incoming` takes new
    events.
    """

    def __init__(
        self,
        engine: Engine,
        chain: Chain,
        longest_call: int,
        counted: Sequence[tallies.Planned],
        judging: Judging,
    ) -> None:
        self.engine = engine
        self.neighbours = Neighbours()
        self.names: dict[str, str] = {}
        self.open: set[str] = set()
        self._chain = chain
        self._longest_call = longest_call
        self._later = Later(engine, judging)
        self._hot: set[str] = set()
        self._added = Added(engine, counted)
        self.cold = Cold(engine, self._added)
        self._same: frozenset[tuple[str, str]] = frozenset()
        self._learned: list[tuple[str, str]] = []
        self._answers = 0
        self._is_made = False
        self._steps: list[tuple[str, str]] = []
        self._needs: dict[str, Needs] = {}
        self._views: dict[str, Needs] = {}
        self._rows: dict[str, int] = {}
        self._sources: dict[str, str] = {}
        self._counts = 0
        for name in ("incoming", "hot_events", "gaps"):
            _empty(engine, name, INPUTS["events"])
        columns = {"call_id": "VARCHAR", "number": "BIGINT", "source": "BIGINT", "agent": "VARCHAR"}
        _empty(engine, "kept_answers", columns)
        for name in ("counted_ids", "moving_ids", "fresh_ids"):
            _empty(engine, name, {"id": "VARCHAR"})

    # ---- what is given from outside

    def set_days(self, days: Iterable[tuple[str, int, int]]) -> None:
        """Say which days there are: name, first moment, first moment of the next."""
        _empty(self.engine, "days", {"day": "VARCHAR", "from_at": "BIGINT", "to_at": "BIGINT"})
        for day in days:
            self.engine.run("INSERT INTO days VALUES (?, ?, ?)", day)

    def was_given(self) -> None:
        """Put what was learned back after the chain's inputs were given anew."""
        for pair in self._learned:
            self.engine.run("INSERT INTO learned_agents VALUES (?, ?)", pair)

    # ---- counting

    def take(self, as_of: int, retold: Sequence[Retold] = ()) -> Batch:
        """Count the events in `incoming`, and empty it."""
        engine = self.engine
        said = [Said(*row) for row in engine.again(_SPEAKING)]
        touched = self.neighbours.learn(said) | {call for one in retold for call in one.calls}
        engine.again(f"INSERT INTO gaps {_GAPS}")
        if engine.again(f"SELECT COUNT(*) FROM ({_GAPS})")[0][0]:
            touched = set(self.neighbours)
        # of a call that is older than the window nothing is known, and nothing is counted
        touched = {call for call in touched if call in self.neighbours}
        again = self._timed_out(as_of) | self._later.due()
        wanted = self.neighbours.together(touched | again)
        self._warm(wanted)
        for one in retold:
            engine.run(_RETOLD, [list(one.calls), one.source])
        engine.again("INSERT INTO hot_events SELECT * FROM incoming WHERE NOT call_id IS NULL")
        engine.again("DELETE FROM incoming")
        counted = self._count_all(wanted)
        return Batch(len(counted), len(self.open), frozenset(counted - self.open))

    def _count_all(self, wanted: set[str]) -> set[str]:
        """Count calls, and then those of which something else is true by what was learned from them."""
        counted: set[str] = set()
        while wanted:
            self._warm(wanted)
            self._count(wanted)
            counted |= wanted
            wanted = self.neighbours.together(
                (self._renamed() | self._later.learn(wanted)) - wanted
            )
        return counted

    def _timed_out(self, as_of: int) -> set[str]:
        latest = as_of - self._longest_call
        return {call for call in self.open if self.neighbours.last_at(call) < latest}

    def _count(self, wanted: set[str]) -> None:
        self._added.change()
        fill_ids(self.engine, "counted_ids", wanted)
        self.make()
        for name, statement in self._steps:
            self._step(name, statement)
        self._keep(wanted)
        self.engine.again("INSERT INTO fresh_ids SELECT id FROM counted_ids")
        self._learn()
        self._counts += len(wanted)

    def _step(self, name: str, statement: str) -> None:
        """Fill a table of the chain, unless there can be nothing in it."""
        if self._rows.get(name) != 0:
            self.engine.again(f'DELETE FROM "{name}"')
            self._rows[name] = 0
        if not is_empty(self._needs[name], self._rows):
            self._rows[name] = self.engine.again(statement)[0][0]
        if name == "lone_answers":
            # what other calls say belongs there, too
            self._rows[name] += self.engine.again(_OTHER_ANSWERS)[0][0]

    def make(self) -> None:
        """Make every table once: to plan takes longer than to run, and no plan outlives a new table."""
        if self._is_made:
            return
        every = [("events", _EVENTS), *self._chain.linking]
        every += [(name, statement) for name, statement, _ in self._chain.counting]
        made = {name for name, _ in every}
        for name in RESULTS:
            self._sources[name] = f"finished_{name}" if f"finished_{name}" in made else name
        views = folded(every)
        for name, statement in every:
            self._make_step(name, statement, as_view=name in views)
        # what metrics need beside the chain, from the rows that were counted last
        for name in ("calls", "visits", "talks"):
            self.engine.view(f"counted_{name}", f"SELECT * FROM {self._sources[name]}")
        self._later.make()
        for name, statement in zip(MORE, (_STAYS, self._later.judging.verdicts), strict=True):
            self._sources[name] = f"counted_{name}"
            self.engine.view(f"counted_{name}", statement)
        for name, source in self._sources.items():
            self.engine.table(f"hot_{name}", f"SELECT * FROM {source} LIMIT 0")
        self.cold.make("hot_events", self._sources)
        self._is_made = True

    def _make_step(self, name: str, statement: str, *, as_view: bool) -> None:
        self._needs[name] = needs(statement, self._views)
        if as_view:
            self._views[name] = self._needs[name]
            self.engine.view(name, statement)
        else:
            self.engine.table(name, statement)
            self._steps.append((name, f'INSERT INTO "{name}" {statement}'))

    def _keep(self, wanted: set[str]) -> None:
        """Put the counted rows in the place of those of before."""
        for name in KEPT:
            mine = "call_id IN (SELECT id FROM counted_ids)"
            self.engine.again(f"DELETE FROM hot_{name} WHERE {mine}")
            source = self._sources[name]
            if name != "verdicts" and not is_empty(self._needs.get(source, ALWAYS), self._rows):
                self.engine.again(f"INSERT INTO hot_{name} SELECT * FROM {source}")
        rows = self.engine.again("SELECT call_id FROM hot_calls WHERE outcome = 'pending'")
        self.open = {call for (call,) in rows}
        self._later.look()
        if wanted - self.open:
            # nobody judges a call that is not over
            self.engine.again("INSERT INTO hot_verdicts SELECT * FROM counted_verdicts")
        self._hot |= wanted

    def seen(self) -> None:
        """Forget which calls were counted since this was last called."""
        self.engine.again("DELETE FROM fresh_ids")

    # ---- names of the same phone

    def _learn(self) -> None:
        """Keep what was learned of names, for the counts to come."""
        engine = self.engine
        for pair in engine.again(_LEARNED):
            engine.run("INSERT INTO learned_agents VALUES (?, ?)", pair)
            self._learned.append((pair[0], pair[1]))
        engine.again("DELETE FROM kept_answers WHERE call_id IN (SELECT id FROM counted_ids)")
        engine.run(_NEW_ANSWERS, [self._answers])
        self._answers += engine.again("SELECT COUNT(*) FROM call_numbers")[0][0]

    def _renamed(self) -> set[str]:
        """Return the calls that speak of a name which now means something else."""
        same = frozenset(self.engine.again("SELECT one, other FROM same_agents"))
        names = dict(self.engine.again("SELECT endpoint, agent FROM agent_names"))
        changed = {name for pair in same ^ self._same for name in pair}
        changed |= {name for name, _ in names.items() ^ self.names.items()}
        self._same, self.names = same, names
        return self.neighbours.mentioning(changed)

    # ---- hot and cold

    def renew(self) -> bool:
        """Give the room of deleted rows back, and return true, if there are many of them."""
        if self._counts < RENEWED:
            return self.cold.renew(RENEWED)
        self.engine.run("CHECKPOINT")
        self._counts = 0
        return True

    def cool(self, as_of: int, most: int | None = None) -> set[str]:
        """Put calls away that are over and of which nothing was heard for a while; return them."""
        moving = self._cooled(as_of - (HOT if len(self._hot) <= CROWD else BRIEF), most)
        self.cold.put(moving)
        self._hot -= moving
        return moving

    def _cooled(self, latest: int, most: int | None) -> set[str]:
        moving: set[str] = set()
        for call in self._hot:
            if most is not None and len(moving) >= most:
                break
            if call not in moving and self._is_quiet(call, latest):
                group = self.neighbours.together([call])
                if all(self._is_quiet(one, latest) for one in group):
                    moving |= group
        return moving

    def _is_quiet(self, call: str, latest: int) -> bool:
        return call not in self.open and self.neighbours.last_at(call) < latest

    def _warm(self, calls: set[str]) -> None:
        """Take cold calls back: somebody still speaks of them, or of a neighbour."""
        again = self.cold.among(calls)
        if again:
            self.cold.take_back(again)
            self._hot |= again

    def forget(self, before: int) -> set[str]:
        """Know nothing any more of cold calls that arrived before a moment; return them."""
        if not self._is_made:
            return set()
        old = self.cold.among(self.neighbours.together(self.cold.arrived_before(before)))
        if not old:
            return old
        fill_ids(self.engine, "counted_ids", old)
        self.engine.run("DELETE FROM kept_answers WHERE call_id IN (SELECT id FROM counted_ids)")
        self.engine.run('DELETE FROM gaps WHERE "at" < ?', [before])
        for call in old:
            self.neighbours.forget(call)
        self._later.forget(old)
        self.cold.drop(old)
        return old

    # ---- totals

    def totals(self, *, exact: bool = True) -> dict[str, tallies.Part]:
        """Return every tally; where it need not be exact, those of the last time are good enough."""
        return self._added.totals(exact=exact) if self._is_made else self._added.nothing()

    def hot(self, query: str) -> list[tuple[Any, ...]]:
        """Run a query over the tables of hot calls; nothing before the first call."""
        return self.engine.again(query) if self._is_made else []


def _empty(engine: Engine, name: str, columns: dict[str, str]) -> None:
    types = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    engine.run(f"CREATE OR REPLACE TABLE {name} ({types})")
