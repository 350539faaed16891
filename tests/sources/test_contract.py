"""What every source and every mapping that is shipped promises; finds each of them by itself."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from everycall.app.intake.finding import (
    SURE_ENOUGH,
    LeftOut,
    every_source,
    find,
    guesses,
    read_head,
)
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.errors import NotThatKindError
from everycall.events.sights import Sight
from everycall.history import History
from everycall.sources.base import Head, Source
from everycall.sources.lines import open_bytes
from truth.histories import told

HERE = Path(__file__).parent
PAGES = HERE.parents[1] / "docs" / "sources"
SOURCES = every_source()


def recordings(name: str) -> list[Path]:
    return sorted((HERE / name).glob("recording*"))


OWN = [(name, path) for name in SOURCES for path in recordings(name)]
IDS = [f"{name}/{path.name}" for name, path in OWN]

each = pytest.mark.parametrize("name", SOURCES)
each_recording = pytest.mark.parametrize(("name", "path"), OWN, ids=IDS)


@each
def test_it_says_what_it_is(name: str) -> None:
    source = SOURCES[name]
    assert source.name == name
    assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
    assert source.title
    assert not source.title.endswith(".")
    assert source.doc.endswith(".")
    assert len(source.doc) > 20


@each
def test_it_says_what_it_sees_and_what_would_show_the_rest(name: str) -> None:
    source = SOURCES[name]
    assert source.sees | set(source.blind) == set(Sight)
    assert not source.sees & set(source.blind)
    assert all(source.blind.values())


@each
def test_it_has_a_recording(name: str) -> None:
    assert recordings(name), f"put what {name} says into tests/sources/{name}/recording.*"


@each
def test_it_has_a_page(name: str) -> None:
    pages = [page for page in PAGES.glob("*.md") if f"`{name}`" in page.read_text(encoding="utf-8")]
    assert pages, f"no page in docs/sources/ names `{name}`"
    text = pages[0].read_text(encoding="utf-8")
    assert "everycall import" in text, f"{pages[0].name} shows no command"
    for heading in ("## What it sees", "## What it cannot see"):
        assert heading in text, f"{pages[0].name} lacks '{heading}'"
    ways = ("## How to get the file", "## How to connect it")
    assert any(way in text for way in ways), f"{pages[0].name} says not how to get at its records"


@each_recording
def test_it_knows_its_own_recordings_best(name: str, path: Path) -> None:
    known = {source.name: found for source, found in guesses(read_head(path), SOURCES.values())}
    assert name in known
    assert known[name].reason
    assert max(known, key=lambda one: known[one].sureness) == name


@each_recording
def test_it_takes_no_recording_of_another_for_its_own(name: str, path: Path) -> None:
    head = read_head(path)
    sure = [s.name for s, found in guesses(head, SOURCES.values()) if found.sureness >= SURE_ENOUGH]
    assert sure in ([name], [])


@each_recording
def test_its_recording_becomes_calls_of_its_own(name: str, path: Path, tmp_path: Path) -> None:
    taken = told(tmp_path, [path], source=name)
    assert taken.calls
    assert {event["source"] for event in taken.events} == {name}
    for call in taken.calls:
        assert call["outcome"]
        assert call["sources"] == [name]
    summary = taken.summaries[0]
    assert sum(summary.outcomes.values()) == summary.arrived


@each_recording
def test_the_same_recording_twice_is_once(name: str, path: Path, tmp_path: Path) -> None:
    copy = tmp_path / f"again-{path.name}"
    copy.write_bytes(path.read_bytes() + (b"\n" if path.suffix == ".jsonl" else b""))
    once = told(tmp_path / "once", [path], source=name)
    twice = told(tmp_path / "twice", [path, copy], source=name, one_by_one=True)
    assert twice.calls == once.calls


@each_recording
def test_a_last_line_that_is_torn_costs_nothing_else_and_is_healed_later(
    name: str, path: Path, tmp_path: Path
) -> None:
    with open_bytes(path) as file:
        data = file.read().rstrip(b"\n")
    torn = tmp_path / "torn"
    torn.write_bytes(data[:-20])
    whole = told(tmp_path / "whole", [path], source=name)
    cut = told(tmp_path / "cut", [torn], source=name)
    assert not cut.summaries[0].refused
    assert {call["call_id"] for call in cut.calls} <= {call["call_id"] for call in whole.calls}
    healed = told(tmp_path / "healed", [torn, path], source=name, one_by_one=True)
    assert healed.calls == whole.calls


def wrong() -> Iterator[tuple[str, bytes]]:
    yield "binary", bytes(range(256)) * 50
    yield "zeros", bytes(4096)
    yield "text", b"It was a dark and stormy night;\nthe rain fell in torrents.\n" * 20
    yield "json", b'{"hello": ["world"]}\n' * 5
    yield "table", b"name,age,city\nAnn,40,Rome\nBen,41,Oslo\n"
    yield "one long line", b"x" * 200_000


WRONG = dict(wrong())


@each
@pytest.mark.parametrize("kind", WRONG)
def test_what_is_none_of_its_files_is_refused_in_one_sentence(
    name: str, kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(WRONG[kind])
    source = SOURCES[name]
    assert source.recognise(read_head(path)) is None
    history = History(tmp_path / "data")
    with pytest.raises(NotThatKindError) as refused:
        Importer(history, SiteFile()).take([path], name)
    assert "\n" not in str(refused.value)
    assert not history.manifest().imports


@each
def test_an_empty_file_is_nobodys_and_no_mistake(name: str, tmp_path: Path) -> None:
    source: Source = SOURCES[name]
    path = tmp_path / "empty"
    path.touch()
    assert source.recognise(Head(path, "empty", "")) is None
    (found,) = find([path], name)
    assert isinstance(found, LeftOut)
    assert found.empty


def test_every_page_is_of_a_source_or_explains_how_several_go_together() -> None:
    together = {"freepbx.md", "mapping.md", "carrier.md"}
    for page in PAGES.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert page.name in together or any(f"`{name}`" in text for name in SOURCES), page.name
