"""Statistics by hour, of hand-written logs: what the chain's stays in queues give is what they say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from truth import wazo
from truth.wazo import Case, Visit

CASES = wazo.cases()
pytestmark = pytest.mark.skipif(not CASES, reason=f"needs {wazo.FILE} (EVERYCALL_SHARED)")


@pytest.mark.parametrize("form", [Case.as_table, Case.as_file], ids=["table", "file"])
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.of_calls()],
    ids=lambda case: case.name.replace(" ", "_"),
)
def test_each_table_of_calls_is_what_the_stays_in_queues_give(
    case: Case, form: Callable[[Case, Path], list[Visit]], tmp_path: Path
) -> None:
    visits = form(case, tmp_path)
    for table in case.of_calls():
        assert wazo.counted(table, visits) == table.rows


def test_the_tables_speak_of_calls_and_of_agents_times() -> None:
    """Agents' times (sign-in, pause, wrap-up) are no statistic of calls: metrics have their own test."""
    every = {name for case in CASES for table in case.tables for name in table.columns[1:]}
    assert {"Received", "Answered", "Closed", "AWT", "QoS"} <= every
    assert {"Login", "Pause", "Wrapup"} <= wazo.TIMES & every
