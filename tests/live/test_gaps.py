"""What a manager interface says while nobody listens is a gap: calls go on from it, and nothing is made up."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from everycall.app.intake.ingesting import AmiFeed
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.live.board import Board, Stage
from everycall.registry import load
from everycall.settings import read_table
from everycall.wire.ami_link import Heard, Item, Opened, Snapshot
from live.test_watching import now_events

SITE = read_table(SiteFile, {"zone": "UTC"})
AMI = "asterisk_ami"
EVENTS = now_events("s01_caller_hangs_up")
NAMES = [event["Event"] for event in EVENTS]
WAITS = NAMES.index("AgentCalled")
TALKS = max(i for i, name in enumerate(NAMES) if name == "BridgeEnter") + 1
ENDS = NAMES.index("HangupRequest")
START = int(EVENTS[0]["_recv"] * 1e6)


class Listener:
    """Hears some of a call, and holds what it missed against the lists."""

    def __init__(self, picture: LivePicture) -> None:
        self.picture = picture
        self.feed = AmiFeed("pbx", picture)
        self._number = 0
        self.take(Opened("pbx", START))

    def take(self, *items: Item) -> Board:
        entries = []
        for item in items:
            entries += [
                e.numbered(self._number + i) for i, e in enumerate(self.feed.entries([item]))
            ]
            self._number += len(entries)
        now = max(item.at for item in items)
        self.picture.take(entries, now)
        return self.picture.board(now)

    def hear(self, events: list[dict[str, Any]]) -> Board:
        return self.take(*(Heard("pbx", int(e["_recv"] * 1e6), e) for e in events))

    def back(self, at: int, *channels: dict[str, Any]) -> Board:
        """Be away until a moment, and look at the channels that are on then."""
        return self.take(Opened("pbx", at), Snapshot("pbx", at, (), channels, ()))


@pytest.fixture
def listener() -> Iterator[Listener]:
    with LivePicture(SITE, [load("source", AMI)], START) as picture:
        yield Listener(picture)


def on_at(index: int, bridge: str) -> list[dict[str, Any]]:
    """Return the channels of the call as the list has them just before an event."""
    found: dict[str, dict[str, Any]] = {}
    for event in EVENTS[:index]:
        if "Uniqueid" in event:
            said = {k: v for k, v in event.items() if k not in ("Event", "Timestamp")}
            channel = found.setdefault(event["Uniqueid"], {})
            channel |= said
            channel |= {"ApplicationData": event["AppData"]} if "AppData" in event else {}
    at = EVENTS[index]["_recv"]
    for channel in found.values():
        seconds = int(at - EVENTS[0]["_recv"])
        channel |= {"Event": "CoreShowChannel", "Duration": f"00:00:{seconds:02}"}
        channel |= {"ChannelStateDesc": "Up", "BridgeId": bridge}
    return list(found.values())


def counted(picture: LivePicture) -> tuple[Any, ...]:
    (row,) = picture._window.hot("SELECT outcome, direction, wait_ms, talk_ms FROM hot_calls")
    return tuple(row)


BRIDGE = next(e["BridgeUniqueid"] for e in EVENTS if e["Event"] == "BridgeEnter")


def test_a_caller_who_was_answered_meanwhile_is_seen_to_talk(listener: Listener) -> None:
    board = listener.hear(EVENTS[: WAITS + 1])
    assert [call.stage for call in board.calls] == [Stage.WAITING]
    board = listener.back(int(EVENTS[ENDS]["_recv"] * 1e6) - 500_000, *on_at(ENDS, BRIDGE))
    assert [(call.stage, call.agent) for call in board.calls] == [(Stage.TALKING, "Agent 1")]
    listener.hear(EVENTS[ENDS:])
    assert counted(listener.picture) == ("answered", "inbound", None, None)


def test_a_call_that_came_and_was_answered_meanwhile_has_no_wait_that_anybody_knows(
    listener: Listener,
) -> None:
    board = listener.back(int(EVENTS[ENDS]["_recv"] * 1e6) - 500_000, *on_at(ENDS, BRIDGE))
    assert [call.stage for call in board.calls] == [Stage.TALKING]
    listener.hear(EVENTS[ENDS:])
    assert counted(listener.picture) == ("answered", "inbound", None, None)


def test_a_talk_that_ended_meanwhile_is_over(listener: Listener) -> None:
    board = listener.hear(EVENTS[:TALKS])
    assert [call.stage for call in board.calls] == [Stage.TALKING]
    caller = on_at(ENDS, "")[0]
    board = listener.back(int(EVENTS[ENDS]["_recv"] * 1e6) - 500_000, caller)
    assert [call.agent for call in board.calls] == [None]
    listener.hear(EVENTS[ENDS + 1 :])
    outcome, _, wait_ms, talk_ms = counted(listener.picture)
    assert (outcome, talk_ms) == ("answered", None)
    assert 1_900 < wait_ms < 2_100


def test_what_is_known_of_a_call_is_not_told_again(listener: Listener) -> None:
    listener.hear(EVENTS[:TALKS])
    before = listener.feed.last
    assert before is not None
    listener.back(int(EVENTS[ENDS]["_recv"] * 1e6) - 500_000, *on_at(ENDS, BRIDGE))
    assert listener.feed.last is not None
    assert listener.feed.last.place == before.place + 1  # the gap alone
    listener.hear(EVENTS[ENDS:])
    outcome, _, wait_ms, talk_ms = counted(listener.picture)
    assert outcome == "answered"
    assert 1_900 < wait_ms < 2_100
    assert 7_900 < talk_ms < 8_100


def test_what_is_heard_before_the_lists_come_is_not_told_by_them_too(listener: Listener) -> None:
    at = int(EVENTS[0]["_recv"] * 1e6)
    heard = [Heard("pbx", int(e["_recv"] * 1e6), e) for e in EVENTS[:TALKS]]
    channels = tuple(on_at(ENDS, BRIDGE))
    last = heard[-1].at
    listener.take(Opened("pbx", at), *heard, Snapshot("pbx", last + 1000, (), channels, ()))
    listener.hear(EVENTS[ENDS:])
    _, _, wait_ms, talk_ms = counted(listener.picture)
    assert 1_900 < wait_ms < 2_100
    assert 7_900 < talk_ms < 8_100


def test_lists_that_are_older_than_what_was_heard_meanwhile_change_nothing(
    listener: Listener,
) -> None:
    listener.hear(EVENTS[: WAITS + 1])
    at = EVENTS[WAITS]["_recv"] * 1e6
    heard = [Heard("pbx", int(e["_recv"] * 1e6), e) for e in EVENTS[WAITS + 1 : TALKS]]
    old = tuple(on_at(WAITS + 1, ""))
    entry = {"Event": "QueueEntry", "Queue": "sales", "Uniqueid": old[0]["Uniqueid"], "Wait": "1"}
    snapshot = Snapshot("pbx", heard[-1].at + 1000, (entry,), old, ())
    board = listener.take(Opened("pbx", int(at)), *heard, snapshot)
    assert [call.stage for call in board.calls] == [Stage.TALKING]
    ends = [Heard("pbx", int(e["_recv"] * 1e6), e) for e in EVENTS[ENDS:]]
    snapshot = Snapshot("pbx", ends[-1].at + 1000, (), tuple(on_at(ENDS, BRIDGE)), ())
    board = listener.take(Opened("pbx", ends[0].at - 1), *ends, snapshot)
    assert board.calls == ()
    _, _, wait_ms, talk_ms = counted(listener.picture)
    assert 1_900 < wait_ms < 2_100
    assert 7_900 < talk_ms < 8_100


@pytest.mark.parametrize("first", [WAITS, TALKS, ENDS])
def test_of_a_call_whose_end_alone_was_heard_only_that_it_was_is_told(
    listener: Listener, first: int
) -> None:
    listener.hear(EVENTS[first:])
    assert counted(listener.picture) == ("unknown", "inbound", None, None)


def test_a_gap_says_how_long_it_was(listener: Listener) -> None:
    board = listener.hear(EVENTS[:WAITS])
    at = board.as_of + 40_000_000
    (gap,) = (json.loads(e.body) for e in listener.feed.entries([Opened("pbx", at)]))
    assert (gap["Event"], 39_900 < int(gap["AwayMs"]) < 40_100) == ("SourceGap", True)
