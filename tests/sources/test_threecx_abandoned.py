"""3CX's report of abandoned calls: rows of people become calls, and only where it is asked for."""

from pathlib import Path

import pytest

from everycall.app.intake.finding import LeftOut, find
from sources.shared import data, found
from truth.histories import told

RECORDING = Path(__file__).parent / "threecx_abandoned" / "recording.csv"
NAME = "threecx_abandoned"


def test_a_row_per_person_is_one_call_that_gave_up(tmp_path: Path) -> None:
    calls = told(tmp_path, [RECORDING], source=NAME).calls
    assert [(c["first_queue"], c["outcome"], c["wait_ms"], c["attempts"]) for c in calls] == [
        ("600 Help Queue", "caller_left_in_queue", 24_000, []),
        ("601 Sales Queue", "caller_left_in_queue", 130_000, []),
        ("600 Help Queue", "caller_left_in_queue", 95_000, []),
    ]


def test_it_is_not_taken_in_by_itself_because_the_call_log_holds_the_same_calls() -> None:
    for path in (RECORDING, RECORDING.parent):
        (beside,) = find([path])
        assert isinstance(beside, LeftOut)
        assert f"--source {NAME}" in beside.reason


WEEKS = {
    "2025-11-17": (2717, 194),
    "2025-11-24": (3739, 267),
    "2025-12-01": (4313, 308),
    "2025-12-08": (3081, 220),
    "2025-12-15": (2549, 182),
    "2025-12-22": (2829, 202),
}
"""Rows with the sum, and distinct calls."""


@pytest.mark.parametrize(
    "report", found("threecx/abandoned_report/*.csv") or ["threecx/abandoned_report/absent.csv"]
)
def test_a_real_report_is_as_many_calls_as_its_last_row_says(report: str, tmp_path: Path) -> None:
    path = data(report)
    taken = told(tmp_path, [path], source=NAME)
    said = path.read_text(encoding="utf-8-sig").splitlines()[-1].split(",")
    assert said[0] == "Totals"
    assert len(taken.calls) == int(said[1])
    counted = (taken.summaries[0].files[0].lines, len(taken.calls))
    assert counted == WEEKS.get(path.name[:10], counted)
    assert all(call["wait_ms"] >= 20_000 for call in taken.calls)
