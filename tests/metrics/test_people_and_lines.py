"""Rings to take, the work on each person, lines in use, ratings, people for one need."""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.measured_site import MeasuredSite
from everycall.app.answers.measuring import measure
from everycall.app.intake.importing import Importer
from everycall.events.sights import Sight
from everycall.history import History
from metrics.invented import Invented, at, told_episodes
from truth.histories import site_of

DAY = "2026-10-05"


def moment(text: str) -> int:
    return at(f"{DAY} {text}")


def call(name: str, start: str, end: str = "", **facts: Any) -> dict[str, Any]:
    given = {
        "call_id": name,
        "arrived_at": moment(start),
        "answered": True,
        "asked_for_person": True,
    }
    return given | {"ended_at": moment(end or start)} | facts


def ring(name: str, start: str, result: str, seconds: int, agent: str = "ann") -> dict[str, Any]:
    began = moment(start)
    span = {"began_at": began, "ended_at": began + seconds * 1_000_000, "lasted_ms": seconds * 1000}
    return {"call_id": name, "agent": agent, "result": result} | span


def talk(name: str, start: str, end: str, agent: str = "ann", **facts: Any) -> dict[str, Any]:
    span = {"began_at": moment(start), "ended_at": moment(end)}
    return {"call_id": name, "agent": agent} | span | facts


def staff(kind: str, start: str, agent: str = "ann") -> dict[str, Any]:
    return {"kind": f"agent.{kind}", "agent": agent, "at": moment(start)}


def test_only_rings_that_could_have_been_taken_are_missed(tmp_path: Path) -> None:
    names = ["taken", "late", "brief", "talking", "paused", "gone", "refused", "elsewhere"]
    rows = [call(name, "09:00") for name in names]
    rings = [
        ring("taken", "09:05", "answered", 4),
        ring("late", "09:10", "no_answer", 20),
        ring("brief", "09:12", "no_answer", 4),
        ring("talking", "09:20", "no_answer", 20),
        ring("paused", "09:40", "no_answer", 20),
        ring("gone", "10:30", "no_answer", 20),
        ring("refused", "09:25", "rejected", 1),
        ring("elsewhere", "09:26", "elsewhere", 20),
    ]
    talks = [talk("taken", "09:15", "09:24")]
    events = [
        staff("signed_in", "09:00"),
        staff("paused", "09:35"),
        staff("resumed", "09:45"),
        staff("signed_out", "10:00"),
    ]
    asked = ["opportunities:5", "missed_opportunities:5", "opportunity_rate:5", "missed"]
    with Invented(tmp_path, counted=rows, attempts=rings, talks=talks, events=events) as asking:
        cells = measure(asking, asked, ["agent"]).rows[0].cells
    assert [cell.value for cell in cells.values()] == [3, 2, pytest.approx(1 / 3), 6]


def test_unevenness_is_none_where_all_do_the_same_and_a_half_where_one_of_two_does_all(
    tmp_path: Path,
) -> None:
    events = [
        staff(kind, hour, who)
        for who in ("ann", "bo")
        for kind, hour in (("signed_in", "09:00"), ("signed_out", "10:00"))
    ]
    talks = [talk("a", "09:10", "09:11"), talk("b", "09:20", "09:21")]
    shared = [talks[0], talks[1] | {"agent": "bo"}]
    with Invented(tmp_path, talks=talks, events=events) as asking:
        one = measure(asking, ["unevenness", "answered_per_hour"])
        by_hour = measure(asking, ["unevenness"], ["hour"])
    with Invented(tmp_path, talks=shared, events=events) as asking:
        both = measure(asking, ["unevenness"])
    assert one.cell("unevenness").value == 0.5
    assert one.cell("answered_per_hour").value == 1
    assert by_hour.cell("unevenness", 9).value == 0.5
    assert both.cell("unevenness").value == 0


def test_work_is_measured_per_hour_signed_in(tmp_path: Path) -> None:
    """Two talks in two hours are as much as one in one hour."""
    events = [
        staff("signed_in", "09:00"),
        staff("signed_out", "11:00"),
        staff("signed_in", "09:00", "bo"),
        staff("signed_out", "10:00", "bo"),
    ]
    talks = [
        talk("a", "09:10", "09:11"),
        talk("b", "10:10", "10:11"),
        talk("c", "09:10", "09:11", "bo"),
    ]
    with Invented(tmp_path, talks=talks, events=events) as asking:
        assert measure(asking, ["unevenness"]).cell("unevenness").value == 0


def test_lines_in_use_at_once_and_against_their_number(tmp_path: Path) -> None:
    """A long call, one that ends as another begins, and one that is forwarded outside."""
    rows = [
        call("a", "09:00", "10:10", trunk="t1"),
        call("b", "09:05", "09:10", trunk="t1", direction="outbound"),
        call("c", "09:10", "09:12", trunk="t1"),
        call("d", "09:11", "09:20", trunk="t2"),
    ]
    outside = [talk("d", "09:11", "09:20", agent_kind="external")]
    site = site_of(channels={"t1": 4, "t2": 2})
    with Invented(tmp_path, counted=rows, talks=outside) as asking:
        lines = measure(asking, ["lines_peak", "line_use"], ["trunk"], settings=site)
        hours = measure(asking, ["lines_peak"], ["hour"], settings=site)
        quarter = measure(asking, ["lines_peak"], ["15min"], settings=site)
        whole = measure(asking, ["lines_peak", "line_use"], settings=site)
    with Invented(tmp_path, counted=rows) as asking:
        unknown = measure(asking, ["line_use"])
    assert lines.cell("lines_peak", "t1").value == 2
    assert lines.cell("line_use", "t1").value == 0.5
    assert lines.cell("lines_peak", "t2").value == 2
    assert whole.cell("lines_peak").value == 4
    assert whole.cell("line_use").value == pytest.approx(4 / 6)
    assert [row.cells["lines_peak"].value for row in hours.rows] == [4, 1]
    # from 9:20 to 10:00 nothing begins or ends, and a line is in use
    assert [row.cells["lines_peak"].value for row in quarter.rows] == [4, 3, 1, 1, 1]
    assert unknown.cell("line_use").value is None


def test_ratings_belong_to_their_call_or_to_the_last_call_of_the_caller(tmp_path: Path) -> None:
    rows = [
        call("a", "09:00", caller_key="+491"),
        call("b", "09:30", caller_key="+492"),
        call("c", "09:40"),
    ]
    events = [
        {"kind": "survey.answered", "at": moment("09:05"), "call_id": "a", "value": 5},
        {"kind": "survey.answered", "at": moment("10:00"), "caller_key": "+492", "text": "2"},
        {"kind": "survey.answered", "at": moment("11:00"), "caller_key": "+499", "text": "1"},
    ]
    with Invented(tmp_path, counted=rows, events=events) as asking:
        cells = measure(asking, ["csat", "csat_mean", "csat_response_rate"]).rows[0].cells
    assert cells["csat"].value == 0.5
    assert cells["csat_mean"].value == 3.5
    assert cells["csat_response_rate"].value == pytest.approx(2 / 3)
    with Invented(tmp_path, counted=rows) as asking:
        found = measure(asking, ["csat", "csat_response_rate"]).rows[0].cells
    assert [cell.value for cell in found.values()] == [None, None]


RATED = """\
{"at": "2026-10-05T09:00:00Z", "kind": "call.arrived", "call_id": "a", "direction": "inbound", "caller": "+493023125001"}
{"at": "2026-10-05T09:00:05Z", "kind": "talk.started", "call_id": "a", "agent": "Ann"}
{"at": "2026-10-05T09:01:05Z", "kind": "talk.ended", "call_id": "a", "agent": "Ann", "reason": "caller"}
{"at": "2026-10-05T09:01:05Z", "kind": "call.ended", "call_id": "a", "reason": "caller"}
{"at": "2026-10-05T09:05:00Z", "kind": "survey.answered", "caller": "+493023125001", "value": 4}
"""


def test_ratings_come_in_as_events_by_caller_and_time(tmp_path: Path) -> None:
    log = tmp_path / "ratings.jsonl"
    log.write_text(RATED, encoding="utf-8")
    history = History(tmp_path / "data")
    assert Importer(history, site_of()).take([log]).unreadable == 0
    with MeasuredSite(history) as asking:
        assert measure(asking, ["csat_mean"]).cell("csat_mean").value == 4


def test_people_for_one_need_over_all_its_calls(tmp_path: Path) -> None:
    rows = [
        call("a", "09:00", caller_key="+491", answered=True),
        call("b", "10:00", caller_key="+491", answered=True),
    ]
    told = told_episodes(rows)
    told["episodes"][0] |= {"state": "helped", "inbound_calls": 2}
    talks = [
        talk("a", "09:01", "09:02"),
        talk("b", "10:01", "10:02", "bo"),
        talk("b", "10:03", "10:04"),
    ]
    with Invented(tmp_path, counted=rows, talks=talks, **told) as asking:
        cells = measure(asking, ["people_per_episode", "calls_per_episode"]).rows[0].cells
    assert [cell.value for cell in cells.values()] == [2, 2]


def test_what_was_lost_on_hold_is_unknown_where_hold_is_unseen(tmp_path: Path) -> None:
    rows = [call("a", "09:00", left_on_hold=True), call("b", "09:00", left_on_hold=False)]
    with Invented(tmp_path, counted=rows) as asking:
        assert measure(asking, ["lost_on_hold"]).cell("lost_on_hold").value == 1
    blind = [sight for sight in Sight if sight is not Sight.HOLD]
    with Invented(tmp_path, sees=blind, counted=rows) as asking:
        assert measure(asking, ["lost_on_hold"]).cell("lost_on_hold").value is None
