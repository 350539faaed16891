"""What each metric asks of the tables, as SQL: a change of meaning is a change of these files.

`python tests/metrics/test_golden.py` writes them anew.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from everycall.metrics.asked import asked
from everycall.metrics.catalog import METRICS
from everycall.metrics.planner import Question, statement

GOLDEN = Path(__file__).parent / "golden"


def written(name: str) -> str:
    return "\n".join(_statements(name))


def _statements(name: str) -> Iterator[str]:
    one = asked(name)
    for form in one.metric.forms:
        tree = statement(Question((one,)), form.level, [(one, form)]).tree
        yield f"-- {form.level}\n{tree.sql('duckdb', pretty=True)};\n"


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_asks_what_it_asked_before(name: str) -> None:
    path = GOLDEN / f"{name}.sql"
    assert path.exists(), "new metric: write its file with python tests/metrics/test_golden.py"
    assert path.read_text(encoding="utf-8") == written(name)


def test_there_is_no_file_without_a_metric() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(METRICS)


if __name__ == "__main__":
    for path in GOLDEN.glob("*.sql"):
        path.unlink()
    for name in METRICS:
        (GOLDEN / f"{name}.sql").write_text(written(name), encoding="utf-8")
