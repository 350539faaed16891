"""Whoever reads a state goes on reading it while new ones are made; what is to be forgotten goes at once."""

import os
from pathlib import Path

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.settings import read_table
from live.days import SAMPLES

SITE = read_table(SiteFile, {"zone": "UTC"})
STORIES = ("s01_caller_hangs_up", "s16_blind_transfer_to_queue", "s19_attended_transfer_by_phone")


def logs() -> list[Path]:
    return [SAMPLES / "scenarios" / story / "queue_log" for story in STORIES]


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path)
    Importer(history, SITE).take(logs()[:1])
    return history


def folders(history: History) -> set[str]:
    return {f"segments/{path.name}" for path in (history.folder / "segments").glob("*")}


def test_a_report_that_was_begun_is_read_to_its_end(history: History) -> None:
    with Asking(history) as asking:
        before = list(asking.calls(Filter()))
        for log in logs()[1:]:
            Importer(history, SITE).take([log])
        assert list(asking.calls(Filter())) == before
    assert len(folders(history)) == 3


def test_what_nobody_reads_any_more_is_removed(history: History) -> None:
    Importer(history, SITE).take(logs()[1:2])
    for mark in history.folder.glob("*/*/.replaced"):
        os.utime(mark, (0, 0))
    Importer(history, SITE).take(logs()[2:])
    assert len(folders(history)) == 2


def test_what_a_broken_run_left_is_removed_at_once(history: History) -> None:
    left, _ = history.new_folder("segments")
    assert left in folders(history)
    Importer(history, SITE).take(logs()[1:2])
    assert left not in folders(history)


def test_what_is_to_be_forgotten_goes_at_once(history: History) -> None:
    Importer(history, SITE).take(logs()[1:2])
    history.commit(history.manifest(), forget=True)
    assert folders(history) == {one.folder for one in history.manifest().segments}
