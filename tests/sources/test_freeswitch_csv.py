"""FreeSWITCH's CSV: a talk only where a second leg is named; nothing is invented."""

from pathlib import Path

import pytest

from sources.shared import data
from truth.histories import Told, site_of, told

RECORDING = Path(__file__).parent / "freeswitch_csv" / "recording.csv"
ID = "00000000-0000-4000-8000-0000000000"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("data"), [RECORDING])


@pytest.mark.parametrize(
    ("name", "direction", "outcome", "talk"),
    [
        ("01", "inbound", "answered", 60_000),
        ("02", "inbound", "rang_out", None),
        ("03", "inbound", "busy", None),
        ("04", "inbound", "unknown", None),
        ("05", "outbound", "reached", 120_000),
        ("06", "internal", "answered", 30_000),
    ],
)
def test_a_row_is_the_call_that_it_says(
    taken: Told, name: str, direction: str, outcome: str, talk: int | None
) -> None:
    (call,) = (call for call in taken.calls if call["call_id"] == ID + name)
    assert (call["direction"], call["outcome"], call["talk_ms"]) == (direction, outcome, talk)
    # from the beginning of the leg: a row does not tell when the phone began to ring
    answered_after = {"01": 5_000, "05": 10_000, "06": 4_000}
    assert call["wait_ms"] == answered_after.get(name)


def test_local_times_are_those_of_the_site(tmp_path: Path) -> None:
    found = told(tmp_path, [RECORDING], site_of(zone="America/New_York"))
    assert found.calls[0]["arrived_at"] == "2026-11-02T14:00:00Z"


@pytest.mark.parametrize(
    ("before", "after"),
    [('"', ""), (",", ";"), (":00", "")],
    ids=["bare", "semicolons", "to the minute"],
)
def test_what_spreadsheets_make_of_it(tmp_path: Path, before: str, after: str) -> None:
    text = RECORDING.read_text(encoding="utf-8")
    file = tmp_path / "Master.csv"
    file.write_text(text.replace(before, after) if before != ":00" else text.replace(':00"', '"'))
    assert len(told(tmp_path / "data", [file]).calls) == 6


def test_the_template_of_asterisk_has_its_own_order(tmp_path: Path) -> None:
    file = tmp_path / "Master.csv"
    file.write_text(
        '"","+441632960001","1001","public","Ann <+441632960001>","sofia/external/1","sofia/internal/1001",'
        '"bridge","user/1001","2026-11-02 09:00:00","2026-11-02 09:00:05","2026-11-02 09:01:05","65","60",'
        f'"NORMAL_CLEARING","3","{ID}01",""\n'
    )
    call = told(tmp_path / "data", [file]).only
    assert (call["direction"], call["outcome"], call["talk_ms"]) == ("inbound", "answered", 60_000)


def test_real_rows_that_name_no_second_leg_are_not_called_answered(tmp_path: Path) -> None:
    found = told(tmp_path, [data("freeswitch/mod_cdr_csv_lab_Master.csv")])
    assert len(found.calls) == 8
    assert found.summaries[0].unreadable == 0
    assert {call["outcome"] for call in found.calls} == {"unknown", "unreachable"}
