"""Definitions mean the same on a second engine: PySpark, by the statements that sqlglot translates."""

import importlib
import importlib.util
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from definitions.rows import NOW
from definitions.test_properties import some_call
from everycall.calls.statement import write
from everycall.definitions import COLUMNS, definition_ids, load, verdicts
from everycall.definitions.words import COLUMNS as FACTS
from everycall.history import Engine

pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(3)
    rows = [some_call(chance) | {"call_id": f"{i:04}"} for i in range(300)]
    path = tmp_path_factory.mktemp("calls") / "calls.parquet"
    with Engine() as engine:
        cells = ([_cell(row.get(column)) for column in FACTS] for row in rows)
        engine.load("calls", FACTS, cells)
        engine.save("SELECT * FROM calls", path)
    return path


def _cell(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


@pytest.fixture(scope="module")
def spark(calls: Path) -> Iterator[Any]:
    if os.environ.get("SPARK_REQUIRED") != "1":
        if shutil.which("java") is None:
            pytest.skip("no Java on this machine")
        if importlib.util.find_spec("pyspark") is None:
            pytest.skip("PySpark is not installed: make spark")
    sql = importlib.import_module("pyspark.sql")
    others = sql.SparkSession.getActiveSession()
    local = {"spark.ui.enabled": "false", "spark.driver.host": "127.0.0.1"}
    builder = sql.SparkSession.builder.master("local[1]")
    for key, value in (local | {"spark.driver.bindAddress": "127.0.0.1"}).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    session.read.parquet(str(calls)).createOrReplaceTempView("calls")
    yield session
    if others is None:
        session.stop()


@pytest.mark.parametrize("name", definition_ids())
def test_verdicts_are_the_same_on_both_engines(name: str, spark: Any, calls: Path) -> None:
    tree = verdicts(load(name), as_of=NOW)
    with Engine() as engine:
        engine.view("calls", f"SELECT * FROM read_parquet('{calls}')")
        ours = sorted(engine.rows(tree))
    theirs = sorted(tuple(row) for row in spark.sql(write(tree, "spark")).collect())
    assert tuple(COLUMNS) == ("call_id", "category", "reason", "rule", "confidence", "missing")
    assert theirs == ours
