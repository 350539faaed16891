"""From events to calls: the chain run over one month, and its tables written as a segment."""

from collections.abc import Sequence
from pathlib import Path

from everycall.app.pooling import literal, take_month
from everycall.calls.chain import Chain
from everycall.calls.episodes import episode_steps
from everycall.calls.judging import PENDING
from everycall.calls.model import Limits
from everycall.history import Engine
from everycall.history.store import TABLES, Segment, month_bounds


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
) -> Segment | None:
    """Count the calls that arrived in a month, and write everything about them into a folder."""
    name, folder = home
    take_month(engine, chain, files, month_bounds(month))
    run_chain(engine, chain)
    calls, pending = engine.rows(
        f"SELECT COUNT(*), COUNT(*) FILTER (WHERE rule_no IN {PENDING}) FROM coded"
    )[0]
    if not calls:
        return None
    engine.save("SELECT * FROM calls ORDER BY arrived_at, call_id", folder / "calls.parquet")
    for table in TABLES[1:]:
        made = table if table == "links" else f"finished_{table}"
        engine.save(f"SELECT * FROM {made}", folder / f"{table}.parquet")
    return Segment(month, name, calls, pending)


_CONTACTS = (
    "call_id, client, caller_key, direction, arrived_at, ended_at, outcome, answered, "
    "outside_only, talk_ms"
)


def count_episodes(
    engine: Engine, limits: Limits, calls: Sequence[Path], home: tuple[str, Path]
) -> str:
    """Join the calls of each caller into episodes, and write them into a folder."""
    name, folder = home
    files = ", ".join(literal(file) for file in calls)
    engine.view("contacts", f"SELECT {_CONTACTS} FROM read_parquet([{files}])")
    for step, statement in episode_steps(limits):
        engine.table(step, statement)
    for table in ("episodes", "episode_calls", "sharing"):
        engine.save(f"SELECT * FROM {table}", folder / f"{table}.parquet")
    return name
