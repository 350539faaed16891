"""The site file is parsed once for each state that it is in, and never told as it was before."""

import os
import time
from pathlib import Path

import pytest

from everycall.app.site import sitefile
from everycall.app.site.sitefile import FILE, read_site
from everycall.errors import BadSettingsError


@pytest.fixture(autouse=True)
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Count how often a site file is parsed; nothing is remembered of other tests."""
    found: list[Path] = []
    read = sitefile.read_file

    def counted(kind: type, path: Path) -> object:
        found.append(path)
        return read(kind, path)

    monkeypatch.setattr(sitefile, "read_file", counted)
    monkeypatch.setattr(sitefile, "_READ", {})
    return found


def write(path: Path, region: str, *, long_ago: bool = True) -> None:
    path.write_text(f'region = "{region}"\n', encoding="utf-8")
    if long_ago:
        then = time.time() - 60
        os.utime(path, (then, then))


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitefile, "SETTLED", -1.0)


@pytest.mark.usefixtures("settled")
def test_a_file_that_stays_is_parsed_once(tmp_path: Path, parsed: list[Path]) -> None:
    write(tmp_path / FILE, "DE")
    assert [read_site(tmp_path, None).region for _ in range(3)] == ["DE"] * 3
    assert len(parsed) == 1


@pytest.mark.usefixtures("settled")
def test_a_change_is_seen_at_once_even_with_the_same_size_and_time(tmp_path: Path) -> None:
    path = tmp_path / FILE
    write(path, "DE")
    assert read_site(tmp_path, None).region == "DE"
    before = path.stat()
    time.sleep(0.05)
    write(path, "GB")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_site(tmp_path, None).region == "GB"


def test_what_was_written_just_now_is_not_remembered(tmp_path: Path, parsed: list[Path]) -> None:
    for region in ("DE", "GB", "PL", "UA") * 5:
        write(tmp_path / FILE, region, long_ago=False)
        assert read_site(tmp_path, None).region == region
    assert len(parsed) == 20


@pytest.mark.usefixtures("settled")
def test_a_file_of_the_sites_own_wins_as_soon_as_it_is_there_and_until_it_goes(
    tmp_path: Path,
) -> None:
    write(tmp_path / FILE, "DE")
    own = tmp_path / "sites" / "main.toml"
    own.parent.mkdir()
    said = [read_site(tmp_path, None).region]
    write(own, "GB")
    said.append(read_site(tmp_path, None).region)
    own.unlink()
    said.append(read_site(tmp_path, None).region)
    assert said == ["DE", "GB", "DE"]


@pytest.mark.usefixtures("settled")
def test_a_mistake_is_said_each_time(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("regoin = 1\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(BadSettingsError):
            read_site(tmp_path, None)


@pytest.mark.usefixtures("settled")
def test_not_more_are_remembered_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitefile, "REMEMBERED", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
        write(tmp_path / name / FILE, "DE")
        read_site(tmp_path / name, None)
    assert len(sitefile._READ) == 2
