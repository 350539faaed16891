"""The bench of the live part: its calls are what it says they are, and its goals can be missed."""

import json
import socket
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from everycall.live.board import Board, CallNow, Stage

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

from bench import as_served
from bench.live import Heard, Telling, hour, latency, load, put
from bench.shown import TOTAL, Shown
from bench.telling import calls, length
from bench.walls import Screen, Seen, _note, _said


def heard(telling: Telling, lag: float = 0.1) -> Heard:
    """Return what was heard of a hundred calls, each so late in the picture."""
    found = Heard(telling, events=int(telling.rate * telling.seconds), took=telling.seconds)
    found.shown.sent = {str(number): number / 10 for number in range(100)}
    found.shown.seen = {call: at + lag for call, at in found.shown.sent.items()}
    found.acknowledged = [0.01] * 10
    found.weighed = [(300, 40)] * 60
    return found


def test_calls_come_in_order_at_the_rate_each_with_ids_of_its_own() -> None:
    rate, seconds = 100, 60.0
    found = list(calls(rate, seconds, 0.2, 1_800_000_000.0))
    assert all(one[0] <= other[0] for one, other in pairwise(found))
    steady = [event for event in found if event[0] >= length(0.2)]
    assert abs(len(steady) / (seconds - length(0.2)) - rate) < 5
    first = {call: json.loads(body) for _, call, body in reversed(found)}
    assert len({fields["Uniqueid"] for fields in first.values()}) == len(first) > 50
    assert len({fields["CallerIDNum"] for fields in first.values()}) == len(first)


def test_latency_is_judged_by_the_slowest_of_a_hundred() -> None:
    assert latency(heard(Telling(1000, 30))).endswith(": reached")
    late = heard(Telling(1000, 30))
    late.shown.seen["7"] = late.shown.seen["8"] = 99.0
    assert latency(late).endswith(": not reached")
    assert latency(Heard(Telling(1000, 30), took=1.0)).endswith(": not reached")


def test_load_is_taken_and_the_picture_keeps_up() -> None:
    assert load(heard(Telling(5000, 300))).endswith(": reached")
    behind = heard(Telling(5000, 300))
    behind.weighed = [(300, number * 1000) for number in range(60)]
    assert load(behind).endswith(": not reached")
    unseen = heard(Telling(5000, 300))
    unseen.shown.seen = {
        call: at for call, at in unseen.shown.seen.items() if call not in ("50", "51")
    }
    assert load(unseen).endswith(": not reached")
    refused = heard(Telling(5000, 300))
    refused.events //= 2
    assert load(refused).endswith(": not reached")


def board(version: int, total: object, *open_calls: str) -> Board:
    """Return a board with the same total as another, or another one."""
    calls = tuple(CallNow(call, "inbound", *[None] * 5, 0, Stage.WAITING, 0) for call in open_calls)
    found = Board(0, version, "", calls, (), (), ())
    return replace(found, tallies={TOTAL: total})


def test_a_call_is_in_the_picture_when_it_is_shown_or_counted() -> None:
    shown, before, after = Shown(), {}, {}
    for call in ("open", "short", "unknown"):
        shown.tell(call, 0.0)
    shown.known = (1, ("open", "short"))
    shown.look(board(1, before, "open"), 1.0)
    assert shown.seen == {"open": 1.0}
    shown.known = (2, ("short", "unknown"))
    shown.look(board(2, before), 2.0)
    assert "short" not in shown.seen
    shown.look(board(3, after), 3.0)
    assert shown.seen == {"open": 1.0, "short": 3.0, "unknown": 3.0}
    assert not shown.waited_for


def test_what_a_later_picture_knows_is_not_in_an_earlier_one() -> None:
    shown, before, after = Shown(), {}, {}
    shown.tell("late", 0.0)
    shown.known = (2, ("late",))
    shown.look(board(1, before), 1.0)
    shown.look(board(2, after), 2.0)
    assert "late" not in shown.seen
    shown.look(board(3, {}), 3.0)
    assert shown.seen == {"late": 3.0}


def test_it_is_run_as_the_units_run_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert as_served.tunables().startswith("glibc.malloc.")
    monkeypatch.setenv(as_served.NAME, as_served.tunables())
    assert as_served.said().startswith("run as the units of deploy/ run it, with GLIBC_TUNABLES=")
    monkeypatch.setenv(as_served.NAME, "glibc.malloc.tcache_count=1")
    assert "not as the units" in as_served.said()
    monkeypatch.delenv(as_served.NAME)
    assert "without" in as_served.said()
    (tmp_path / "bare.service").write_text("[Service]\n")
    with pytest.raises(ValueError, match="sets no"):
        as_served.tunables(tmp_path / "bare.service")


def test_a_picture_that_is_ever_later_does_not_keep_up() -> None:
    later = heard(Telling(5000, 300))
    later.shown.seen = {call: at + 0.02 * int(call) for call, at in later.shown.sent.items()}
    said = load(later)
    assert "340 / 660 ms, 1,000 / 1,320 ms, 1,660 / 1,980 ms in the first, middle and last" in said
    assert said.endswith(": not reached")
    assert load(heard(Telling(5000, 300), lag=2.9)).endswith(": reached")
    assert load(heard(Telling(5000, 300), lag=3.1)).endswith(": not reached")


def test_memory_is_flat_where_the_last_third_needs_hardly_more() -> None:
    assert hour(heard(Telling(10, 3600, speed=60))).endswith(": reached")
    growing = heard(Telling(10, 3600, speed=60))
    growing.weighed = [(300 + 5 * number, 0) for number in range(60)]
    assert hour(growing).endswith(": not reached")


def test_walls_are_judged_by_the_slowest_of_a_hundred_boards_and_all_have_to_be_live() -> None:
    many = {float(moment): [0.1, 0.1] for moment in range(100)}
    seen = Seen([0.1] * 1000, set(range(10)), many)
    assert _said(seen, 10).endswith(": reached")
    assert _said(seen, 11).endswith(": not reached")
    slow = Seen([0.1] * 900 + [0.3] * 100, set(range(10)), {**many, 7.0: [0.1, 0.3]})
    assert "the slowest of 100 boards are on the last after 300, 100" in _said(slow, 10)
    assert _said(slow, 10).endswith(": not reached")
    few = Seen([0.1] * 1000, set(range(10)), {1.0: [0.1, 0.1]})
    assert _said(few, 10).endswith(": not reached")


def test_a_board_counts_when_all_of_it_has_come() -> None:
    seen, (here, there) = Seen(), socket.socketpair()
    with here, there:
        screen = Screen(here, 3)
        moment = time.time() - 0.5
        frame = b'5f\r\nevent: board\nid: 7\ndata: {"as_of":%d,"version":7' % (moment * 1000)
        _note(screen, frame, seen)
        assert (seen.ages, seen.live) == ([], set())
        _note(screen, b"}\n\n\r\n", seen)
        _note(screen, b"e\r\n: still here\n\n\r\n", seen)
    assert (len(seen.ages), seen.live, len(seen.boards)) == (1, {3}, 1)
    assert 0.4 < seen.ages[0] < 5


def test_only_its_section_of_the_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# All\n\n## Live\n\nold\n\n## Other\n\nkept\n")
    put(page, ["one", "two"])
    text = page.read_text()
    assert text.startswith("# All\n\n## Live\n")
    assert "- one\n- two\n" in text
    assert text.endswith("## Other\n\nkept\n")
    assert "old" not in text
