"""Asking by anything: units, sums, local time, filters, and the reason for a dash."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measuring import measure
from everycall.errors import NotFoundError
from everycall.events.sights import Sight
from everycall.history.store import Manifest
from metrics.invented import Invented, at, source_state

DAY = "2026-10-05"


def call(name: str, moment: int, **facts: Any) -> dict[str, Any]:
    answered = facts.get("outcome", "answered") == "answered"
    given = {"call_id": name, "arrived_at": moment, "answered": answered, "asked_for_person": True}
    return given | {"wait_ms": 1000} | facts


def visit(name: str, queue: str, moment: int, result: str, **facts: Any) -> dict[str, Any]:
    given = {"call_id": name, "queue": queue, "began_at": moment, "result": result}
    return given | {"lasted_ms": 1000} | facts


def test_by_queue_the_unit_is_the_stay_at_its_own_entry(tmp_path: Path) -> None:
    arrived = at(f"{DAY} 09:59")
    rows = [call("a", arrived, first_queue="sales")]
    stays = [
        visit("a", "sales", arrived, "timeout"),
        visit("a", "support", at(f"{DAY} 10:01"), "answered"),
    ]
    with Invented(tmp_path, counted=rows, visits=stays) as asking:
        found = measure(asking, ["arrived", "answered"], ["queue", "hour"])
        whole = measure(asking, ["arrived", "answered"], ["hour"])
    assert [row.keys for row in found.rows] == [("sales", 9), ("support", 10)]
    assert [row.cells["answered"].value for row in found.rows] == [0, 1]
    assert [(row.keys, row.cells["arrived"].value) for row in whole.rows] == [((9,), 1)]


def test_by_person_the_unit_is_the_ring_and_a_call_taken_by_another_is_no_second_call(
    tmp_path: Path,
) -> None:
    rows = [call("a", at(f"{DAY} 09:00"))]
    rings = [
        {"call_id": "a", "agent": name, "began_at": at(f"{DAY} 09:0{i}"), "result": result}
        for i, (name, result) in enumerate([("ann", "no_answer"), ("bo", "answered")])
    ]
    with Invented(tmp_path, counted=rows, attempts=rings) as asking:
        found = measure(asking, ["arrived", "answered", "answer_rate"], ["agent"])
        assert measure(asking, ["answered"]).cell("answered").value == 1
    assert found.cell("answered", "ann").value == 0
    assert found.cell("answer_rate", "bo").value == 1


def test_a_filter_gives_what_its_group_gives(tmp_path: Path) -> None:
    moment = at(f"{DAY} 09:00")
    rows = [call(name, moment) for name in "abc"]
    stays = [
        visit("a", "sales", moment, "answered", lasted_ms=2000),
        visit("b", "sales", moment, "caller", lasted_ms=9000),
        visit("c", "support", moment, "answered", lasted_ms=4000),
    ]
    names = ["answered", "asa", "abandon_rate.a", "longest_wait"]
    with Invented(tmp_path, counted=rows, visits=stays) as asking:
        grouped = measure(asking, names, ["queue"])
        alone = measure(asking, names, where={"queue": ["sales"]})
    assert alone.rows[0].cells == grouped.rows[0].cells
    assert grouped.cell("abandon_rate.a", "sales").value == 0.5


def test_a_share_of_a_week_is_no_mean_of_its_days(tmp_path: Path) -> None:
    """Nine of ten on Monday and none of one on Tuesday are nine of eleven."""
    monday = [call(f"m{i}", at("2026-10-05 09:00")) for i in range(9)]
    monday.append(call("m9", at("2026-10-05 09:00"), outcome="caller_left_in_queue"))
    tuesday = [call("t", at("2026-10-06 09:00"), outcome="caller_left_in_queue")]
    with Invented(tmp_path, counted=[*monday, *tuesday]) as asking:
        week = measure(asking, ["answer_rate"], ["week"])
        days = measure(asking, ["answer_rate"], ["day"])
    assert [row.cells["answer_rate"].value for row in days.rows] == [0.9, 0]
    assert week.rows[0].keys == ("2026-W41",)
    assert week.cell("answer_rate", "2026-W41").value == pytest.approx(9 / 11)


def every_half_hour(day: str, zone: str, hours: int) -> Iterator[dict[str, Any]]:
    start = at(f"{day} 00:00", zone)
    for i in range(hours * 2):
        yield call(f"{i}", start + i * 1_800_000_000)


@pytest.mark.parametrize(
    ("day", "hours", "at_two"), [("2026-10-25", 25, 4), ("2026-03-29", 23, None)]
)
def test_days_of_25_and_23_hours(tmp_path: Path, day: str, hours: int, at_two: int | None) -> None:
    zone = "Europe/Berlin"
    rows = list(every_half_hour(day, zone, hours))
    with Invented(tmp_path, zone, counted=rows) as asking:
        days = measure(asking, ["arrived"], ["day"])
        by_hour = measure(asking, ["arrived"], ["hour"])
        apart = measure(asking, ["arrived"], ["60min"])
    assert [(row.keys, row.cells["arrived"].value) for row in days.rows] == [((day,), hours * 2)]
    assert by_hour.cell("arrived", 2).value == at_two
    assert len(apart.rows) == hours
    assert {row.cells["arrived"].value for row in apart.rows} == {2}


def test_local_periods_have_their_usual_names(tmp_path: Path) -> None:
    rows = [call("a", at("2026-12-31 23:30"))]
    by = ["year", "quarter", "month", "week", "day", "weekday", "hour", "15min", "30min", "60min"]
    with Invented(tmp_path, "Europe/Berlin", counted=rows, span=("2026-01-01", "2027-01-31")) as a:
        (row,) = measure(a, ["arrived"], by).rows
    assert row.keys == (
        2027,
        "2027-Q1",
        "2027-01",
        "2026-W53",
        "2027-01-01",
        "fri",
        0,
        "2027-01-01T00:30:00+01:00",
        "2027-01-01T00:30:00+01:00",
        "2027-01-01T00:00:00+01:00",
    )


def test_calls_belong_to_their_arrival_unless_the_event_is_asked_for(tmp_path: Path) -> None:
    rows = [call("a", at(f"{DAY} 09:59"), answered_at=at(f"{DAY} 10:01"))]
    with Invented(tmp_path, counted=rows) as asking:
        arrival = measure(asking, ["answered"], ["hour"])
        event = measure(asking, ["answered"], ["hour"], by_event=True)
    assert [row.keys for row in arrival.rows] == [(9,)]
    assert [row.keys for row in event.rows] == [(10,)]


def test_what_no_source_sees_is_a_dash_with_its_reason(tmp_path: Path) -> None:
    sees = [sight for sight in Sight if sight is not Sight.LOST]
    rows = [call("a", at(f"{DAY} 09:00"))]
    with Invented(tmp_path, sees=sees, counted=rows) as blind:
        cell = measure(blind, ["refused_before_ring"]).cell("refused_before_ring")
    assert cell.value is None
    assert "no source sees calls that never got in" in cell.note
    with Invented(tmp_path, counted=rows) as seeing:
        assert measure(seeing, ["refused_before_ring"]).cell("refused_before_ring").value == 0


def test_what_is_seen_for_a_part_of_the_time_says_so(tmp_path: Path) -> None:
    rows = [call("a", at(f"{DAY} 09:00"))]
    with Invented(tmp_path, counted=rows, span=("2026-10-01", "2026-10-10")) as asking:
        inside = measure(asking, ["asa"], since=at(DAY), until=at("2026-10-06"))
        other = source_state("other", ("talk",), "2026-09-01", "2026-10-10")
        asking.manifest = Manifest(sources=(*asking.manifest.sources, other))
        outside = measure(asking, ["asa"])
    assert inside.cell("asa").note == ""
    assert outside.cell("asa").note == "seen only from 2026-10-01 to 2026-10-10"


def test_calls_of_which_nobody_can_tell_are_in_neither_part(tmp_path: Path) -> None:
    moment = at(f"{DAY} 09:00")
    rows = [
        call("a", moment),
        call("b", moment, outcome="caller_left_in_queue"),
        call("c", moment, outcome="unknown") | {"answered": None},
    ]
    with Invented(tmp_path, counted=rows) as asking:
        known = measure(asking, ["answer_rate", "answered"])
        unknown = measure(asking, ["answer_rate", "answered"], where={"outcome": ["unknown"]})
    rate = known.cell("answer_rate")
    assert (rate.numerator, rate.denominator) == (1, 2)
    assert rate.note == "not counted: 1 that nobody can tell"
    assert known.cell("answered").value == 1
    assert unknown.cell("answered").value is None
    assert unknown.cell("answer_rate").value is None


def test_calls_that_are_not_over_are_in_no_share(tmp_path: Path) -> None:
    moment = at(f"{DAY} 09:00")
    rows = [call("a", moment), call("b", moment, outcome="pending")]
    with Invented(tmp_path, counted=rows) as asking:
        found = measure(asking, ["arrived", "pending", "answer_rate"])
    assert [cell.value for cell in found.rows[0].cells.values()] == [2, 1, 1]


def test_nothing_is_null_and_a_count_of_nothing_is_zero(tmp_path: Path) -> None:
    with Invented(tmp_path) as asking:
        found = measure(asking, ["answered", "answer_rate", "asa", "longest_wait"])
        assert not measure(asking, ["answered"], ["queue"]).rows
    assert [cell.value for cell in found.rows[0].cells.values()] == [0, None, None, None]


def test_calls_we_made_and_calls_inside_never_arrived(tmp_path: Path) -> None:
    moment = at(f"{DAY} 09:00")
    rows = [
        call("a", moment),
        call("b", moment, direction="outbound", outcome="reached"),
        call("c", moment, direction="internal"),
    ]
    stays = [visit("c", "sales", moment, "answered")]
    with Invented(tmp_path, counted=rows, visits=stays) as asking:
        assert measure(asking, ["arrived"]).cell("arrived").value == 1
        # but they load the queue
        assert measure(asking, ["arrived"], ["queue"]).cell("arrived", "sales").value == 1


def test_a_talk_in_a_queue_that_nobody_saw_the_caller_enter_is_a_stay(tmp_path: Path) -> None:
    moment = at(f"{DAY} 09:00")
    rows = [call("a", moment, last_queue="q0", answered_queue="q1")]
    stays = [visit("a", "q0", moment, "timeout")]
    talks = [{"call_id": "a", "queue": "q1", "agent": "ann", "began_at": moment + 1_000_000}]
    with Invented(tmp_path, counted=rows, visits=stays, talks=talks) as asking:
        found = measure(asking, ["arrived", "answered", "asa"], ["queue"])
    assert found.cell("answered", "q1").value == 1
    assert found.cell("asa", "q1").value is None


@pytest.mark.parametrize(
    ("names", "by", "sentence"),
    [
        (["asaa"], [], "there is no metric 'asaa', did you mean 'asa'?"),
        (["asa:5"], [], "'asa' takes no number: ask for 'asa'"),
        (
            ["service_level.sl2:x"],
            [],
            "'service_level.sl2:x': the number cannot be read; "  # noqa: ISC004
            "write for example service_level.sl2:60s",
        ),
        (["asa"], ["queu"], "nothing can be asked by 'queu', did you mean 'queue'?"),
    ],
)
def test_what_is_not_known_is_named(
    tmp_path: Path, names: list[str], by: list[str], sentence: str
) -> None:
    with Invented(tmp_path) as asking, pytest.raises(NotFoundError) as refused:
        measure(asking, names, by)
    assert str(refused.value) == sentence


def test_a_value_in_a_filter_is_only_a_value(tmp_path: Path) -> None:
    rows = [call("a", at(f"{DAY} 09:00"), client="o'hare')--")]
    with Invented(tmp_path, counted=rows) as asking:
        found = measure(asking, ["arrived"], where={"client": ["o'hare')--"]})
    assert found.cell("arrived").value == 1
