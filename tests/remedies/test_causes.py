"""Each missed call has one cause: the first rule that is true of it."""

from typing import Any

import pytest

from everycall.history import Engine
from everycall.remedies.causes import CAUSES

COLUMNS = {
    "in_outage": "BOOLEAN",
    "outcome": "VARCHAR",
    "visits": "BIGINT",
    "queue_client": "VARCHAR",
    "client": "VARCHAR",
    "told_closed": "BOOLEAN",
    "open_at_arrival": "BOOLEAN",
    "menu_entries": "BIGINT",
    "at_once": "BOOLEAN",
    "signed_in": "BIGINT",
    "paused": "BIGINT",
    "talking": "BIGINT",
    "elsewhere": "BIGINT",
    "free": "BIGINT",
    "pushed_by": "VARCHAR",
    "silent_phone": "VARCHAR",
    "peak": "VARCHAR",
    "gap_kind": "VARCHAR",
    "busy_weekday": "BOOLEAN",
    "rings": "BIGINT",
    "unheard": "BIGINT",
    "wait_ms": "BIGINT",
}

USUAL: dict[str, Any] = {
    "in_outage": False,
    "outcome": "caller_left_in_queue",
    "visits": 1,
    "queue_client": "shop",
    "client": "shop",
    "told_closed": False,
    "open_at_arrival": True,
    "menu_entries": 1,
    "at_once": False,
    "busy_weekday": False,
    "rings": 1,
    "unheard": 0,
    "wait_ms": 60_000,
}
"""A caller who gave up after a minute, in a queue of which nothing else is known."""

DOOR = {"visits": 0, "outcome": "voicemail_no_message", "rings": 0, "wait_ms": None}
MENU = {"visits": 0, "outcome": "caller_left_in_menu", "rings": 0, "wait_ms": None}
THERE = {"signed_in": 4, "paused": 0, "talking": 4, "elsewhere": 0, "free": 0}


def cause_of(**facts: Any) -> str:
    known = {**dict.fromkeys(COLUMNS), **USUAL, **facts}
    whens = " ".join(f"WHEN {cause.when} THEN '{cause.id}'" for cause in CAUSES)
    with Engine() as engine:
        engine.load("known", COLUMNS, [tuple(known[name] for name in COLUMNS)])
        found: str = engine.value(f"SELECT CASE {whens} END FROM known")
    return found


@pytest.mark.parametrize(
    ("facts", "cause"),
    [
        ({}, "wait"),
        ({"in_outage": True, "outcome": "failed_waiting"}, "outage"),
        ({"in_outage": True, "outcome": "transfer_unanswered"}, "transfer"),
        ({"outcome": "failed_before_ring", "visits": 0}, "lines_busy"),
        ({"outcome": "dropped_in_talk"}, "fault"),
        ({"queue_client": "other"}, "misrouted"),
        ({"queue_client": None}, "wait"),
        ({"client": None}, "wait"),
        ({**MENU, "told_closed": True, "outcome": "caller_left_closed"}, "closed"),
        ({"open_at_arrival": False}, "closed"),
        ({"open_at_arrival": None}, "wait"),
        ({**MENU, "menu_entries": 3}, "menu_loop"),
        ({**MENU, "menu_entries": 2}, "menu"),
        ({**MENU, "at_once": True}, "left_at_once"),
        ({"outcome": "transfer_unanswered"}, "transfer"),
        ({**DOOR, **THERE, "signed_in": 0, "talking": 0}, "nobody_there"),
        ({"outcome": "queue_unstaffed"}, "nobody_there"),
        ({"pushed_by": "hans"}, "pushed_away"),
        ({"silent_phone": "jo"}, "rings_in_vain"),
        ({"peak": "2026-10-08"}, "peak_day"),
        ({"gap_kind": "lunch"}, "lunch_gap"),
        ({"gap_kind": "gap"}, "gap"),
        ({"busy_weekday": True}, "weekday"),
        ({**THERE, "paused": 4, "talking": 0}, "all_paused"),
        ({**THERE, "talking": 1, "free": 3, "rings": 0}, "not_rung"),
        ({**THERE, "talking": 1, "free": 3, "rings": 0, "wait_ms": 9_000}, "wait"),
        ({"unheard": 2, "rings": 2}, "not_picked_up"),
        ({**THERE, "elsewhere": 3}, "busy_elsewhere"),
        ({**THERE, "elsewhere": 2}, "wait"),
        ({"outcome": "rang_out", "visits": 0}, "direct"),
        ({**DOOR}, "scattered"),
    ],
)
def test_a_missed_call_has_the_first_cause_that_is_true(facts: dict[str, Any], cause: str) -> None:
    assert cause_of(**facts) == cause


def test_what_is_certain_of_the_call_comes_before_what_holds_for_its_time() -> None:
    monday = {"busy_weekday": True, "gap_kind": "lunch", "peak": "2026-10-08"}
    assert cause_of(**monday) == "peak_day"
    assert cause_of(**monday, pushed_by="hans") == "pushed_away"
    assert cause_of(**monday, open_at_arrival=False) == "closed"


def test_every_cause_can_be_the_one() -> None:
    reached = {
        mark.args[1][n][1]
        for mark in test_a_missed_call_has_the_first_cause_that_is_true.pytestmark
        for n in range(len(mark.args[1]))
    }
    assert reached == {cause.id for cause in CAUSES}
