"""Events in our own words: what is wrong in a line is said, what is right becomes the call."""

import json
from pathlib import Path

import pytest

from everycall.events import Kind
from everycall.sources.everycall_events import read_event
from truth.histories import site_of, told

RECORDING = Path(__file__).parent / "everycall_events" / "recording.jsonl"


def given(**more: object) -> dict[str, object]:
    return {"at": "2026-11-02T09:00:00Z", "kind": "call.arrived", "call_id": "a"} | more


def test_a_whole_event_is_read() -> None:
    event = read_event(given(caller="+493023125001", direction="inbound"))
    assert (event.kind, event.caller_raw) == (Kind.CALL_ARRIVED, "+493023125001")
    assert event.at == 1793610000_000_000


def test_a_moment_may_be_seconds_since_1970_or_have_another_zone() -> None:
    assert (
        read_event(given(at=1793610000)).at == read_event(given(at="2026-11-02T10:00:00+01:00")).at
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"at": "2026-11-02T09:00:00"}, "no time zone"),
        ({"at": "yesterday"}, "no moment"),
        ({"at": None}, "'at' is missing"),
        ({"at": 1e300}, "no moment"),
        ({"kind": "call.arived"}, "did you mean 'call.arrived'"),
        ({"call_id": None}, "needs a 'call_id'"),
        ({"call_id": 7}, "must be text"),
        ({"q850": "16"}, "whole number"),
        ({"q850": True}, "whole number"),
        ({"direction": "in"}, "'direction' cannot be"),
        ({"quene": "sales"}, "unknown field 'quene'"),
        ({"kind": "queue.left", "reason": "timeuot"}, "did you mean 'timeout'"),
    ],
)
def test_what_is_wrong_is_said(wrong: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_event(given(**wrong))


def test_the_recording_is_read_whole() -> None:
    for line in RECORDING.read_text(encoding="utf-8").splitlines():
        read_event(json.loads(line))


@pytest.mark.parametrize(
    ("reason", "outcome"), [("full", "queue_full"), ("unstaffed", "queue_unstaffed")]
)
def test_who_was_refused_at_the_door_need_not_have_entered(
    tmp_path: Path, reason: str, outcome: str
) -> None:
    lines = [
        given(direction="inbound"),
        given(at="2026-11-02T09:00:01Z", kind="queue.left", queue="sales", reason=reason),
        given(at="2026-11-02T09:00:02Z", kind="call.ended", reason="system"),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    call = told(tmp_path / "data", [path], site_of(zone="UTC")).only
    (visit,) = call["visits"]
    assert (call["outcome"], visit["exit"], visit["wait_ms"]) == (outcome, reason, 0)
