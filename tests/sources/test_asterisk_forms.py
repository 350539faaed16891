"""Forms in which other versions and other hands write Asterisk's records: the same calls come of all."""

import json
from pathlib import Path
from typing import Any

import pytest

from everycall.events.callers import caller
from everycall.sources.lines import open_bytes
from sources.shared import data
from truth.histories import told

HERE = Path(__file__).parent

LOG = """\
1366720340|1366720340.303267|SALES|NONE|ENTERQUEUE||5551234567|1
1366720341|1366720340.303267|SALES|SIP/8007|RINGNOANSWER|1000
1366720350|1366720340.303267|SALES|SIP/8001|CONNECT|10|1366720345.303300|5
1366720380|1366720340.303267|SALES|SIP/8001|COMPLETECALLER|10|30|1
"""
LOGS = {
    "as it is": LOG,
    "Asterisk 1.2: fewer fields": LOG.replace("|1366720345.303300|5", "").replace("|30|1", "|30"),
    "Asterisk 1.4: no ring time": LOG.replace("1366720345.303300|5", "1366720345.303300"),
    "empty fields at the end": LOG.replace("\n", "||||\n"),
    "Windows": LOG.replace("\n", "\r\n"),
    "with the caller's name": LOG.replace("567|1\n", "567|1|Ann | Co\n"),
    "a name before the number": LOG.replace("5551234567", '"Ann" <5551234567>'),
    "newest first": "\n".join(LOG.splitlines()[::-1]) + "\n",
    "moments with fractions": LOG.replace("|1366720340.303267|", ".000000|1366720340.303267|"),
    "staff between": LOG + "1366720391|MANAGER|SALES|SIP/8001|PAUSE|Lunch|more\n",
}


@pytest.mark.parametrize("form", LOGS)
def test_every_form_of_queue_log_is_the_same_call(tmp_path: Path, form: str) -> None:
    log = tmp_path / "queue_log"
    log.write_text(LOGS[form], newline="")
    taken = told(tmp_path / "data", [log])
    assert taken.summaries[0].unreadable == taken.summaries[0].without_word == 0
    (call,) = [one for one in taken.calls if one["direction"] == "inbound"]
    assert (call["outcome"], call["wait_ms"], call["talk_ms"]) == ("answered", 10_000, 30_000)
    assert (call["answered_agent"], call["first_queue"]) == ("SIP/8001", "SALES")
    assert caller(call["caller"]).key == "5551234567"


ROW = (
    '"","5551234567","600","from-trunk","Ann <5551234567>","SIP/trunk-00000001","SIP/8001-00000002",'
    '"Dial","SIP/8001,20,tr","2013-04-23 12:32:20","2013-04-23 12:32:30","2013-04-23 12:33:00",'
    '40,30,"ANSWERED","DOCUMENTATION"'
)
ROWS = {
    "16 columns": ROW,
    "with an id": f'{ROW},"1366720340.1"',
    "with an id and a field of one's own": f'{ROW},"1366720340.1","x"',
    "21 columns": f'{ROW},"1366720340.1","","","1366720340.1",7',
    "without quotes": f"{ROW},1366720340.1,".replace('"', "").replace("SIP/8001,20,tr", "SIP/8001|20|tr"),
    "small letters": f'{ROW},"1366720340.1",""'.replace("ANSWERED", "Answered"),
    "ISO 8601": f'{ROW},"1366720340.1",""'.replace("2013-04-23 ", "2013-04-23T"),
    "high resolution": f'{ROW},"1366720340.1",""'.replace(",40,30,", ",40.000123,30.000012,"),
}  # fmt: skip


@pytest.mark.parametrize("form", ROWS)
def test_every_form_of_a_call_detail_record_is_the_same_call(tmp_path: Path, form: str) -> None:
    log = tmp_path / "Master.csv"
    log.write_text(ROWS[form] + "\n")
    call = told(tmp_path / "data", [log]).only
    assert (call["direction"], call["outcome"]) == ("inbound", "answered")
    assert (call["wait_ms"], call["talk_ms"]) == (10_000, 30_000)
    assert (call["answered_agent"], call["caller"]) == ("SIP/8001", "5551234567")


def wire(events: list[dict[str, Any]]) -> str:
    """Write events as the manager interface does."""
    blocks = ("".join(f"{k}: {v}\r\n" for k, v in event.items()) + "\r\n" for event in events)
    return "Asterisk Call Manager/5.0.1\r\nResponse: Success\r\nMessage: Hi\r\n\r\n" + "".join(
        blocks
    )


def test_manager_events_over_the_wire_say_the_same_as_their_json(tmp_path: Path) -> None:
    (recording,) = (HERE / "asterisk_ami").glob("recording*")
    with open_bytes(recording) as file:
        events = [json.loads(line) for line in file.read().decode().splitlines()]
    text = tmp_path / "ami.log"
    text.write_text(wire(events), newline="")
    as_text = told(tmp_path / "text", [text])
    as_json = told(tmp_path / "json", [recording])
    assert as_text.calls == as_json.calls
    assert as_text.summaries[0].unreadable == 0


@pytest.mark.parametrize("name", ["s02_agent_hangs_up", "s18_att_transfer_ami"])
def test_a_real_capture_over_the_wire_too(tmp_path: Path, name: str) -> None:
    recording = data(f"asterisk_gold/{name}/ami.jsonl")
    events = [json.loads(line) for line in recording.read_text(encoding="utf-8").splitlines()]
    text = tmp_path / "ami.log"
    text.write_text(wire(events), newline="")
    assert told(tmp_path / "text", [text]).calls == told(tmp_path / "json", [recording]).calls


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ('"Ann" <+441632960001>', "+441632960001"),
        ("Ann <sip:+441632960001@example.org>", "+441632960001"),
        ("<unknown>", None),
        ('"Unknown" <>', None),
        ('"" <anonymous>', None),
        ("<+441632960001>", "+441632960001"),
    ],
)
def test_a_number_is_taken_out_of_the_form_of_caller_ids(raw: str, key: str | None) -> None:
    assert caller(raw).key == key
