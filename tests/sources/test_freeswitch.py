"""FreeSWITCH's records: a bridge is a person, an answer by the system is not; legs are one call."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.app.asking import Asking, Filter
from everycall.app.importing import Importer
from everycall.app.sitefile import SiteFile
from everycall.history import History
from sources.shared import data as shared_data

RECORDING = Path(__file__).parent / "freeswitch" / "recording.jsonl"
ID = "00000000-0000-4000-8000-0000000000"


def taken(folder: Path, *files: Path) -> dict[str, dict[str, Any]]:
    history = History(folder)
    Importer(history, SiteFile()).take(list(files))
    with Asking(history) as asking:
        return {call["call_id"].removeprefix(ID): call for call in asking.calls(Filter())}


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    return taken(tmp_path_factory.mktemp("data"), RECORDING)


def test_a_person_who_was_rung_directly_answers(calls: dict[str, dict[str, Any]]) -> None:
    call = calls["11"]
    assert (call["outcome"], call["answered_agent"]) == ("answered", "1001")
    assert (call["ring_ms"], call["talk_ms"], call["hold_ms"]) == (5_000, 47_000, 12_000)
    assert call["ended_by"] == "caller"
    assert call["caller"] == "+441632960001"


def test_the_legs_of_a_call_are_one_call(calls: dict[str, dict[str, Any]]) -> None:
    assert sorted(calls) == ["11", "13", "14", "15", "16", "17", "18"]


@pytest.mark.parametrize(
    ("call", "outcome", "wait"),
    [
        ("13", "answered", 29_000),
        ("14", "caller_left_in_queue", 44_000),
        ("15", "timed_out", 60_000),
        ("16", "busy", None),
    ],
)
def test_what_became_of_them(
    calls: dict[str, dict[str, Any]], call: str, outcome: str, wait: int | None
) -> None:
    assert calls[call]["outcome"] == outcome
    if wait is not None:
        assert abs(calls[call]["wait_ms"] - wait) <= 1000


def test_directions(calls: dict[str, dict[str, Any]]) -> None:
    assert [calls[c]["direction"] for c in ("11", "17", "18")] == [
        "inbound",
        "outbound",
        "internal",
    ]


def test_a_record_alone_in_its_file_is_read(tmp_path: Path) -> None:
    found = taken(tmp_path, shared_data("freeswitch/json_cdr_01.json"))
    (call,) = found.values()
    assert (call["direction"], call["outcome"]) == ("internal", "answered")
    assert (call["hold_ms"], call["talk_ms"]) == (67_139, 400)
    assert call["wait_ms"] == 3_360


def test_hang_up_events_say_the_same(tmp_path: Path) -> None:
    said = shared_data("freeswitch/esl_channel_hangup_complete_01.txt").read_text(encoding="utf-8")
    lines = (line.split(": ", 1) for line in said.splitlines() if ": " in line)
    file = tmp_path / "event.json"
    file.write_text(json.dumps(dict(lines)), encoding="utf-8")
    (call,) = taken(tmp_path / "data", file).values()
    assert call["outcome"] == "answered"
    assert call["talk_ms"] == 65_039
