"""Rounds go on after a failure, and end when they are told to."""

import logging
import threading
import time

import pytest

from everycall.web.rounds import Round, going_on


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
