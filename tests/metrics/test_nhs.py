"""NHS England's monthly figures: the published national ones, and those of invented calls."""

import csv
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from everycall.app.answers.nhs import days_of, month_of
from everycall.metrics.nhs import (
    DAYS_HEADER,
    DURATION_BANDS,
    HEADER,
    IN_MENU,
    RATE,
    WAIT_BANDS,
    Month,
    NhsSettings,
    lines,
)
from metrics.invented import Invented, at

SHARED = Path(os.environ.get("EVERYCALL_SHARED", Path(__file__).parents[3] / "shared"))
NHS = SHARED / "data/nhs"
ZONE = "Europe/London"

if not NHS.exists():
    pytestmark = pytest.mark.skipif(reason=f"there is no {NHS}", condition=True)


def published() -> dict[tuple[str, str], dict[str, float]]:
    """Return every published month: (publication, month) to its measures, footnotes left out."""
    months: dict[tuple[str, str], dict[str, float]] = {}
    with (NHS / "table1_national_monthly_long.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values = months.setdefault((row["publication_month"], row["month"]), {})
            if row["value"]:
                values[row["measure"].partition(" [")[0]] = float(row["value"])
    return months


def national(values: dict[str, float]) -> Month:
    names = [measure for _, measure, _ in lines(_empty())]
    count = {name: int(values[name]) for name in names if name in values and values[name] > 1}
    return Month(
        inbound=count["Total Inbound Calls"],
        answered=count["Calls answered"],
        ended_in_menu=count[IN_MENU],
        callback=count["Calls resulting in a call back request"],
        called_back=count["Call backs made"],
        missed=count["Missed calls"],
        waits=tuple(count[name] for name in WAIT_BANDS),
        durations=tuple(count[name] for name in DURATION_BANDS),
        weekdays=count["Number of working weekdays"],
    )


def area(values: dict[str, float]) -> NhsSettings:
    return NhsSettings(
        practices=int(values["Count of practices included"]),
        patients=int(values["Registered patients at included practices"]),
        open_practices=int(values["Open active practices"]),
        open_patients=int(values["Registered patients at open active practices"]),
    )


def _empty() -> Month:
    return Month(0, 0, 0, 0, 0, 0, (0,) * 4, (0,) * 4, 0)


def newest() -> Iterator[Any]:
    if NHS.exists():
        for publication, month in published():
            if publication == month:
                yield pytest.param(publication, id=publication)


@pytest.mark.parametrize("month", list(newest()))
def test_our_lines_are_the_published_ones_from_the_published_counts(month: str) -> None:
    values = published()[month, month]
    known = {measure for measures in published().values() for measure in measures}
    shown = values | _durations_of(values)
    made = list(lines(national(values), area(values)))
    assert {measure for _, measure, _ in made} >= set(values)
    for section, measure, value in made:
        assert measure in known
        wanted = shown[measure]
        exact = 0.06 if measure == RATE else 0.0011
        assert value == pytest.approx(wanted, abs=exact), (section, measure)


def _durations_of(values: dict[str, float]) -> dict[str, float]:
    """The published shares of durations stand one line too low; here each is beside its count."""
    names = [m for s, m, _ in lines(_empty()) if s == "Call durations"]
    whole = sum(values[name] for name in names[:4])
    return {names[4 + i]: round(values[names[i]] / whole, 3) for i in range(4)}


@pytest.mark.parametrize("month", list(newest()))
def test_the_published_outcomes_nearly_add_up_to_the_calls_that_came_in(month: str) -> None:
    counts = national(published()[month, month])
    parts = counts.answered + counts.ended_in_menu + counts.callback + counts.missed
    # not exactly: the source does not promise that its outcomes exclude one another
    assert parts == pytest.approx(counts.inbound, rel=0.001)
    assert sum(part or 0 for part in counts.waits) == pytest.approx(counts.answered, rel=0.001)
    assert sum(part or 0 for part in counts.durations) == pytest.approx(counts.answered, rel=0.001)


def test_the_published_times_of_day_add_up_and_have_our_headings() -> None:
    with (NHS / "table2_inbound_by_day_and_time.csv").open(encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert tuple(reader.fieldnames or ()) == DAYS_HEADER
        for row in reader:
            assert int(row["total_inbound"]) == sum(int(row[name]) for name in DAYS_HEADER[3:])
    with (NHS / "table1_national_monthly_long.csv").open(encoding="utf-8") as file:
        assert tuple(next(csv.reader(file))) == HEADER


def call(name: str, moment: str, outcome: str, **facts: Any) -> dict[str, Any]:
    given = {"call_id": name, "arrived_at": at(moment, ZONE), "outcome": outcome}
    given |= {"answered": outcome == "answered", "queued": True, "rang_directly": False}
    return given | facts


def october() -> list[dict[str, Any]]:
    def talk(wait: float, talk: float) -> dict[str, int]:
        return {"wait_ms": int(wait * 1000), "talk_ms": int(talk * 1000)}

    return [
        call("a", "2026-10-05 08:00", "answered", **talk(60, 60)),
        call("b", "2026-10-05 18:29", "answered", **talk(60.9, 61)),
        call("c", "2026-10-05 18:30", "answered", **talk(61, 121)),
        call("d", "2026-10-06 12:00", "answered", **talk(301, 301)),
        call("e", "2026-10-25 01:30", "caller_left_in_queue"),
        call("f", "2026-10-31 23:59", "callback_requested", callback_tries=1),
        call("g", "2026-10-31 10:00", "caller_left_in_menu", queued=False),
        call("h", "2026-11-01 00:00", "answered", **talk(1, 1)),
        call("i", "2026-10-05 09:00", "failed_before_ring"),
    ]


def test_a_month_of_a_practice(tmp_path: Path) -> None:
    with Invented(tmp_path, ZONE, counted=october()) as asking:
        month = month_of(asking, date(2026, 10, 1))
        core = month_of(asking, date(2026, 10, 1), core=True)
        days = {row[1]: row for row in days_of(asking, date(2026, 10, 1))}
    assert (month.inbound, month.answered, month.missed) == (7, 4, 1)
    assert (month.callback, month.called_back, month.ended_in_menu) == (1, 1, 1)
    assert month.waits == (2, 1, 0, 1)
    assert month.durations == (1, 1, 1, 1)
    assert month.weekdays == 22
    assert (core.inbound, core.answered) == (3, 3)
    assert len(days) == 31
    assert days["2026-10-05"] == ("Monday", "2026-10-05", 3, 0, 0, 1, 0, 0, 0, 0, 1, 1)


def test_patients_and_an_area_that_nobody_declared_are_unknown() -> None:
    made = {measure: value for _, measure, value in lines(_empty())}
    assert made["Count of practices included"] == 1
    unknown = [measure for measure, value in made.items() if value is None]
    assert "Practice coverage" in unknown
    assert "Patient coverage" in unknown
    assert "Rate of inbound calls per 1,000 patients registered at practices included" in unknown


def test_a_length_that_nobody_saw_is_in_no_band_and_this_is_said(tmp_path: Path) -> None:
    rows = [call("a", "2026-10-05 08:00", "answered", wait_ms=1000)]
    with Invented(tmp_path, ZONE, counted=rows) as asking:
        month = month_of(asking, date(2026, 10, 1))
    assert month.durations == (None,) * 4
    assert list(month.remarks()) == ["1 answered calls are in no band: nobody saw their length"]
