"""The first thing that a new user does: the sample logs are read, and their audit is shown."""

import gzip
import json
import shlex
from pathlib import Path

import pytest

from everycall.app.answers.defining import chosen
from everycall.app.intake.samples import SITE, sample_folder, take_samples
from everycall.app.site.sitefile import read_site
from everycall.cli import main
from everycall.errors import NotFoundError
from everycall.history import History
from everycall.reports.trades import TRADES

LOG = "1790000000|1790000000.1|sales|NONE|ENTERQUEUE||030231251|1\n"
GAVE_UP = "1790000009|1790000000.1|sales|NONE|ABANDON|1|1|9\n"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        main(list(arguments))
        code = 0
    except SystemExit as left:
        code = int(left.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder of samples that is read in an instant."""
    folder = tmp_path / "samples"
    folder.mkdir()
    (folder / "site.toml").write_text('zone = "Europe/Berlin"\n')
    (folder / "queue_log.gz").write_bytes(gzip.compress((LOG + GAVE_UP).encode()))
    return folder


def test_the_demo_shows_the_audit_says_what_to_try_and_is_quick_the_second_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "demo", "--data", str(tmp_path))
    assert code == 0
    assert "24,454 = 24,454" in out
    assert "taken in" in err
    page = tmp_path / "demo.html"
    assert str(page) in out
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    before = History(tmp_path, SITE).manifest()
    code, again, err = run(capsys, "demo", "--data", str(tmp_path))
    assert code == 0
    assert again == out.replace(_size_of(page, out), str(page))
    assert "taken in" not in err
    assert History(tmp_path, SITE).manifest() == before
    assert History(tmp_path).manifest().imports == ()
    _what_it_says_to_try_works(out, capsys)
    code, out, _ = run(capsys, "demo", "--data", str(tmp_path), "--json")
    assert json.loads(out)["title"] == f"Call audit for {SITE}"


def _size_of(page: Path, out: str) -> str:
    """Return the line that says what was written, with its size."""
    return next(line for line in out.splitlines() if line.startswith(str(page)))


def _what_it_says_to_try_works(out: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = out.partition("Try next")[2].splitlines()
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("  ") and line[2] != " "]
    assert [command[0] for command in commands] == ["calls", "explain", "import"]
    for command in commands[:2]:
        code, said, _ = run(capsys, *command)
        assert code == 0
        assert said


def test_samples_of_another_version_are_read_anew(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert take_samples(small, data).outcomes == {"caller_left_in_queue": 1}
    assert take_samples(small, data).files == []
    more = LOG.replace(".1|", ".2|") + GAVE_UP.replace(".1|", ".2|")
    (small / "queue_log.gz").write_bytes(gzip.compress(more.encode()))
    assert take_samples(small, data).outcomes == {"caller_left_in_queue": 1}
    assert len(History(data, SITE).manifest().imports) == 1


def test_what_somebody_else_put_there_is_never_forgotten(small: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    (small / "own.gz").write_bytes(gzip.compress((LOG + GAVE_UP).encode()))
    take_samples(small, data)
    (small / "own.gz").unlink()
    with pytest.raises(NotFoundError, match=r"own\.gz, which is no sample"):
        take_samples(small, data)


def test_the_samples_lie_beside_the_code() -> None:
    assert sample_folder() == Path(__file__).parents[2] / "samples" / "shop"


def test_every_number_of_the_shop_is_by_the_same_words(small: Path, tmp_path: Path) -> None:
    take_samples(small, tmp_path)
    assert chosen(read_site(tmp_path, None, SITE)).id == TRADES["shop"].definition
