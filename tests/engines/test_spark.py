"""The chain means the same on a second engine: PySpark, with the statements that sqlglot translates."""

import importlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.calls.chain import INPUTS, written
from everycall.calls.episodes import INPUTS as EPISODE_INPUTS
from everycall.calls.episodes import episode_steps
from everycall.calls.model import Setting, SourceView
from everycall.events.sights import Sight
from everycall.history import Engine, History

pytestmark = pytest.mark.spark

SAMPLES = Path(__file__).parents[2] / "samples" / "scenarios"
FAR_AHEAD = 4 * 10**15
KEPT = {
    "call_numbers",
    "linked",
    "touched",
    "several",
    "attempts",
    "visits",
    "talks",
    "coded",
    "stretches",
}
"""Tables that Spark keeps, so that its plans do not grow with every step."""


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    required = os.environ.get("SPARK_REQUIRED") == "1"
    if not required and shutil.which("java") is None:
        pytest.skip("no Java on this machine")
    if not required and importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed: make spark")
    sql = importlib.import_module("pyspark.sql")
    local = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
    local |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    builder = sql.SparkSession.builder.master("local[2]")
    for key, value in local.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    found = History(tmp_path_factory.mktemp("data"))
    Importer(found, SiteFile()).take([SAMPLES])
    return found


def columns(types: dict[str, str]) -> str:
    return ", ".join(
        f"`{name}` {kind.replace('VARCHAR', 'STRING')}" for name, kind in types.items()
    )


def give(spark: Any, name: str, types: dict[str, str], rows: list[tuple[Any, ...]]) -> None:
    spark.createDataFrame(rows, columns(types)).createOrReplaceTempView(name)


def run(spark: Any, name: str, statement: str) -> None:
    frame = spark.sql(statement)
    (frame.localCheckpoint() if name in KEPT else frame).createOrReplaceTempView(name)


def setting_of(history: History) -> Setting:
    return Setting(
        tuple(
            SourceView(
                s.name,
                frozenset(Sight(word) for word in s.sees),
                s.fineness,
                s.channels,
                s.people,
                s.carrier,
            )
            for s in history.manifest().sources
        )
    )


@pytest.fixture(scope="module")
def counted(spark: Any, history: History) -> Any:
    manifest = history.manifest()
    files = [str(history.folder / e.path) for e in manifest.events]
    spark.read.parquet(*files).createOrReplaceTempView("events")
    as_of = max(source.last_at for source in manifest.sources)
    for name, types in (INPUTS | EPISODE_INPUTS).items():
        if name != "events":
            give(spark, name, types, [(as_of, 0, FAR_AHEAD)] if name == "moment" else [])
    chain = written(setting_of(history), "spark")
    for name, statement, *_ in (*chain.linking, *chain.counting):
        run(spark, name, statement)
    return spark


def compare(spark: Any, table: str, file: Path, keys: str, wanted: str) -> None:
    with Engine() as engine:
        query = f"SELECT {wanted} FROM {{}} ORDER BY {keys}"
        ours = engine.rows(query.format(f"read_parquet('{file}')"))
    theirs = [tuple(row) for row in spark.sql(query.format(table)).collect()]
    assert ours
    assert theirs == ours


def test_calls_are_the_same_on_both_engines(counted: Any, history: History) -> None:
    segment = history.manifest().segments[-1]
    wanted = (
        "call_id, outcome, missing, confidence, direction, arrived_at, ended_at, answered_at, "
        "wait_ms, ring_ms, talk_ms, hold_ms, ended_by, answered_agent, first_queue, last_exit, "
        "visits, attempts, people, transfers, caller_key, called, trunk, seen_by"
    )
    compare(counted, "calls", history.folder / segment.folder / "calls.parquet", "call_id", wanted)


@pytest.mark.parametrize("table", ["visits", "attempts", "talks", "holds"])
def test_stretches_are_the_same_on_both_engines(counted: Any, history: History, table: str) -> None:
    segment = history.manifest().segments[-1]
    file = history.folder / segment.folder / f"{table}.parquet"
    wanted = "call_id, agent, queue, began_at, ended_at, lasted_ms, result, q850"
    made = f"finished_{table}"
    compare(counted, made, file, "call_id, began_at, ended_at, agent, seq", wanted)


def test_episodes_are_the_same_on_both_engines(counted: Any, history: History) -> None:
    manifest = history.manifest()
    counted.sql("SELECT * FROM calls").createOrReplaceTempView("contacts")
    for name, statement in episode_steps(setting_of(history).limits, "spark"):
        run(counted, name, statement)
    file = history.folder / str(manifest.episodes) / "episodes.parquet"
    wanted = "episode, client, began_at, calls, inbound_calls, unanswered_calls, state, joined"
    compare(counted, "episodes", file, "episode", wanted)
