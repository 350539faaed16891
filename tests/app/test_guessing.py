"""Guessing what a file is: by its look, with reasons, and never as if a guess were knowledge."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from everycall.app.intake.guessing import Guess, Proposal, guess
from everycall.events import Skip
from everycall.sources.base import Record, Site
from everycall.sources.mapping import read_mapping
from everycall.sources.mapping_reading import read

ENGLISH = (
    "Call ID,Start Time,Answer Time,End Time,Direction,From,To,Queue,Agent,Wait Time,Talk Time,Disposition,Ended By\n"
    + "".join(
        f"c{n},2026-11-02T09:{n:02}:00Z,2026-11-02T09:{n:02}:10Z,2026-11-02T09:{n:02}:40Z,"
        f"{'Inbound' if n % 4 else 'Outbound'},+44163296{n:04},+441632960999,sales,Ann,10,30,"
        f"{'Answered' if n % 3 else 'No Answer'},{'Caller' if n % 2 else 'Agent'}\n"
        for n in range(1, 50)
    )
)
GERMAN = "Datum;Uhrzeit;Anrufer;Gruppe;Mitarbeiter;Wartezeit;Gesprächsdauer;Ergebnis\n" + "".join(
    f"{n % 28 + 1:02}.11.2026;{9 + n % 8:02}:{n:02}:05;030 90{n:04};Verkauf;Eva;0:0{n % 9}:12;"
    f"{n % 50},5;{'angenommen' if n % 3 else 'verpasst'}\n"
    for n in range(1, 50)
)
AMERICAN = "Session Id,Call Time,Caller,Extension,Ring Duration,Duration,Result\n" + "".join(
    f"s{n},11/{n % 28 + 1:02}/2026 {n % 12 + 1:02}:{n:02} {'AM' if n % 2 else 'PM'},"
    f"(555) 010-{n:04},20{n % 4},0:{n % 50:02},2:{n % 50:02},{'Voicemail' if n % 5 == 0 else 'Accepted'}\n"
    for n in range(1, 50)
)
EPOCH = "uuid,created,hangup,caller id,duration,direction\n" + "".join(
    f"u{n},{1793610000000 + n * 60000},{1793610000000 + n * 60000 + 45000},0163296{n:04},45000,in\n"
    for n in range(1, 50)
)
LEGS = "interaction id,start,user,queue,ring time,talk time,status\n" + "".join(
    f"i{n // 3},2026-11-02 09:{n:02}:00,Ann,sales,12,{30 if n % 3 == 2 else 0},"
    f"{'Answered' if n % 3 == 2 else 'No Answer'}\n"
    for n in range(50)
)
TABLES = {
    "english": ENGLISH,
    "german": GERMAN,
    "american": AMERICAN,
    "epoch": EPOCH,
    "legs": LEGS,
}


def guessed(folder: Path, text: str) -> Guess:
    path = folder / "calls.csv"
    path.write_text(text, encoding="utf-8")
    return guess(path)


def proposed(folder: Path, text: str) -> tuple[Proposal, dict[str, Any]]:
    proposal = guessed(folder, text).proposal
    assert proposal is not None
    return proposal, tomllib.loads(proposal.toml)


@pytest.mark.parametrize("name", TABLES)
def test_a_proposed_mapping_reads_every_row_that_it_was_made_from(
    tmp_path: Path, name: str
) -> None:
    proposal, table = proposed(tmp_path, TABLES[name])
    items = list(read(read_mapping(table), tmp_path / "calls.csv", Site(zone="Europe/Berlin")))
    assert not [one for one in items if isinstance(one, Skip) and one.reason.unreadable]
    assert sum(1 for one in items if isinstance(one, Record)) == TABLES[name].count("\n") - 1
    assert proposal.tried.startswith("all of the first")


def test_headings_and_cells_together_say_what_a_column_is(tmp_path: Path) -> None:
    _, table = proposed(tmp_path, ENGLISH)
    assert table["columns"] == {
        "call_id": "Call ID",
        "arrived": "Start Time",
        "answered": "Answer Time",
        "ended": "End Time",
        "ended_by": "Ended By",
        "direction": "Direction",
        "from_number": "From",
        "to_number": "To",
        "queue": "Queue",
        "agent": "Agent",
        "wait": "Wait Time",
        "talk": "Talk Time",
        "result": "Disposition",
    }
    assert table["values"]["direction"] == {"Inbound": "inbound", "Outbound": "outbound"}
    assert table["values"]["result"] == {"Answered": "answered", "No Answer": "no_answer"}


def test_a_german_table_is_understood(tmp_path: Path) -> None:
    _, table = proposed(tmp_path, GERMAN)
    assert table["file"] == {"delimiter": "semicolon", "decimal": ","}
    assert table["times"]["date_format"] == "%d.%m.%Y"
    assert table["columns"]["date"] == "Datum"
    assert table["columns"]["arrived"] == "Uhrzeit"
    assert table["columns"]["caller"] == "Anrufer"
    assert table["values"]["result"] == {"angenommen": "answered", "verpasst": "no_answer"}


def test_an_american_table_is_understood_and_its_order_of_day_and_month_is_a_doubt(
    tmp_path: Path,
) -> None:
    proposal, table = proposed(tmp_path, AMERICAN)
    assert table["times"]["formats"] == ["%m/%d/%Y %I:%M %p"]
    assert any("two parts such as 1:30" in doubt for doubt in proposal.doubts)


def test_a_day_that_may_be_a_month_is_a_doubt(tmp_path: Path) -> None:
    text = "Call Time,Caller,Result\n" + "".join(
        f"0{n % 9 + 1}/0{n % 7 + 1}/2026 09:00:{n:02},0163296{n:04},Answered\n" for n in range(40)
    )
    proposal, _ = proposed(tmp_path, text)
    assert any("the days can be read as" in doubt for doubt in proposal.doubts)


def test_milliseconds_are_told_from_seconds_by_the_moments_beside_them(tmp_path: Path) -> None:
    _, table = proposed(tmp_path, EPOCH)
    assert table["durations"]["unit"] == "ms"


def test_ids_that_repeat_make_rows_legs(tmp_path: Path) -> None:
    proposal, table = proposed(tmp_path, LEGS)
    assert table["grain"] == "leg"
    assert any("taken for legs of calls" in doubt for doubt in proposal.doubts)


def test_every_column_is_either_used_with_a_reason_or_named_as_unused(tmp_path: Path) -> None:
    proposal, _ = proposed(tmp_path, ENGLISH.replace("Ended By", "Mood"))
    assert proposal.unused == ("Mood",)
    assert all(reason.why for reason in proposal.reasons)


def test_a_word_that_is_not_known_is_left_for_a_person_to_decide(tmp_path: Path) -> None:
    proposal, table = proposed(tmp_path, ENGLISH.replace("No Answer", "Zilch"))
    assert "Zilch" not in table["values"]["result"]
    assert '# "Zilch" = "?"' in proposal.toml
    assert any("result 'Zilch'" in doubt for doubt in proposal.doubts)


def test_a_missing_direction_is_said_and_not_invented(tmp_path: Path) -> None:
    proposal, table = proposed(tmp_path, LEGS)
    assert not table["always"]
    assert any("no column says whether a call came in" in doubt for doubt in proposal.doubts)


def test_a_file_that_a_source_knows_gets_no_mapping(tmp_path: Path) -> None:
    found = guessed(tmp_path, "1793610000|1.1|sales|NONE|ENTERQUEUE||01632960001|1\n" * 3)
    assert found.proposal is None
    assert found.known[0][0].name == "asterisk_queue_log"
    assert found.sure


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one\n",
        "name,age,city\nAnn,40,Rome\nBen,41,Oslo\n",
        '{"a": 1}\n{"a": 2}\n',
        "a,b\n" * 30,
        ",,,,\n,,,,\n",
    ],
)
def test_what_is_no_table_of_calls_gets_no_mapping(tmp_path: Path, text: str) -> None:
    assert guessed(tmp_path, text).proposal is None
