"""Time of people: each moment once, cut at the bounds, divided by the hours that existed."""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measuring import measure
from metrics.invented import Invented, at

DAY = "2026-10-05"


def told(kind: str, moment: int, **words: Any) -> dict[str, Any]:
    return {"kind": f"agent.{kind}", "agent": "ann", "at": moment} | words


def minutes(text: str, zone: str = "UTC") -> int:
    return at(f"{DAY} {text}", zone)


def test_a_moment_signed_in_to_two_queues_is_one_moment(tmp_path: Path) -> None:
    events = [
        told("signed_in", minutes("09:00"), queue="sales"),
        told("signed_in", minutes("09:30"), queue="support"),
        told("signed_out", minutes("10:00"), queue="sales"),
        told("signed_out", minutes("10:15"), queue="support"),
    ]
    with Invented(tmp_path, events=events) as asking:
        person = measure(asking, ["login_time"], ["agent"])
        queues = measure(asking, ["login_time"], ["queue"])
        hours = measure(asking, ["login_time"], ["hour"])
    assert person.cell("login_time", "ann").value == 75 * 60_000
    assert queues.cell("login_time", "sales").value == 60 * 60_000
    assert queues.cell("login_time", "support").value == 45 * 60_000
    assert [row.cells["login_time"].value for row in hours.rows] == [60 * 60_000, 15 * 60_000]


def test_who_has_gone_is_not_paused_any_more(tmp_path: Path) -> None:
    events = [
        told("signed_in", minutes("09:00"), queue="sales"),
        told("paused", minutes("09:50")),
        told("signed_out", minutes("10:00"), queue="sales"),
    ]
    with Invented(tmp_path, events=events) as asking:
        found = measure(asking, ["pause_time", "idle_time"], ["agent"])
    assert found.cell("pause_time", "ann").value == 10 * 60_000
    assert found.cell("idle_time", "ann").value == 50 * 60_000


def test_free_is_what_is_left_of_the_time_signed_in(tmp_path: Path) -> None:
    """An hour: 10 minutes paused, 20 in conversation, 5 wrapping up, 1 of ringing."""
    events = [
        told("signed_in", minutes("09:00")),
        told("paused", minutes("09:00")),
        told("resumed", minutes("09:10")),
        told("wrapped_up", minutes("09:35"), value=300_000),
        told("signed_out", minutes("10:00")),
    ]
    talks = [
        {"call_id": "a", "agent": "ann", "began_at": minutes("09:10"), "ended_at": minutes("09:30")}
    ]
    rings = [
        {
            "call_id": "a",
            "agent": "ann",
            "began_at": minutes("09:09"),
            "ended_at": minutes("09:10"),
        },
        {
            "call_id": "b",
            "agent": "ann",
            "began_at": minutes("09:40"),
            "ended_at": minutes("09:41"),
        },
    ]
    names = [
        "idle_time",
        "conversation_time",
        "wrap_up_time",
        "occupancy",
        "utilisation",
        "aht",
        "acw",
    ]
    with Invented(tmp_path, events=events, talks=talks, attempts=rings) as asking:
        cells = measure(asking, names, ["agent"]).rows[0].cells
        queue = measure(asking, ["idle_time", "occupancy"], ["queue"], where={"agent": ["ann"]})
    minute = 60_000
    assert cells["idle_time"].value == 24 * minute
    assert cells["conversation_time"].value == 20 * minute
    assert cells["wrap_up_time"].value == 5 * minute
    assert cells["occupancy"].value == pytest.approx(25 / 49)
    assert cells["utilisation"].value == pytest.approx(25 / 60)
    assert cells["aht"].value == 25 * minute
    assert cells["acw"].value == 5 * minute
    assert cells["occupancy"].low is None
    assert not queue.rows


def test_without_a_wrap_up_that_was_seen_there_is_no_handling_time_with_it(tmp_path: Path) -> None:
    talks = [
        {"call_id": "a", "agent": "ann", "began_at": minutes("09:10"), "ended_at": minutes("09:30")}
    ]
    with Invented(tmp_path, talks=talks) as asking:
        cell = measure(asking, ["aht"]).cell("aht")
    assert cell.value is None
    assert cell.note == "no wrap-up was seen; ask for aht_no_acw"


def test_people_are_divided_by_the_hours_that_existed(tmp_path: Path) -> None:
    """Signed in all through the night in which the clocks go back: one person in each hour."""
    zone = "Europe/Berlin"
    since, until = at("2026-10-25", zone), at("2026-10-26", zone)
    events = [told("signed_in", since - 1), told("signed_out", until + 1)]
    with Invented(tmp_path, zone, events=events) as asking:
        day = measure(asking, ["staffed", "login_time"], ["day"], since, until)
        hour = measure(asking, ["staffed", "login_time"], ["hour"], since, until)
    assert day.cell("login_time", "2026-10-25").value == 25 * 3_600_000
    assert day.cell("staffed", "2026-10-25").value == 1
    assert hour.cell("login_time", 2).value == 2 * 3_600_000
    assert {row.cells["staffed"].value for row in hour.rows} == {1}


def test_time_is_cut_where_the_question_ends(tmp_path: Path) -> None:
    events = [told("signed_in", minutes("09:05")), told("signed_out", minutes("11:00"))]
    with Invented(tmp_path, events=events) as asking:
        found = measure(asking, ["login_time"], (), minutes("09:10"), minutes("09:20"))
    assert found.cell("login_time").value == 10 * 60_000


def test_an_end_alone_says_how_long_it_had_lasted(tmp_path: Path) -> None:
    events = [told("signed_out", minutes("10:05"), value=600_000)]
    with Invented(tmp_path, events=events) as asking:
        found = measure(asking, ["login_time"], ["hour"])
    assert [(r.keys[0], r.cells["login_time"].value) for r in found.rows] == [
        (9, 300_000),
        (10, 300_000),
    ]
