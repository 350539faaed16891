"""What no picture waits for is done a little at a time, and changes nothing that is shown."""

from collections.abc import Iterator

import pytest

from everycall.app.history.staging import Numbers
from everycall.app.live import picturing
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.events import Kind
from everycall.live.neighbours import Neighbours, Said
from everycall.live.window import HOT, RENEWED
from everycall.settings import read_table
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
    before = picture.totals().parts
    hot, turns = len(picture._window._hot), 0
    assert hot > 2
    while picture.tidy(LATER + HOT):
        turns += 1
        assert picture.totals().parts == before
    assert turns > 2
    assert len(picture._window._hot) < hot


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
