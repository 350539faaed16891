"""The bank of 1999 by its built-in mapping: invented rows, and the real months by their numbers."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from everycall.app.history.skips import skips
from everycall.history import History
from sources.shared import data, found
from truth.histories import Told, told
from truth.taken import taken

RECORDING = Path(__file__).parent / "anonymous_bank_1999" / "recording.txt"


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    known = told(tmp_path_factory.mktemp("bank"), [RECORDING]).calls
    return {call["call_id"][-5:]: call for call in known}


@pytest.mark.parametrize(
    ("name", "direction", "outcome", "wait", "talk"),
    [
        ("70001", "inbound", "answered", 62, 120),
        ("70002", "inbound", "answered", 0, 50),
        ("70003", "inbound", "caller_left_in_queue", 90, None),
        ("70004", "inbound", "caller_left_in_menu", None, None),
        ("70005", "inbound", "caller_left_in_menu", None, None),
        ("70007", "callback", "reached", 20, 95),
        ("70008", "inbound", "answered", 28, 60),
        ("70009", "inbound", "answered", 60, 60),
    ],
)
def test_a_row_becomes_what_it_says(
    calls: dict[str, dict[str, object]],
    name: str,
    direction: str,
    outcome: str,
    wait: int | None,
    talk: int | None,
) -> None:
    call = calls[name]
    lengths = [None if length is None else length * 1000 for length in (wait, talk)]
    assert (call["direction"], call["outcome"]) == (direction, outcome)
    assert [call["wait_ms"], call["talk_ms"]] == lengths


def test_a_phantom_is_no_call(calls: dict[str, dict[str, object]]) -> None:
    assert "70006" not in calls


def test_a_call_over_midnight_ends_on_the_day_after(calls: dict[str, dict[str, object]]) -> None:
    assert calls["70009"]["arrived_at"] == "1999-12-01T21:59:50Z"
    assert calls["70009"]["ended_at"] == "1999-12-01T22:02:00Z"


def test_a_menus_clock_that_ran_backwards_costs_no_call(
    calls: dict[str, dict[str, object]],
) -> None:
    assert calls["70008"]["answered_agent"] == "ANN"


MONTHS = {
    "01_January": (31_599, 27_060, 4_299, 3_080, 240, 33),
    "02_February": (33_344, 27_162, 5_904, 3_932, 278, 25),
    "03_March": (38_801, 27_847, 10_547, 8_581, 407, 27),
}
"""Rows, AGENT, HANG, of these queued, PHANTOM, negative vru_time."""

SPOKEN = ("answered", "reached")
FILES = found("anonymous_bank_1999/*.txt") or ["anonymous_bank_1999/absent.txt"]


@pytest.fixture(scope="module", params=FILES)
def month(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Told, History]:
    path = data(request.param)
    folder = tmp_path_factory.mktemp("month")
    return path, taken(folder, [path]), History(folder)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="ascii", newline="") as file:
        table = csv.DictReader(file, delimiter="\t")
        return [{k.strip(): v.strip() for k, v in row.items()} for row in table]


def test_a_real_month_has_the_numbers_that_are_known_of_it(
    month: tuple[Path, Told, History],
) -> None:
    path, taken, history = month
    answered = [c for c in taken.calls if c["outcome"] in SPOKEN]
    others = [c for c in taken.calls if c["outcome"] not in SPOKEN]
    queued = [c for c in others if c["visits"]]
    phantoms = [s for s in skips(history, everything=True) if "PHANTOM" in s["detail"]]
    backwards = sum(int(row["vru_time"]) < 0 for row in rows(path))
    summary = taken.summaries[0]
    counted = (
        summary.files[0].lines,
        len(answered),
        len(others),
        len(queued),
        len(phantoms),
        backwards,
    )
    assert counted == MONTHS.get(path.stem, counted)
    assert len(taken.calls) == counted[0] - counted[4]
    assert summary.unreadable == 0


def test_every_row_of_a_real_month_is_the_call_that_it_says(
    month: tuple[Path, Told, History],
) -> None:
    path, taken, _ = month
    said = Counter(
        (row["type"] == "TT", row["outcome"] == "AGENT", int(row["q_time"]) > 0)
        for row in rows(path)
        if row["outcome"] != "PHANTOM"
    )
    made = Counter(
        (c["direction"] == "callback", c["outcome"] in SPOKEN, bool(c["visits"]))
        for c in taken.calls
    )
    assert made == said
