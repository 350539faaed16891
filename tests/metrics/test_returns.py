"""What became of missed callers, in elapsed time and in business time; and repeated calls."""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measuring import measure
from metrics.invented import Invented, at, told_episodes
from truth.histories import site_of

HOURS = site_of(zone="Europe/Berlin", hours={"week": ["mon-fri 09:00-17:00"]})
ZONE = "Europe/Berlin"
FRIDAY, MONDAY = "2026-10-09", "2026-10-12"


def local(text: str) -> int:
    return at(text, ZONE)


def missed(name: str, moment: str, **facts: Any) -> dict[str, Any]:
    given = {"call_id": name, "arrived_at": local(moment), "caller_key": "+4930", "answered": False}
    return (
        given | {"outcome": "caller_left_in_queue", "queued": True, "rang_directly": False} | facts
    )


def ours(name: str, moment: str, *, reached: bool = True) -> dict[str, Any]:
    outcome = "reached" if reached else "no_answer"
    facts = {"direction": "outbound", "outcome": outcome, "answered": reached, "talk_ms": 60_000}
    return missed(name, moment) | facts


def answered(name: str, moment: str) -> dict[str, Any]:
    return missed(name, moment) | {"outcome": "answered", "answered": True, "talk_ms": 60_000}


def measured(folder: Path, rows: list[dict[str, Any]], *names: str) -> dict[str, Any]:
    with Invented(folder, ZONE, counted=rows, **told_episodes(rows)) as asking:
        return dict(measure(asking, names, settings=HOURS, definition="xon").rows[0].cells)


def test_three_misses_of_one_caller_owe_one_call_back(tmp_path: Path) -> None:
    rows = [missed(f"m{i}", f"{FRIDAY} 10:0{i}") for i in range(3)]
    rows.append(ours("o", f"{FRIDAY} 10:30"))
    cells = measured(tmp_path, rows, "missed", "missed_callers", "callback_rate", "recovered_rate")
    assert [cell.value for cell in cells.values()] == [3, 1, 1, 1]


def test_friday_half_past_four_and_monday_ten(tmp_path: Path) -> None:
    """By the clock it took days; by opening hours 30 minutes on Friday and 60 on Monday."""
    rows = [missed("m", f"{FRIDAY} 16:30"), ours("o", f"{MONDAY} 10:00")]
    cells = measured(tmp_path, rows, "callback_in_time:60", "callback_in_business_time:2h")
    assert [cell.value for cell in cells.values()] == [0, 1]
    late = [missed("m", f"{FRIDAY} 16:30"), ours("o", f"{MONDAY} 10:31")]
    cells = measured(tmp_path, late, "callback_in_business_time:2h")
    assert cells["callback_in_business_time:2h"].value == 0


def test_a_caller_who_came_back_first_owes_us_nothing(tmp_path: Path) -> None:
    rows = [missed("m", f"{FRIDAY} 10:00"), answered("a", f"{FRIDAY} 10:20")]
    names = ("callback_in_time", "callback_rate", "return_rate", "recovery_rate", "rang_again_rate")
    cells = measured(tmp_path, rows, *names)
    assert [cell.value for cell in cells.values()] == [None, None, 1, 1, 1]


def test_who_is_still_inside_the_time_is_pending_and_has_not_failed(tmp_path: Path) -> None:
    rows = [missed("m", "2026-12-30 16:59")]
    cells = measured(tmp_path, rows, "callback_in_business_time:1000h", "recovery_rate:72h")
    for cell in cells.values():
        assert cell.value is None
        assert "1 still inside their time (pending)" in cell.note


def test_without_opening_hours_there_is_no_business_time(tmp_path: Path) -> None:
    rows = [missed("m", f"{FRIDAY} 10:00"), ours("o", f"{FRIDAY} 10:30")]
    with Invented(tmp_path, ZONE, counted=rows, **told_episodes(rows)) as asking:
        found = measure(asking, ["callback_in_business_time"], definition="xon")
    assert found.cell("callback_in_business_time").value is None


@pytest.mark.parametrize(("name", "value"), [("repeat_rate:7d", 0.5), ("retry_rate", 0.25)])
def test_repeats_and_retries(tmp_path: Path, name: str, value: float) -> None:
    """Four calls of a caller: one after an answer, one an hour after a miss, one weeks later."""
    rows = [
        answered("a", "2026-10-05 09:00"),
        missed("b", "2026-10-06 10:00"),
        answered("c", "2026-10-06 11:00"),
        answered("d", "2026-11-20 09:00"),
    ]
    withheld = answered("e", "2026-10-05 09:30") | {"caller_key": None}
    cells = measured(tmp_path, [*rows, withheld], name)
    assert cells[name].value == value


def test_first_contact_resolution_leaves_out_calls_whose_time_is_not_over(tmp_path: Path) -> None:
    rows = [
        answered("a", "2026-10-05 09:00"),
        answered("b", "2026-10-06 09:00"),
        answered("c", "2026-12-28 09:00"),
    ]
    cell = measured(tmp_path, rows, "fcr:7d")["fcr:7d"]
    assert (cell.numerator, cell.denominator) == (1, 2)
    assert cell.note == "not counted: 1 whose time is not over yet (provisional)"


def test_a_shared_number_is_nobodys(tmp_path: Path) -> None:
    rows = [answered("a", "2026-10-05 09:00"), answered("b", "2026-10-05 10:00")]
    shared = [{"caller_key": "+4930"}]
    with Invented(tmp_path, ZONE, counted=rows, sharing=shared) as asking:
        assert measure(asking, ["repeat_rate"]).cell("repeat_rate").value is None
