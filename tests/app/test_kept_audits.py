"""An audit that was made before is answered from the disk, and never after anything has changed."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from everycall.app.answers.definitions_used import remember
from everycall.app.audit import kept_audits
from everycall.app.audit.auditing import Order, definitions_of, make_audit, span_of
from everycall.app.audit.kept_audits import KeptAudits
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import Client, SiteFile
from everycall.definitions import load
from everycall.history import History
from everycall.money.inputs import MoneySettings
from everycall.reports import Words
from everycall.reports.stored import from_json, to_json
from everycall.reports.trades import trade

SCENARIOS = Path(__file__).parents[2] / "samples" / "scenarios"
FIRST = SCENARIOS / "s01_caller_hangs_up"
SECOND = SCENARIOS / "s05_abandon_while_ringing_35s"


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    """A history of one call, open for reading."""
    Importer(History(tmp_path), SiteFile()).take([FIRST])
    with Asking(History(tmp_path)) as opened:
        yield opened


def kept(asking: Asking) -> KeptAudits:
    return KeptAudits(asking, SiteFile(), Order(folder=asking.history.folder), Words())


def made(asking: Asking) -> KeptAudits:
    one = kept(asking)
    one.keep(make_audit(asking, site=one.site, order=one.order, words=one.words))
    return one


def test_nothing_is_there_before_it_was_made(asking: Asking) -> None:
    assert kept(asking).report() is None


def test_the_same_question_is_answered_from_the_disk(asking: Asking) -> None:
    report = make_audit(asking, site=SiteFile(), order=Order(folder=asking.history.folder))
    made(asking)
    found = kept(asking).report()
    assert found is not None
    assert asdict(found) == asdict(from_json(to_json(report)))
    assert to_json(found) == to_json(report)


def test_what_cannot_be_read_is_made_anew(asking: Asking) -> None:
    made(asking)
    (file,) = (asking.history.folder / "audits").iterdir()
    file.write_text(file.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    assert kept(asking).report() is None


@pytest.mark.parametrize(
    "change",
    [
        {"site": SiteFile(definition="nhs_30s")},
        {"site": SiteFile(channels={"trunk": 4})},
        {"words": Words("de")},
        {"order": Order(trade=trade("shop"))},
        {"order": Order(definition="nhs_30s")},
        {"order": Order(compared="genesys")},
        {"order": Order(since=1)},
        {"order": Order(until=1)},
    ],
)
def test_another_question_has_another_answer(asking: Asking, change: dict[str, object]) -> None:
    one = made(asking)
    assert replace(one, **change).report() is None


def test_another_time_zone_has_another_answer(asking: Asking) -> None:
    made(asking)
    with Asking(asking.history, ZoneInfo("Asia/Tokyo")) as elsewhere:
        assert kept(elsewhere).report() is None


def test_more_calls_have_another_answer(asking: Asking, tmp_path: Path) -> None:
    made(asking)
    Importer(History(tmp_path), SiteFile()).take([SECOND])
    with Asking(History(tmp_path)) as later:
        assert kept(later).report() is None


def test_a_history_that_began_anew_has_another_answer(asking: Asking, tmp_path: Path) -> None:
    made(asking)
    asking.history.folder.joinpath("manifest.json").unlink()
    Importer(History(tmp_path), SiteFile()).take([SECOND])
    with Asking(History(tmp_path)) as anew:
        assert anew.manifest.generation == asking.manifest.generation
        assert kept(anew).report() is None


@pytest.mark.parametrize("name", ["customers", "advertising"])
def test_a_file_that_the_settings_name_has_another_answer(asking: Asking, name: str) -> None:
    file = asking.history.folder / "named.csv"
    file.write_text("+493012345\n", encoding="utf-8")
    clients = {"ours": Client(money=MoneySettings(**{name: file.name}))}
    before = replace(kept(asking), site=SiteFile(clients=clients)).name
    assert replace(kept(asking), site=SiteFile(clients=clients)).name == before
    file.write_text("+493054321\n", encoding="utf-8")
    assert replace(kept(asking), site=SiteFile(clients=clients)).name != before


def test_another_version_of_the_words_has_another_answer(asking: Asking, tmp_path: Path) -> None:
    pack = tmp_path / "own.toml"
    pack.write_text(load("xon").text, encoding="utf-8")
    order = Order(definition=str(pack))
    before = replace(kept(asking), order=order).name
    assert replace(kept(asking), order=order).name == before
    pack.write_text(f"{load('xon').text}\n# mended\n", encoding="utf-8")
    assert replace(kept(asking), order=order).name != before


def test_words_that_were_used_in_between_have_another_answer(asking: Asking) -> None:
    one = made(asking)
    span = span_of(asking, one.order)
    own, _ = definitions_of(one.site, one.order)
    remember(asking, own, span.since, span.until)
    assert kept(asking).report() is not None
    remember(asking, load("nhs_30s"), span.since, span.until)
    assert kept(asking).report() is None


def test_who_looks_in_the_words_of_others_changes_no_answer_in_ones_own(asking: Asking) -> None:
    own = made(asking)
    theirs = replace(own, order=replace(own.order, definition="nhs_30s"))
    theirs.keep(make_audit(asking, site=theirs.site, order=theirs.order, words=theirs.words))
    assert theirs.report() is not None
    assert kept(asking).name == own.name
    again = make_audit(asking, site=own.site, order=own.order, words=own.words)
    assert not [note for section in again.sections for note in section.notes if "differ" in note]


def test_another_version_of_the_product_has_another_answer(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(asking)
    monkeypatch.setattr(kept_audits, "product", lambda: "another")
    assert kept(asking).report() is None


def test_a_file_is_written_again_as_it_was(asking: Asking, tmp_path: Path) -> None:
    one, out, again = kept(asking), tmp_path / "a.html", tmp_path / "further" / "b.html"
    out.write_text("the page", encoding="utf-8")
    assert not one.copy_to(again, mask=False)
    one.keep_file(out, mask=False)
    assert one.copy_to(again, mask=False)
    assert again.read_text(encoding="utf-8") == "the page"
    assert not one.copy_to(again, mask=True)
    assert not one.copy_to(tmp_path / "b.pdf", mask=False)
    assert not one.copy_to(tmp_path / "folder", mask=False)


def test_only_the_latest_are_kept(asking: Asking) -> None:
    report = make_audit(asking)
    for since in range(kept_audits.MOST + 3):
        replace(kept(asking), order=Order(since=since)).keep(report)
    assert len(list((asking.history.folder / "audits").iterdir())) == kept_audits.MOST
    last = replace(kept(asking), order=Order(since=kept_audits.MOST + 2))
    assert last.report() is not None
