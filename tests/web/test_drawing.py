"""One call is drawn with a lane for each party, and every moment of it is told once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

import web.conftest  # noqa: F401  it sets Django up
from everycall.web.wording.drawing import Lane, picture
from everycall.web.wording.story import told_once

BEGAN = datetime(2026, 11, 2, 9, tzinfo=UTC)


def at(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat()


def step(seconds: float, kind: str, source: str, **more: Any) -> dict[str, Any]:
    """Return a step as `explain` tells it; a queue_log writes whole seconds."""
    moment = (BEGAN + timedelta(seconds=seconds)).isoformat(
        timespec="seconds" if source == "queue_log" else "microseconds"
    )
    given = {"queue": None, "agent": None, "details": "", "words": kind, "who": "", **more}
    return {"at": moment, "timer_ms": int(seconds * 1000), "kind": kind, "source": source, **given}


def call(**more: Any) -> dict[str, Any]:
    """Return a call of a minute: ten seconds in a queue, rung twice, talked to the end."""
    given = {
        "arrived_at": at(0), "ended_at": at(60), "ended_by": "caller", "moments": [],
        "visits": [
            {"queue": "sales", "entered_at": at(0), "left_at": at(10), "wait_ms": 10_000, "exit": "answered"}
        ],
        "attempts": [
            {"agent": "Ann", "rang_at": at(0), "stopped_at": at(4), "ring_ms": 4000, "result": "no_answer"},
            {"agent": "Ann", "rang_at": at(5), "stopped_at": at(7), "ring_ms": 2000, "result": "no_answer"},
            {"agent": "Bob", "rang_at": at(7), "stopped_at": at(10), "ring_ms": 3000, "result": "answered"},
        ],
        "talks": [{"agent": "Bob", "started_at": at(10), "ended_at": at(60), "talk_ms": 50_000}],
    }  # fmt: skip
    return {**given, **more}


def lanes(told: dict[str, Any], shown: dict[str, Any] | None = None) -> dict[str, Lane]:
    drawn = picture(told, shown or told)
    assert drawn is not None
    return {lane.name: lane for lane in drawn.lanes}


def words(lane: Lane) -> list[str]:
    return [one.text for one in lane.said]


def test_each_party_has_a_lane_with_its_name_and_its_words() -> None:
    drawn = lanes(call())
    assert list(drawn) == ["The caller", "Queue sales", "Ann", "Bob"]
    assert words(drawn["The caller"]) == ["on the line 1 min · ended by: the caller"]
    assert words(drawn["Queue sales"]) == ["waited 10 s"]
    assert words(drawn["Ann"]) == ["rang 2 times, 6 s in all · no answer"]
    assert words(drawn["Bob"]) == ["rang 3 s", "talked 50 s"]


def test_a_stretch_stands_where_its_time_is() -> None:
    ring, talk = lanes(call())["Bob"].bars
    assert (ring.left, ring.width) == ("11.67", "5.00")
    assert (talk.left, talk.width) == ("16.67", "83.33")


def test_who_reads_from_right_to_left_has_the_time_so() -> None:
    with translation.override("he"):
        _ring, talk = lanes(call())["Bob"].bars
    assert (talk.left, talk.width) == ("0.00", "83.33")


def test_the_axis_says_times_and_begins_with_nought() -> None:
    drawn = picture(call(), call())
    assert drawn is not None
    assert [tick.says for tick in drawn.ticks] == ["0 s", "15 s", "30 s", "45 s", "1 min"]
    assert [tick.anchor for tick in drawn.ticks] == ["start", "middle", "middle", "middle", "end"]


def test_the_shortest_stretch_is_seen_and_none_leaves_the_drawing() -> None:
    short = {"agent": "Ann", "started_at": at(60), "ended_at": at(60), "talk_ms": 0}
    bar = lanes(call(talks=[short]))["Ann"].bars[-1]
    assert float(bar.width) > 0
    assert float(bar.left) + float(bar.width) <= 100


def test_colleagues_whose_names_are_hidden_keep_a_lane_each() -> None:
    hidden = call()
    for ring in hidden["attempts"]:
        ring["agent"] = "a colleague"
    drawn = picture(call(), hidden)
    assert drawn is not None
    assert [lane.name for lane in drawn.lanes][2:] == ["A colleague", "A colleague"]


def test_the_caller_is_on_hold_and_a_moment_is_a_mark() -> None:
    moments = [
        step(20, "hold.started", "cel"),
        step(25, "hold.ended", "cel"),
        step(30, "transfer.started", "cel", words="the caller was handed on"),
    ]
    lane = lanes(call(moments=moments))["The caller"]
    assert words(lane)[1:] == ["on hold 5 s", "30 s: the caller was handed on"]
    assert [mark.at for mark in lane.marks] == ["50.00"]


def test_why_a_caller_left_the_queue_is_said() -> None:
    visit = {"queue": "sales", "entered_at": at(0), "left_at": at(9), "wait_ms": 9000}
    gone = lanes(call(visits=[{**visit, "exit": "caller"}]))
    full = lanes(call(visits=[{**visit, "exit": "timeout"}]))
    assert words(gone["Queue sales"]) == ["waited 9 s · gave up waiting"]
    assert words(full["Queue sales"]) == ["waited 9 s · the waiting time ran out"]


def test_a_call_that_is_not_over_is_not_drawn() -> None:
    assert picture(call(ended_at=None), call(ended_at=None)) is None


# ---- the story


def test_a_moment_that_several_sources_tell_is_told_once_by_the_finest() -> None:
    told = told_once(
        [
            step(-0.5, "call.arrived", "queue_log", queue="sales"),
            step(-0.5, "call.arrived", "queue_log", details="its channel began"),
            step(0, "call.arrived", "cel", details="it began on the line"),
        ]
    )
    assert [(one["timer_ms"], one["who"], one["details"]) for one in told] == [
        (0, "sales", "it began on the line")
    ]
    assert told[0]["sources"] == ["queue_log", "cel"]


def test_a_phone_and_the_name_of_its_owner_are_one() -> None:
    told = told_once(
        [
            step(0.0, "agent.rang", "cel", queue="sales", agent="PJSIP/1"),
            step(0.0, "agent.rang", "cel", queue="sales", agent="PJSIP/2"),
            step(0.1, "agent.rang", "ami", queue="sales", agent="Bob", details="to PJSIP/2"),
            step(0.1, "agent.rang", "ami", queue="sales", agent="Ann", details="to PJSIP/1"),
        ]
    )
    assert sorted(one["who"] for one in told) == ["sales · Ann", "sales · Bob"]


@pytest.mark.parametrize(
    "other",
    [
        step(3, "agent.rang", "ami", queue="sales", agent="Ann"),  # later
        step(1, "agent.rang", "cel", queue="sales", agent="Ann"),  # the same source again
        step(0, "agent.rang", "ami", queue="sales", agent="Bob"),
        step(0, "agent.rang", "ami", queue="support", agent="Ann"),
        step(0, "talk.started", "ami", queue="sales", agent="Ann"),
    ],
)
def test_what_is_not_one_moment_stays_two(other: dict[str, Any]) -> None:
    first = step(0, "agent.rang", "cel", queue="sales", agent="Ann")
    assert len(told_once([first, other])) == 2


def test_nothing_is_told_before_the_call_arrived() -> None:
    early = step(-0.5, "talk.started", "cdr", agent="Ann")
    told = told_once([early, step(0, "call.arrived", "cel")])
    assert [one["kind"] for one in told] == ["call.arrived", "talk.started"]
