"""PBXware: queue_log out of its database together with its CDR; both carry the same ids."""

from collections import Counter
from pathlib import Path

import pytest

from sources.shared import data
from truth.histories import Told, site_of, told

OWN = Path(__file__).parent / "pbxware" / "queue_log.csv"
REALTIME = Path(__file__).parent / "pbxware" / "realtime.csv"


def test_pbxwares_own_columns_are_turned_back_into_what_asterisk_says(tmp_path: Path) -> None:
    answered, left, ours = told(tmp_path, [OWN]).calls
    assert (answered["outcome"], answered["answered_agent"]) == ("answered", "SIP/201")
    assert (answered["wait_ms"], answered["talk_ms"]) == (25_000, 60_000)
    assert [(a["result"], a["ring_ms"]) for a in answered["attempts"]] == [
        ("no_answer", 15_000),
        ("answered", None),
    ]
    assert (left["outcome"], left["wait_ms"], left["caller"]) == (
        "caller_left_in_queue",
        40_000,
        "01632960002",
    )
    assert (ours["direction"], ours["outcome"], ours["talk_ms"]) == ("outbound", "reached", 70_000)


@pytest.mark.parametrize("zone", [None, "America/New_York"])
def test_asterisks_realtime_table_is_read_in_its_local_time(
    tmp_path: Path, zone: str | None
) -> None:
    site = site_of(zone=zone) if zone else None
    (call,) = told(tmp_path, [REALTIME], site).calls
    assert call["arrived_at"] == "2026-11-02T14:00:00.25Z"
    assert (call["outcome"], call["wait_ms"], call["talk_ms"]) == ("answered", 8_000, 30_000)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A real help desk's records."""
    paths = [data("pbxware/queue_log.csv"), data("pbxware/cdr.csv")]
    return told(tmp_path_factory.mktemp("desk"), paths)


def of_queue_log(told: Told, kind: str, reason: str | None = None) -> int:
    return sum(
        1
        for event in told.events
        if event["source"] == "asterisk_queue_log"
        and event["kind"] == kind
        and reason in (None, event["reason"])
    )


def test_every_verb_of_the_real_table_is_an_event(desk: Told) -> None:
    assert of_queue_log(desk, "queue.entered") == 108
    assert of_queue_log(desk, "talk.started") == 93
    assert of_queue_log(desk, "queue.left", "caller") == 12
    assert of_queue_log(desk, "queue.left", "timeout") == 1
    no_answer = [e for e in desk.events if e["kind"] == "agent.stopped" and e["queue"]]
    assert sum(1 for e in no_answer if e["reason"] == "no_answer") == 360


def test_the_calls_of_the_real_queues_are_those_of_its_verbs(desk: Told) -> None:
    visits = [visit for call in desk.calls for visit in call["visits"]]
    exits = Counter(visit["exit"] for visit in visits)
    assert len(visits) == 108
    assert (exits["answered"], exits["caller"], exits["timeout"]) == (93, 12, 1)
    assert exits[None] == 2  # the table is cut after 1,000 rows: these two still waited


def test_every_row_of_both_files_was_read(desk: Told) -> None:
    summary = desk.summaries[0]
    assert [file.source for file in summary.files] == ["asterisk_queue_log", "asterisk_cdr"]
    assert summary.unreadable == 0
    assert sum(summary.outcomes.values()) == summary.arrived


def test_both_files_tell_of_the_same_calls(desk: Told) -> None:
    both = [call for call in desk.calls if len(call["sources"]) == 2]
    assert len(both) == 66
    # the wait comes from queue_log and the number that was called from the CDR
    waited = [call for call in both if call["visits"]]
    assert waited
    assert all(call["called"] for call in waited)


def test_its_local_time_is_found_by_the_ids(desk: Told) -> None:
    for notes in desk.summaries[0].notes.values():
        assert notes == ["local times are read as UTC-5 h, because the channel ids say so"]


def test_the_table_and_its_native_form_tell_the_same_of_the_queues(
    desk: Told, tmp_path: Path
) -> None:
    native = told(tmp_path, [data("pbxware/queue_log.derived_pipe")])
    for kind in ("queue.entered", "queue.left", "talk.started", "agent.signed_in"):
        assert of_queue_log(native, kind) == of_queue_log(desk, kind)
