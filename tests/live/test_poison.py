"""One bad record costs itself: what is heard beside it is taken, shown and sealed all the same."""

import json
import random
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.soundness import tolerated
from everycall.app.intake.feeds import Posted
from everycall.app.intake.importing import Importer
from everycall.app.intake.sealing import write_records
from everycall.app.live.picturing import LivePicture
from everycall.app.live.quarantine import MOST, Beginning
from everycall.app.live.watched import WatchSettings
from everycall.app.live.watching import Watch
from everycall.app.site.sitefile import SiteFile
from everycall.events import Event, Kind, Skip
from everycall.events.bounds import LATEST, event_beyond
from everycall.history import History
from everycall.history.journal_segments import Entry
from everycall.registry import load
from everycall.settings import read_table
from live.test_watching import played
from sources.test_damage import places, recording, replaced

SITE = read_table(SiteFile, {"zone": "UTC"})
NOW = int(time.time()) * 1_000_000
HEARD = ("aircall", "amazon_connect", "asterisk_ami", "asterisk_queue_log", "everycall_events",
         "freeswitch", "ringcentral", "twilio")  # fmt: skip

ODD = (2**31, 2**62, 2**63, 10**30, -(2**63), 1e300, -1, True, None, "", "x", [], {}, "\x00",
       "a\ud800b", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00",
       "99999999999999999999", "-99999999999999999999", "1e308", "nan", "253402300799",
       "253402300799000", "18446744073709551615", "٣٤٥", "²", "\u2028", '"', "'")  # fmt: skip


def entries(source: str, bodies: Iterable[str]) -> list[Entry]:
    return [
        Entry("feed", source, body, str(n), NOW, "0", n, n + 1, n + 1)
        for n, body in enumerate(bodies)
    ]


def spoiled(line: str, chance: random.Random) -> str:
    """Put something odd in the place of one value of a record."""
    value = chance.choice(ODD)
    if not line.startswith(("{", "[")):
        fields = line.split("|")
        fields[chance.randrange(len(fields))] = str(value).encode(errors="replace").decode()
        return "|".join(fields)
    thing = json.loads(line)
    way = chance.choice(list(places(thing)))
    text = json.dumps(replaced(thing, way, value), ensure_ascii=chance.random() < 0.5)
    return text.encode(errors="replace").decode()


def spoiled_all(source: str) -> list[str]:
    """Return each record of a recording as it came, and spoiled in one place."""
    chance = random.Random(source)
    lines = [line.decode().rstrip("\n") for line in recording(source)]
    return [one for line in lines for one in (line, spoiled(line, chance))]


@pytest.mark.parametrize("source", HEARD)
def test_spoiled_records_break_neither_the_picture_nor_history(source: str) -> None:
    heard = entries(source, spoiled_all(source))
    with LivePicture(SITE, [load("source", source)], NOW) as picture:
        for number, entry in enumerate(heard):
            picture.take([entry], NOW + number)
        picture.board(NOW + len(heard))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard"
        write_records(path, heard)
        summary = Importer(History(Path(folder) / "data"), SITE, heard=heard).take([path], source)
        assert not summary.refused
        assert sum(file.events for file in summary.files) > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [("at", -1), ("at", LATEST), ("resolution", -1), ("value", 2**62), ("seq", 2**40),
     ("sip_code", 2**31), ("q850", -1), ("call_id", "a\x00b"), ("text", "\ud800")],
)  # fmt: skip
def test_an_event_that_cannot_be_counted_with_says_why(name: str, value: Any) -> None:
    given = {"at": NOW, "kind": Kind.CALL_ARRIVED, "call_id": "a"}
    assert event_beyond(Event(**given)) is None  # type: ignore[arg-type]
    assert event_beyond(Event(**given | {name: value}))  # type: ignore[arg-type]


def test_a_clock_that_runs_far_ahead_ends_no_call_that_is_on() -> None:
    ahead = {"at": NOW // 1_000_000 + 3 * 86_400, "kind": "call.arrived", "call_id": "ahead"}
    heard = entries("everycall_events", [waiting("on"), json.dumps(ahead)])
    with LivePicture(SITE, [load("source", "everycall_events")], NOW) as picture:
        picture.take(heard, NOW)
        assert [call.call_id for call in picture.board(NOW).calls] == ["on"]
        (skip,) = picture.unread.newest
        assert "ahead of our clock" in skip.detail


def test_a_call_that_is_older_than_the_picture_is_left_to_history() -> None:
    old = NOW // 1_000_000 - 4 * 86_400
    said = [{"at": old, "kind": kind, "call_id": "old"} for kind in ("call.arrived", "call.ended")]
    heard = entries("everycall_events", map(json.dumps, said))
    with LivePicture(SITE, [load("source", "everycall_events")], NOW) as picture:
        for second in range(0, 300, 20):
            picture.take(heard if second == 0 else [], NOW + second * 1_000_000)
            assert not picture.board(NOW + second * 1_000_000).calls


@pytest.mark.parametrize("error", [RecursionError, OverflowError, KeyError, TypeError])
def test_a_call_that_nobody_knows_how_to_tell_is_told_of(error: type[Exception]) -> None:
    def telling() -> list[Event]:
        raise error("nobody thought of this")

    skips: list[Skip] = []
    assert tolerated(telling, "x", "what it said", skips) == []
    assert (skips[0].text, error.__name__ in skips[0].detail) == ("what it said", True)


class Brittle:
    """A picture that breaks at some records, and remembers the others."""

    def __init__(self, *bad: int) -> None:
        self.bad = bad
        self.taken: list[int] = []

    def take(self, entries: Iterable[Entry], as_of: int) -> None:
        for entry in entries:
            if entry.number in self.bad:
                raise RuntimeError("this record breaks it")
            self.taken.append(entry.number)

    def board(self, as_of: int) -> None:
        if self.bad and self.bad[0] < 0 and -self.bad[0] in self.taken:
            raise RuntimeError("it breaks when it is drawn")

    def close(self) -> None:
        self.taken = []


@pytest.mark.parametrize("bad", [(), (1,), (40,), (7, 8, 31), (-13,)])
def test_records_that_break_a_picture_are_found_and_left_out(bad: tuple[int, ...]) -> None:
    heard = entries("x", map(str, range(40)))
    beginning = Beginning(lambda: Brittle(*bad), lambda: heard, NOW)
    picture = beginning.begin()
    assert sorted(entry.number for entry in beginning.left_out) == sorted(map(abs, bad))
    assert picture.taken == [n for n in range(1, 41) if n not in set(map(abs, bad))]


def test_when_everything_breaks_it_that_is_told() -> None:
    heard = entries("x", map(str, range(60)))
    beginning = Beginning(lambda: Brittle(*range(61)), lambda: heard, NOW)
    with pytest.raises(RuntimeError):
        beginning.begin()
    assert len(beginning.left_out) == MOST


class Tender(LivePicture):
    """A picture that breaks at a word."""

    def take(self, entries: Iterable[Entry], as_of: int, *, tidied: bool = True) -> Any:
        found = list(entries)
        if any("poison" in entry.body for entry in found):
            raise RuntimeError("this record breaks it")
        return super().take(found, as_of, tidied=tidied)


def waiting(name: str) -> str:
    at = time.time() - 5
    return json.dumps({"at": at, "kind": "queue.entered", "call_id": name, "queue": "sales"})


@pytest.fixture
def tender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycall.app.live.drawing.LivePicture", Tender)


@pytest.mark.usefixtures("tender")
def test_a_watch_that_a_record_broke_begins_again_without_it(tmp_path: Path) -> None:
    wanted = WatchSettings(tmp_path, SITE, (Posted("post", "everycall_events"),))

    async def broken() -> None:
        async with Watch(wanted) as watch:
            posted = watch.posted["post"]
            bodies = [waiting("good"), waiting("poison"), waiting("better")]
            watch.take(list(posted.entries(bodies, NOW))).result()
            await watch.ended()

    async def again() -> None:
        async with Watch(wanted) as watch:
            assert {call.call_id for call in watch.board.calls} == {"good", "better"}
            assert watch.health().troubles == (
                "the picture leaves out record 2 of post, which breaks it",
            )
            receipt = watch.take(list(watch.posted["post"].entries([waiting("more")], NOW)))
            assert len(receipt.result().fresh) == 1

    with pytest.raises(RuntimeError, match="breaks it"):
        played(broken)
    played(again)


def test_a_seal_that_fails_is_told_and_nothing_else_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: object) -> None:
        raise OverflowError("nobody thought of this")

    wanted = WatchSettings(tmp_path, SITE, (Posted("post", "everycall_events"),))
    monkeypatch.setattr("everycall.app.intake.sealing.Sealer.seal", fails)

    async def story() -> None:
        async with Watch(wanted) as watch:
            watch.take(list(watch.posted["post"].entries([waiting("a")], NOW))).result()
            with pytest.raises(OverflowError):
                await watch.seal()
            assert not await watch._goes_well(watch.seal)
            assert "sealing broke off (OverflowError)" in str(watch.unsealed)

    played(story)
    played(story)  # the journal was let go


def test_a_moment_out_of_all_bounds_is_refused_where_events_are_sent() -> None:
    read = load("source", "everycall_events").live().take
    for at in ("9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        (skip,) = read(json.dumps({"at": at, "kind": "call.arrived", "call_id": "a"}), 1, NOW)
        assert "no moment between 1970 and 2100" in skip.detail
