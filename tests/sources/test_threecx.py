"""3CX's call log: our own recording call by call, and weeks of a real shop by their numbers."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.skips import skips
from everycall.app.intake.sorting_out import Summary
from everycall.history import History
from everycall.sources.threecx import born_at, milliseconds
from sources.shared import data, found
from truth.histories import Told, site_of, told

HERE = Path(__file__).parent / "threecx"
SHOP, CLOCKS_BACK = HERE / "recording.csv", HERE / "recording_clocks_back.csv"

HELP, ANN, BEN, CAT = "Help Queue (600)", "Ann Byrne (201)", "Ben Cole (202)", "Cat Dunn (203)"
OUTCOMES = {
    "001": ("inbound", "answered", HELP, ANN, 20, 5, 60),
    "002": ("inbound", "answered", HELP, BEN, 30, None, 45),
    "003": ("inbound", "caller_left_in_queue", HELP, None, 95, None, None),
    "004": ("inbound", "answered", HELP, ANN, 4, 4, 80),
    "005": ("inbound", "answered", HELP, BEN, 6, 6, 20),
    "006": ("inbound", "answered", HELP, CAT, 5, 5, 48),
    "007": ("inbound", "caller_left_closed", None, None, None, None, None),
    "008": ("inbound", "timed_out", HELP, None, 1200, None, None),
    "009": ("inbound", "voicemail_no_message", HELP, None, 40, None, None),
    "00a": ("inbound", "closed_while_waiting", HELP, None, 12, None, None),
    "00b": ("inbound", "caller_left_in_queue", HELP, None, 12, None, None),
    "00c": ("inbound", "answered", HELP, ANN, 8, 8, 130),
    "00d": ("inbound", "answered", HELP, ANN, 4, 4, 71),
    "00e": ("inbound", "failed_before_ring", None, None, None, None, None),
    "00f": ("outbound", "reached", None, ANN, None, None, 80),
    "010": ("outbound", "refused", None, None, None, None, None),
    "011": ("outbound", "invalid_number", None, None, None, None, None),
    "012": ("outbound", "reached", None, ANN, None, None, 85),
    "013": ("internal", "answered", None, BEN, 3, 3, 36),
    "014": ("internal", "voicemail_no_message", None, None, 21, None, None),
    "015": ("internal", "failed_before_ring", None, None, None, None, None),
    "016": ("internal", "self_served", None, None, None, None, None),
    "017": ("internal", "failed_before_ring", None, None, None, None, None),
    "018": ("internal", "caller_left_while_ringing", None, None, 8, None, None),
    "019": ("inbound", "answered", HELP, ANN, 9, 9, 34),
    "01a": ("inbound", "caller_left_while_ringing", None, None, 14, None, None),
    "01b": ("inbound", "transfer_unanswered", HELP, ANN, 5, 5, 20),
    "01c": ("inbound", "answered", HELP, "07700900123", 18, 8, 40),
    "01d": ("inbound", "caller_left_in_queue", HELP, None, 0, None, None),
}
"""What the recording's rows say of each call: direction, outcome, queue, who, wait, ring, talk."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("shop"), [SHOP])


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_call_of_the_recording_becomes_what_its_rows_say(shop: Told, name: str) -> None:
    (call,) = (one for one in shop.calls if one["call_id"].endswith(name))
    direction, outcome, queue, agent, *lengths = OUTCOMES[name]
    assert (call["direction"], call["outcome"]) == (direction, outcome)
    assert (call["first_queue"], call["answered_agent"]) == (queue, agent)
    seconds = [None if length is None else length * 1000 for length in lengths]
    assert [call["wait_ms"], call["ring_ms"], call["talk_ms"]] == seconds


def test_no_call_of_the_recording_is_missing_or_twice(shop: Told) -> None:
    assert sorted(call["call_id"][-3:] for call in shop.calls) == sorted(OUTCOMES)


def test_the_time_in_parking_is_hold_and_reminders_of_the_parking_place_are_no_attempts(
    shop: Told,
) -> None:
    parked = {call["call_id"][-3:]: call for call in shop.calls if call["hold_ms"]}
    assert {name: call["hold_ms"] for name, call in parked.items()} == {
        "004": 126_000,
        "005": 40_000,
        "006": 37_000,
        "012": 53_000,
    }
    assert [len(parked[name]["attempts"]) for name in ("004", "005", "006")] == [1, 1, 1]
    assert parked["005"]["flags"] == ["left_on_hold"]


def test_local_times_are_read_by_the_moment_in_the_calls_ids(shop: Told) -> None:
    assert shop.calls[0]["arrived_at"] == "2026-06-15T08:00:00Z"
    assert shop.summaries[0].notes[SHOP] == [
        "local times are read as UTC+1 h, because the call ids say so"
    ]


@pytest.mark.parametrize("zone", [None, "Europe/Dublin"])
def test_in_the_hour_that_comes_twice_the_calls_ids_say_which(
    tmp_path: Path, zone: str | None
) -> None:
    site = site_of(zone=zone) if zone else None
    calls = told(tmp_path, [CLOCKS_BACK], site).calls
    assert [call["arrived_at"][8:19] for call in calls] == [
        "24T23:58:00",
        "25T00:30:00",
        "25T00:59:50",
        "25T01:10:00",
        "25T01:30:00",
        "25T02:05:00",
    ]


def test_the_id_of_a_call_tells_when_it_began() -> None:
    assert born_at("00000000-01dc-fc9c-f6cd-002500000001") == 1781510400000003
    assert born_at("not an id") is None
    assert born_at("00000000-0000-0000-0000-000000000000") is None


def test_durations_may_have_days_and_fractions() -> None:
    assert milliseconds("00:01:33") == 93_000
    assert milliseconds("1.02:03:04") == 93_784_000
    assert milliseconds("00:00:05.25") == 5_000
    assert milliseconds("1 minute") is None


def test_a_log_that_was_cut_says_so(tmp_path: Path) -> None:
    lines = SHOP.read_text(encoding="utf-8").splitlines(keepends=True)
    cut = tmp_path / "cut.csv"
    cut.write_text("".join([*lines[:20], lines[-1]]), encoding="utf-8")
    notes = told(tmp_path / "data", [cut]).summaries[0].notes[cut]
    assert "the last row counts 64 rows, but the file has 19: it was cut" in notes


@pytest.mark.parametrize(
    ("column", "written", "reason"),
    [
        ("Call Time", "yesterday", "bad_time"),
        ("Call ID", "", "no_call_id"),
        ("Direction", "sideways", "bad_value"),
        ("Status", "Perhaps", "bad_value"),
        ("Talking", "long", "bad_value"),
    ],
)
def test_a_row_that_cannot_be_read_is_kept_with_its_reason(
    tmp_path: Path, column: str, written: str, reason: str
) -> None:
    with SHOP.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    rows[4][heading.index(column)] = written
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    told(tmp_path / "data", [path])
    (skip,) = skips(History(tmp_path / "data"), everything=False)
    assert (skip["file"], skip["line"], skip["reason"]) == ("log.csv", 6, reason)


def test_an_ending_that_is_not_known_is_counted_apart_from_damage(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    text = SHOP.read_text(encoding="utf-8").replace("No route to destination", "Swallowed by a cat")
    path.write_text(text, encoding="utf-8")
    summary = told(tmp_path / "data", [path]).summaries[0]
    assert summary.unreadable == 0
    words = [skip["detail"] for skip in skips(History(tmp_path / "data"), everything=True)]
    assert "'Swallowed by a cat' has no meaning here" in words


WEEKS = {
    "2025-11-17": (4804, 2027, 1896, 1601, 194),
    "2025-11-24": (5402, 2314, 2157, 1763, 267),
    "2025-12-01": (5260, 2191, 2050, 1629, 308),
    "2025-12-08": (4962, 2037, 1886, 1566, 220),
    "2025-12-15": (4802, 1960, 1818, 1544, 182),
    "2025-12-22": (4418, 1923, 1770, 1473, 202),
}
"""Legs, calls, calls that entered queue 501, of these answered by an agent, abandoned calls."""

LOGS = found("threecx/call_log/*.csv") or ["threecx/call_log/absent.csv"]


@dataclass(frozen=True)
class Counted:
    """What a week holds."""

    legs: int
    calls: int
    entered: int
    answered: int


def by_hand(path: Path) -> Counted:
    """Count a week from its rows alone."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["Call Time"] != "Totals"]
    entered = {row["Call ID"] for row in rows if _is_queue(row)}
    answered = {row["Call ID"] for row in rows if _is_answer(row)}
    calls = {row["Call ID"] for row in rows}
    return Counted(len(rows), len(calls), len(entered), len(entered & answered))


def _is_queue(row: dict[str, str]) -> bool:
    return row["Direction"] == "Inbound Queue" and row["To"].endswith("(501)")


def _is_answer(row: dict[str, str]) -> bool:
    """Tell whether somebody at an extension spoke."""
    number = row["To"].rpartition("(")[2].rstrip(")")
    extension = number.isdigit() and len(number) == 3 and not row["To"].startswith("Voice")
    talked = row["Status"] == "Answered" and row["Talking"] > "00:00:00"
    return extension and talked and not _is_queue(row)


def by_us(week: Told, summary: Summary) -> Counted:
    """Count a week by what we made of it."""
    entered = [c for c in week.calls if any("(501)" in v["queue"] for v in c["visits"])]
    answered = [c for c in entered if _spoke(c["talks"])]
    sums = 1
    return Counted(summary.files[0].lines - sums, len(week.calls), len(entered), len(answered))


def _spoke(talks: Iterable[dict[str, Any]]) -> bool:
    return any(talk["agent_kind"] == "person" and talk["talk_ms"] for talk in talks)


@pytest.fixture(scope="module", params=LOGS)
def week(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return told(tmp_path_factory.mktemp("week"), [data(request.param)])


def test_a_real_week_has_the_numbers_that_are_known_of_it(week: Told) -> None:
    summary = week.summaries[0]
    path = Path(summary.files[0].path)
    counted = by_us(week, summary)
    known = WEEKS.get(path.name[:10])
    if known:
        assert counted == Counted(*known[:4])
    assert counted == by_hand(path)
    assert summary.unreadable == 0


def test_every_call_of_a_real_week_is_told_to_its_end(week: Told) -> None:
    summary = week.summaries[0]
    assert sum(summary.outcomes.values()) == summary.arrived
    assert not {"unknown", "pending"} & set(summary.outcomes)
    assert {call["direction"] for call in week.calls} <= {"inbound", "outbound", "internal"}
