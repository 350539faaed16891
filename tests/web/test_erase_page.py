"""An owner erases a caller from a page: what would go is shown first, and then it goes, recordings too."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings

from app.test_erasing import AT, GONE, STAYS, TOLD, holds, log
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.records.models import Entry, Person, Promise, Text
from everycall.web.reading import site_reader
from web.conftest import browser, person
from web.test_erasing import everything, promise

SITE = """
region = "DE"
[recordings]
folders = ["{folder}"]
"""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with calls of two callers."""
    folder = tmp_path_factory.mktemp("before")
    said = log(folder / "one.jsonl", *TOLD)
    Importer(History(folder / "data"), SiteFile()).take([said])
    return folder / "data"


@pytest.fixture(autouse=True)
def home(before: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy for each test, which may change it, and a recording of each caller."""
    site_reader()._generation = -1
    data, folder = settings.DATA / "erase-page", tmp_path / "monitor"
    shutil.copytree(before, data)
    folder.mkdir()
    (data / "site.toml").write_text(SITE.format(folder=folder), encoding="utf-8")
    monkeypatch.setattr(site_reader(), "data", data)
    monkeypatch.setattr(site_reader(), "history", History(data))
    for name in ("a", "c"):
        (folder / f"{name}.ogg").write_bytes(b"RIFF")
        at = datetime.timestamp(AT) + 3600 * (name == "c")
        os.utime(folder / f"{name}.ogg", (at, at))
    yield data
    shutil.rmtree(data)
    site_reader()._generation = -1


def text(number: str) -> None:
    Text.objects.create(kind="missed", number=number, body="hello", state="sent", at=AT)


def test_what_would_go_is_shown_and_nothing_goes_yet(home: Path, owner: Person) -> None:
    promise(GONE)
    text(GONE)
    page = browser(owner).post("/setup/erase/", {"number": "030 23125001"}).content.decode()
    rows = [row.split("</td>")[0] for row in page.split('<td class="number">')[1:]]
    assert rows == ["3", "1", "1", "0", "1"]
    assert f"Erase {GONE} for good" in page
    assert holds(home, GONE)
    assert not Entry.objects.exists()


def test_when_it_is_confirmed_it_goes_and_the_others_stay(
    home: Path, owner: Person, tmp_path: Path
) -> None:
    promise(GONE)
    text(GONE)
    kept = promise(STAYS)
    given = {"number": GONE, "confirmed": "1"}
    page = browser(owner).post("/setup/erase/", given, follow=True).content.decode()
    assert "Erased." in page
    assert GONE[1:] not in everything()
    assert not holds(home, GONE)
    assert holds(home, STAYS)
    assert Promise.objects.get(caller=STAYS) == kept
    assert [path.name for path in (tmp_path / "monitor").iterdir()] == ["c.ogg"]
    entry = Entry.objects.get(action="caller erased")
    assert entry.who == "Olga"
    assert entry.about.startswith("erased-")
    assert entry.details == {"calls": 3, "recordings": 1}


def test_what_is_no_number_is_said(owner: Person) -> None:
    page = browser(owner).post("/setup/erase/", {"number": "nobody"}).content.decode()
    assert "That is no number of a caller" in page


def test_while_history_is_written_nothing_is_done(
    home: Path, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("everycall.web.erasing.erase_caller.__defaults__", (0.0,))
    promise(GONE)
    with History(home).writing():
        page = browser(owner).post("/setup/erase/", {"number": GONE, "confirmed": "1"})
    assert b"History is just being written" in page.content
    assert Promise.objects.filter(caller=GONE).exists()


@pytest.mark.parametrize("role", ["manager", "supervisor", "agent", "viewer"])
def test_nobody_but_an_owner_may(home: Path, role: str) -> None:
    given = {"number": GONE, "confirmed": "1"}
    assert browser(person("Mo", role)).post("/setup/erase/", given).status_code == 403
    assert holds(home, GONE)
