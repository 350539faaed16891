"""The language of rules and of stories: what is written reads back, and nothing else gets through."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from everycall.definitions.language import (
    KEYWORDS,
    OPERATORS,
    UNITS,
    Always,
    And,
    Compare,
    Duration,
    In,
    Name,
    Node,
    Not,
    Number,
    Or,
    Text,
    show,
)
from everycall.definitions.parsing import parse
from everycall.definitions.phrases import PHRASES, tell

WORDS = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True).filter(
    lambda word: word not in (*KEYWORDS, *UNITS)
)
VALUES = st.one_of(
    WORDS.map(Name),
    st.integers(0, 10**9).map(lambda n: Number(Decimal(n))),
    st.integers(0, 10**9).map(Duration),
    st.text("abc 0'", max_size=6).map(Text),
)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.just(Always()),
    WORDS.map(Name),
    st.builds(Compare, VALUES, st.sampled_from(OPERATORS), VALUES),
    st.builds(In, VALUES, st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
)


def _several(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    # 'a and (b and c)' is written as such, so that no part is of its own kind
    def parts(kind: type) -> st.SearchStrategy[tuple[Node, ...]]:
        other = nodes.filter(lambda node: not isinstance(node, kind))
        return st.lists(other, min_size=2, max_size=3).map(tuple)

    return st.one_of(nodes.map(Not), st.builds(And, parts(And)), st.builds(Or, parts(Or)))


@given(st.recursive(LEAVES, _several, max_leaves=8))
def test_what_is_written_reads_back_as_the_same(node: Node) -> None:
    assert parse(show(node)) == node


@given(st.one_of(st.text(max_size=60), st.text("()andortwi<>=!'\"5 s,", max_size=60)))
def test_no_text_breaks_the_reading_of_conditions_or_stories(text: str) -> None:
    for read in (parse, tell):
        with suppress(ValueError):
            read(text)


@pytest.mark.parametrize(
    ("text", "ms"),
    [("30 s", 30_000), ("1 h 30 min", 5_400_000), ("1.5 s", 1_500), ("2 d", 172_800_000)],
)
def test_durations_are_read_as_people_write_them(text: str, ms: int) -> None:
    assert parse(f"wait >= {text}") == Compare(Name("wait"), ">=", Duration(ms))


def test_and_binds_closer_than_or_and_not_closest() -> None:
    found = parse("not a and b or c")
    assert found == Or((And((Not(Name("a")), Name("b"))), Name("c")))


def test_every_phrase_is_understood() -> None:
    filled = {"{time}": "20 s", "{number}": "2", "{day}": "2026-03-01", "{fact}": "wait"}
    for phrase in PHRASES:
        text = phrase.text
        for slot, value in filled.items():
            text = text.replace(slot, value)
        begin = "asked to be called back, " if "called back" in text else ""
        assert tell(f"{begin}waited 5 s in a queue, {text}, hung up")["call_id"] == "story"


@pytest.mark.parametrize(
    ("story", "facts"),
    [
        (
            "The caller waited 40 s in a queue, and then hung up.",
            {"outcome": "caller_left_in_queue", "queue_wait_ms": 40_000, "ended_by": "caller"},
        ),
        (
            "a phone rang 20 s, the caller hung up",
            {"outcome": "caller_left_while_ringing", "rang_directly": True, "queued": False},
        ),
        (
            "waited 60 s in a queue, waited 10 s in a second queue, an agent answered",
            {"outcome": "answered", "queue_wait_ms": 70_000, "visits": 2, "people": 1},
        ),
        ("the queue was full, the system hung up", {"outcome": "queue_full", "queued": False}),
        ("we called out", None),
        ("waited 5 s in a queue", None),
        ("", None),
    ],
)
def test_a_story_is_a_row_of_facts_or_a_sentence(
    story: str, facts: dict[str, object] | None
) -> None:
    if facts is None:
        with pytest.raises(ValueError, match=r"story"):
            tell(story)
        return
    row = tell(story)
    assert {name: row[name] for name in facts} == facts
