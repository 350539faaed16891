"""Rounds go on after a failure, and end when they are told to."""

import logging
import threading
import time

import pytest

from everycall.web import rounds
from everycall.web.rounds import Round, going_on, while_there_is


def test_a_round_that_fails_is_written_down_and_done_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    times, enough = 0, threading.Event()

    def fails() -> None:
        nonlocal times
        times += 1
        if times == 3:
            enough.set()
        raise ValueError("broken on purpose")

    with caplog.at_level(logging.ERROR), going_on(Round("shaky", fails, 0.001)):
        assert enough.wait(5)
    assert "a round of shaky failed" in caplog.text


def test_it_ends_with_the_block() -> None:
    def threads() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    with going_on(Round("one", lambda: None, 0.001), Round("two", lambda: None, 60)):
        assert {"one", "two"} <= threads()
    assert not {"one", "two"} & threads()


def test_a_round_is_not_cut_short() -> None:
    said = []

    def slow() -> None:
        said.append("begun")
        time.sleep(0.05)
        said.append("done")

    with going_on(Round("slow", slow, 0.001)):
        while not said:
            time.sleep(0.001)
    assert said[-1] == "done"


def test_work_that_never_ends_ends_with_the_block_and_leaves_the_rest() -> None:
    done: list[float] = []

    def one_of_many() -> bool:
        done.append(time.monotonic())
        time.sleep(0.005)
        return True

    with going_on(Round("many", lambda: while_there_is(one_of_many), 0.001)):
        while not done:
            time.sleep(0.001)
    count = len(done)
    time.sleep(0.05)
    assert len(done) == count


def test_rounds_that_hang_are_waited_for_together(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(rounds, "PATIENCE", 0.2)
    hang, hangs = (
        threading.Event(),
        [Round(f"hangs {n}", lambda: hang.wait(5), 0.001) for n in range(4)],
    )
    with going_on(*hangs):
        time.sleep(0.05)
        began = time.monotonic()
    hang.set()
    assert time.monotonic() - began < 0.5
    assert "hangs 1 had not ended when the server did" in caplog.text
