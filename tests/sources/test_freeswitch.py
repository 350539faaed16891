"""FreeSWITCH's records: a bridge is a person, an answer by the system is not; legs are one call."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
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


def as_xml(record: dict[str, Any]) -> str:
    """Write a record of mod_json_cdr as mod_xml_cdr does."""

    def inside(values: dict[str, Any]) -> str:
        return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())

    flows = "".join(
        f"<callflow><caller_profile>{inside(flow['caller_profile'])}</caller_profile></callflow>"
        for flow in record["callflow"]
    )
    return (
        f'<cdr core-uuid="{record["core-uuid"]}">\n'
        f"<channel_data>{inside({'direction': record['channel_data']['direction']})}</channel_data>\n"
        f"<variables>{inside(record['variables'])}</variables>\n{flows}\n</cdr>\n"
    )


def own_records() -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if "variables" in line]


def test_xml_says_the_same_as_json(tmp_path: Path) -> None:
    plain = tmp_path / "records.jsonl"
    plain.write_text("".join(json.dumps(record) + "\n" for record in own_records()))
    xml = tmp_path / "records.xml"
    text = "".join(as_xml(record).replace("&", "&amp;") for record in own_records())
    xml.write_text(f"<?xml version='1.0'?>\n<cdrs>\n{text}</cdrs>\n")
    assert taken(tmp_path / "a", plain) == taken(tmp_path / "b", xml)


def test_an_xml_record_that_declares_things_is_refused_by_itself(tmp_path: Path) -> None:
    good, bad = map(as_xml, own_records()[:2])
    xml = tmp_path / "records.xml"
    bad = bad.replace("<variables>", "<!DOCTYPE x [<!ENTITY a 'b'>]><variables>")
    xml.write_text(good + bad + "<cdr core-uuid='torn'><variables><a>")
    history = History(tmp_path / "data")
    summary = Importer(history, SiteFile()).take([xml])
    assert summary.unreadable == 2
    assert summary.files[0].lines == 3


def test_a_hang_up_event_is_read_as_the_event_socket_wrote_it(tmp_path: Path) -> None:
    file = shared_data("freeswitch/esl_channel_hangup_complete_01.txt")
    (call,) = taken(tmp_path / "data", file).values()
    assert (call["outcome"], call["talk_ms"]) == ("answered", 65_039)
    other = tmp_path / "events.txt"
    said = file.read_text(encoding="utf-8").rstrip()
    other.write_text(
        f"Event-Name: HEARTBEAT\nUp-Time: 0 years\n\n{said}\n\nEvent-Name: RE_SCHEDULE\n",
    )
    history = History(tmp_path / "other")
    summary = Importer(history, SiteFile()).take([other])
    assert (summary.files[0].lines, summary.without_word, summary.unreadable) == (3, 2, 0)
    with Asking(history) as asking:
        assert [c["talk_ms"] for c in asking.calls(Filter())] == [65_039]
