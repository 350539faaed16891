"""Reports that take a while: the page is there at once, what it shows is made once for all who wait."""

import shutil
import threading
from pathlib import Path

import pytest

from everycall.errors import NotFoundError
from everycall.records.models import Person
from everycall.reports import Report
from everycall.web.reading import site_reader
from everycall.web.reports import awaiting
from everycall.web.reports.awaiting import Drawn, Makers, awaited
from everycall.web.reports.making import Wish, last_days, question
from web.conftest import browser

pytestmark = pytest.mark.usefixtures("calls")

LONG = 600.0
EMPTY = Drawn(Report("a title", "", "en", ()), {})


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where audits are kept, empty as after the first calls came in; nothing is still being made."""
    for maker in [thread for thread in threading.enumerate() if thread.name == "report"]:
        maker.join()
    monkeypatch.setattr(awaiting, "makers", Makers())
    folder = site_reader().history.folder / "audits"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that waits for nothing."""
    monkeypatch.setattr(awaiting, "PATIENCE", 0.0)


def wish() -> Wish:
    with site_reader().asking() as asking:
        return Wish(*last_days(asking))


# ---- making


def test_whoever_asks_for_the_same_waits_for_the_same_making() -> None:
    makers, go, made = Makers(), threading.Event(), list[int]()

    def make() -> Drawn:
        go.wait(LONG)
        made.append(1)
        return EMPTY

    assert makers.ask("one", make, 0)[0] is None
    assert makers.ask("one", make, 0)[0] is None
    go.set()
    assert makers.ask("one", make, LONG)[0] is EMPTY
    assert made == [1]


def test_it_is_said_how_long_it_has_taken() -> None:
    moment, go = [10.0], threading.Event()
    makers = Makers(clock=lambda: moment[0])

    def make() -> Drawn:
        go.wait(LONG)
        return EMPTY

    makers.ask("one", make, 0)
    moment[0] = 14.5
    assert makers.ask("one", make, 0) == (None, 4.5)
    go.set()


def test_what_went_wrong_is_said_and_tried_again_when_it_is_asked_again() -> None:
    makers, tries = Makers(), list[int]()

    def make() -> Drawn:
        tries.append(1)
        if len(tries) == 1:
            raise NotFoundError("no call that you may see")
        return EMPTY

    with pytest.raises(NotFoundError, match="no call"):
        makers.ask("one", make, LONG)
    assert makers.ask("one", make, LONG)[0] is EMPTY


def test_no_more_are_made_at_once_than_may_be() -> None:
    makers, go, now, most = Makers(), threading.Event(), list[int](), list[int]()

    def make() -> Drawn:
        now.append(1)
        most.append(len(now))
        go.wait(LONG)
        now.pop()
        return EMPTY

    for name in "abcde":
        makers.ask(name, make, 0)
    go.set()
    assert all(makers.ask(name, make, LONG)[0] for name in "abcde")
    assert max(most) <= awaiting.AT_ONCE


# ---- what there is of a report


def test_a_report_is_made_behind_and_found_ever_after(audits: Path, supervisor: Person) -> None:
    asked = question(wish(), supervisor)
    assert awaited(asked, 0).drawn is None
    first = awaited(asked, LONG)
    assert first.drawn is not None
    assert first.seconds is None
    again = awaited(asked, 0)
    assert again.drawn is not None
    assert again.drawn.report.title == first.drawn.report.title
    assert again.drawn.pictures == first.drawn.pictures


def test_a_disk_that_keeps_nothing_gives_the_report_all_the_same(
    audits: Path, supervisor: Person
) -> None:
    audits.rmdir()
    audits.write_text("no folder")
    try:
        found = awaited(question(wish(), supervisor), LONG)
    finally:
        audits.unlink()
    assert found.drawn is not None


def earlier(audits: Path) -> None:
    """Let the answers on the disk be those of a state before the present one."""
    (note,) = audits.glob("*.latest")
    (report,) = audits.glob("*.report.json")
    name, other = report.name.split(".")[0], "e" * 32
    for path in audits.glob(f"{name}.*"):
        path.rename(audits / path.name.replace(name, other))
    note.write_text(note.read_text().replace(name, other))


def test_while_a_newer_one_is_made_the_one_before_is_shown(
    audits: Path, supervisor: Person
) -> None:
    asked = question(wish(), supervisor)
    awaited(asked, LONG)
    earlier(audits)
    found = awaited(asked, 0)
    assert found.drawn is not None
    assert found.drawn.made_at is not None
    assert found.seconds is not None
    newer = awaited(asked, LONG).drawn
    assert newer is not None
    assert newer.made_at is None
    assert newer.pictures == found.drawn.pictures


# ---- the page


@pytest.mark.usefixtures("hurried")
def test_the_page_is_there_before_its_report(audits: Path, supervisor: Person) -> None:
    client = browser(supervisor)
    page = client.get("/report/").content.decode()
    assert "The report is being made" in page
    assert "data-again=" in page
    assert 'http-equiv="refresh"' in page, "it comes by itself where no script runs, too"
    assert "<svg" not in page
    part = {"X-Part": "report"}
    while (answer := client.get("/report/", headers=part)).status_code == 202:
        pass
    whole = answer.content.decode()
    assert "<svg" in whole
    assert "data-again=" not in whole
    assert "<svg" in client.get("/report/").content.decode()


@pytest.mark.usefixtures("hurried")
def test_a_page_with_the_report_before_says_of_when_it_is(audits: Path, supervisor: Person) -> None:
    awaited(question(wish(), supervisor), LONG)
    earlier(audits)
    page = browser(supervisor).get("/report/").content.decode()
    assert "<svg" in page
    assert "calls have come in since" in page
    assert "data-again=" in page
    assert 'http-equiv="refresh"' not in page, "what somebody reads stays where it is"


def test_what_cannot_be_made_is_said_on_the_page(audits: Path, supervisor: Person) -> None:
    page = browser(supervisor).get("/report/?client=nobody").content.decode()
    assert 'role="alert"' in page
    assert "no call that you may see" in page
    assert "data-again=" not in page
