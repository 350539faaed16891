"""The door of posted records: open while the watch begins anew, and shut with a reason."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from everycall.errors import NotTakenError
from everycall.history.journal import Journal
from everycall.web.phones import taking
from everycall.web.phones.connecting import live
from everycall.web.phones.taking import Door

RECORD = '{"kind": "call.arrived", "call_id": "1", "at": "2026-03-02T09:00:00Z"}'


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "taker", None)
    monkeypatch.setattr(live, "trouble", "")


def watching(journal: Journal) -> Any:
    """Return as much of a watch as the door needs."""

    class Watching(SimpleNamespace):
        """Can be referred to weakly, as a watch can."""

    return Watching(journal=journal, take=journal.submit)


@contextmanager
def soon(work: Any) -> Iterator[None]:
    timer = threading.Timer(0.3, work)
    timer.start()
    yield
    timer.join()


def test_a_batch_waits_for_a_watch_that_begins(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        watch = watching(journal)
        with soon(lambda: setattr(live, "taker", watch)):
            receipt = Door().take("events", [RECORD])
        assert len(receipt.fresh) == journal.state.taken == 1


def test_a_batch_that_meets_a_closed_journal_goes_to_the_next_one(tmp_path: Path) -> None:
    with Journal(tmp_path) as first:
        closed = watching(first)
    live.taker = closed
    with Journal(tmp_path) as journal:
        watch = watching(journal)
        with soon(lambda: setattr(live, "taker", watch)):
            receipt = Door().take("events", [RECORD])
        assert len(receipt.fresh) == journal.state.taken == 1


def test_nothing_waits_where_watching_cannot_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "COMING", 60.0)
    live.trouble = "another everycall watches"
    with pytest.raises(NotTakenError, match="another everycall watches"):
        Door().take("events", [RECORD])


def test_a_sender_is_told_to_come_again_when_the_wait_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "COMING", 0.1)
    with pytest.raises(NotTakenError, match="is starting"):
        Door().take("events", [RECORD])
