"""FreePBX as a worked case: its CDR table as it comes out of the database, with the queue_log."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from truth.histories import Told, site_of, told

HERE = Path(__file__).parent / "freepbx"
TABLE, QUEUE_LOG = HERE / "cdr.csv", HERE / "queue_log"
SITE = site_of(zone="UTC", region="GB")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("office"), [HERE], SITE)


def test_both_files_of_a_folder_become_one_story_for_each_call(office: Told) -> None:
    assert [(call["direction"], call["outcome"]) for call in office.calls] == [
        ("inbound", "answered"),
        ("inbound", "caller_left_in_queue"),
        ("inbound", "caller_left_in_menu"),
        ("outbound", "reached"),
        ("inbound", "voicemail_no_message"),
    ]
    both = ["asterisk_cdr", "asterisk_queue_log"]
    assert [call["sources"] for call in office.calls[:2]] == [both, both]


def test_each_file_adds_what_the_other_cannot_see(office: Told) -> None:
    answered, left, *_ = office.calls
    assert (answered["wait_ms"], answered["ring_ms"], answered["talk_ms"]) == (
        12_000,
        10_000,
        63_000,
    )
    assert (answered["answered_agent"], answered["ended_by"]) == ("Ann Miller", "caller")
    assert (answered["called"], answered["trunk"]) == ("01632960100", "PJSIP/trunk")
    assert [(a["agent"], a["result"]) for a in left["attempts"]] == [("Ann Miller", "no_answer")]


def test_who_was_called_back_is_one_need_with_the_call_that_was_lost(office: Told) -> None:
    lost, returned = office.calls[1], office.calls[3]
    assert lost["episode"] == returned["episode"]
    assert returned["caller"] == "+441632960002"


def test_without_the_table_only_the_queue_is_seen(tmp_path: Path) -> None:
    alone = told(tmp_path, [QUEUE_LOG], SITE).calls
    assert len(alone) == 2
    assert {call["confidence"] for call in alone} == {"low"}
    assert {call["trunk"] for call in alone} == {None}


def written(name: str) -> Callable[[list[list[str]]], str]:
    """Return how a database tool writes the table."""

    def batch(rows: list[list[str]]) -> str:
        return "".join("\t".join(cell or "NULL" for cell in row) + "\n" for row in rows)

    def semicolons(rows: list[list[str]]) -> str:
        quoted = (['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows)
        return "".join(";".join(row) + "\r\n" for row in quoted)

    return {"mysql --batch": batch, "semicolons": semicolons}[name]


@pytest.mark.parametrize("tool", ["mysql --batch", "semicolons"])
def test_the_table_is_read_however_a_tool_writes_it(
    office: Told, tmp_path: Path, tool: str
) -> None:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    table = tmp_path / "cdr.txt"
    table.write_text(written(tool)(rows), encoding="utf-8")
    again = told(tmp_path / "data", [table, QUEUE_LOG], SITE)
    assert again.summaries[0].unreadable == 0
    assert again.calls == office.calls
