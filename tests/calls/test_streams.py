"""However a log reaches us, the calls are the same: shuffled, dealt into files, late, cut, repeated."""

import gzip
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from truth.histories import Told, site_of, told
from truth.scenarios import ALL, AMI, CDR, CEL, QUEUE_LOG, short

SITE = site_of(zone="UTC", markers={"information": ["prompt:info*"]})
RESTARTS = {"s36", "s69", "s79", "s80"}
"""A restart ends the calls of its own phone system, so these are never read as one with others."""

FEW = {"s02", "s05", "s06", "s16", "s18", "s19", "s26", "s27", "s35", "s77"}
"""Recordings of transfers, several queues, several callers and a returned call."""

quickly = settings(
    max_examples=3,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
"""An example is an import of a second: few of them, and none to make a failing one smaller."""


def lines_of(name: str, stories: set[str] | None = None) -> list[str]:
    """Return the lines of one kind of log, of all recordings or of some."""
    wanted = [f for f in ALL if (short(f) in stories if stories else short(f) not in RESTARTS)]
    found: list[str] = []
    for folder in wanted:
        data = (folder / name).read_bytes()
        text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
        found += text.splitlines()
    return found


def write(folder: Path, name: str, lines: Sequence[str], end: str = "\n") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return path


def take(files: Sequence[tuple[str, Sequence[str]]], *, one_by_one: bool = False) -> Told:
    """Take in files of a name and their lines."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        paths = [write(folder, name, lines) for name, lines in files if lines]
        return told(folder / "data", paths, SITE, one_by_one=one_by_one)


def deal(lines: Sequence[str], hands: Sequence[int], count: int) -> list[list[str]]:
    """Deal lines to files, in their order; `hands` is repeated as often as needed."""
    return [
        [line for i, line in enumerate(lines) if hands[i % len(hands)] % count == n]
        for n in range(count)
    ]


def adds_up(found: Told) -> bool:
    """Tell whether every call stands there once, with one outcome, and the sum is what arrived."""
    arrived = [call for call in found.calls if call["direction"] == "inbound"]
    summary = found.summaries[-1]
    once = len({call["call_id"] for call in found.calls}) == len(found.calls)
    by_outcome = Counter(call["outcome"] for call in arrived)
    return once and summary.arrived == len(arrived) and summary.outcomes == dict(by_outcome)


def differing(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> list[str]:
    """Return what is told otherwise, in a form that can be read."""
    here, there = ({call["call_id"]: call for call in calls} for calls in (found, expected))
    facts = (
        f"{call_id} {fact}: {here[call_id][fact]}, not {there[call_id][fact]}"
        for call_id in sorted(set(here) & set(there))
        for fact in there[call_id]
        if here[call_id][fact] != there[call_id][fact]
    )
    return [*sorted(set(here) ^ set(there)), *facts]


LINES = lines_of(QUEUE_LOG)
hands = st.lists(st.integers(0, 5), min_size=3, max_size=17)


@cache
def clean() -> list[dict[str, Any]]:
    """The calls of all recordings, from one file in its order."""
    found = take([("queue_log", LINES)])
    assert adds_up(found)
    assert len(found.calls) > 40
    return found.calls


@quickly
@given(seed=st.integers(0, 1 << 32))
def test_shuffled_lines_tell_the_same_calls(seed: int) -> None:
    found = take(
        [("queue_log", sorted(LINES, key=lambda line: zlib.crc32(f"{seed} {line}".encode())))]
    )
    assert not differing(found.calls, clean())
    assert adds_up(found)


@quickly
@given(hands=hands, count=st.integers(2, 4))
def test_lines_dealt_to_files_tell_the_same_calls(hands: list[int], count: int) -> None:
    parts = deal(LINES, hands, count)
    named = [(f"queue_log.{n}", part) for n, part in enumerate(parts)]
    assert not differing(take(named).calls, clean())


@quickly
@given(hands=hands, count=st.integers(2, 3))
def test_lines_that_come_late_tell_the_same_calls(hands: list[int], count: int) -> None:
    parts = deal(LINES, hands, count)
    named = [(f"queue_log.{n}", part) for n, part in enumerate(reversed(parts))]
    found = take(named, one_by_one=True)
    assert not differing(found.calls, clean())
    assert adds_up(found)


@quickly
@given(
    cuts=st.lists(st.integers(0, len(LINES)), min_size=1, max_size=3),
    overlap=st.integers(0, len(LINES) // 2),
    one_by_one=st.booleans(),
)
def test_rotated_files_that_overlap_double_nothing(
    cuts: list[int], overlap: int, *, one_by_one: bool
) -> None:
    edges = [0, *sorted(cuts), len(LINES)]
    parts = [LINES[max(a - overlap, 0) : b] for a, b in pairwise(edges)]
    named = [(f"queue_log.{n}", part) for n, part in enumerate(parts)]
    assert not differing(take(named, one_by_one=one_by_one).calls, clean())


@quickly
@given(at=st.integers(len(LINES[0]) + 2, len("\n".join(LINES)) - 1))
def test_a_file_that_was_cut_anywhere_is_made_good_by_the_whole_one(at: int) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "cut").mkdir()
        short_one = write(folder / "cut", "queue_log", ["\n".join(LINES)[:at]], end="")
        torn = told(folder / "data", [short_one], SITE)
        if torn.calls:
            assert adds_up(torn)
            assert {c["call_id"] for c in torn.calls} <= {c["call_id"] for c in clean()}
        whole = told(folder / "data", [write(folder, "queue_log", LINES)], SITE)
        assert not differing(whole.calls, clean())


@quickly
@given(hands=hands)
def test_whatever_lines_are_lost_the_outcomes_add_up(hands: list[int]) -> None:
    found = take([("queue_log", deal(LINES, hands, 6)[hands[0]])])
    assert adds_up(found)


def test_taking_everything_in_again_changes_nothing() -> None:
    with TemporaryDirectory() as place:
        folder = Path(place)
        first = write(folder, "queue_log", LINES)
        told(folder / "data", [first], SITE)
        again = told(folder / "data", [first], SITE)
        assert (again.calls, again.summaries[0].known) == (clean(), [first])
        copy = told(folder / "data", [write(folder, "a_copy", LINES)], SITE)
        assert not differing(copy.calls, clean())


# ---- logs whose calls are translated as a whole -------------------------------------------------

KINDS = {
    "cdr": {"Master.csv": lines_of(CDR, FEW)},
    "cel": {"cel.csv": lines_of(CEL, FEW)},
    "ami": {"ami.jsonl": lines_of(AMI, FEW)},
    "all": {
        "queue_log": lines_of(QUEUE_LOG, FEW),
        "Master.csv": lines_of(CDR, FEW),
        "cel.csv": lines_of(CEL, FEW),
        "ami.jsonl": lines_of(AMI, FEW),
    },
}


@pytest.mark.parametrize("kind", KINDS)
@settings(parent=quickly, max_examples=1)
@given(hands=hands)
def test_other_logs_may_be_dealt_to_files_and_come_late_too(kind: str, hands: list[int]) -> None:
    logs = KINDS[kind]
    batch = take(list(logs.items())).calls
    halves = [(f"{n}_{name}", p) for name in logs for n, p in enumerate(deal(logs[name], hands, 2))]
    late = take(sorted(halves, reverse=True), one_by_one=True)
    assert not differing(late.calls, batch)
    assert adds_up(late)
