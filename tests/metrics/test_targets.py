"""Targets: a limit from a day on, met or missed, and by how much."""

from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.targeting import Kept, hold
from everycall.errors import BadSettingsError
from metrics.invented import Invented, at
from truth.histories import site_of


def calls(day: str, good: int, bad: int, *, wait: int = 10) -> list[dict[str, Any]]:
    return [
        {
            "call_id": f"{day}-{i}",
            "arrived_at": at(f"{day} 09:00"),
            "outcome": "answered" if i < good else "caller_left_in_queue",
            "answered": i < good,
            "asked_for_person": True,
            "queued": True,
            "rang_directly": False,
            "open_at_arrival": True,
            "wait_ms": wait * 1000,
        }
        for i in range(good + bad)
    ]


def held(folder: Path, rows: list[dict[str, Any]], **targets: Any) -> dict[str | None, Kept]:
    site = site_of(targets={"ours": targets}) if targets else site_of()
    with Invented(folder, counted=rows) as asking:
        return {kept.day: kept for kept in hold(asking, site) if targets or "few" in kept.name}


def test_each_day_is_met_or_missed_and_by_how_much(tmp_path: Path) -> None:
    rows = [*calls("2026-10-05", 18, 2), *calls("2026-10-06", 15, 5)]
    found = held(tmp_path, rows, metric="service_level.sl2:60", limit=">= 90 %")
    assert found["2026-10-05"].verdict.met
    assert found["2026-10-06"].verdict.met is False
    assert found["2026-10-06"].verdict.margin == pytest.approx(-0.15)
    assert found["2026-10-06"].verdict.short_by == 3
    assert found[None].cell.denominator == 40


def test_below_ten_per_cent_is_missed_at_ten_per_cent(tmp_path: Path) -> None:
    """What comes with everycall holds where a team has set nothing, and says so."""
    found = held(tmp_path, calls("2026-10-05", 18, 2))
    assert found[None].verdict.met is False
    assert found[None].verdict.short_by == 1
    assert found[None].assumed


def test_a_target_holds_from_its_day_on(tmp_path: Path) -> None:
    rows = [*calls("2026-10-05", 0, 5), *calls("2026-10-06", 5, 0)]
    found = held(tmp_path, rows, metric="answer_rate", limit="90 %", since="2026-10-06")
    assert list(found) == [None, "2026-10-06"]
    assert found[None].verdict.met


def test_a_duration_is_held_against_a_time(tmp_path: Path) -> None:
    rows = calls("2026-10-05", 1, 0, wait=16)
    found = held(tmp_path, rows, metric="asa", limit="15 s")
    assert found[None].verdict.met is False
    assert found[None].verdict.margin == -1000
    assert found[None].verdict.short_by is None


def test_what_has_no_value_is_neither_met_nor_missed(tmp_path: Path) -> None:
    found = held(tmp_path, [], metric="asa", limit="15 s")
    assert found[None].verdict.met is None


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("15 %", "does not fit asa, which is ms"),
        ("soon", "'soon' is no limit; write for example '>= 90 %' or '<= 15 s'"),
    ],
)
def test_a_limit_that_is_none_is_refused(limit: str, sentence: str) -> None:
    with pytest.raises(BadSettingsError, match=sentence):
        site_of(targets={"ours": {"metric": "asa", "limit": limit}})
