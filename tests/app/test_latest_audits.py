"""The newest audit of a question is found while calls come in, and after nothing else has changed."""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.kept_audits import KeptAudits, read_report
from everycall.app.audit.latest_audits import LatestAudits
from everycall.app.history.asking import Asking, Filter
from everycall.app.history.narrowing import Narrow
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.reports import Words

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
FIRST = SCENARIOS / "s01_caller_hangs_up"
SECOND = SCENARIOS / "s05_abandon_while_ringing_35s"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of one call, with its audit made."""
    home = tmp_path_factory.mktemp("data")
    Importer(History(home), SiteFile()).take([FIRST])
    with Asking(History(home)) as asking:
        made(asking)
    return home


@pytest.fixture
def data(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def closed(data: Path) -> Iterator[Asking]:
    """The history, not opened."""
    asking = Asking(History(data))
    yield asking
    asking.engine.close()


def kept(asking: Asking) -> KeptAudits:
    return KeptAudits(asking, SiteFile(), Order(folder=Path()), Words())


def made(asking: Asking) -> KeptAudits:
    one = kept(asking)
    one.keep(make_audit(asking, site=one.site, order=one.order, words=one.words))
    LatestAudits(one).note(NOW)
    return one


def test_it_is_found_without_opening_the_history(closed: Asking) -> None:
    found = LatestAudits(kept(closed)).found()
    assert found is not None
    assert (found.made_at, found.name) == (NOW, kept(closed).name)
    report = read_report(kept(closed).folder, found.name)
    assert report is not None
    assert asdict(report) == asdict(found.report)


def test_it_is_found_after_more_calls_came_and_until_a_newer_one_is_made(
    data: Path, closed: Asking
) -> None:
    before = kept(closed).name
    Importer(History(data), SiteFile()).take([SECOND])
    with Asking(History(data)) as asking:
        assert kept(asking).report() is None
        earlier = LatestAudits(kept(asking)).found()
        assert earlier is not None
        assert earlier.name == before
        made(asking)
        newer = LatestAudits(kept(asking)).found()
        assert newer is not None
        assert newer.name == kept(asking).name != before
        assert not list(kept(asking).folder.glob(f"{before}.*")), "the one before is let go"


@pytest.mark.parametrize(
    "change",
    [
        {"site": SiteFile(definition="nhs_30s")},
        {"words": Words("de")},
        {"order": Order(since=1)},
        {"order": Order(mask=True)},
    ],
)
def test_another_question_finds_nothing(closed: Asking, change: dict[str, object]) -> None:
    assert LatestAudits(replace(kept(closed), **change)).found() is None


def test_who_sees_other_calls_finds_nothing(data: Path) -> None:
    with Narrow(History(data), None, Filter(queues=("sales",))) as narrow:
        assert LatestAudits(kept(narrow)).found() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"name": "x", "at": "y"}', "{"])
def test_a_note_that_cannot_be_read_is_as_none(closed: Asking, text: str) -> None:
    (note,) = kept(closed).folder.glob("*.latest")
    note.write_text(text)
    assert LatestAudits(kept(closed)).found() is None
