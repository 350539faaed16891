"""Erlang B, C and A: published values, a bank's Wednesdays, and properties that always hold."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.staffing.erlang import Impatient, Limited, Waiting, blocking, lines_for, offered
from everycall.staffing.people import Target, agents_for, positions

SHARED = Path(os.environ.get("EVERYCALL_SHARED", Path(__file__).parents[3] / "shared"))
REFERENCE = SHARED / "data" / "erlang" / "reference.csv"
BANK = SHARED / "data" / "anonymous_bank_1999" / "02_February.txt"
TWENTY_SECONDS = 1 / 3
"""In minutes."""

DESK = (100 / 30, 3.0)
"""A hundred calls in half an hour of three minutes each."""
CENTRE = (4.2, 2.0)
"""4.2 calls a minute of two minutes each, for twelve people."""

COMPUTED = {
    "B1": blocking(1, 15 / 3),
    "B190": blocking(190, 150 / 0.75),
    "B1000": blocking(1000, 1000 / 2),
    "B-11": blocking(1, 1),
    "B-10-2": lines_for(10, 0.02),
    "C-mitan-SL": Waiting(55, 0.2, 240).answered_within(15),
    "C-pw14-SL": Waiting(14, *DESK).answered_within(0.33),
    "C-pw14-pw": Waiting(14, *DESK).waits,
    "C-pw15-occ": Waiting(15, *DESK).occupancy,
    "C-pw-n": agents_for(*DESK, Target(level=0.80, within=0.33)),
    "A-pw14-pw": Impatient(14, *DESK, 5).waits,
    "A-pw14-occ": Impatient(14, *DESK, 5).occupancy,
    "A-pw14-sl": Impatient(14, *DESK, 5).answered_within(TWENTY_SECONDS),
    "A-pw13-pab": Impatient(13, *DESK, 5).abandons,
    "A-pw13-ew": Impatient(13, *DESK, 5).mean_wait,
    "MMC-SL": Waiting(12, *CENTRE).answered_within(TWENTY_SECONDS),
    "MMC-occ": Waiting(12, *CENTRE).occupancy,
    "MMCAb-SL1": Impatient(12, *CENTRE, 1).answered_within(TWENTY_SECONDS)
    / (1 - Impatient(12, *CENTRE, 1).abandons),
    "MMCAb-SL3": Impatient(12, *CENTRE, 1).answered_within(TWENTY_SECONDS),
    "MMCAb-ASA": Impatient(12, *CENTRE, 1).mean_wait_of_answered,
    "MMCB-ew": Limited(12, *CENTRE, room=17).mean_wait,
    "BAD-1": Waiting(25, 20, 1).waits,
}
"""Each line of the published values, computed here."""


class Published(NamedTuple):
    id: str
    published: str
    recomputed: str
    verdict: str


def reference() -> Iterator[Published]:
    if not REFERENCE.exists():
        pytest.skip(f"the published values are not here: {REFERENCE}")
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Published(row["id"], row["published"], row["recomputed"], row["verdict"])


def test_every_published_value_is_met_to_nine_digits() -> None:
    for line in reference():
        expected = float(line.recomputed)
        # one value was given with eight digits only
        digits = len(line.recomputed.rpartition(".")[2])
        exact = 1e-9 if digits > 9 else 10.0**-digits
        assert COMPUTED[line.id] == pytest.approx(expected, rel=exact, abs=1e-90), line.id


def test_a_published_value_that_is_wrong_is_not_met() -> None:
    wrong = [line for line in reference() if line.verdict == "DOES NOT MATCH"]
    assert [line.id for line in wrong] == ["BAD-1"]
    for line in wrong:
        assert COMPUTED[line.id] != pytest.approx(float(line.published), rel=1e-3)


def wednesdays() -> Counter[int]:
    """Return the calls of the four Wednesdays of February 1999 by the hour in which they came."""
    if not BANK.exists():
        pytest.skip(f"the bank's calls are not here: {BANK}")
    found: Counter[int] = Counter()
    with BANK.open(encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            day = row["date"]
            if row["outcome"] != "PHANTOM" and day in {"990203", "990210", "990217", "990224"}:
                found[int(row["vru_entry"].split(":")[0])] += 1
    return found


def test_the_bank_needs_so_many_agents_on_a_wednesday() -> None:
    calls = wednesdays()
    promise = Target(waits=0.5)
    needed = [agents_for(calls[hour] / 4, 1 / 15, promise) for hour in range(24)]
    told = "1 1 1 0 1 1 1 4 8 9 10 9 8 16 10 10 6 7 8 8 6 6 5 4"
    assert needed == [int(one) for one in told.split()]


def test_limits_that_are_asked_for_raise_the_number_of_people() -> None:
    level = Target(level=0.80, within=0.33)
    assert agents_for(*DESK, level) == 14
    assert agents_for(*DESK, Target(level=0.80, within=0.33, occupancy=0.7)) == 15
    assert [positions(14, 0.3), positions(15, 0.3)] == [20, 22]


def test_people_who_give_up_need_fewer_agents() -> None:
    promise = Target(level=0.80, within=0.33)
    assert agents_for(*DESK, promise, patience=5) < agents_for(*DESK, promise)
    assert agents_for(*DESK, Target(abandons=0.05), patience=5) < 13
    with pytest.raises(ValueError, match="how patient"):
        agents_for(*DESK, Target(abandons=0.05))


def test_nobody_calls_so_nobody_is_needed() -> None:
    assert agents_for(0, 3, Target(waits=0.5)) == 0
    assert blocking(5, 0) == 0
    assert blocking(0, 5) == 1
    assert lines_for(0, 0.01) == 1
    assert Waiting(1, 0, 3).waits == 0


def test_a_queue_that_cannot_keep_up_never_answers_in_time() -> None:
    drowned = Waiting(5, 10, 1)
    assert not drowned.stable
    assert (drowned.waits, drowned.mean_wait, drowned.answered_within(1e9)) == (1, inf, 0)


def test_an_overload_with_patient_callers_keeps_its_digits() -> None:
    crowd = Impatient(10, 20, 1, 1000)
    assert crowd.abandons == pytest.approx(0.5, abs=1e-6)
    assert crowd.mean_wait_of_answered == pytest.approx(693.1, abs=0.1)


def test_what_was_offered_is_found_from_what_was_carried() -> None:
    carried = 7.0 * (1 - blocking(8, 7.0))
    assert offered(8, carried) == pytest.approx(7.0)
    assert offered(8, 8) == inf


@given(st.integers(1, 60), st.floats(0.01, 80), st.floats(0.05, 50))
def test_chances_are_chances_and_who_comes_is_answered_or_gives_up(
    servers: int, load: float, patience: float
) -> None:
    found = Impatient(servers, load, 1.0, patience)
    assert 0 <= found.abandons <= 1
    assert 0 <= found.waits <= 1
    assert found.answered_within(0) == pytest.approx(1 - found.waits, abs=1e-9)
    assert found.answered_within(1e4 * patience) == pytest.approx(1 - found.abandons, abs=1e-9)


@given(st.integers(1, 60), st.floats(0.01, 59))
def test_without_end_of_patience_it_is_erlang_c(servers: int, load: float) -> None:
    if load >= servers * 0.98:
        return
    endless, patient = Waiting(servers, load, 1.0), Impatient(servers, load, 1.0, 1e7)
    assert patient.waits == pytest.approx(endless.waits, abs=1e-3)
    assert patient.answered_within(0.5) == pytest.approx(endless.answered_within(0.5), abs=1e-3)


@given(st.integers(1, 200), st.floats(0.01, 300))
def test_one_line_more_turns_fewer_away(lines: int, load: float) -> None:
    assert blocking(lines + 1, load) < blocking(lines, load) or blocking(lines, load) == 0


@given(st.floats(0.01, 200), st.floats(0.0001, 0.9))
def test_the_lines_that_are_needed_are_the_fewest(load: float, share: float) -> None:
    lines = lines_for(load, share)
    assert blocking(lines, load) <= share
    assert lines == 0 or blocking(lines - 1, load) > share


@given(st.integers(1, 20), st.floats(0.1, 30), st.integers(0, 15))
def test_a_room_with_no_place_to_wait_is_erlang_b(servers: int, load: float, more: int) -> None:
    assert Limited(servers, load, 1.0, servers).blocked == pytest.approx(blocking(servers, load))
    assert Limited(servers, load, 1.0, servers + more).blocked <= blocking(servers, load) + 1e-12
