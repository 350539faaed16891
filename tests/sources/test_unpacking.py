"""A packed file unpacks to as much as a log may be, and not to a disk full."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.errors import NotThatKindError
from everycall.history import History
from everycall.sources import lines
from everycall.sources.lines import chunks, lines_in, open_bytes

LINE = b"1700000000|1700000000.1|sales|NONE|ENTERQUEUE||+493023125001|1\n"
PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.fixture(params=PACKERS)
def packed(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    pack: Callable[[bytes], bytes] = PACKERS[request.param]
    path = tmp_path / f"queue_log.{request.param}"
    path.write_bytes(pack(LINE * 10_000))
    return path


def test_what_a_log_may_be_is_read_to_its_end(packed: Path) -> None:
    assert sum(chunk.lines for chunk in chunks(packed, "")) == lines_in(packed) == 10_000
    with open_bytes(packed) as file:
        file.read(10)
        file.seek(0)
        assert file.readline() == LINE


def test_more_than_that_is_refused_in_a_sentence(
    packed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lines, "ALWAYS", 1 << 18)
    monkeypatch.setattr(lines, "TIMES", 2)
    with pytest.raises(NotThatKindError, match="unpacks to more than 0 MB; unpack it first"):
        list(chunks(packed, ""))
    with pytest.raises(NotThatKindError, match="unpacks to more than"):
        Importer(History(tmp_path / "data"), SiteFile()).take([packed])
    monkeypatch.setattr(lines, "ALWAYS", 1 << 20)
    assert sum(chunk.lines for chunk in chunks(packed, "")) == 10_000
