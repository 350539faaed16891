"""Statements that run often are planned once, and never run by a plan of tables that are gone."""

from collections.abc import Iterator

import duckdb
import pytest

from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.history import Engine
from everycall.settings import read_table
from live.days import AMI, SAMPLES, lines_of, said, source


class Counting(Engine):
    """Counts how often a statement is planned."""

    plans = 0

    def _plan(self, statement: str) -> duckdb.Statement:
        self.plans += 1
        return super()._plan(statement)


@pytest.fixture
def engine() -> Iterator[Counting]:
    with Counting() as one:
        one.run("CREATE TABLE said (x BIGINT)")
        yield one


COUNT = "SELECT COUNT(*), MAX(x) FROM said"


def test_a_plan_is_kept_while_only_rows_change(engine: Counting) -> None:
    assert engine.again(COUNT) == [(0, None)]
    engine.run("INSERT INTO said VALUES (7), (8)")
    assert engine.again(COUNT) == [(2, 8)]
    engine.add("said", {"x": "BIGINT"}, [(9,)])
    engine.run("DELETE FROM said WHERE x < 9")
    engine.run("CHECKPOINT")
    assert engine.again(COUNT) == [(1, 9)]
    assert engine.plans == 1


def test_no_plan_outlives_a_table_or_view_that_is_made(engine: Counting) -> None:
    engine.run("INSERT INTO said VALUES (7)")
    assert engine.again(COUNT) == [(1, 7)]
    engine.table("said", "SELECT 'word' AS x")
    assert engine.again(COUNT) == [(1, "word")]
    engine.drop("said")
    engine.view("said", "SELECT 3 AS x, 4 AS y")
    assert engine.again(COUNT) == [(1, 3)]
    assert engine.plans == 3


def test_a_picture_plans_nothing_anew_from_one_batch_to_the_next() -> None:
    lines = lines_of(SAMPLES / "scenarios/s01_caller_hangs_up/ami.jsonl.gz")
    entries = said(lines, AMI, "pbx")
    moment = 1_795_320_900_000_000
    with LivePicture(read_table(SiteFile, {"zone": "UTC"}), [source(AMI)], moment) as picture:
        planned: list[int] = []
        for entry in entries:
            picture.take([entry], moment)
            picture.board(moment)
            planned.append(len(picture._engine._planned))
        assert planned == sorted(planned)
        assert planned[-1] > 80
