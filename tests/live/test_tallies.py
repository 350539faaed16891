"""The statements of the totals: what they count of some rows, they count without a filter."""

import pytest
from sqlglot import exp

from everycall.calls.statement import parse
from everycall.history import Engine
from everycall.live.tallies import _unfiltered, planned, tallies


@pytest.fixture
def statements() -> list[str]:
    every = (planned(tally, "main", 10_000) for tally in tallies("service_level.sl2:60"))
    return [one.statement(n, "hot_") for one in every for n in range(len(one.plans))]


def test_no_total_pays_for_filters(statements: list[str]) -> None:
    assert len(statements) >= 10
    for statement in statements:
        assert not [one.sql() for one in parse(statement).find_all(exp.Filter)]


FILTERED = """
SELECT g, COUNT(*) FILTER(WHERE p), COUNT(x) FILTER(WHERE p), SUM(x) FILTER(WHERE p),
  MAX(x) FILTER(WHERE p), MIN(x) FILTER(WHERE NOT p), COUNT(*) FILTER(WHERE TRUE),
  COUNT(*) FILTER(WHERE p IS NULL), SUM(x) FILTER(WHERE FALSE), COUNT(DISTINCT x) FILTER(WHERE p),
  ARG_MIN(x, y) FILTER(WHERE p)
FROM said GROUP BY g ORDER BY g
"""
SAID = """
SELECT UNNEST([1, 1, 1, 1, 2, 2, 3]) AS g, UNNEST([TRUE, FALSE, NULL, TRUE, NULL, FALSE, TRUE]) AS p,
  UNNEST([7, 8, 9, NULL, 4, NULL, NULL]) AS x, UNNEST([1, 2, 3, 4, 5, 6, 7]) AS y
"""


def test_it_counts_what_a_filter_lets_through() -> None:
    tree = parse(FILTERED)
    plain = tree.copy().transform(_unfiltered)
    assert len(list(plain.find_all(exp.Filter))) == 2
    with Engine() as engine:
        engine.table("said", SAID)
        assert engine.rows(plain) == engine.rows(tree)
