"""A clock that is put back, by an hour or over midnight: it is said, nothing is lost, every number is right."""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from everycall.app.history.asking import Asking
from everycall.app.intake.feeds import Posted
from everycall.app.live.clock_trouble import clock_troubles
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.clock import Steadiness, to_micros
from everycall.history import History
from everycall.live.board import Board
from everycall.settings import read_table
from live.test_watching import played, shown

SITE = read_table(SiteFile, {"zone": "UTC"})
FEED = "post-everycall_events"
NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
PAST_MIDNIGHT = datetime(2026, 11, 4, 0, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Set:
    """A clock that stands until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


def call(name: str, at: datetime, *, over: bool) -> list[str]:
    begun = [
        {"at": at.isoformat(), "kind": "call.arrived", "call_id": name, "direction": "inbound"},
        {"at": at.isoformat(), "kind": "queue.entered", "call_id": name, "queue": "sales"},
    ]
    left = (at + timedelta(seconds=8)).isoformat()
    ended = [
        {"at": left, "kind": "queue.left", "call_id": name, "queue": "sales", "reason": "caller"},
        {"at": left, "kind": "call.ended", "call_id": name, "reason": "caller"},
    ]
    return [json.dumps(one) for one in (ended if over else begun)]


async def post(watch: Watch, bodies: list[str]) -> None:
    at = to_micros(watch._clock())
    entries = list(watch.posted[FEED].entries(bodies, at))
    await asyncio.wrap_future(watch.take(entries))


def watching(data: Path, clock: Set) -> Watch:
    return Watch(WatchSettings(data, SITE, (Posted(FEED, "everycall_events"),)), clock)


def named(board: Board) -> set[str]:
    return {call.call_id for call in board.calls}


def left(board: Board) -> int | None:
    """Return how many callers left in the queue today, if that is all there was."""
    outcomes = dict(board.day.outcomes) if board.day else {}
    count = outcomes.pop("caller_left_in_queue", 0)
    return None if outcomes else count


@pytest.mark.parametrize("began", [NOON, PAST_MIDNIGHT])
def test_a_clock_that_is_put_back_costs_no_call_and_no_number(
    tmp_path: Path, began: datetime
) -> None:
    clock, back = Set(began), began - HOUR

    async def before() -> None:
        async with watching(tmp_path, clock) as watch:
            await post(watch, [*call("one", began, over=False), *call("one", began, over=True)])
            await post(watch, call("two", began, over=False))
            await shown(watch, lambda board: named(board) == {"two"})
            assert watch.health().troubles == ()
            clock.now = back
            await asyncio.wait_for(watch.ended(), 20)  # to be begun anew

    async def after() -> None:
        async with watching(tmp_path, clock) as watch:
            assert named(watch.board) == {"two"}
            assert watch.board.today == str(back.date())
            (said,) = watch.health().troubles
            assert "the clock is 60 min 0 s behind" in said
            await post(watch, call("two", began, over=True))  # the phone system's clock was right
            await post(watch, [*call("three", back, over=False), *call("three", back, over=True)])
            same_day = began == NOON
            await shown(watch, lambda board: left(board) == (3 if same_day else 1))
            assert not watch.board.calls
            clock.now = began + HOUR
            board = await shown(watch, lambda board: board.today == str(clock.now.date()))
            assert left(board) == (3 if same_day else 2)
            assert watch.health().troubles == ()

    played(before)
    played(after)
    with Asking(History(tmp_path)) as asking:
        found = asking.rows("SELECT call_id, outcome, wait_ms FROM calls ORDER BY call_id")
    assert found == [(name, "caller_left_in_queue", 8_000) for name in ("one", "three", "two")]


def test_a_clock_that_is_put_right_by_a_moment_is_no_trouble() -> None:
    now = to_micros(NOON)
    assert clock_troubles(now + 4_000_000, now) == []
    assert clock_troubles(0, now) == []
    assert len(clock_troubles(now + 6_000_000, now)) == 1


def test_how_far_a_clock_was_put_back_is_told_by_one_that_nobody_sets() -> None:
    clock, passed = Set(NOON), [0.0]
    steadiness = Steadiness(clock, lambda: passed[0])
    assert steadiness.put_back() == timedelta()
    clock.now, passed[0] = NOON + timedelta(seconds=30), 30.0
    assert steadiness.put_back() == timedelta()
    clock.now, passed[0] = NOON + timedelta(seconds=60) - HOUR, 60.0
    assert steadiness.put_back() == HOUR
    clock.now, passed[0] = NOON + 9 * HOUR, 61.0
    assert steadiness.put_back() == timedelta()
