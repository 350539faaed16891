"""Two phone systems whose phones, people, queues and calls have the same names are two, live and in history.

The second one says, word for word, what the first one says: every name and every id collides.
"""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.ingesting import AmiFeed, LogFeed, line_of
from everycall.app.live.picturing import LivePicture
from everycall.app.site.sitefile import SiteFile
from everycall.events.origins import HERE, Origin, mark_of
from everycall.history import History
from everycall.history.journal import Journal
from everycall.history.journal_segments import Entry
from everycall.live.board import AgentState, Board
from everycall.settings import read_table
from everycall.sources.marking import marked_line, plain_line
from everycall.wire.ami_link import Heard, Opened, Snapshot
from everycall.wire.log_follower import Line
from live.days import AMI, QUEUE_LOG, batches, source
from live.test_same_as_history import (
    SITE,
    UTC,
    bounds,
    disagreeing,
    imported,
    recorded_day,
    recording,
)

SOUTH = Origin("south")
APART = Origin("south", own_queues=True)

FILES = {QUEUE_LOG: "queue_log", AMI: "ami.jsonl"}
RECORDED = {QUEUE_LOG: "queue_log", AMI: "ami.jsonl.gz"}


def of_south(entries: Iterable[Entry], origin: Origin = SOUTH) -> list[Entry]:
    """Return records as the connection of another phone system writes them down."""
    return [replace(one, feed=f"south-{one.feed}", body=_body(one, origin)) for one in entries]


def _body(entry: Entry, origin: Origin) -> str:
    if entry.source == QUEUE_LOG:
        return marked_line(entry.body, origin)
    own = {"_own_queues": True} if origin.own_queues else {}
    return json.dumps({**json.loads(entry.body), "_of": origin.mark, **own})


@pytest.mark.parametrize(
    ("logs", "size", "origin"),
    [((AMI,), 2400, APART), ((AMI, QUEUE_LOG), 2400, SOUTH), ((QUEUE_LOG,), 60, SOUTH)],
    ids=["ami, own queues", "ami and queue_log", "queue_log"],
)
def test_what_both_say_alike_is_counted_twice_live_and_in_history(
    origin: Origin, logs: tuple[str, ...], size: int, tmp_path: Path
) -> None:
    north = {log: recording(RECORDED[log], log, log) for log in logs}
    both = {log: [*said, *of_south(said, origin)] for log, said in north.items()}
    day = recorded_day(recording("queue_log", QUEUE_LOG, QUEUE_LOG))
    alone = imported(tmp_path / "alone", _files(north), SITE)
    history = imported(tmp_path / "both", _files(both), SITE)
    one, two = outcomes(alone), outcomes(history)
    assert two == Counter({key: 2 * count for key, count in one.items()})

    chance = random.Random(size)
    cut = [batch for log in logs for batch in batches(both[log], size, chance)]
    chance.shuffle(cut)
    end = bounds(day, UTC)[1] - 1
    with (
        Journal(tmp_path / "journal") as journal,
        LivePicture(SITE, [source(log) for log in logs], end) as picture,
    ):
        for batch in [*cut, *cut[:2]]:
            picture.take(journal.append(batch).fresh, end)
        assert disagreeing(picture, history, SITE, day) == []
        board = picture.board(end)
    assert_each_has_a_double(board, origin)


def _files(said: dict[str, list[Entry]]) -> dict[str, list[str]]:
    return {FILES[log]: [entry.body for entry in entries] for log, entries in said.items()}


def outcomes(history: History) -> Counter[tuple[str, str, str]]:
    with Asking(history) as asking:
        calls = list(asking.calls(Filter(), evidence=False))
    return Counter((c["direction"], c["outcome"], c["caller"] or "") for c in calls)


def assert_each_has_a_double(board: Board, origin: Origin) -> None:
    people = {agent.name: agent for agent in board.agents}
    north = {name for name in people if not mark_of(name)}
    assert len(north) > 3
    assert {name for name in people if mark_of(name)} == {f"south~{name}" for name in north}
    for name in north:
        mine, theirs = people[name], people[f"south~{name}"]
        assert (mine.rings, mine.answered, mine.talk_ms) == (
            *(theirs.rings, theirs.answered),
            theirs.talk_ms,
        )
        assert [f"south~{phone}" for phone in mine.phones] == list(theirs.phones)
    marks = {mark_of(queue.name) for queue in board.queues}
    assert marks == ({"", "south"} if origin.own_queues else {""})


# ---- people and phones


AT = 1_795_000_000_000_000


def member(name: str = "Ann", paused: str = "0", **more: str) -> dict[str, str]:
    return {
        "Event": "QueueMemberStatus",
        "Timestamp": f"{AT / 1e6:.6f}",
        "Queue": "sales",
        "MemberName": name,
        "Interface": "PJSIP/101",
        "StateInterface": "PJSIP/101",
        "Status": "1",
        "Paused": paused,
        **more,
    }


def contact(status: str) -> dict[str, str]:
    stamp = f"{AT / 1e6 + 1:.6f}"
    return {
        "Event": "ContactStatus",
        "Timestamp": stamp,
        "ContactStatus": status,
        "EndpointName": "101",
    }


class Nothing:
    """Knows of no call, or of those that it is told."""

    def __init__(self, *calls: str) -> None:
        self.calls = frozenset(calls)

    def open_calls(self, feed: str, before: int) -> frozenset[str]:
        return self.calls

    def said(self, feed: str, call: str) -> list[dict[str, str]]:
        channel = call.rpartition("~")[2]
        return [{"act": "born", "channel": channel}] if call in self.calls else []


def feed(name: str, origin: Origin = HERE, *calls: str) -> AmiFeed:
    return AmiFeed(name, Nothing(*calls), None, origin)


def heard(one: AmiFeed, *said: dict[str, str]) -> list[Entry]:
    return list(one.entries([Heard(one.feed, AT, fields) for fields in said]))


def pictured(entries: Sequence[Entry], site: SiteFile = SITE) -> Board:
    with LivePicture(site, [source(AMI)], AT) as picture:
        picture.take(entries, AT)
        return picture.board(AT + 2_000_000)


def states(board: Board) -> dict[str, AgentState]:
    return {agent.name: agent.state for agent in board.agents}


def test_a_pause_and_a_dead_phone_there_leave_the_namesakes_here_free() -> None:
    north, south = feed("north"), feed("south", SOUTH)
    start = [*heard(north, member()), *heard(south, member())]
    board = pictured([*start, *heard(south, member(paused="1"))])
    assert states(board) == {"Ann": AgentState.FREE, "south~Ann": AgentState.PAUSED}
    phones = {agent.name: agent.phones for agent in board.agents}
    assert phones == {"Ann": ("PJSIP/101",), "south~Ann": ("south~PJSIP/101",)}
    start = [*heard(north, member()), *heard(south, member())]
    board = pictured([*start, *heard(south, contact("Unreachable"))])
    assert states(board) == {"Ann": AgentState.FREE, "south~Ann": AgentState.UNREACHABLE}


def test_one_person_at_two_phones_is_one_where_set_up_says_so() -> None:
    site = replace(SITE, agents={"PJSIP/101": "Ann", "south~PJSIP/101": "Ann", "south~Ann": "Ann"})
    north, south = feed("north"), feed("south", SOUTH)
    board = pictured([*heard(north, member()), *heard(south, member())], site)
    assert [agent.name for agent in board.agents] == ["Ann"]
    assert set(board.agents[0].phones) == {"PJSIP/101", "south~PJSIP/101"}
    assert board.agents[0].queues == ("sales",)


def test_who_comes_back_tells_its_own_people_anew_and_no_others() -> None:
    north, south = feed("north"), feed("south", SOUTH)
    said = [*heard(north, member()), *heard(south, member())]
    told = list(south.entries([Opened("south", AT + 1_000_000)]))
    board = pictured([*said, *told])
    queues = {agent.name: agent.queues for agent in board.agents}
    assert queues["Ann"] == ("sales",)
    assert queues.get("south~Ann", ()) == ()


# ---- what ends


def ringing(linked: str) -> dict[str, str]:
    return {
        "Event": "Newchannel",
        "Timestamp": f"{AT / 1e6 - 30:.6f}",
        "Channel": "PJSIP/trunk-00000001",
        "ChannelStateDesc": "Up",
        "CallerIDNum": "+441632960101",
        "Exten": "5001",
        "Context": "from-trunk",
        "Uniqueid": linked,
        "Linkedid": linked,
    }


def joined(linked: str) -> dict[str, str]:
    stamp = f"{AT / 1e6 - 20:.6f}"
    return {
        **ringing(linked),
        "Event": "QueueCallerJoin",
        "Timestamp": stamp,
        "Queue": "sales",
        "Position": "1",
    }


CALL = "1794999970.7"


@pytest.mark.parametrize("which", ["north", "south"])
def test_a_restart_ends_the_calls_of_its_own_phone_system_alone(which: str, tmp_path: Path) -> None:
    feeds = {"north": feed("north"), "south": feed("south", SOUTH)}
    said = [e for one in feeds.values() for e in heard(one, ringing(CALL), joined(CALL))]
    boot = {"Event": "FullyBooted", "Timestamp": f"{AT / 1e6:.6f}", "Uptime": "2"}
    said += heard(feeds[which], boot)
    board = pictured(said)
    left = {"north": f"south~{CALL}", "south": CALL}[which]
    assert [call.call_id for call in board.waiting()] == [left]
    history = imported(tmp_path / "day", {"ami.jsonl": [e.body for e in said]}, SITE)
    with Asking(history) as asking:
        found = {c["call_id"]: c["outcome"] for c in asking.calls(Filter(), evidence=False)}
    assert found.pop(left) == "pending"
    assert list(found.values()) == ["failed_waiting"]


@pytest.mark.parametrize("which", ["north", "south"])
def test_a_restart_in_the_queue_logs_ends_its_own_calls_alone(which: str, tmp_path: Path) -> None:
    origin = {"north": HERE, "south": SOUTH}
    enters = f"1794999980|{CALL}|sales|NONE|ENTERQUEUE||+441632960101|1"
    lines = [marked_line(enters, one) for one in (HERE, SOUTH)]
    restart = "1795000000|NONE|NONE|NONE|QUEUESTART|"
    lines.append(marked_line(restart, origin[which]))
    history = imported(tmp_path / "day", {"queue_log": lines}, SITE)
    with Asking(history) as asking:
        found = {c["call_id"]: c["outcome"] for c in asking.calls(Filter(), evidence=False)}
    left = {"north": f"south~{CALL}", "south": CALL}[which]
    assert found.pop(left) == "pending"
    assert list(found.values()) != ["pending"]


def test_what_ended_unheard_there_is_no_end_of_the_call_here_that_has_the_same_id() -> None:
    south = feed("south", SOUTH, f"south~{CALL}")
    told = list(south.entries([Snapshot("south", AT, (), (), ())]))
    gone = [json.loads(one.body) for one in told]
    assert [(one["Event"], one["Linkedid"], one["_of"]) for one in gone] == [
        ("CallGone", CALL, "south")
    ]
    channel = {**ringing(CALL), "ChannelStateDesc": "Up"}
    assert list(south.entries([Snapshot("south", AT, (), (channel,), ())])) == []


# ---- any ids, any names


IDS = st.builds(
    lambda at, n: f"{at}.{n}", st.integers(1_794_999_900, 1_794_999_905), st.integers(0, 3)
)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="|\n\r"), max_size=12)


@settings(max_examples=6)
@given(st.lists(st.tuples(st.booleans(), IDS), min_size=1, max_size=8))
def test_ids_that_collide_are_the_calls_of_both(calls: list[tuple[bool, str]]) -> None:
    feeds = {False: feed("north"), True: feed("south", SOUTH)}
    said = [e for there, one in calls for e in heard(feeds[there], ringing(one), joined(one))]
    with LivePicture(SITE, [source(AMI)], AT) as picture:
        picture.take(said, AT)
        found = {call.call_id for call in picture.board(AT).waiting()}
    assert found == {f"south~{one}" if there else one for there, one in calls}


@given(st.lists(NAMES, max_size=9), st.sampled_from([HERE, SOUTH, APART]))
def test_a_marked_line_is_read_back_as_it_stood(fields: list[str], origin: Origin) -> None:
    line = "|".join(fields)
    assert plain_line(marked_line(line, origin), origin) == line


@given(NAMES)
def test_a_name_is_its_own_phone_systems_alone(name: str) -> None:
    marked = SOUTH.named(name)
    assert SOUTH.plain(marked) == name
    if name and not mark_of(name):
        assert SOUTH.has(marked)
        assert not HERE.has(marked)
        assert HERE.has(name)


def test_a_log_that_is_followed_goes_on_where_it_stopped() -> None:
    text = "1795000000|1794999990.3|sales|Ann|CONNECT|5|1794999995.4|2"
    one = LogFeed("south-log", QUEUE_LOG, origin=APART)
    entry = next(iter(one.entries([Line(0, 0, len(text) + 1, text)], AT)))
    assert entry.body == (
        "1795000000|south~1794999990.3|south~sales|south~Ann|CONNECT|5|south~1794999995.4|2"
    )
    found = line_of(entry, APART)
    assert found is not None
    assert found.text == text


def test_a_site_with_one_phone_system_is_told_as_before() -> None:
    entry = heard(feed("office"), member())[0]
    assert "_of" not in json.loads(entry.body)
    assert marked_line("1795000000|1.2|sales|Ann|CONNECT|5|1.3|2", HERE).startswith(
        "1795000000|1.2|"
    )


def test_the_site_file_maps_the_marked_name() -> None:
    site = read_table(SiteFile, {"zone": "UTC", "agents": {"south~Ann": "Ben"}})
    board = pictured(heard(feed("south", SOUTH), member()), site)
    assert [agent.name for agent in board.agents] == ["Ben"]
