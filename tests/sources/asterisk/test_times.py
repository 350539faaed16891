"""Local times of Asterisk's records: which zone, and the nights when the clocks change."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from truth.histories import Told, site_of, told

BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def record(born: int, zone: Any, *, rang: int = 4, lasted: int = 60, number: int = 1) -> str:
    """Return the row of a call to a phone that rang, was answered and lasted, as its zone shows it."""

    def local(at: int) -> str:
        return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M:%S}"

    strings = ("", "+441632960001", "5101", "from-trunk", '""Ann"" <+441632960001>')
    channels = (f"PJSIP/trunk-{number:08x}", f"PJSIP/1001-{number:08x}", "Dial", "PJSIP/1001,30")
    times = (local(born), local(born + rang), local(born + lasted))
    quoted = ",".join(f'"{text}"' for text in (*strings, *channels, *times))
    unique = f"{born}.{number}"
    rest = f'"ANSWERED","DOCUMENTATION","{unique}","","","{unique}",{number}'
    return f"{quoted},{lasted},{lasted - rang},{rest}"


def take(folder: Path, *rows: str, zone: str | None = None) -> Told:
    path = folder / "Master.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    settings = {"zone": zone} if zone else {}
    return told(folder / "data", [path], site_of(**settings))


def arrivals(calls: list[dict[str, Any]]) -> list[str]:
    return [call["arrived_at"].rstrip("Z") for call in calls]


def test_local_times_are_moments_in_the_sites_zone(tmp_path: Path) -> None:
    born = moment("2026-07-01 10:00:00")
    found = take(tmp_path, record(born, BERLIN), zone="Europe/Berlin")
    assert arrivals(found.calls) == ["2026-07-01T10:00:00"]
    assert found.only["talk_ms"] == 56_000


@pytest.mark.parametrize("declared", [None, "Europe/Berlin"])
def test_records_in_utc_are_known_by_their_ids_whatever_the_sites_zone(
    declared: str | None, tmp_path: Path
) -> None:
    rows = [record(moment("2026-07-01 10:00:00") + 100 * i, UTC, number=i) for i in range(3)]
    found = take(tmp_path, *rows, zone=declared)
    assert arrivals(found.calls)[0] == "2026-07-01T10:00:00"
    notes = [note for notes in found.summaries[0].notes.values() for note in notes]
    assert ("because the channel ids say so" in " ".join(notes)) is (declared is not None)


def test_a_declared_utc_is_the_word_of_one_who_knows_the_log(tmp_path: Path) -> None:
    found = take(tmp_path, record(moment("2026-07-01 10:00:00"), BERLIN), zone="UTC")
    assert arrivals(found.calls) == ["2026-07-01T12:00:00"]


def test_without_a_zone_the_ids_tell_it_on_either_side_of_a_change_of_clocks(
    tmp_path: Path,
) -> None:
    winter, summer = moment("2026-03-29 00:30:00"), moment("2026-03-29 01:30:00")
    found = take(tmp_path, record(winter, BERLIN), record(summer, BERLIN, number=2))
    assert arrivals(found.calls) == ["2026-03-29T00:30:00", "2026-03-29T01:30:00"]


@pytest.mark.parametrize("declared", [None, "Europe/Berlin"])
def test_a_call_over_the_hour_that_is_skipped_is_as_long_as_it_was(
    declared: str | None, tmp_path: Path
) -> None:
    born = moment("2026-03-29 00:59:30")
    call = take(tmp_path, record(born, BERLIN), zone=declared).only
    assert (call["arrived_at"], call["ended_at"]) == (
        "2026-03-29T00:59:30Z",
        "2026-03-29T01:00:30Z",
    )
    assert call["talk_ms"] == 56_000


@pytest.mark.parametrize("declared", [None, "Europe/Berlin"])
def test_of_an_hour_that_comes_twice_the_ids_tell_which_it_was(
    declared: str | None, tmp_path: Path
) -> None:
    first, second = moment("2026-10-25 00:30:00"), moment("2026-10-25 01:30:00")
    rows = (record(first, BERLIN), record(second, BERLIN, number=2))
    assert rows[0][:90].split('","')[9:10] == rows[1][:90].split('","')[9:10]
    found = take(tmp_path, *rows, zone=declared)
    assert arrivals(found.calls) == ["2026-10-25T00:30:00", "2026-10-25T01:30:00"]


def test_a_call_over_the_end_of_the_hour_that_comes_twice_is_as_long_as_it_was(
    tmp_path: Path,
) -> None:
    born = moment("2026-10-25 00:59:30")
    call = take(tmp_path, record(born, BERLIN), zone="Europe/Berlin").only
    assert call["ended_at"] == "2026-10-25T01:00:30Z"
    assert call["talk_ms"] == 56_000


TABLE = "time,callid,queuename,agent,event,data1,data2,data3,data4,data5\n"


@pytest.mark.parametrize("declared", [None, "Europe/Berlin"])
def test_the_table_of_queue_log_is_local_too_and_its_ids_tell_the_zone(
    declared: str | None, tmp_path: Path
) -> None:
    born = moment("2026-10-25 01:30:00")
    path = tmp_path / "queue_log.csv"
    path.write_text(
        f"{TABLE}2026-10-25 02:30:01.250000,{born}.1,sales,NONE,ENTERQUEUE,,1,1,,\n"
        f"2026-10-25 02:30:31.750000,{born}.1,sales,NONE,ABANDON,1,1,30,,\n",
        encoding="utf-8",
    )
    settings = {"zone": declared} if declared else {}
    (visit,) = told(tmp_path / "data", [path], site_of(**settings)).only["visits"]
    assert (visit["entered_at"], visit["wait_ms"]) == ("2026-10-25T01:30:01.25Z", 30_000)


def test_native_queue_log_counts_in_utc_whatever_the_sites_zone(tmp_path: Path) -> None:
    born = moment("2026-07-01 10:00:00")
    path = tmp_path / "queue_log"
    path.write_text(
        f"{born}|{born}.1|sales|NONE|ENTERQUEUE||1|1\n{born + 5}|{born}.1|sales|NONE|ABANDON|1|1|5\n",
        encoding="utf-8",
    )
    found = told(tmp_path / "data", [path], site_of(zone="America/New_York"))
    assert arrivals(found.calls) == ["2026-07-01T10:00:00"]
