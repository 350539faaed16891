"""Statistics that Wazo's own tests expect of queue_log: each table that is there, exactly."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.history import History
from everycall.metrics.answering import Table
from everycall.metrics.model import Cell
from truth.histories import site_of

ROOT = Path(__file__).parents[2]
CASES = Path(os.environ.get("EVERYCALL_SHARED", ROOT / "../shared")) / "data/wazo_queue_log"
ZONE = "America/Montreal"

COLUMNS = {
    "Received": "arrived",
    "Answered": "answered",
    "Closed": "closed_doors",
    "AWT": "asa",
    "Answered rate": "answer_rate",
    "QoS": "service_level.sl1:3",
    "Login": "login_time",
    "Pause": "pause_time",
    "Wrapup": "wrap_up_time",
}
"""Their words, and ours."""


def cases() -> list[Any]:
    path = CASES / "cases.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(f"{path} is not there"))]
    found = json.loads(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["scenario"]) for case in found]


def lines(case: dict[str, Any]) -> list[str]:
    rows = [row for table in case["queue_log"] for row in table["rows"]]
    return ["|".join([_stamp(row[0]), *row[1:]]) for row in sorted(rows)]


def _stamp(text: str) -> str:
    """A time without a day is a time of the last hour."""
    return text if len(text) > 15 else f"2012-01-01 09:{text}"


def measured(asking: Asking, names: list[str], step: str) -> Table:
    place = re.search(r'on (agent )?"([^"]+)"', step)
    assert place is not None
    where = {"agent": [f"Agent/{place[2]}"]} if place[1] else {"queue": [place[2]]}
    return measure(asking, names, ["hour"], where=where)


def written(cell: Cell, name: str) -> str:
    if cell.value is None:
        return ""
    if name in ("asa", "login_time", "pause_time", "wrap_up_time"):
        seconds = int(cell.value) // 1000
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{cell.value * 100:.0f} %" if _is_share(name) else f"{cell.value:.0f}"


def _is_share(name: str) -> bool:
    return name.startswith(("answer_rate", "service_level"))


def expected(case: dict[str, Any]) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    for table in case["expected"]:
        yield table["step"], table["columns"][1:], table["rows"]


def hour_of(label: str) -> int:
    return int(label.partition("h")[0])


@pytest.mark.parametrize("case", cases())
def test_what_wazo_expects(case: dict[str, Any], tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text("\n".join(lines(case)) + "\n", encoding="utf-8")
    history = History(tmp_path / "data")
    Importer(history, site_of(zone=ZONE)).take([log])
    with MeasuredSite(history, site_of(zone=ZONE).zone) as asking:
        for step, columns, rows in expected(case):
            names = [COLUMNS[column] for column in columns]
            found = measured(asking, names, step)
            for label, *values in rows:
                if label != "Total":
                    assert _row(found, names, hour_of(label)) == values, (step, label)
            _check_total(asking, names, step, rows)


def _row(found: Table, names: list[str], hour: int) -> list[str]:
    cells = next((row.cells for row in found.rows if row.keys == (hour,)), None)
    if cells is None:
        return ["" if _is_share(n) or n == "asa" else written(Cell(0), n) for n in names]
    return [written(cells[name], name) for name in names]


def _check_total(asking: Asking, names: list[str], step: str, rows: list[list[str]]) -> None:
    """Their total is over the hours of the table."""
    hours = [str(hour_of(label)) for label, *_ in rows if label != "Total"]
    place = re.search(r'on (agent )?"([^"]+)"', step)
    assert place is not None
    where = {"agent": [f"Agent/{place[2]}"]} if place[1] else {"queue": [place[2]]}
    found = measure(asking, names, where={**where, "hour": hours})
    total = next((values for label, *values in rows if label == "Total"), None)
    if total is not None:
        assert [written(found.rows[0].cells[name], name) for name in names] == total
