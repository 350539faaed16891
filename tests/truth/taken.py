"""Histories that several files of tests read: whoever asks first takes the logs in, the others copy."""

import fcntl
import hashlib
import os
import pickle
import shutil
from collections.abc import Sequence
from pathlib import Path

from everycall.app.intake.importing import Importer, Summary
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from truth.histories import Told, read

HOME = "EVERYCALL_TESTS_TAKEN"
"""The folder that the workers of a run share."""


def taken(folder: Path, paths: Sequence[Path], site: SiteFile | None = None) -> Told:
    """Make a history of logs in a folder that has none, and return what it tells."""
    summary = copied(folder, paths, site or SiteFile())
    return read(History(folder), [summary])


def copied(folder: Path, paths: Sequence[Path], site: SiteFile) -> Summary:
    """Make a history of logs in a folder that has none."""
    assert not History(folder).manifest().segments
    home = Path(os.environ[HOME])
    kept = home / hashlib.sha256(repr((sorted(paths), site)).encode()).hexdigest()
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            _take(kept, paths, site)
    shutil.copytree(kept / "data", folder, dirs_exist_ok=True)
    summary: Summary = pickle.loads((kept / "summary").read_bytes())  # noqa: S301
    return summary


def _take(kept: Path, paths: Sequence[Path], site: SiteFile) -> None:
    """Take the logs in beside the place, and put all of it there at once."""
    made = kept.with_suffix(".made")
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    summary = Importer(History(made / "data"), site).take(list(paths))
    (made / "summary").write_bytes(pickle.dumps(summary))
    made.rename(kept)
