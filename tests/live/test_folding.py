"""Steps that only work out columns are views: the fewer tables are filled, the sooner a picture is drawn."""

from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.live.folding import folded
from everycall.settings import read_table
from live.days import AMI, SAMPLES, lines_of, said, source

ADDED = "SELECT *, x + 1 AS y FROM said"


def test_what_one_statement_reads_is_a_view() -> None:
    steps = [("said", "SELECT 1 AS x"), ("added", ADDED), ("used", "SELECT MAX(y) FROM added")]
    assert folded(steps) == {"added"}


def test_what_two_read_or_nobody_does_is_a_table() -> None:
    steps = [("said", "SELECT 1 AS x"), ("added", ADDED)]
    assert folded(steps) == frozenset()
    twice = [*steps, ("one", "SELECT MAX(y) FROM added"), ("two", "SELECT MIN(y) FROM added")]
    assert folded(twice) == frozenset()
    joined = [*steps, ("one", "SELECT MAX(a.y) FROM added AS a INNER JOIN added AS b ON a.x = b.x")]
    assert folded(joined) == frozenset()


def test_what_adds_up_or_reads_what_is_given_is_a_table() -> None:
    last = ("last", "SELECT * FROM middle")
    for middle in (
        "SELECT SUM(x) AS y FROM said",
        "SELECT x FROM said GROUP BY x",
        "SELECT DISTINCT x FROM said",
        "SELECT a.x FROM said AS a INNER JOIN said AS b ON b.x = a.x",
        "SELECT ROW_NUMBER() OVER (ORDER BY x) AS y FROM said",
        "SELECT * FROM given",
        "SELECT * FROM said UNION ALL SELECT * FROM said",
    ):
        assert folded([("said", "SELECT 1 AS x"), ("middle", middle), last]) == frozenset()


def test_the_chain_judges_in_one_statement() -> None:
    lines = lines_of(SAMPLES / "scenarios/s01_caller_hangs_up/ami.jsonl.gz")
    moment = 1_795_320_900_000_000
    with LivePicture(read_table(SiteFile, {"zone": "UTC"}), [source(AMI)], moment) as picture:
        picture.take(said(lines, AMI, "pbx"), moment)
        views = {n for (n,) in picture._engine.rows("SELECT view_name FROM duckdb_views()")}
        assert {"ends", "facts", "judged"} <= views
        assert picture.board(moment).day is not None
