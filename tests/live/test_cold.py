"""Calls that are done with lie in parcels; to take one back counts its parcel alone."""

import gc
from collections.abc import Iterator

import pytest

from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.live import cold
from everycall.live.callers import Callers, Row
from everycall.live.window import HOT, RENEWED
from everycall.settings import read_table
from live.days import AMI, SAMPLES, lines_of, said, source

LATER = 1_795_390_000_000_000


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> Iterator[LivePicture]:
    monkeypatch.setattr(cold, "PARCEL", 2)
    monkeypatch.setattr(cold, "PORTION", 1)
    paths = sorted((SAMPLES / "scenarios").glob("s0[1-6]*/ami.jsonl.gz"))
    entries = [one for path in paths for one in said(lines_of(path), AMI, path.parent.name)]
    with LivePicture(read_table(SiteFile, {"zone": "UTC"}), [source(AMI)], LATER) as found:
        found.take(entries, LATER, tidied=False)
        yield found


def test_to_take_a_call_back_counts_its_parcel_alone(
    picture: LivePicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, before = picture._window, picture.totals().parts
    assert len(window.cool(LATER + HOT)) == len(window.cold) > 4
    assert picture.totals().parts == before
    counted: list[int] = []
    monkeypatch.setattr(window._added, "drop", counted.append)
    recount = window._added.recount
    monkeypatch.setattr(
        window._added, "recount", lambda parcel: (counted.append(parcel), recount(parcel))
    )
    call = next(iter(window.cold._parcels[0]))
    window._count_all({call})
    assert counted == [0]
    assert call not in window.cold
    assert picture.totals().parts == before


def test_what_is_forgotten_is_in_no_total(picture: LivePicture) -> None:
    window = picture._window
    everything = window.cool(LATER + HOT)
    assert window.forget(LATER) == everything
    assert not any(picture.totals().parts.values())
    assert len(window.cold) == len(window.neighbours) == 0
    assert not window.cold.callers._of


def test_room_of_cold_calls_is_given_back_when_many_have_gone(picture: LivePicture) -> None:
    window = picture._window
    window._counts = 0
    window.cool(LATER + HOT)
    assert not window.renew()
    window.forget(LATER)
    window.cold._gone = RENEWED
    assert window.renew()
    assert not window.renew()


def test_the_collector_is_spared_what_is_kept_until_the_next_day(picture: LivePicture) -> None:
    gc.unfreeze()
    picture._window._counts = RENEWED
    assert picture.tidy(LATER)
    assert gc.get_freeze_count() > 1000
    picture.take([], LATER + 86_400_000_000)
    assert gc.get_freeze_count() == 0


def test_callers_know_their_incoming_calls() -> None:
    rows: list[Row] = [
        ("+441", "inbound", 3, "c3", True, None),
        ("+441", "inbound", 1, "c1", None, False),
        ("+441", "outbound", 2, "c2", True, None),
        (None, "inbound", 2, "c4", True, None),
    ]
    callers = Callers()
    callers.add(rows)
    assert callers.of("+441") == ((3, "c3", True), (1, "c1", False))
    callers.remove(rows[:1])
    assert callers.of("+441") == ((1, "c1", False),)
    callers.remove(rows)
    assert callers.of("+441") == callers.of("+442") == ()
