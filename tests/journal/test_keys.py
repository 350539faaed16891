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
    found = Keys()
    for key in (*known, *known):
        found.add(key)
    assert len(found) == 2000
    assert all(key in found for key in known)
    assert not any(key in found for key in known_not)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40))))
def test_it_is_a_set(steps: list[tuple[bool, int]]) -> None:
    found, plain = Keys(), set[bytes]()
    for adds, number in steps:
        # keys that all lie in the same row are the hardest
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
    for number, key in enumerate(keys(150_000), 1):
        found.add(key)
        assert number % 25_000 or found.size < 70 * number


@pytest.mark.parametrize("days", [3, 30])
def test_what_is_dropped_gives_its_room_back(days: int) -> None:
    found = Keys()
    before: list[bytes] = []
    for day in (keys(500) for _ in range(days)):
        for key in day:
            found.add(key)
        for key in before:
            found.discard(key)
        before = day
    assert len(found) == 500
    fresh = Keys()
    for key in before:
        fresh.add(key)
    assert found.size == fresh.size


def test_a_key_across_two_others_is_not_there() -> None:
    one, other = bytes(2) + b"a" * 7 + b"b" * 7, bytes(2) + b"c" * 7 + b"d" * 7
    across = bytes(2) + b"b" * 7 + b"c" * 7
    found = Keys()
    found.add(one)
    found.add(other)
    assert across not in found
    found.discard(across)
    assert one in found
    found.add(across)
    assert across in found
    assert len(found) == 3


def test_a_key_of_many_is_found_as_soon_as_one_of_few() -> None:
    few, many = Keys(), Keys()
    for key in keys(500):
        few.add(key)
    for key in keys(20_000):
        many.add(key)
    assert longest_row(many) < 20 + longest_row(few)


def longest_row(found: Keys) -> int:
    return max(map(len, found._rows)) // SIZE
