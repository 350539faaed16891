"""The service levels against vectors that others published."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measuring import measure
from metrics.invented import Invented, at

NINE = at("2026-10-05 09:00")


def calls(number: int, outcome: str, wait: float) -> Iterator[dict[str, Any]]:
    for i in range(number):
        yield {
            "call_id": f"{outcome}-{wait}-{i}",
            "arrived_at": NINE,
            "outcome": outcome,
            "answered": outcome == "answered",
            "asked_for_person": True,
            "queued": True,
            "wait_ms": int(wait * 1000),
        }


def visits(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results = {"answered": "answered", "caller_left_in_queue": "caller", "timed_out": "timeout"}
    return [
        {
            "call_id": call["call_id"],
            "queue": "sales",
            "began_at": call["arrived_at"],
            "lasted_ms": call["wait_ms"],
            "result": results[call["outcome"]],
        }
        for call in of
    ]


def hundred() -> list[dict[str, Any]]:
    """100 offered: 70 answered and 10 gave up within 20 s (4 below 5 s); 15 and 5 later."""
    return [
        *calls(70, "answered", 20),
        *calls(4, "caller_left_in_queue", 3),
        *calls(6, "caller_left_in_queue", 15),
        *calls(15, "answered", 40),
        *calls(5, "caller_left_in_queue", 60),
    ]


HUNDRED = {
    "sl1:20": 70 / 85,
    "sl2:20": 70 / 100,
    "sl3:20": 70 / 90,
    "sl4:20": 80 / 100,
    "sl5:20": 80 / 100,
    "sl6:20": 70 / 96,
    "sl7:20": 70 / 100,
    "sl8": 85 / 100,
}


@pytest.mark.parametrize("by", [(), ("queue",)], ids=["of calls", "of stays"])
@pytest.mark.parametrize("formula", HUNDRED)
def test_a_hundred_calls_give_what_each_formula_says(
    tmp_path: Path, formula: str, by: tuple[str, ...]
) -> None:
    rows = hundred()
    name = f"service_level.{formula}"
    with Invented(tmp_path, counted=rows, visits=visits(rows)) as asking:
        (row,) = measure(asking, [name], by).rows
    cell = row.cells[name]
    assert cell.value == pytest.approx(HUNDRED[formula])
    assert cell.low < cell.value < cell.high


def test_ciscos_worked_example(tmp_path: Path) -> None:
    """70 answered and 10 abandoned within the time, 20 after it: 77.8, 70 and 80 %."""
    rows = [
        *calls(70, "answered", 20),
        *calls(10, "caller_left_in_queue", 20),
        *calls(20, "answered", 21),
    ]
    ids = [f"service_level.sl{number}:20" for number in (3, 2, 4)]
    with Invented(tmp_path, counted=rows) as asking:
        (row,) = measure(asking, ids).rows
    assert [round(row.cells[name].value * 100, 1) for name in ids] == [77.8, 70.0, 80.0]


def test_those_passed_on_are_added_to_the_denominator(tmp_path: Path) -> None:
    rows = [*hundred(), *calls(10, "timed_out", 90)]
    with Invented(tmp_path, counted=rows, visits=visits(rows)) as asking:
        whole = measure(asking, ["service_level.sl7:20"]).cell("service_level.sl7:20")
        queue = measure(asking, ["service_level.sl7:20"], ["queue"])
    assert (whole.numerator, whole.denominator) == (70, 110)
    assert queue.cell("service_level.sl7:20", "sales").denominator == 110


def test_a_wait_of_exactly_the_time_is_in_time(tmp_path: Path) -> None:
    with Invented(tmp_path, counted=[*calls(1, "answered", 60)]) as asking:
        assert measure(asking, ["service_level.sl2:60"]).cell("service_level.sl2:60").value == 1


def test_nothing_offered_has_no_service_level(tmp_path: Path) -> None:
    with Invented(tmp_path) as asking:
        cell = measure(asking, ["service_level.sl2"]).cell("service_level.sl2")
    assert cell.value is None
    assert cell.note == "no call that this formula divides by"
