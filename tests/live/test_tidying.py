"""What no picture waits for is done a little at a time, and changes nothing that is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from everycall.app.history.staging import Numbers
from everycall.app.intake.ingesting import Intake
from everycall.app.intake.translating import _Kept
from everycall.app.live import picturing
from everycall.app.live.drawing import Drawing
from everycall.app.live.picturing import LivePicture
from everycall.app.live.watched import WatchSettings
from everycall.app.site.sitefile import SiteFile
from everycall.clock import system_clock
from everycall.events import Kind
from everycall.history.journal import Journal
from everycall.live import window as window_of
from everycall.live.neighbours import Neighbours, Said
from everycall.live.window import HOT, RENEWED
from everycall.settings import read_table
from everycall.sources.base import Record
from live.days import AMI, SAMPLES, lines_of, said, source

LATER = 1_795_390_000_000_000


@pytest.fixture
def picture() -> Iterator[LivePicture]:
    paths = sorted((SAMPLES / "scenarios").glob("s0[1-4]*/ami.jsonl.gz"))
    entries = [one for path in paths for one in said(lines_of(path), AMI, path.parent.name)]
    with LivePicture(read_table(SiteFile, {"zone": "UTC"}), [source(AMI)], LATER) as found:
        found.take(entries, LATER, tidied=False)
        yield found


def test_calls_are_put_away_a_few_at_a_time(
    picture: LivePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picturing, "MOVED", 1)
    picture._ended = 0
    before = picture.totals().parts
    hot, turns = len(picture._window._hot), 0
    assert hot > 2
    while picture.tidy(LATER + HOT):
        turns += 1
        assert picture.totals().parts == before
    assert turns > 2
    assert len(picture._window._hot) < hot


def test_in_a_crowd_calls_are_put_away_sooner(
    picture: LivePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, parts = picture._window, picture.totals().parts
    youngest = max(window._hot - window.open, key=window.neighbours.last_at)
    soon = window.neighbours.last_at(youngest) + window_of.BRIEF
    assert youngest not in window.cool(soon + 1)
    monkeypatch.setattr(window_of, "CROWD", 0)
    assert youngest not in window.cool(soon - 1)
    assert youngest in window.cool(soon + 1)
    assert picture.totals().parts == parts


def test_as_many_are_put_away_as_end(picture: LivePicture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picturing, "MOVED", 1)
    hot = len(picture._window._hot)
    picture._ended = hot
    assert picture.tidy(LATER + HOT)
    assert len(picture._window._hot) == len(picture._window.open)


class Tidied:
    """Notes what is done behind a picture."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def totals(self) -> None:
        self.done.append("totals")

    def tidy(self, _now: int) -> bool:
        self.done.append("one thing")
        return True


@pytest.mark.parametrize(
    ("age", "took", "done"),
    [
        (0.5, 100.0, ["one thing"]),
        (2.0, 100.0, ["totals"]),
        (2.0, 900.0, ["totals", "one thing"]),
        (0.5, 900.0, ["one thing"]),
    ],
)
def test_slow_pictures_leave_nothing_undone(
    tmp_path: Path, age: float, took: float, done: list[str]
) -> None:
    site = read_table(SiteFile, {"zone": "UTC"})
    intake = Intake(Journal(tmp_path))
    drawing, tidied = Drawing(WatchSettings(tmp_path, site, ()), intake, system_clock), Tidied()
    drawing.picture = tidied  # type: ignore[assignment]
    drawing._totalled_at = drawing._now() - int(age * 1_000_000)
    drawing.draw_ms = took
    drawing.tidy()
    assert tidied.done == done


def test_records_are_kept_small_and_come_back_as_they_were() -> None:
    said_of_it = [Record("c1", None, 7 + n, n, {"act": "runs", "n": n, "to": None}) for n in (1, 2)]
    kept = _Kept("pbx")
    for record in said_of_it:
        kept.add(record)
        kept.pack()
    assert not kept.fresh
    assert list(kept.records()) == said_of_it
    kept.add(Record("c1", None, 9, 3, {"act": object}))
    kept.pack()
    assert [record.line for record in kept.records()] == [1, 2, 3]


def test_what_is_said_of_ended_calls_takes_little_room(picture: LivePicture) -> None:
    kept = picture._feeds[AMI]._kept.values()  # type: ignore[attr-defined]
    over = [one for one in kept if one.packed]
    assert over
    assert not any(one.fresh for one in over)
    assert max(len(one.packed) for one in over) < 3000


def test_room_is_given_back_after_many_counted_calls_and_alone(picture: LivePicture) -> None:
    window = picture._window
    window._counts = RENEWED
    hot = set(window._hot)
    assert picture.tidy(LATER + HOT)
    assert (window._counts, window._hot) == (0, hot)
    assert not window.renew()


def test_a_call_that_is_told_again_takes_no_more_room() -> None:
    known = Neighbours()
    talk = Said("c1", 7, Kind.TALK_STARTED, "leg", "sales", "Ann", None, None)
    moved = Said("c1", 7, Kind.TRANSFER_STARTED, "leg", "sales", "Ann", None, "attended")
    for _ in range(3):
        known.learn([talk, moved])
    one = known._calls["c1"]
    assert (one.talks, one.transfers) == ((("sales", "Ann", 7),), (("sales", "Ann", 7),))
    assert (one.legs, one.names, known._by_leg) == (("leg",), ("Ann",), {"leg": ("c1",)})
    known.forget("c1")
    assert not known._by_leg
    assert known.mentioning(["Ann"]) == set()


def test_raw_numbers_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycall.app.history.staging.REMEMBERED", 5)
    numbers = Numbers("GB")
    found = [numbers.of(f"0163296{i:04}").e164 for i in range(50)]
    assert found == [f"+44163296{i:04}" for i in range(50)]
    assert len(numbers.known) <= 5
