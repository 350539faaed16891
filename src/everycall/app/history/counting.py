"""From events to calls: the chain run over one month, and its tables written as a segment."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from sqlglot import exp

from everycall.app.history.finding_callers import list_callers
from everycall.app.history.pooling import literal, take_month
from everycall.calls.chain import Chain
from everycall.calls.episodes import episode_steps
from everycall.calls.judging import PENDING
from everycall.calls.model import Limits
from everycall.calls.numbering import stored
from everycall.calls.spans import SPANS
from everycall.calls.statement import DIALECT, parse, write
from everycall.history import Engine
from everycall.history.store import TABLES, Segment, Stray, month_bounds
from everycall.metrics.callers import episode_people, neighbours


def run_chain(engine: Engine, chain: Chain) -> None:
    """Make every table of the chain from its inputs; `links` is there already."""
    for name, statement, is_view in chain.counting:
        make = engine.view if is_view else engine.table
        make(name, statement)


def count_month(
    engine: Engine,
    chain: Chain,
    month: str,
    files: Sequence[Path],
    home: tuple[str, Path],
    strays: Sequence[Stray] = (),
) -> Segment | None:
    """Count the calls that arrived in a month, and write everything about them into a folder."""
    name, folder = home
    take_month(engine, chain, files, month_bounds(month), strays)
    run_chain(engine, chain)
    calls, pending = engine.rows(
        f"SELECT COUNT(*), COUNT(*) FILTER (WHERE rule_no IN {PENDING}) FROM coded"
    )[0]
    if not calls:
        return None
    numbered = {
        table: f"({write(stored(made, month))}) AS numbered" for table, made in _MADE.items()
    }
    for table in TABLES:
        made, order = numbered.get(table, table), _ORDER.get(table, "call_no, seq")
        engine.save(f"SELECT * FROM {made} ORDER BY {order}", folder / f"{table}.parquet")
    list_callers(engine, folder)
    return Segment(month, name, calls, pending, numbered=True)


_ORDER = {"calls": "arrived_at, call_no", "links": "id"}
"""What lies near in time lies near on the disk: it is read faster, and takes less room."""

_MADE = {"calls": "numbered_calls", **{span.name: span.name for span in SPANS}}
"""The tables of the chain in which calls go by number, by the name under which they are kept."""

_CONTACTS = (
    "call_no AS call_id, client, caller_key, direction, arrived_at, ended_at, outcome, answered, "
    "outside_only, talk_ms, people"
)

_NAMED = {
    "episodes": """
SELECT b.call_id AS episode, e.* EXCLUDE (episode, helped_by), h.call_id AS helped_by,
  e.episode AS episode_no, e.helped_by AS helped_by_no
FROM episodes AS e
INNER JOIN names AS b ON b.call_no = e.episode
LEFT JOIN names AS h ON h.call_no = e.helped_by
ORDER BY e.episode
""",
    "episode_calls": """
SELECT c.call_id, b.call_id AS episode, m.call_id AS call_no, m.episode AS episode_no
FROM episode_calls AS m
INNER JOIN names AS c ON c.call_no = m.call_id
INNER JOIN names AS b ON b.call_no = m.episode
ORDER BY m.call_id
""",
    "sharing": "SELECT * FROM sharing",
    "neighbours": "SELECT * FROM neighbours ORDER BY call_id",
    "episode_people": "SELECT * FROM episode_people ORDER BY episode",
}
"""What is kept of the episodes: the ids of calls stand there beside their numbers."""


def count_episodes(
    engine: Engine, limits: Limits, segments: Sequence[Path], home: tuple[str, Path]
) -> str:
    """Join the calls of each caller into episodes, and write them into a folder.

    What came before and after each call, and how many people a need took, are kept beside them:
    to find it takes as long as all the rest of a question.
    """
    name, folder = home
    calls, talks = (
        ", ".join(literal(path / f"{table}.parquet") for path in segments)
        for table in ("calls", "talks")
    )
    engine.view("contacts", f"SELECT {_CONTACTS} FROM read_parquet([{calls}])")
    engine.view("names", f"SELECT call_no, call_id FROM read_parquet([{calls}])")
    spoken = "SELECT call_no AS call_id, agent, agent_kind FROM"
    engine.view("talks_of_calls", f"{spoken} read_parquet([{talks}])")
    for step, statement in _joining(limits):
        engine.table(step, statement)
    for table, statement in _NAMED.items():
        engine.save(statement, folder / f"{table}.parquet")
    return name


@lru_cache(maxsize=16)
def _joining(limits: Limits) -> tuple[tuple[str, str], ...]:
    tables = {"calls": "contacts", "talks": "talks_of_calls"}
    beside = (("neighbours", neighbours()), ("episode_people", episode_people()))
    return tuple(
        (step, write(exp.replace_tables(parse(statement), tables, dialect=DIALECT)))
        for step, statement in (*episode_steps(limits), *beside)
    )
