"""The live picture: each viewer sees what is theirs, the slow lose old pictures, walls show no names."""

import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from everycall.live.board import (
    AgentNow,
    AgentState,
    Board,
    CallNow,
    DayNow,
    HelpNow,
    Need,
    QueueNow,
    Stage,
    TargetNow,
    TrunkNow,
    UnheardNow,
)
from everycall.metrics.model import Cell
from everycall.records.models import Person, Team, Wall
from everycall.web.live.boxes import QUEUE_OF_BRAND, UNHEARD, Owed
from everycall.web.live.hub import STILL_HERE, Hub, hub
from everycall.web.live.stream import send_all, view_of
from everycall.web.live.views import WALL, View, picture
from everycall.web.stat_boxes import BOXES
from web.conftest import browser, person

AT = 1_793_610_000_000_000
SECOND = 1_000_000


def call(call_id: str, queue: str | None, since: int, **more: Any) -> CallNow:
    made = CallNow(
        call_id, "inbound", "+493023125001", "+493023125100", None, "shop", "2026-11-02",
        AT - since * SECOND, Stage.WAITING, AT - since * SECOND, queue=queue, position=1,
    )  # fmt: skip
    return replace(made, **more)


LEVEL = "service_level.sl2:60"


def counted(number: int) -> Cell:
    return Cell(number, number)


def queue(name: str, **more: Any) -> QueueNow:
    return QueueNow(name, 1, AT, 2, 1, 1, 0, 0, 0, **more)


def board(version: int = 1) -> Board:
    outcomes = {"answered": 20, "caller_left_in_queue": 3, "unknown": 1, "voicemail_left": 2}
    level = Cell(0.48, 12, 25)
    measures = {
        "arrived": counted(26),
        "not_answered": counted(5),
        "missed": counted(4),
        "lost": Cell(note="no source sees calls that never got in"),
        LEVEL: level,
    }
    target = TargetNow("answered within a minute", LEVEL, ">= 90 %", level, met=False)
    day = DayNow(
        "2026-11-02", 26, 20, 25, 2, outcomes, 24, 240_000, 90_000, 20, 900_000, measures,
        clients={"shop": {"arrived": counted(9)}}, targets=(target,),
    )  # fmt: skip
    return Board(
        AT,
        version,
        "2026-11-02",
        (call("a", "sales", 30), call("b", "support", 70), call("c", None, 5, position=None)),
        (
            AgentNow("Ann", AgentState.FREE, AT, queues=("sales",)),
            AgentNow(
                "Bob", AgentState.TALKING, AT, queues=("support",), with_caller="+493023125002"
            ),
        ),
        (
            queue("sales", measures={"arrived": counted(10), LEVEL: Cell(0.7, 7, 10)}),
            queue("support", measures={"arrived": counted(15), LEVEL: Cell(1 / 3, 5, 15)}),
        ),
        (day,),
        service_level=LEVEL,
        help=(HelpNow(Need.LONG_TALK, "Bob", "d", "support", AT - 1000 * SECOND),),
        trunks=(TrunkNow("carrier.example", AT, 60_000),),
    )


def test_a_wall_shows_no_names_and_no_numbers() -> None:
    shown = picture(board(), WALL)
    text = json.dumps(shown)
    assert "Ann" not in text
    assert "+4930" not in text
    assert shown["boxes"]["waiting"] == 2
    assert shown["boxes"]["free"] == 1


def test_a_phone_system_that_is_not_heard_is_told_to_everybody() -> None:
    away = replace(board(), unheard=(UnheardNow("office", AT), UnheardNow("south", None)))
    told = [{"name": "office", "since": AT // 1000}, {"name": "south", "since": None}]
    assert picture(away, WALL)["unheard"] == told
    assert picture(away, View(queues=frozenset({"sales"})))["unheard"] == told
    assert picture(board(), WALL)["unheard"] == []


def test_who_sees_no_names_is_not_told_that_nobody_is_there(owner: Person) -> None:
    for role, sees in (("viewer", False), ("agent", False), ("supervisor", True)):
        page = browser(person(role.title(), role)).get("/now/").content.decode()
        for part in ("agents", "help", "sound", "drops-phones"):
            assert (f'id="{part}"' in page) is sees


def test_the_longest_wait_stands_first() -> None:
    assert [c["queue"] for c in picture(board(), WALL)["waiting"]] == ["support", "sales"]


def test_outcomes_add_up_to_what_arrived() -> None:
    shown = picture(board(), WALL)
    assert sum(part["calls"] for part in shown["outcomes"]) == shown["boxes"]["arrived"]
    assert shown["boxes"]["not_answered"] == 5


def test_who_was_helped_stands_first_and_what_is_open_last() -> None:
    parts = [part["outcome"] for part in picture(board(), WALL)["outcomes"]]
    assert parts == ["answered", "voicemail_left", "caller_left_in_queue", "unknown"]


def test_a_team_sees_its_queues_and_no_totals_that_are_not_its_own() -> None:
    shown = picture(board(), View(names=True, numbers=True, queues=frozenset({"sales"})))
    assert [q["name"] for q in shown["queues"]] == ["sales"]
    assert [a["name"] for a in shown["agents"]] == ["Ann"]
    assert shown["boxes"]["waiting"] == 1
    assert (shown["boxes"]["arrived"], shown["boxes"]["service_level"]) == (10, 0.7)
    assert (shown["outcomes"], shown["targets"], shown["help"]) == ([], {}, [])


def test_a_colleague_on_a_call_of_another_queue_or_brand_is_shown_without_that_call() -> None:
    """They are in both queues, and so of this team; whom they talk with is not this team's to see."""
    ann = AgentNow(
        "Ann", AgentState.TALKING, AT, queues=("sales", "support"), with_caller="+493023125002",
        queue="support", call_id="d",
    )  # fmt: skip
    talks = call("d", "support", 60, agent="Ann", position=None, stage=Stage.TALKING)
    shown = replace(board(), agents=(ann,), calls=(talks,))

    def told(**bound: frozenset[str]) -> tuple[Any, ...]:
        (one,) = picture(shown, View(names=True, numbers=True, **bound))["agents"]
        assert (one["name"], one["state"]) == ("Ann", "talking")
        return one["with"], one["queue"], one["call"]

    whole = ("+493023125002", "support", "d")
    assert told() == told(queues=frozenset({"support"})) == whole
    assert told(clients=frozenset({"shop"})) == whole
    assert told(queues=frozenset({"sales"})) == (None, None, None)
    assert told(clients=frozenset({"other"})) == (None, None, None)


def test_several_queues_are_summed_up_and_not_averaged() -> None:
    shown = picture(board(), View(queues=frozenset({"sales", "support"})))
    assert (shown["boxes"]["arrived"], shown["boxes"]["service_level"]) == (25, 12 / 25)


def test_who_waits_again_or_is_important_is_marked() -> None:
    waits = replace(call("a", "sales", 30), calls_today=3, unhelped_today=2, important=True)
    (shown,) = picture(replace(board(), calls=(waits,)), WALL)["waiting"]
    assert (shown["again"], shown["unhelped"], shown["important"]) == (3, 2, True)


def test_what_is_owed_is_counted_within_what_somebody_may_see() -> None:
    owed = (Owed("shop", "sales", 3, 1), Owed("other", "", 2, 0))
    assert picture(board(), WALL, owed)["boxes"]["owed"] == 5
    assert picture(board(), View(clients=frozenset({"shop"})), owed)["boxes"]["overdue"] == 1
    assert picture(board(), WALL)["boxes"]["owed"] is None


def test_a_box_says_whether_its_target_is_met_and_why_it_has_no_value() -> None:
    shown = picture(board(), WALL)
    assert shown["targets"]["service_level"]["met"] is False
    assert shown["boxes"]["lost"] is None
    assert shown["notes"]["lost"].startswith("no source sees")
    assert set(shown["notes"].values()).isdisjoint({UNHEARD, QUEUE_OF_BRAND})
    narrow = View(queues=frozenset({"sales"}), clients=frozenset({"shop"}))
    assert picture(board(), narrow)["notes"]["arrived"] == QUEUE_OF_BRAND
    assert picture(replace(board(), days=()), View())["notes"]["arrived"] == UNHEARD


def test_names_of_staff_are_on_no_wall() -> None:
    shown = picture(board(), WALL)
    assert (shown["agents"], shown["help"], shown["sound"]) == ([], [], [])
    assert shown["lines"][0]["out_ms"] == 60_000


def test_a_client_sees_only_calls_of_its_own_brand() -> None:
    shown = picture(board(), View(clients=frozenset({"other"})))
    assert shown["boxes"]["waiting"] == 0
    assert shown["queues"] == []
    assert shown["boxes"]["arrived"] is None
    assert picture(board(), View(clients=frozenset({"shop"})))["boxes"]["arrived"] == 9


def test_what_is_unknown_of_people_is_null_not_zero() -> None:
    unknown = AgentNow("Ann", AgentState.UNKNOWN, None)
    shown = picture(replace(board(), agents=(unknown,)), WALL)
    assert shown["boxes"]["free"] is None


def version_of(frame: bytes) -> int:
    return int(frame.split(b"id: ")[1].split(b"\n")[0])


async def some_turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_the_slow_lose_old_pictures_and_keep_the_newest() -> None:
    async def run() -> list[int]:
        slow, seen = Hub(), []
        slow.attach(asyncio.get_running_loop())
        async with slow.reading(WALL) as reader:
            for version in range(10):
                slow.publish(board(version))
                await some_turns()
            assert slow.readers == 1
            seen.append(version_of(await reader.take()))
            slow.publish(board(10))
            seen.append(version_of(await reader.take()))
        assert slow.readers == 0
        return seen

    assert asyncio.run(run()) == [9, 10]


def test_a_reader_who_takes_nothing_holds_nobody_up() -> None:
    async def run() -> None:
        many = Hub()
        many.attach(asyncio.get_running_loop())
        stuck, quick = Reached(stuck=True), Reached()
        screens = [asyncio.create_task(quick.look(many)) for _ in range(20)]
        screens.append(asyncio.create_task(stuck.look(many)))
        await some_turns()
        for version in range(5):
            many.publish(board(version))
            await some_turns()
        assert quick.versions == [v for v in range(5) for _ in range(20)]
        assert stuck.versions == [0]
        stuck.free.set()
        await some_turns()
        assert stuck.versions == [0, 4]
        for screen in screens:
            screen.cancel()
        await asyncio.gather(*screens, return_exceptions=True)
        assert many.readers == 0

    asyncio.run(run())


class Reached:
    """Screens that say what came; one that is stuck takes the first thing and no more."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.versions: list[int] = []
        self.free = asyncio.Event()
        if not stuck:
            self.free.set()

    async def look(self, hub: Hub) -> None:
        async def send(message: dict[str, Any]) -> None:
            self.versions.append(version_of(message["body"]))
            await self.free.wait()

        async with hub.reading(WALL) as reader:
            await send_all(reader, send)


def test_all_who_may_see_the_same_are_shown_what_was_drawn_once() -> None:
    class Counted:
        drawn = 0

        def frame(self, shown: Board, _owed: object) -> bytes:
            self.drawn += 1
            return b"id: %d\n" % shown.version

    async def run() -> None:
        few, sight = Hub(), Counted()
        few.attach(asyncio.get_running_loop())
        few.publish(board(1))
        async with few.reading(sight) as one, few.reading(sight) as other:
            assert (await one.take(), await other.take()) == (b"id: 1\n", b"id: 1\n")
            few.publish(board(2))
            assert await one.take() is await other.take()
        assert sight.drawn == 2

    asyncio.run(run())


def test_what_cannot_be_drawn_is_nobody_elses_trouble(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        def frame(self, shown: Board, _owed: object) -> bytes:
            raise ZeroDivisionError

    async def run() -> int:
        few = Hub()
        few.attach(asyncio.get_running_loop())
        async with few.reading(Broken()), few.reading(WALL) as reader:
            few.publish(board(3))
            return version_of(await reader.take())

    assert asyncio.run(asyncio.wait_for(run(), 10)) == 3
    assert "could not be drawn" in caplog.text


def test_in_silence_a_sign_of_life_comes_and_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycall.web.live.hub.HEARTBEAT", 0.04)

    async def run() -> list[bytes]:
        quiet = Hub()
        quiet.attach(asyncio.get_running_loop())
        quiet.publish(board(1))
        async with quiet.reading(WALL) as reader:
            return [await reader.take() for _ in range(3)]

    first, *others = asyncio.run(asyncio.wait_for(run(), 10))
    assert version_of(first) == 1
    assert others == [STILL_HERE, STILL_HERE]


def test_what_somebody_may_see_follows_the_role() -> None:
    amy = person("Amy", "agent")
    amy.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    assert view_of(amy) == View(numbers=True, queues=frozenset({"sales"}))
    assert view_of(person("Sam", "supervisor")) == View(names=True, numbers=True)
    assert view_of(person("Vic", "nobody")) is None
    bea = person("Bea", "supervisor", clients=["shop"])
    assert view_of(bea) == View(numbers=True, clients=frozenset({"shop"}))


@pytest.fixture
def shown() -> Any:
    hub.board = board()
    yield
    hub.board = None


def test_the_page_has_its_numbers_before_any_script_runs(shown: None, supervisor: Person) -> None:
    page = browser(supervisor).get("/now/").content.decode()
    assert '<dd data-box="waiting" data-unit="count">2</dd>' in page
    assert '<dd data-box="service_level" data-unit="share">48%</dd>' in page
    assert "broken: at least 90%" in page


def test_a_page_has_no_list_that_must_stay_empty_for_whoever_looks(shown: None) -> None:
    kim = person("Kim", "client", clients=["shop"])
    seen = {
        who.name: re.findall(r'id="h-(\w+)"', browser(who).get("/now/").content.decode())
        for who in (person("Amy", "agent", agent="Amy"), person("Vic", "viewer"), kim)
    }
    house = ["queues", "outcomes", "drops", "trunks", "hours", "lines"]
    assert seen == {
        "Amy": ["waiting", "help", *house],
        "Vic": ["waiting", *house],
        "Kim": ["waiting"],
    }


def test_before_the_first_data_the_page_says_so(supervisor: Person) -> None:
    assert b"Waiting for the first data" in browser(supervisor).get("/now/").content


def test_a_screen_is_made_shown_without_login_and_taken_back(shown: None, owner: Person) -> None:
    client = browser(owner)
    given = {"name": "Kitchen", "queues": "", "box1": "free", "box2": "waiting", "flash": "on"}
    assert client.post("/setup/walls/", given).status_code == 302
    wall = Wall.objects.get()
    page = browser().get(f"/wall/{wall.secret}/")
    assert page.status_code == 200
    assert b"Ann" not in page.content
    shown_boxes = re.findall(r'data-box="(\w+)"', page.content.decode())
    assert shown_boxes == ["free", "waiting"]
    assert b'data-flash="1"' in page.content
    assert b'data-sound="0"' in page.content
    client.post(f"/setup/walls/{wall.pk}/revoke/")
    assert browser().get(f"/wall/{wall.secret}/").status_code == 404


def test_boxes_stand_where_the_team_puts_them_and_none_twice(owner: Person) -> None:
    given = {"name": "Hall", "queues": "", "box1": "lost", "box3": "waiting", "box8": "lost"}
    assert browser(owner).post("/setup/walls/", given).status_code == 302
    assert Wall.objects.get().boxes == ["lost", "waiting"]
    nothing = browser(owner).post("/setup/walls/", {"name": "Door"})
    assert b"Choose at least one box" in nothing.content
    assert not Wall.objects.get().sound


def test_a_screen_arranged_before_keeps_its_boxes(shown: None) -> None:
    wall = Wall.objects.create(name="Old", boxes=["wait_ms", "voicemail", "gone"])
    page = browser().get(f"/wall/{wall.secret}/").content.decode()
    assert re.findall(r'data-box="(\w+)"', page) == ["average_wait", "voicemails"]


def test_every_box_is_a_thing_that_the_picture_has() -> None:
    boxes = picture(board(), WALL)["boxes"]
    assert {box.name for box in BOXES} <= set(boxes)


def test_a_target_of_opening_hours_says_what_it_is_held_against(
    shown: None, supervisor: Person
) -> None:
    found = board()
    assert found.day is not None
    open_only = {"cell": Cell(0.93, 14, 15), "met": True, "where": {"open": ("true",)}}
    target = replace(found.day.targets[0], **open_only)
    hub.board = replace(found, days=(replace(found.day, targets=(target,)),))
    page = browser(supervisor).get("/now/").content.decode()
    assert '<dd data-box="service_level" data-unit="share">48%</dd>' in page
    assert "met: at least 90% (assumed), in opening hours: 93%" in page
    assert '"open": 0.93' in page


def test_a_target_that_nobody_has_set_is_called_assumed(shown: None, supervisor: Person) -> None:
    who = browser(supervisor)
    assert "broken: at least 90% (assumed)" in who.get("/now/").content.decode()
    site = Path(settings.DATA) / "site.toml"
    site.write_text('[targets]\n"in time" = { metric = "asa", limit = "20 s" }\n', encoding="utf-8")
    try:
        page = who.get("/now/").content.decode()
    finally:
        site.unlink()
    assert "broken: at least 90%" in page
    assert "(assumed)" not in page
