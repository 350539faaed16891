"""Callers of long ago are forgotten: their numbers are nowhere, and every total is as before."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.test_erasing import AT, GONE, STAYS, call, holds, log, take, totals
from everycall.app.keeping.forgetting import Forgetting, forget, forgotten, silent
from everycall.clock import to_micros
from everycall.errors import BusyError
from everycall.history import History

DAY = 60 * 24
LATER = 400 * DAY
TOLD = (
    call("a", 0, GONE),
    call("b", 30, "0049" + GONE[3:]),
    call("c", 60, STAYS),
    call("d", 2 * DAY, GONE),
    call("e", LATER, STAYS),
)
BEFORE = to_micros(AT + timedelta(days=100))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    take(tmp_path / "data", log(tmp_path / "one.jsonl", *TOLD))
    return tmp_path / "data"


def test_who_has_not_called_since_is_nowhere_and_the_totals_hold(data: Path) -> None:
    before = totals(data)
    assert holds(data, GONE)
    assert silent(History(data), BEFORE) == [GONE]
    assert forget(data, "main", BEFORE) == 1
    assert not holds(data, GONE)
    assert not holds(data, "0049" + GONE[3:])
    assert totals(data) == before


def test_who_called_since_keeps_the_number_in_every_call(data: Path) -> None:
    kept = holds(data, STAYS)
    forget(data, "main", BEFORE)
    assert sorted(kept) == sorted(holds(data, STAYS))


def test_who_is_still_needed_is_kept(data: Path) -> None:
    assert forget(data, "main", BEFORE, keep={GONE}) == 0
    assert holds(data, GONE)


def test_a_second_time_there_is_nothing_to_do(data: Path) -> None:
    forget(data, "main", BEFORE)
    generation = History(data).manifest().generation
    assert forget(data, "main", BEFORE) == 0
    assert History(data).manifest().generation == generation


def test_the_same_log_read_again_brings_nothing_back_and_counts_nothing_twice(
    data: Path, tmp_path: Path
) -> None:
    before = totals(data)
    forget(data, "main", BEFORE)
    take(data, log(tmp_path / "grown.jsonl", *TOLD, call("f", LATER + 5, STAYS)))
    assert not holds(data, GONE)
    assert totals(data)[:-1] == before[:-1]
    assert totals(data)[-1] != before[-1]


def test_who_rings_again_is_a_new_caller_with_a_number(data: Path, tmp_path: Path) -> None:
    forget(data, "main", BEFORE)
    take(data, log(tmp_path / "new.jsonl", call("g", LATER + 10, GONE)))
    assert holds(data, GONE)
    assert forget(data, "main", BEFORE) == 0


def test_it_is_done_elsewhere_first(data: Path) -> None:
    told: list[str] = []

    def also(change: Forgetting) -> None:
        assert holds(data, GONE)
        told.append(change.out_of(f"{GONE}, {STAYS} and 1700000000.12"))

    forget(data, "main", BEFORE, also=also)
    (name,) = forgotten(data, "main")
    assert told == [f"{name}, {STAYS} and 1700000000.12"]


def test_while_another_writes_nothing_is_done(data: Path) -> None:
    with History(data).writing(), pytest.raises(BusyError):
        forget(data, "main", BEFORE)
    assert holds(data, GONE)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GONE, "X"),
        (f"from {GONE}", "from X"),
        (f"{GONE[1:]} {GONE[1:]}", "X X"),
        (f"SIP/00{GONE[1:]}-1", "SIP/X-1"),
        (f"9{GONE[1:]}", f"9{GONE[1:]}"),
        ("a 030 231250 01 b", "a X b"),
        ("1700000000.12", "1700000000.12"),
    ],
)
def test_a_number_is_taken_out_where_it_stands_by_itself(text: str, told: str) -> None:
    shown = dict.fromkeys((GONE, GONE[1:], "00" + GONE[1:], "030 231250 01"), ("X", 5))
    assert Forgetting(shown).out_of(text, 5) == told
    assert Forgetting(shown).out_of(text, 6) == text
