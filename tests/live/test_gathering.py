"""What many seals leave is put together: fewer files, the same calls, events and unread records."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from everycall.app.history.skips import skips
from everycall.app.intake import gathering
from everycall.app.intake.gathering import Gatherer
from everycall.app.intake.sealing import Sealer
from everycall.app.intake.unread import Replayer, kept
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.history.store import Manifest, SourceState
from live.days import AMI, QUEUE_LOG, SHOP, lines_of, said
from live.test_sealing import SITE, STORIES, counted, recorded

LOOSE = 4


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "LOOSE", LOOSE)


def heard() -> list[Entry]:
    """Return an hour of a queue_log, with lines that nobody can read among it."""
    found = said(lines_of(SHOP / "queue_log-20261019.gz")[:240], QUEUE_LOG, "log")
    for place in (10, 100, 101):
        found[place] = replace(found[place], body=f"not a line {place}")
    return found


def seal(data: Path, entries: list[Entry], size: int, *, gather: bool) -> list[int]:
    """Seal in parts; returns how many files there are of events after each."""
    files = []
    with Journal(data / "journal") as journal:
        sealer = Sealer(journal, History(data), SITE)
        for start in range(0, len(entries), size):
            journal.append(entries[start : start + size])
            sealer.seal()
            if gather:
                sealer.gather()
            files.append(len(History(data).manifest().events))
    return files


def noted(data: Path) -> dict[str, int]:
    imports = History(data).manifest().imports
    names = ("lines", "events", "unreadable", "without_word")
    return {name: sum(getattr(one, name) for one in imports) for name in names}


def unread(data: Path) -> list[tuple[object, ...]]:
    found = skips(History(data), everything=True)
    return sorted((one["reason"], one["text"]) for one in found)


def stored(data: Path) -> list[Path]:
    return sorted((data / "history" / "main" / "events").rglob("*.parquet"))


def test_gathered_parts_are_the_same_as_all_at_once(tmp_path: Path) -> None:
    apart, together = tmp_path / "apart", tmp_path / "together"
    left = seal(apart, heard(), 6, gather=False)
    files = seal(together, heard(), 6, gather=True)
    assert left[-1] > 30 > LOOSE + 2 > max(files)
    assert len(History(together).manifest().imports) <= LOOSE + 4
    assert counted(together) == counted(apart)
    assert noted(together) == noted(apart)
    assert unread(together) == unread(apart)
    assert len(unread(apart)) == 3


def test_calls_that_may_be_told_anew_are_not_gathered(tmp_path: Path) -> None:
    data = tmp_path / "data"
    seal(data, recorded(), 20, gather=True)
    calls = counted(data)
    assert calls == sealed_otherwise(tmp_path / "once")
    assert [one for one in History(data).manifest().events if "gathered" in one.path] == []


def sealed_otherwise(data: Path) -> object:
    seal(data, recorded(), 10_000, gather=False)
    return counted(data)


def test_what_was_told_for_the_last_time_is_gathered() -> None:
    day = 24 * 3600 * 1_000_000
    at = 20_000 * day
    files = [
        gathering.EventFile(f"events/{n}/1.parquet", AMI, 10, at + n, at + n + 1)
        for n in range(LOOSE + 2)
    ]
    for age, groups in ((1, 0), (3, 1)):
        state = SourceState(
            AMI, (), 1, channels=True, people=True, carrier=True,
            first_at=at, last_at=at + age * day, tail="tails/1",
        )  # fmt: skip
        found = list(gathering._scattered(Manifest(events=tuple(files), sources=(state,))))
        assert len(found) == groups


def test_a_seal_that_broke_off_is_known_again_after_gathering(tmp_path: Path) -> None:
    data, entries = tmp_path / "broken", heard()
    with Journal(data / "journal") as journal:
        sealer = Sealer(journal, History(data), SITE)
        for start in range(0, 120, 6):
            before = (data / "journal" / "sealed.json").read_bytes() if start else b"{}"
            journal.append(entries[start : start + 6])
            sealer.seal()
        (data / "journal" / "sealed.json").write_bytes(before)
        assert sealer.gather() > LOOSE
        once = counted(data), noted(data)
        sealer.seal()
    assert (counted(data), noted(data)) == once


def test_gathered_records_can_be_read_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    seal(data, heard(), 6, gather=True)
    bodies = {f"not a line {place}" for place in (10, 100, 101)}
    assert {one.body for one in kept(History(data))} == bodies
    again = Replayer(History(data), SITE).replay()
    assert {(one.read, one.still) for one in again.values()} == {(0, 3)}
    assert {one.body for one in kept(History(data))} == bodies


def test_where_there_is_little_nothing_is_done(tmp_path: Path) -> None:
    data = tmp_path / "data"
    seal(data, heard(), 60, gather=False)
    before = History(data).manifest()
    assert Gatherer(History(data)).gather() == 0
    assert History(data).manifest() == before


HOUR = 3600.0


def calls_every(hours: float, days: int) -> list[Entry]:
    """Return days of a phone system that tells whole calls: one call after so many hours, then the next."""
    story = [json.loads(line) for line in lines_of(STORIES[0] / "ami.jsonl.gz")]
    story = [event for event in story if event["Event"] != "FullyBooted"]
    lines = []
    for number in range(int(days * 24 / hours)):
        later = number * hours * HOUR
        for event in story:
            moved = {**event, "_recv": event["_recv"] + later}
            if "Timestamp" in event:
                moved["Timestamp"] = f"{float(event['Timestamp']) + later:.6f}"
            ids = {name: f"{number}.{event[name]}" for name in IDS if name in event}
            lines.append(json.dumps({**moved, **ids}))
    return said(lines, AMI, "pbx")


IDS = ("Uniqueid", "Linkedid", "DestUniqueid", "DestLinkedid")


def test_days_of_a_phone_system_that_tells_calls_anew_stay_few_files(tmp_path: Path) -> None:
    apart, together = tmp_path / "once", tmp_path / "parts"
    entries = calls_every(3, 2)
    size = len(entries) // 16
    seal(apart, entries, len(entries), gather=False)
    files = seal(together, entries, size, gather=True)
    assert counted(together) == counted(apart)
    assert any("gathered" in one.path for one in History(together).manifest().events)
    a_day = 8 + 2
    assert max(files) <= a_day + LOOSE + 2
