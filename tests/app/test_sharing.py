"""The live picture reaches other processes unchanged, and what lands with them reaches the journal."""

import asyncio
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest

from everycall.app.intake.feeds import Posted
from everycall.app.intake.landing import Landing, Landings, taken_of
from everycall.app.live.sharing import Follower, Shared, read_shared, share
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.clock import to_micros
from everycall.errors import NotTakenError
from everycall.history.journal import Journal, Receipt

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


async def _watched(data: Path) -> Shared:
    settings = WatchSettings(
        data, SiteFile(), (Posted("post-everycall_events", "everycall_events"),)
    )
    said = [
        '{"at":"2026-11-02T08:59:00Z","kind":"call.arrived","call_id":"a","direction":"inbound"}',
        '{"at":"2026-11-02T08:59:01Z","kind":"queue.entered","call_id":"a","queue":"sales"}',
        '{"at":"2026-11-02T08:59:02Z","kind":"agent.signed_in","agent":"ann","queue":"sales"}',
    ]
    async with Watch(settings, lambda: NOW) as watch:
        feed = watch.posted["post-everycall_events"]
        await asyncio.wrap_future(watch.take(list(feed.entries(said, to_micros(NOW)))))
        async for board in watch.boards():
            if board.calls:
                return Shared(board, watch.health())
    raise AssertionError


def test_a_picture_is_read_as_it_was_written(tmp_path: Path) -> None:
    shared = asyncio.run(_watched(tmp_path / "data"))
    assert shared.board
    assert shared.board.tallies
    share(tmp_path / "main.json", shared)
    assert read_shared(tmp_path / "main.json") == shared


def test_a_follower_sees_each_picture_once(tmp_path: Path) -> None:
    path = tmp_path / "main.json"
    follower = Follower(path)
    assert follower.newer() is None
    share(path, Shared(trouble="the disk is gone"))
    assert follower.newer() == Shared(trouble="the disk is gone")
    assert follower.newer() is None


@pytest.mark.parametrize("text", ["", "[]", '{"board": {"as_of": 3}}', '{"board": []}', "\x00"])
def test_a_picture_of_another_version_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(text)
    found = read_shared(tmp_path / "main.json")
    assert found is None or found.board is None


def landed(home: Path, name: str, *bodies: str) -> Receipt:
    landing = Landing(home / name)
    landing.open()
    try:
        return landing.desk.take("everycall_events", bodies, 5).result()
    finally:
        landing.close()


def bodies(journal: Journal) -> list[str]:
    return [entry.body for entry in journal.entries()]


def test_what_landed_anywhere_is_taken_once_by_whoever_watches(tmp_path: Path) -> None:
    home = tmp_path / "landing"
    landed(home, "one", "a", "b")
    landed(home, "two", "b", "c")
    with Journal(tmp_path / "main") as journal:
        landings = Landings(home, journal.submit)
        assert landings.round() == 4
        assert landings.round() == 0
        landed(home, "one", "a", "d")
        assert landings.round() == 1
        assert Landings(home, journal.submit).round() == 0
        assert bodies(journal) == ["a", "b", "c", "d"]


def test_what_the_journal_refuses_stays_and_is_taken_later(tmp_path: Path) -> None:
    home = tmp_path / "landing"
    landed(home, "one", "a", "b")

    def refuse(_entries: object) -> "Future[Receipt]":
        promise: Future[Receipt] = Future()
        promise.set_exception(NotTakenError("the disk is full"))
        return promise

    with pytest.raises(NotTakenError):
        Landings(home, refuse).round()
    assert taken_of(home / "one") == 0
    with Journal(tmp_path / "main") as journal:
        assert Landings(home, journal.submit).round() == 2


def test_half_a_record_waits_for_its_end(tmp_path: Path) -> None:
    home = tmp_path / "landing"
    landed(home, "one", "a", "b")
    path = next((home / "one").glob("*.journal"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with Journal(tmp_path / "main") as journal:
        landings = Landings(home, journal.submit)
        assert landings.round() == 1
        path.write_bytes(whole)
        assert landings.round() == 1
        assert bodies(journal) == ["a", "b"]


def test_what_was_taken_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    home = tmp_path / "landing"
    landing = Landing(home / "one")
    landing.open()
    with Journal(tmp_path / "main") as journal:
        landing.desk.take("everycall_events", ["a"], 5).result()
        assert landing.tidy() == []
        landing.desk.take("everycall_events", ["b"], 5).result()
        assert Landings(home, journal.submit).round() == 2
        landing.desk.take("everycall_events", ["c"], 5).result()
        assert len(landing.tidy()) == 1
        assert Landings(home, journal.submit).round() == 1
    landing.close()
