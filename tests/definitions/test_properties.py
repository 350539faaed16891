"""What holds of every definition and every call, whatever was seen of it."""

import random
from typing import Any

import pytest

from definitions.rows import NOW, Row, judge
from everycall.calls.outcomes import INBOUND_RULES
from everycall.definitions import Category, definition_ids, load
from everycall.definitions.words import COLUMNS, Kind, words

CALLS = 400
FACTS = [w for w in words().values() if w.sql in COLUMNS and w.name not in ("outcome", "direction")]


def some_call(chance: random.Random) -> Row:
    call: Row = {
        "call_id": "a",
        "direction": "inbound",
        "confidence": "high",
        "missing": "",
        "outcome": chance.choice(INBOUND_RULES).outcome,
        "arrived_at": NOW - chance.randrange(10**12),
        "callback_requested_at": chance.choice([None, NOW - chance.randrange(3 * 3_600_000_000)]),
        "wait_resolution_ms": chance.choice([None, 0, 1000]),
    }
    return call | {word.sql: some_value(chance, word.kind, word.values) for word in FACTS}


def some_value(chance: random.Random, kind: Kind, values: tuple[str, ...]) -> Any:
    if chance.random() < 0.15:
        return None
    if kind is Kind.TRUTH:
        return chance.random() < 0.5
    if kind is Kind.DURATION:
        return chance.choice([0, 4_999, 5_000, 9_999, 10_000, 29_500, 30_000, 30_001, 90_000])
    if kind is Kind.NUMBER:
        return chance.randrange(4)
    return chance.choice(values) if values else "x"


@pytest.fixture(scope="module")
def calls() -> list[Row]:
    chance = random.Random(7)
    return [some_call(chance) for _ in range(CALLS)]


@pytest.mark.parametrize("name", definition_ids())
def test_every_call_has_one_verdict_and_no_fact_less_makes_it_another(
    name: str, calls: list[Row]
) -> None:
    definition, chance = load(name), random.Random(11)
    before = judge(definition, calls)
    assert len(before) == CALLS
    assert {said["category"] for said in before} <= set(Category)
    hidden = [call | {chance.choice(FACTS).sql: None for _ in range(6)} for call in calls]
    for was, now in zip(before, judge(definition, hidden), strict=True):
        assert now["category"] in (was["category"], Category.CANNOT_TELL)
        # what is not known for want of a fact says of which fact
        if now["category"] == Category.CANNOT_TELL and now["rule"] != "unknown":
            assert now["missing"] or definition.pack.otherwise.category == Category.CANNOT_TELL


@pytest.mark.parametrize("name", definition_ids())
def test_an_edge_is_what_a_little_more_or_less_would_change(name: str, calls: list[Row]) -> None:
    """A verdict that is sure stays the same if a wait moves within what its source measures."""
    definition = load(name)
    rough = [call | {"wait_resolution_ms": 1000} for call in calls]
    before = judge(definition, rough)
    for shift in (-999, 999):
        moved = [_shifted(call, shift) for call in rough]
        for was, now in zip(before, judge(definition, moved), strict=True):
            if was["confidence"] not in ("edge", "low"):
                assert now["category"] == was["category"]


def _shifted(call: Row, shift: int) -> Row:
    waits = ("wait_ms", "queue_wait_ms")
    return call | {w: max(0, call[w] + shift) for w in waits if call[w] is not None}
