"""The sample day is not begun under a server that plays it."""

from pathlib import Path

import pytest

from everycall.history.journal import Journal
from everycall.web.commands import sample


def test_a_day_that_is_being_played_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "sample" / "journal" / "main"
    with Journal(folder):
        with pytest.raises(sample.AlreadyPlayedError, match="being played already"):
            sample.begin(tmp_path)
        assert list(folder.glob("*"))


def test_a_day_that_was_played_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "play", lambda *_told: None)
    monkeypatch.setenv("EVERYCALL_SAMPLE", "")
    folder = tmp_path / "sample" / "journal" / "main"
    with Journal(folder):
        pass
    assert sample.begin(tmp_path) == tmp_path / "sample"
    assert not folder.exists()
