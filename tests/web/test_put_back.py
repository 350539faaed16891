"""When the clock is put back, no job and nobody's hold lasts an hour longer for it."""

from datetime import UTC, datetime, time, timedelta

import pytest

from everycall.alerts.rules import Rule
from everycall.alerts.watching import Memory, Said, watch
from everycall.clock import Steadiness
from everycall.records.jobs import Job, claim, enqueue, run_one
from everycall.records.putting_back import put_back
from everycall.web.work.put_back import ClockRound

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clocks:
    """A clock that is set, and one that nobody sets."""

    def __init__(self) -> None:
        self.now, self.passed = NOW, 0.0

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.passed += seconds

    def round(self) -> ClockRound:
        return ClockRound(Steadiness(lambda: self.now, lambda: self.passed))


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_what_was_due_is_done_at_once_and_once(clocks: Clocks) -> None:
    done: list[int] = []

    def do(n: int) -> None:
        done.append(n)

    round_ = clocks.round()
    round_.look()
    enqueue("x", run_at=clocks.now, n=1)
    clocks.now -= HOUR
    work = {"x": do}
    assert not run_one(work, clocks.now)  # it would have waited for an hour
    assert round_.look() == 1
    assert run_one(work, clocks.now)
    assert not run_one(work, clocks.now)
    assert done == [1]


def test_a_claim_ends_when_it_would_have_and_not_before(clocks: Clocks) -> None:
    round_ = clocks.round()
    round_.look()
    enqueue("x", run_at=clocks.now)
    assert claim(clocks.now) is not None
    clocks.wait(10)
    clocks.now -= HOUR
    assert round_.look() == 1
    assert claim(clocks.now) is None
    clocks.wait(49)
    assert claim(clocks.now) is None
    clocks.wait(2)
    assert claim(clocks.now) is not None


def test_two_processes_that_notice_move_it_once(clocks: Clocks) -> None:
    enqueue("x", run_at=clocks.now)
    claim(clocks.now)
    clocks.now -= HOUR
    assert [put_back(HOUR, clocks.now), put_back(HOUR, clocks.now)] == [1, 0]
    assert Job.objects.get().run_at == clocks.now + timedelta(seconds=60)


def test_what_a_clock_that_ran_ahead_left_behind_is_done_when_the_server_begins(
    clocks: Clocks,
) -> None:
    enqueue("x", run_at=clocks.now + 2 * HOUR)
    Job.objects.update(made_at=clocks.now + 2 * HOUR)
    assert clocks.round().look() == 1
    assert claim(clocks.now) is not None


def test_what_waits_for_a_moment_to_come_is_left_alone_while_the_clock_goes_on(
    clocks: Clocks,
) -> None:
    enqueue("x", run_at=clocks.now + HOUR)
    Job.objects.update(made_at=clocks.now)
    round_ = clocks.round()
    assert round_.look() == 0
    clocks.wait(1800)
    assert round_.look() == 0
    assert Job.objects.get().run_at == NOW + HOUR


def test_an_alert_that_was_about_to_be_opened_is_opened_when_its_time_has_passed() -> None:
    rule = Rule(1, "Queue grows", "waiting", True, 5, lasting=timedelta(minutes=2))  # noqa: FBT003
    first = watch(rule, 9, Memory(), NOW + HOUR, time(13))
    after = watch(rule, 9, first.memory, NOW, time(12))
    assert after.said is Said.NOTHING
    then = watch(rule, 9, after.memory, NOW + timedelta(minutes=2), time(12, 2))
    assert then.said is Said.OPENED
