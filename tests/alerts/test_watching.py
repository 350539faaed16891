"""An alert opens once, after long enough, outside quiet hours; and closes when it is over."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.alerts import Change, Memory, Rule, Said, message, watch

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = Rule(1, "Queue grows", "waiting", True, 5, lasting=2 * MINUTE)  # noqa: FBT003
NIGHT = Rule(1, "Queue grows", "waiting", True, 5, quiet=(time(20), time(7)))  # noqa: FBT003


def steps(rule: Rule, values: list[float | None], at: datetime = NINE) -> list[Said]:
    memory, said = Memory(), []
    for number, value in enumerate(values):
        now = at + number * MINUTE
        change: Change = watch(rule, value, memory, now, now.time())
        memory = change.memory
        said.append(change.said)
    return said


def test_it_is_said_when_it_has_lasted() -> None:
    assert steps(RULE, [6, 6, 6, 6]) == [Said.NOTHING, Said.NOTHING, Said.OPENED, Said.NOTHING]


def test_a_short_moment_is_not_said() -> None:
    assert set(steps(RULE, [6, 6, 3, 6, 6, 3])) == {Said.NOTHING}


def test_it_closes_when_it_is_over() -> None:
    assert steps(RULE, [6, 6, 6, 5])[-1] is Said.CLOSED


def test_what_is_not_known_changes_nothing() -> None:
    assert steps(RULE, [6, 6, 6, None, None, 4])[3:] == [Said.NOTHING, Said.NOTHING, Said.CLOSED]


def test_what_was_closed_by_hand_rests_until_it_was_over() -> None:
    memory, said = Memory(resting=True), []
    for minute, value in enumerate([6, None, 6, 6, 6, 4, 6, 6, 6]):
        now = NINE + minute * MINUTE
        change = watch(RULE, value, memory, now, now.time())
        memory = change.memory
        said.append(change.said)
    assert set(said[:-1]) == {Said.NOTHING}
    assert said[-1] is Said.OPENED


def test_in_quiet_hours_nothing_is_said_and_afterwards_what_is_still_true() -> None:
    six = NINE.replace(hour=6, minute=58)
    assert steps(NIGHT, [9, 9, 9], six) == [Said.NOTHING, Said.NOTHING, Said.OPENED]


def test_below_a_limit() -> None:
    rule = Rule(1, "Service", "in_time", False, 0.8)  # noqa: FBT003
    assert steps(rule, [0.9, 0.79, 0.9]) == [Said.NOTHING, Said.OPENED, Said.CLOSED]


def test_others_are_told_after_a_while_once() -> None:
    rule = Rule(1, "Queue", "waiting", True, 5, escalate=2 * MINUTE, escalate_to=(2,))  # noqa: FBT003
    assert steps(rule, [6, 6, 6, 6, 6]) == [
        Said.OPENED, Said.NOTHING, Said.ESCALATED, Said.NOTHING, Said.NOTHING
    ]  # fmt: skip


@given(st.lists(st.one_of(st.none(), st.integers(0, 10)), max_size=60))
def test_openings_and_closings_take_turns(values: list[float | None]) -> None:
    told = [said for said in steps(RULE, values) if said is not Said.NOTHING]
    assert told[::2] == [Said.OPENED] * len(told[::2])
    assert told[1::2] == [Said.CLOSED] * len(told[1::2])


@pytest.mark.parametrize(
    ("measure", "value", "says"),
    [("in_time", 0.42, "42 %"), ("longest_wait", 95.0, "1 min 35 s"), ("waiting", 7.0, "7")],
)
def test_numbers_are_said_in_words(measure: str, value: float, says: str) -> None:
    rule = Rule(1, "R", measure, True, 0.5)  # noqa: FBT003
    assert says in message(rule, "sales", value, Said.OPENED, 3, "https://example.org/").text
