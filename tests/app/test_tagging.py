"""What a call was about: from menu keys, records, verbs, files and events, to the metrics and the money."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.running import run

SHOP = """
zone = "UTC"
region = "GB"
trunks = ["PJSIP/trunk*"]
[tags]
"""


def by_tag(data: Path, metric: str = "arrived") -> dict[str | None, float]:
    rows = run("metrics", metric, "--by", "tag", "--json", data=data).lines
    return {row["tag"]: row[metric]["value"] for row in rows}


def site(data: Path, tags: str) -> Path:
    data.mkdir(parents=True, exist_ok=True)
    (data / "site.toml").write_text(SHOP + tags)
    return data


def take(data: Path, name: str, text: str, *words: str) -> None:
    path = data.parent / name
    path.write_text(text)
    done = run("import", path, *words, data=data)
    assert done.code == 0, done.out + done.err


def cdr(call: str, userfield: str = "", account: str = "") -> str:
    return (
        f'"{account}","+441632960001","600","from-trunk","","PJSIP/trunk-1","PJSIP/101-2","Dial",'
        '"PJSIP/101","2026-03-02 09:00:00","2026-03-02 09:00:05","2026-03-02 09:02:05",125,120,'
        f'"ANSWERED","DOCUMENTATION","{call}","{userfield}"\n'
    )


def test_fields_of_call_detail_records_are_tags_where_the_site_says_so(tmp_path: Path) -> None:
    rows = cdr("1772442000.1", "order", "acme") + cdr("1772442000.2", "", "acme")
    told = site(tmp_path / "told", 'fields = ["userfield"]\nnames = { order = "Order" }\n')
    take(told, "Master.csv", rows)
    assert by_tag(told) == {"Order": 1, None: 1}
    silent = site(tmp_path / "silent", "")
    take(silent, "Master2.csv", rows)
    assert by_tag(silent) == {None: 2}
    accounts = site(tmp_path / "accounts", 'fields = ["accountcode"]\n')
    take(accounts, "Master3.csv", rows)
    assert by_tag(accounts) == {"acme": 2}


QUEUE_LOG = """\
1772442000|1772442000.1|support|NONE|ENTERQUEUE||+441632960001|1
1772442010|1772442000.1|support|Ann|CONNECT|10|1772442005.2|5
1772442070|1772442000.1|support|Ann|COMPLETEAGENT|10|60|1
1772442090|1772442000.1|support|Ann|{verb}|RET
"""


@pytest.mark.parametrize("verb", ["CALLSTATUS", "MYREASON"])
def test_a_verb_of_queue_log_names_the_reason(tmp_path: Path, verb: str) -> None:
    own = '[markers]\ntag = ["verb:MYREASON"]\n' if verb == "MYREASON" else ""
    data = site(tmp_path / "data", f'names = {{ RET = "return" }}\n{own}')
    take(data, "queue_log", QUEUE_LOG.format(verb=verb))
    assert by_tag(data) == {"return": 1}
    assert by_tag(data, "talk_time")["return"] == 60_000


def test_an_attribute_of_a_contact_is_a_tag(tmp_path: Path) -> None:
    contact = {
        "ContactId": "a1",
        "InitialContactId": "a1",
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-03-02T09:00:00Z",
        "DisconnectTimestamp": "2026-03-02T09:03:00Z",
        "LastUpdateTimestamp": "2026-03-02T09:04:00Z",
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+441632960001"},
        "Queue": {"Name": "Support", "EnqueueTimestamp": "2026-03-02T09:00:10Z"},
        "Agent": {"Username": "ann", "ConnectedToAgentTimestamp": "2026-03-02T09:00:30Z"},
        "Attributes": {"disposition": "return", "other": "x"},
    }
    data = site(tmp_path / "data", 'fields = ["disposition"]\n')
    take(data, "contacts.jsonl", json.dumps(contact) + "\n")
    assert by_tag(data) == {"return": 1}


def events(*tagged: dict[str, Any]) -> str:
    """Return calls that nobody answered: c1 pressed 1, c2 pressed 2, c3 nothing."""
    lines = []
    for i, key in enumerate(("1", "2", None)):
        call = {"call_id": f"c{i + 1}"}
        start = f"2026-03-02T09:0{i}"
        lines += [
            {"at": f"{start}:00Z", "kind": "call.arrived", "direction": "inbound",
             "caller": f"+44163296000{i + 1}", **call},
            {"at": f"{start}:01Z", "kind": "menu.entered", **call},
            *([{"at": f"{start}:05Z", "kind": "menu.chose", "text": key, **call}] if key else []),
            {"at": f"{start}:06Z", "kind": "queue.entered", "queue": "all", **call},
            {"at": f"{start}:56Z", "kind": "queue.left", "queue": "all", "reason": "caller", **call},
            {"at": f"{start}:56Z", "kind": "call.ended", "reason": "caller", **call},
        ]  # fmt: skip
    return "".join(json.dumps(line) + "\n" for line in [*lines, *tagged])


def test_a_menu_key_is_a_tag_and_what_is_said_later_wins(tmp_path: Path) -> None:
    later = {"at": "2026-03-02T09:30:00Z", "kind": "call.tagged", "call_id": "c2", "text": "order"}
    data = site(tmp_path / "data", 'keys = { 1 = "order", 2 = "return" }\n')
    take(data, "events.jsonl", events(later))
    assert by_tag(data) == {"order": 2, None: 1}
    assert by_tag(data, "missed") == {"order": 2, None: 1}


def test_a_file_of_tags_finds_its_calls(tmp_path: Path) -> None:
    data = site(tmp_path / "data", "")
    take(data, "events.jsonl", events())
    path = tmp_path / "tags.csv"
    path.write_text(
        "Call ID;Phone;Date;Time;Disposition\n"
        "c1;;;;order\n"
        ";+44 1632 960002;02.03.2026;09:05;return\n"
        "c7;;;;order\n"
    )
    done = run("attach", "tags", path, "--json", data=data)
    assert (done.json["by_id"], done.json["by_caller"]) == (1, 1)
    assert [row["reason"] for row in done.json["unmatched"]] == ["there is no call 'c7'"]
    assert by_tag(data) == {"order": 1, "return": 1, None: 1}
    assert run("attach", "tags", path, "--json", data=data).json["known"] == 2
    assert by_tag(data) == {"order": 1, "return": 1, None: 1}


def test_a_column_of_a_mapped_file_is_a_tag(tmp_path: Path) -> None:
    mapping = tmp_path / "pbx.toml"
    mapping.write_text(
        'name = "pbx"\ntitle = "PBX"\ndoc = "A table of calls."\ngrain = "call"\n[columns]\ncall_id = ["id"]\narrived = "start"\n'
        'from_number = "from"\ntag = "wrapup"\ntalk = "talk"\n[always]\ndirection = "inbound"\n'
    )
    data = site(tmp_path / "data", "")
    take(
        data,
        "pbx.csv",
        "id,start,from,talk,wrapup\n1,2026-03-02 09:00:00,+441632960001,60,order\n"
        "2,2026-03-02 09:10:00,+441632960002,60,\n",
        "--mapping",
        str(mapping),
    )
    assert by_tag(data) == {"order": 1, None: 1}


def test_money_counts_only_what_is_tagged_as_an_enquiry(tmp_path: Path) -> None:
    money = (
        'keys = { 1 = "order", 2 = "return" }\n'
        '[money]\ncurrency = "GBP"\nlocale = "en-GB"\n[money.enquiry]\ntags = ["order"]\n'
    )
    data = site(tmp_path / "data", money)
    later = {"at": "2026-03-09T09:00:00Z", "kind": "agent.signed_in", "agent": "Ann"}
    take(data, "events.jsonl", events(later))
    (client,) = run("money", "--json", data=data).json["clients"]
    told = {word: client["unreached"][word]["base"] for word in ("enquiries", "unsaid", "others")}
    assert told == {"enquiries": 1, "unsaid": 1, "others": 1}
