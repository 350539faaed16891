"""Rings in a row that somebody let pass, however often and in whatever order they are told."""

from hypothesis import given
from hypothesis import strategies as st

from everycall.live.in_vain import EndedRing, RingsInVain

SECOND = 1_000_000


def ring(call: int, second: float, *, answered: bool = False, person: str = "Ann") -> EndedRing:
    return EndedRing(f"call{call}", person, answered, int(second * SECOND))


def test_a_ring_that_is_told_twice_and_whose_end_becomes_finer_counts_once() -> None:
    seen = RingsInVain()
    seen.counted([ring(1, 202)])
    seen.counted([ring(1, 202.63)])
    assert seen.of("Ann") == 1


def test_an_answer_ends_what_was_in_a_row_and_others_are_not_touched() -> None:
    seen = RingsInVain()
    seen.counted([ring(1, 10), ring(1, 20), ring(1, 20, person="Ben")])
    assert (seen.of("Ann"), seen.of("Ben"), seen.of("Cleo")) == (2, 1, 0)
    seen.counted([ring(2, 30, answered=True)])
    assert (seen.of("Ann"), seen.of("Ben")) == (0, 1)


def test_a_ring_that_turns_out_to_be_another_person_s_is_theirs_alone() -> None:
    seen = RingsInVain()
    seen.counted([ring(1, 10, person="PJSIP/1001")])
    seen.counted([ring(1, 10.4)])
    assert (seen.of("Ann"), seen.of("PJSIP/1001")) == (1, 0)


def test_rings_of_a_day_ago_are_no_longer_in_a_row() -> None:
    seen = RingsInVain()
    seen.counted([ring(1, 10)])
    seen.counted([ring(2, 90_000)])
    assert seen.of("Ann") == 1


CALLS = st.lists(st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=4), max_size=6)


@given(CALLS, st.lists(st.integers(0, 5), max_size=12))
def test_however_often_calls_are_counted_it_is_what_the_last_counts_say(
    calls: list[list[tuple[bool, int]]], again: list[int]
) -> None:
    told = [
        [ring(n, second, answered=answered) for answered, second in rings]
        for n, rings in enumerate(calls)
    ]
    seen = RingsInVain()
    for n, rings in enumerate(told):
        for upto in range(len(rings)):
            seen.counted(rings[: upto + 1])
        for other in again:
            if other < n:
                seen.counted(told[other])
    every = [one for rings in told for one in rings]
    answered = max((one.ended_at for one in every if one.answered), default=0)
    assert seen.of("Ann") == sum(one.ended_at > answered for one in every)
