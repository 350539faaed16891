"""A statement is left out only if there can be nothing in its result."""

import duckdb
import pytest

from everycall.live.emptiness import is_empty, needs

STATEMENTS = [
    ("SELECT x FROM a", True),
    ("SELECT a.x FROM a LEFT JOIN b ON b.x = a.x", True),
    ("SELECT b.x FROM b INNER JOIN a ON b.x = a.x", True),
    ("SELECT b.x FROM b LEFT JOIN a ON b.x = a.x", False),
    ("SELECT b.x FROM a RIGHT JOIN b ON b.x = a.x", False),
    ("SELECT x FROM a UNION ALL SELECT x FROM b", False),
    ("SELECT x FROM a UNION ALL SELECT a.x FROM b CROSS JOIN a", True),
    ("SELECT COUNT(*) FROM a", False),
    ("SELECT x, COUNT(*) FROM a GROUP BY x", True),
    ("SELECT x FROM (SELECT x FROM a UNION ALL SELECT x FROM b) AS c", False),
    ("WITH c AS (SELECT x FROM a) SELECT c.x FROM b, c", True),
    ("SELECT x FROM seen", True),
    ("SELECT 1 AS x", False),
]


@pytest.mark.parametrize(("statement", "nothing"), STATEMENTS)
def test_what_needs_an_empty_table(statement: str, nothing: bool) -> None:  # noqa: FBT001
    view = "SELECT x FROM a WHERE x > 0"
    found = is_empty(needs(statement, {"seen": needs(view, {})}), {"a": 0, "b": 1})
    assert found is nothing
    db = duckdb.connect()
    db.execute("CREATE TABLE a (x INTEGER)")
    db.execute("CREATE TABLE b AS SELECT 1 AS x")
    db.execute(f"CREATE VIEW seen AS {view}")
    if nothing:
        assert db.execute(statement).fetchall() == []


def test_a_table_of_which_nobody_knows_may_have_rows() -> None:
    assert not is_empty(needs("SELECT x FROM a", {}), {})
