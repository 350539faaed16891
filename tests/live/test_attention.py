"""What asks for attention: who waits again, who needs help, lines that are out, phones gone silent."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from everycall.app.live.picturing import LivePicture, helps_of
from everycall.app.site.sitefile import SiteFile
from everycall.errors import BadSettingsError
from everycall.events import Kind
from everycall.live.board import AgentState, Board, Need
from everycall.live.lines import Lines, Remark
from everycall.live.needs import HelpSettings
from everycall.settings import read_table
from live.days import AMI, QUEUE_LOG, said, source

SECOND = 1_000_000
NOON = 1_795_262_400
"""Noon of 21 November 2026, UTC."""
SITE = read_table(SiteFile, {"zone": "UTC", "region": "DE", "important": ["030 231250 09"]})


class Told:
    """A picture that is told lines of queue_log."""

    def __init__(self, site: SiteFile = SITE) -> None:
        self.picture = LivePicture(site, [source(QUEUE_LOG)], NOON * SECOND)
        self._lines: list[str] = []

    def tell(self, second: int, *lines: str) -> Board:
        known = len(self._lines)
        self._lines += [f"{NOON + second}|{line}" for line in lines]
        as_of = (NOON + second) * SECOND
        self.picture.take(said(self._lines, QUEUE_LOG, "queue_log")[known:], as_of)
        return self.picture.board(as_of)


@pytest.fixture
def told() -> Iterator[Told]:
    one = Told()
    yield one
    one.picture.close()


def enters(number: int, caller: str) -> str:
    return f"{NOON}.{number}|sales|NONE|ENTERQUEUE||{caller}|1"


def gives_up(number: int) -> str:
    return f"{NOON}.{number}|sales|NONE|ABANDON|1|1|9"


def test_who_waits_again_is_marked_with_how_often_and_how_often_in_vain(told: Told) -> None:
    (first,) = told.tell(0, enters(1, "+493023125001")).waiting()
    assert (first.calls_today, first.unhelped_today, first.important) == (1, 0, False)
    told.tell(9, gives_up(1))
    told.tell(200, enters(2, "+493023125001"))
    told.tell(209, gives_up(2))
    board = told.tell(300, enters(3, "+493023125001"), enters(4, "+493023125009"))
    again, important = board.waiting()
    assert (again.calls_today, again.unhelped_today) == (3, 2)
    assert (important.calls_today, important.important) == (1, True)
    assert told.tell(301, enters(5, "anonymous")).waiting()[-1].calls_today is None


def test_a_talk_that_goes_on_for_long_and_who_asked_need_help(told: Told) -> None:
    told.tell(0, enters(1, "+493023125001"))
    told.tell(5, f"{NOON}.1|sales|Ann|CONNECT|5|{NOON}.2|3")
    assert told.tell(600).help == ()
    told.picture.helps.set("Ann", (NOON + 700) * SECOND)
    assert [one.need for one in told.tell(701).help] == [Need.ASKED]
    found = told.tell(5 + 15 * 60).help
    assert [(one.need, one.agent, one.queue) for one in found] == [
        (Need.ASKED, "Ann", "sales"),
        (Need.LONG_TALK, "Ann", "sales"),
    ]
    told.picture.helps.set("Ann", None)
    assert told.tell(1000, f"{NOON}.1|sales|Ann|COMPLETECALLER|5|995|1").help == ()


def test_a_team_says_for_itself_from_when_on_its_people_need_help() -> None:
    said: dict[str, Any] = {
        "help": {"long_talk": "10 min"},
        "teams": {"sales": {"queues": ["sales"]}},
    }
    limits = helps_of(read_table(SiteFile, said))
    assert limits.limits("sales") == HelpSettings(timedelta(minutes=10), 3)
    said["teams"]["sales"]["help"] = {"many_holds": 1}
    limits = helps_of(read_table(SiteFile, said))
    assert limits.limits("sales") == HelpSettings(timedelta(minutes=10), 1)
    assert limits.limits("support") == limits.limits(None) == HelpSettings(timedelta(minutes=10), 3)


def test_the_limits_of_a_team_hold_for_its_queues_alone() -> None:
    said = {
        "zone": "UTC",
        "teams": {"sales": {"queues": ["sales"], "help": {"long_talk": "1 min"}}},
    }
    one = Told(read_table(SiteFile, said))
    try:
        one.tell(0, enters(1, "+493023125001"), f"{NOON}.2|support|NONE|ENTERQUEUE||1234567|1")
        one.tell(5, f"{NOON}.1|sales|Ann|CONNECT|5|{NOON}.3|3")
        one.tell(5, f"{NOON}.2|support|Bob|CONNECT|5|{NOON}.4|3")
        assert one.tell(64).help == ()
        assert [(found.need, found.agent) for found in one.tell(66).help] == [
            (Need.LONG_TALK, "Ann")
        ]
    finally:
        one.picture.close()


@pytest.mark.parametrize("wrong", [{"long_talk": "0 s"}, {"many_holds": 0}])
def test_limits_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadSettingsError, match="has to be"):
        read_table(SiteFile, {"help": wrong})


def test_three_rings_in_a_row_that_nobody_took_are_counted(told: Told) -> None:
    told.tell(0, enters(1, "+493023125001"))
    for n in range(3):
        board = told.tell(20 * (n + 1), f"{NOON}.1|sales|Ann|RINGNOANSWER|15000")
    assert board.agents[0].no_answers == 3
    board = told.tell(80, f"{NOON}.1|sales|Ann|CONNECT|80|{NOON}.2|3")
    assert board.agents[0].no_answers == 0


def test_rings_of_a_phone_that_is_not_there_are_in_vain_too(told: Told) -> None:
    told.tell(0, enters(1, "+493023125001"))
    for n in range(3):
        # a ring of no time at all is that of a phone that could not be reached
        board = told.tell(20 * (n + 1), f"{NOON}.1|sales|Ann|RINGNOANSWER|0")
    assert board.agents[0].no_answers == 3


def remark(kind: Kind, second: int, name: str, text: str = "") -> Remark:
    is_line = kind is not Kind.TALK_QUALITY
    return Remark(kind, second * SECOND, name if is_line else None, None if is_line else name, text)


def test_an_outage_is_measured_by_the_day_and_goes_on_over_midnight() -> None:
    lines = Lines()
    lines.take([
        remark(Kind.TRUNK_LOST, 10, "carrier"), remark(Kind.TRUNK_LOST, 12, "carrier"),
        remark(Kind.TRUNK_BACK, 70, "carrier"), remark(Kind.TRUNK_LOST, 100, "carrier"),
    ])  # fmt: skip
    (out,) = lines.trunks(130 * SECOND)
    assert (out.lost_since, out.out_ms) == (100 * SECOND, 90_000)
    lines.begin(120 * SECOND)
    (out,) = lines.trunks(130 * SECOND)
    assert out.out_ms == 10_000
    lines.take([remark(Kind.TRUNK_BACK, 140, "carrier")])
    assert [(one.lost_since, one.out_ms) for one in lines.trunks(999 * SECOND)] == [(None, 20_000)]


def test_how_a_phone_sounds_is_kept_at_its_worst() -> None:
    lines = Lines()
    told = ("loss=0.001 jitter=4", "loss=0.05 jitter=12", "nothing said")
    remarks = [
        remark(Kind.TALK_QUALITY, second, "PJSIP/1001", text)
        for second, text in enumerate(told, start=1)
    ]
    lines.take(remarks)
    lines.take(remarks)  # a call that goes on is told again from its beginning
    (found,) = lines.quality()
    assert (found.reports, found.bad, found.loss, found.jitter_ms) == (2, 1, 0.05, 12.0)


def manager(second: int, **fields: str) -> str:
    return json.dumps({"_recv": NOON + second, "Timestamp": f"{NOON + second}.0", **fields})


def test_a_phone_that_goes_silent_and_a_line_that_is_lost_are_seen_with_the_next_picture() -> None:
    joined = {"Event": "QueueMemberAdded", "Queue": "sales", "MemberName": "Ann"}
    member = {**joined, "Interface": "PJSIP/1001", "StateInterface": "PJSIP/1001"}
    contact = {"Event": "ContactStatus", "EndpointName": "1001", "AOR": "1001"}
    lost = {"Event": "Registry", "Domain": "carrier.example", "Status": "Rejected"}
    lines = [
        manager(0, **member, Status="1", Paused="0"),
        manager(5, **contact, ContactStatus="Unreachable"),
        manager(6, **lost),
    ]
    with LivePicture(SITE, [source(AMI)], NOON * SECOND) as picture:
        picture.take(said(lines, AMI, "pbx"), (NOON + 7) * SECOND)
        board = picture.board((NOON + 66) * SECOND)
    (ann,) = board.agents
    assert (ann.name, ann.state, ann.since) == ("Ann", AgentState.UNREACHABLE, (NOON + 5) * SECOND)
    (line,) = board.trunks
    assert (line.name, line.out_ms) == ("carrier.example", 60_000)
