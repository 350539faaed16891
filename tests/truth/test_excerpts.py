"""Pieces of logs from the field: an attended transfer into a queue, ring-all of 2010, ring groups."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from truth.gold import SHARED

DATA = SHARED / "data"


def calls(tmp_path: Path, name: str) -> dict[str, dict[str, Any]]:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"there is no {path}; set EVERYCALL_SHARED to the folder that holds data/")
    history = History(tmp_path)
    Importer(history, SiteFile()).take([path])
    with Asking(history) as asking:
        return {call["call_id"]: call for call in asking.calls(Filter())}


def test_an_attended_transfer_into_a_queue_is_one_call(tmp_path: Path) -> None:
    name = "queue_log_excerpts/asterisk_issue_759_attended_transfer.queue_log"
    (call,) = calls(tmp_path, name).values()
    assert (call["outcome"], call["wait_ms"], call["talk_ms"]) == ("answered", 12_000, 293_000)
    assert [visit["queue"] for visit in call["visits"]] == ["1501", "1509"]


def test_ring_all_counts_calls_not_rings(tmp_path: Path) -> None:
    found = calls(tmp_path, "queue_log_excerpts/elastix_2010_ringall.queue_log")
    outcomes = {name.split(".")[1]: call["outcome"] for name, call in found.items()}
    assert outcomes == {"10": "answered", "30": "answered", "31": "unknown", "91": "pending"}
    assert len(found["1266833925.10"]["attempts"]) == 5


def test_a_ring_group_of_several_phones_is_one_call(tmp_path: Path) -> None:
    found = calls(tmp_path, "ring_groups/Master.csv")
    rows = defaultdict(list)
    with (DATA / "ring_groups" / "Master.csv").open(encoding="latin-1", newline="") as file:
        for row in csv.reader(file):
            rows[row[19]].append(row)
    assert len(found) == len(rows)
    answered = {
        call
        for call, legs in rows.items()
        if any(leg[7] == "Dial" and leg[14] == "ANSWERED" and int(leg[13]) > 0 for leg in legs)
    }
    assert {name for name, call in found.items() if call["answered"]} == answered
