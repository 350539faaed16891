"""Sealing: what the journal took becomes history, once, whatever breaks off in between."""

import json
import os
from pathlib import Path

import pytest

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.sealing import Sealer
from everycall.app.site.sitefile import SiteFile
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.settings import read_table
from live.days import AMI, QUEUE_LOG, SAMPLES, lines_of, said

SITE = read_table(SiteFile, {"zone": "UTC"})
STORIES = [
    SAMPLES / "scenarios" / name
    for name in (
        "s01_caller_hangs_up",
        "s16_blind_transfer_to_queue",
        "s19_attended_transfer_by_phone",
    )
]


def recorded() -> list[Entry]:
    entries: list[Entry] = []
    for part, story in enumerate(STORIES):
        entries += said(lines_of(story / "queue_log"), QUEUE_LOG, "queue_log", part)
        entries += said(lines_of(story / "ami.jsonl.gz"), AMI, "pbx", part)
    return entries


def counted(data: Path) -> tuple[list[object], int]:
    with Asking(History(data)) as asking:
        calls = list(asking.calls(Filter()))
        events = asking.rows("SELECT COUNT(*) FROM events")[0][0]
    return [(c["call_id"], c["outcome"], c["talk_ms"], len(c["attempts"])) for c in calls], events


def sealed_at_once(data: Path) -> tuple[list[object], int]:
    with Journal(data / "journal") as journal:
        journal.append(recorded())
        sealer = Sealer(journal, History(data), SITE)
        assert set(sealer.seal().records) == {QUEUE_LOG, AMI}
        assert sealer.seal().records == {}
    return counted(data)


def test_parts_that_are_sealed_one_after_another_are_the_same_as_all_at_once(
    tmp_path: Path,
) -> None:
    entries, data = recorded(), tmp_path / "parts"
    with Journal(data / "journal") as journal:
        sealer = Sealer(journal, History(data), SITE)
        third = len(entries) // 3
        for start in range(0, len(entries), third):
            journal.append(entries[start : start + third])
            sealer.seal()
    assert counted(data) == sealed_at_once(tmp_path / "once")


def test_a_call_that_ended_unheard_stays_over_when_more_is_sealed(tmp_path: Path) -> None:
    heard = said(lines_of(STORIES[0] / "ami.jsonl.gz"), AMI, "pbx")
    events = [json.loads(entry.body) for entry in heard]
    ends = next(n for n, event in enumerate(events) if event["Event"] == "HangupRequest")
    call, at = events[ends]["Linkedid"], events[ends]["_recv"] + 60
    gone = {"Event": "CallGone", "Linkedid": call, "Timestamp": f"{at:.6f}"}
    back = {"Event": "SourceGap", "Timestamp": f"{at + 1:.6f}", "AwayMs": "60000"}
    ending, later = said([json.dumps(gone), json.dumps(back)], AMI, "pbx", 1)
    with Journal(tmp_path / "journal") as journal:
        sealer = Sealer(journal, History(tmp_path), SITE)
        journal.append([*heard[:ends], ending])
        sealer.seal()
        once = counted(tmp_path)[0]
        journal.append([later])
        sealer.seal()
    assert counted(tmp_path)[0] == once
    assert "pending" not in str(once)


def test_a_seal_that_broke_off_before_its_note_doubles_nothing(tmp_path: Path) -> None:
    data = tmp_path / "broken"
    entries = recorded()
    with Journal(data / "journal") as journal:
        sealer = Sealer(journal, History(data), SITE)
        journal.append(entries[: len(entries) // 2])
        sealer.seal()
        (data / "journal" / "sealed.json").unlink()
        journal.append(entries[len(entries) // 2 :])
        sealer.seal()
        (data / "journal" / "sealed.json").unlink()
        sealer.seal()
    assert counted(data) == sealed_at_once(tmp_path / "once")


def test_segments_stay_until_they_are_sealed_and_old(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        sealer = Sealer(journal, History(tmp_path), SITE)
        journal.append(recorded()[:20])
        journal.roll()
        journal.append(recorded()[20:])
        (old, _) = sorted((tmp_path / "journal").glob("*.journal"))
        os.utime(old, (0, 0))
        assert sealer.tidy() == []
        sealer.seal()
        assert sealer.tidy() == [old]


def test_what_a_killed_seal_left_goes_with_the_next(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal") as journal:
        left = tmp_path / "journal" / "sealing" / "asterisk_queue_log-1-2"
        left.parent.mkdir()
        left.write_text("the number of a caller who is erased later")
        Sealer(journal, History(tmp_path), SITE).seal()
    assert not left.exists()


def test_history_is_on_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Path] = []
    ask = os.fsync

    def fsync(descriptor: int) -> None:
        kept.append(Path(f"/proc/self/fd/{descriptor}").readlink())
        ask(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    history = History(tmp_path)
    with Journal(tmp_path / "journal") as journal:
        journal.append(recorded())
        Sealer(journal, history, SITE).seal()
    folders = [history.folder / name for name in history.manifest().folders()]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    begins_to_count = max(at for at, path in enumerate(kept) if path.name == "manifest.new")
    for path in [*files, *folders, *{folder.parent for folder in folders}]:
        assert kept.index(path) < begins_to_count, path
    assert history.folder in kept[begins_to_count:]
