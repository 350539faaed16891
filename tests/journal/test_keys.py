"""The keys of known records: a set that is small, and forgets what is dropped."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.history.journal_keys import SIZE, Keys


def keys(count: int) -> list[bytes]:
    return [os.urandom(SIZE) for _ in range(count)]


def test_it_knows_what_it_was_given_and_nothing_else() -> None:
    known, known_not = keys(2000), keys(2000)
    found = Keys(first=64)
    for key in (*known, *known):
        found.add(key)
    assert len(found) == 2000
    assert all(key in found for key in known)
    assert not any(key in found for key in known_not)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40))))
def test_it_is_a_set(steps: list[tuple[bool, int]]) -> None:
    found, plain = Keys(first=4), set[bytes]()
    for adds, number in steps:
        # keys that all belong in the same place are the hardest
        key = bytes(8) + (number + 1).to_bytes(8, "big")
        if adds:
            found.add(key)
            plain.add(key)
        else:
            found.discard(key)
            plain.discard(key)
        assert len(found) == len(plain)
    for number in range(41):
        key = bytes(8) + (number + 1).to_bytes(8, "big")
        assert (key in found) == (key in plain)


def test_a_record_takes_less_than_seventy_bytes() -> None:
    found = Keys()
    for key in keys(150_000):
        found.add(key)
        assert len(found) < 20_000 or found.size < 70 * len(found)


@pytest.mark.parametrize("days", [3, 30])
def test_what_is_dropped_gives_its_room_back(days: int) -> None:
    found = Keys(first=64)
    before: list[bytes] = []
    for day in (keys(500) for _ in range(days)):
        for key in day:
            found.add(key)
        for key in before:
            found.discard(key)
        before = day
    assert len(found) == 500
    assert found.size <= 6 * 1000 * SIZE
