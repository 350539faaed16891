"""Contact records: delivered many times, counted once; a chain of contacts is one call."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from sources.shared import data as shared_data

RECORDING = Path(__file__).parent / "amazon_connect" / "recording.jsonl"


def taken(folder: Path, *files: Path) -> dict[str, dict[str, Any]]:
    history = History(folder)
    for file in files:
        Importer(history, SiteFile()).take([file], "amazon_connect")
    with Asking(history) as asking:
        return {call["call_id"]: call for call in asking.calls(Filter())}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return taken(tmp_path_factory.mktemp("data"), RECORDING)


def test_the_newest_version_of_a_contact_counts(calls: dict[str, dict[str, Any]]) -> None:
    call = calls["c-1"]
    assert (call["outcome"], call["answered_agent"]) == ("answered", "ann")
    assert (call["wait_ms"], call["talk_ms"], call["hold_ms"]) == (30_000, 100_000, 20_000)


def test_who_leaves_the_queue_has_given_up(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["c-2"]["outcome"] == "caller_left_in_queue"
    assert calls["c-2"]["wait_ms"] == 60_000


def test_a_chain_of_contacts_is_one_call(calls: dict[str, dict[str, Any]]) -> None:
    call = calls["c-3"]
    assert "c-4" not in calls
    assert call["outcome"] == "answered"
    assert [visit["queue"] for visit in call["visits"]] == ["Sales", "Support"]
    assert [talk["agent"] for talk in call["talks"]] == ["bob", "ann"]
    assert call["ended_at"] == "2026-11-02T09:13:00Z"


def test_a_call_that_was_handed_outside_was_answered(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["c-5"]["outcome"] == "answered"


def test_who_never_reached_a_queue_left_in_the_menu(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["c-6"]["outcome"] == "caller_left_in_menu"


def test_our_own_calls_are_no_arrivals_and_chats_no_calls(calls: dict[str, dict[str, Any]]) -> None:
    assert calls["c-7"]["direction"] == "outbound"
    assert "c-8" not in calls


def test_a_later_version_in_a_later_file_replaces_the_earlier_one(tmp_path: Path) -> None:
    lines = RECORDING.read_text(encoding="utf-8").splitlines()
    early, late = tmp_path / "early.jsonl", tmp_path / "late.jsonl"
    early.write_text(lines[1] + "\n", encoding="utf-8")
    late.write_text(lines[0] + "\n", encoding="utf-8")
    found = taken(tmp_path / "data", early, late)
    assert list(found) == ["c-1"]
    assert found["c-1"]["outcome"] == "answered"


@pytest.mark.parametrize("form", ["list", "lines", "alone"])
def test_a_list_lines_and_an_object_alone_are_read(tmp_path: Path, form: str) -> None:
    records = [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]
    file = tmp_path / "records.json"
    texts = {
        "list": json.dumps(records, indent=1),
        "lines": "\n".join(map(json.dumps, records)),
        "alone": json.dumps(records[2], indent=1),
    }
    file.write_text(texts[form], encoding="utf-8")
    assert len(taken(tmp_path / "data", file)) == (1 if form == "alone" else 6)


def test_a_contact_that_was_delivered_six_times_is_one_call(tmp_path: Path) -> None:
    found = taken(tmp_path, shared_data("amazon_connect/ctr_duplicate_deliveries.json"))
    (call,) = found.values()
    assert (call["outcome"], call["wait_ms"], call["hold_ms"]) == ("answered", 346_000, 221_000)
    assert [talk["talk_ms"] for talk in call["talks"]] == [460_000]
    # the agent handed the caller on to a number outside: how long they spoke there is not known
    assert call["talk_ms"] is None


def event(kind: str, minute: int, **more: Any) -> dict[str, Any]:
    """Return a contact event as EventBridge delivers it."""
    detail = {
        "eventType": kind,
        "contactId": "e-1",
        "initialContactId": "e-1",
        "channel": "VOICE",
        "initiationMethod": "INBOUND",
        "initiationTimestamp": "2026-11-02T10:00:00.000Z",
        **more,
    }
    time = f"2026-11-02T10:{minute:02}:00Z"
    return {"detail-type": "Amazon Connect Contact Event", "time": time, "detail": detail}


QUEUED = {"queueArn": "arn:queue/sales", "queueType": "STANDARD", "enqueueTimestamp": "2026-11-02T10:00:20.000Z"}  # fmt: skip
SPOKE = {"agentArn": "arn:agent/ann", "connectedToAgentTimestamp": "2026-11-02T10:01:05.000Z"}
EVENTS = [
    event("INITIATED", 0),
    event("QUEUED", 0, queueInfo=QUEUED),
    event("CONNECTED_TO_AGENT", 1, queueInfo=QUEUED, agentInfo=SPOKE),
    event(
        "DISCONNECTED",
        3,
        disconnectTimestamp="2026-11-02T10:03:05.000Z",
        disconnectReason="CUSTOMER_DISCONNECT",
        AgentInfo=SPOKE,
    ),
]


@pytest.mark.parametrize("order", [EVENTS, EVENTS[::-1], [e["detail"] for e in EVENTS]])
def test_the_events_of_a_contact_are_its_record(tmp_path: Path, order: list[Any]) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in order))
    (call,) = taken(tmp_path / "data", file).values()
    assert (call["call_id"], call["direction"], call["outcome"]) == ("e-1", "inbound", "answered")
    assert (call["wait_ms"], call["talk_ms"], call["ended_by"]) == (45_000, 120_000, "caller")
    assert (call["answered_queue"], call["answered_agent"]) == ("arn:queue/sales", "arn:agent/ann")


def test_events_that_come_in_parts_are_one_contact_and_its_record_takes_their_place(
    tmp_path: Path,
) -> None:
    first, second, record = (tmp_path / f"{n}.jsonl" for n in ("first", "second", "record"))
    first.write_text("".join(json.dumps(one) + "\n" for one in EVENTS[:2]))
    second.write_text("".join(json.dumps(one) + "\n" for one in EVENTS[2:]))
    (call,) = taken(tmp_path / "data", first, second).values()
    assert call["outcome"] == "answered"
    record.write_text(
        json.dumps(
            {
                "ContactId": "e-1",
                "InitialContactId": "e-1",
                "Channel": "VOICE",
                "InitiationMethod": "INBOUND",
                "InitiationTimestamp": "2026-11-02T10:00:00Z",
                "DisconnectTimestamp": "2026-11-02T10:03:05Z",
                "LastUpdateTimestamp": "2026-11-02T10:05:00Z",
                "Queue": {"Name": "Sales", "EnqueueTimestamp": "2026-11-02T10:00:20Z"},
                "Agent": {"Username": "ann", "ConnectedToAgentTimestamp": "2026-11-02T10:01:05Z"},
            }
        )
        + "\n"
    )
    (call,) = taken(tmp_path / "data", record).values()
    assert (call["answered_agent"], call["answered_queue"]) == ("ann", "Sales")


def test_the_documented_samples_are_read_without_a_fault(tmp_path: Path) -> None:
    file = shared_data("amazon_connect/contact_events_doc_samples.json")
    (call,) = taken(tmp_path, file).values()
    assert call["call_id"] == "11111111-1111-1111-1111-111111111111"
