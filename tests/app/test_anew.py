"""Beginning anew: what was taken in by mistake, or read by other settings, is as if it never had been."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.running import run
from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.intake.sealing import Sealer
from everycall.app.keeping.erasing import erase
from everycall.app.site.sitefile import SiteFile
from everycall.errors import NotThatKindError
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.store import TABLES
from everycall.settings import read_table
from live.days import QUEUE_LOG, SAMPLES, lines_of, said

SITE = read_table(SiteFile, {"zone": "UTC"})
STORIES = [
    SAMPLES / "scenarios" / name
    for name in (
        "s01_caller_hangs_up",
        "s04_abandon_5s",
        "s16_blind_transfer_to_queue",
        "s30_pause_all",
    )
]
KINDS = ("queue_log", "cel.csv", "Master.csv")


@pytest.fixture
def logs(tmp_path: Path) -> list[Path]:
    """Return logs of four stories, each of its kind whole."""
    return [log(tmp_path, kind, STORIES) for kind in KINDS]


def log(folder: Path, kind: str, stories: Sequence[Path]) -> Path:
    path = folder / kind
    found = [line for story in stories for line in lines_of(_file(story, kind))]
    path.write_text("".join(f"{line}\n" for line in found), encoding="utf-8")
    return path


def _file(story: Path, kind: str) -> Path:
    return next(path for path in (story / kind, story / f"{kind}.gz") if path.exists())


def taken(data: Path, *times: Sequence[Path], site: SiteFile = SITE) -> History:
    history = History(data)
    for paths in times:
        Importer(history, site).take(paths)
    return history


def state(history: History) -> object:
    """Return everything that a history says, whatever its files are called."""
    manifest = history.manifest()
    with Asking(history) as asking:
        tables = {
            name: sorted(map(repr, asking.rows(f"SELECT * FROM {name}")))
            for name in (*TABLES, "events", "sharing")
        }
    imports = [replace(one, at="", skipped=None) for one in manifest.imports]
    sources = [asdict(replace(one, tail=None)) for one in manifest.sources]
    return tables, imports, sources


@settings(max_examples=8)
@given(
    wanted=st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
    mistaken=st.lists(st.sampled_from(KINDS), min_size=1, unique=True),
    cut=st.integers(1, len(STORIES) - 1),
    first=st.sampled_from("ab"),
)
def test_it_is_as_if_the_others_had_never_been_taken_in(
    wanted: list[str], mistaken: list[str], cut: int, first: str
) -> None:
    with TemporaryDirectory() as name:
        home = Path(name)
        for folder in ("own", "other"):
            (home / folder).mkdir()
        own = [log(home / "own", kind, STORIES[:cut]) for kind in wanted]
        other = [log(home / "other", kind, STORIES[cut - 1 :]) for kind in mistaken]
        only = state(taken(home / "only", own))
        times = (own, other) if first == "a" else (other, own)
        history = taken(home / "both", *times)
        assert state(history) != only
        Importer(history, SITE, over=True).take(own)
        assert state(history) == only


def test_what_is_gone_is_named_and_can_be_taken_in_again(logs: list[Path], tmp_path: Path) -> None:
    history = taken(tmp_path / "data", logs)
    whole = state(history)
    summary = Importer(history, SITE, over=True).take(logs[:1])
    assert summary.gone == logs[1:]
    taken(tmp_path / "data", logs[1:])
    assert Importer(history, SITE).take(logs).files == []
    assert Importer(history, SITE, over=True).take(logs).gone == []
    assert state(history) == whole


def test_settings_that_say_how_a_log_is_read_hold_for_what_is_read_anew(
    logs: list[Path], tmp_path: Path
) -> None:
    inside = replace(SITE, trunks=("SIP/nothing",))
    history = taken(tmp_path / "data", logs)
    before = state(history)
    taken(tmp_path / "data", logs, site=inside)
    assert state(history) == before, "a log that is known is not read again"
    Importer(history, inside, over=True).take(logs)
    assert state(history) == state(taken(tmp_path / "other", logs, site=inside)) != before


def test_where_one_file_cannot_be_read_nothing_is_dropped(logs: list[Path], tmp_path: Path) -> None:
    history = taken(tmp_path / "data", logs)
    before = history.manifest()
    broken, empty = tmp_path / "broken.gz", tmp_path / "empty"
    broken.write_bytes(b"\x1f\x8b not gzip")
    empty.touch()
    for files in ([logs[0], broken], [empty]):
        with pytest.raises(NotThatKindError, match="nothing was changed"):
            Importer(history, SITE, over=True).take(files)
    assert history.manifest() == before


def test_what_was_heard_live_is_in_no_file_and_stays(logs: list[Path], tmp_path: Path) -> None:
    history = taken(tmp_path / "data", logs[1:])
    with Journal(tmp_path / "data" / "journal" / "main") as journal:
        journal.append(list(said(lines_of(STORIES[0] / "queue_log"), QUEUE_LOG, "office-log")))
        Sealer(journal, history, SITE).seal()
    before = history.manifest()
    with pytest.raises(NotThatKindError, match="heard phone systems live"):
        Importer(history, SITE, over=True).take(logs)
    assert history.manifest() == before


def test_who_was_erased_stays_erased(logs: list[Path], tmp_path: Path) -> None:
    data = tmp_path / "data"
    history = taken(data, logs)
    with Asking(history) as asking:
        ((number,), *_) = asking.rows("SELECT caller_raw FROM calls WHERE NOT caller_key IS NULL")
    erase(data, "main", number)
    Importer(history, SITE, over=True).take(logs)
    assert number not in repr(state(history))


def test_queues_that_would_have_two_names_are_refused_and_read_anew(
    logs: list[Path], tmp_path: Path
) -> None:
    def site(*, own: bool) -> SiteFile:
        systems = {"warsaw": {"own_queues": own}, "berlin": {"mark": ""}}
        return read_table(SiteFile, {"zone": "UTC", "systems": systems})

    history = History(tmp_path / "data")
    Importer(history, site(own=False)).take(logs[:1], system="warsaw")
    before = history.manifest()
    with pytest.raises(NotThatKindError, match=r"'warsaw~\w+'.*import --anew"):
        Importer(history, site(own=True)).take(logs[1:], system="warsaw")
    assert history.manifest() == before
    Importer(history, site(own=True), over=True).take(logs, system="warsaw")
    with Asking(history) as asking:
        queues = asking.rows("SELECT DISTINCT queue FROM visits")
    assert queues
    assert all(queue.startswith("warsaw~") for (queue,) in queues)
    with pytest.raises(NotThatKindError, match="own_queues back"):
        Importer(history, site(own=False)).take(
            [log(tmp_path, "queue_log", STORIES[:1])], system="warsaw"
        )


def test_the_command_says_what_is_assumed_where_to_say_it_and_what_is_gone(
    logs: list[Path], tmp_path: Path
) -> None:
    data = tmp_path / "data"
    first = run("import", "--data", str(data), *map(str, logs))
    assert str(data / "site.toml") in first.out
    assert "--anew" in run("import", "--data", str(data), str(logs[0])).out
    anew = run("import", "--data", str(data), "--anew", str(logs[0]))
    assert anew.code == 0
    assert "no longer there: Master.csv, cel.csv" in anew.out
    told = json.loads(run("import", "--data", str(data), "--anew", "--json", *map(str, logs)).out)
    assert told["gone"] == []
    assert len(told["files"]) == len(logs)
