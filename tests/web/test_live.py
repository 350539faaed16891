"""The live picture: each viewer sees what is theirs, the slow lose old pictures, walls show no names."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from everycall.live.board import AgentNow, AgentState, Board, CallNow, DayNow, QueueNow, Stage
from everycall.records.models import Person, Team, Wall
from everycall.web.live.hub import ROOM, Hub, hub
from everycall.web.live.stream import view_of
from everycall.web.live.views import WALL, View, picture
from everycall.web.views.now import BOXES
from web.conftest import browser, person

AT = 1_793_610_000_000_000
SECOND = 1_000_000


def call(call_id: str, queue: str | None, since: int, **more: Any) -> CallNow:
    made = CallNow(
        call_id, "inbound", "+493023125001", "+493023125100", None, "shop", "2026-11-02",
        AT - since * SECOND, Stage.WAITING, AT - since * SECOND, queue=queue, position=1,
    )  # fmt: skip
    return replace(made, **more)


def queue(name: str, **more: Any) -> QueueNow:
    return QueueNow(name, 1, AT, 2, 1, 1, 0, 0, 0, **more)


def board(version: int = 1) -> Board:
    outcomes = {"answered": 20, "caller_left_in_queue": 3, "unknown": 1, "voicemail_left": 2}
    day = DayNow("2026-11-02", 26, 20, 25, 2, outcomes, 24, 240_000, 90_000, 20, 900_000, {})
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
            queue("sales", entered=10, answered=8, answered_in_time=7),
            queue("support", entered=15, answered=12, answered_in_time=5),
        ),
        (day,),
    )


def test_a_wall_shows_no_names_and_no_numbers() -> None:
    shown = picture(board(), WALL)
    text = json.dumps(shown)
    assert "Ann" not in text
    assert "+4930" not in text
    assert shown["boxes"]["waiting"] == 2
    assert shown["boxes"]["free"] == 1


def test_the_longest_wait_stands_first() -> None:
    assert [c["queue"] for c in picture(board(), WALL)["waiting"]] == ["support", "sales"]


def test_outcomes_add_up_to_what_arrived() -> None:
    shown = picture(board(), WALL)
    assert sum(part["calls"] for part in shown["outcomes"]) == shown["boxes"]["arrived"]
    assert shown["boxes"]["not_answered"] == 5


def test_a_team_sees_its_queues_and_no_totals_that_are_not_its_own() -> None:
    shown = picture(board(), View(names=True, numbers=True, queues=frozenset({"sales"})))
    assert [q["name"] for q in shown["queues"]] == ["sales"]
    assert [a["name"] for a in shown["agents"]] == ["Ann"]
    assert shown["boxes"]["waiting"] == 1
    assert (shown["boxes"]["entered"], shown["boxes"]["arrived"]) == (10, None)


def test_a_client_sees_only_calls_of_its_own_brand() -> None:
    shown = picture(board(), View(clients=frozenset({"other"})))
    assert shown["boxes"]["waiting"] == 0
    assert shown["queues"] == []
    assert shown["boxes"]["arrived"] is None


def test_what_is_unknown_of_people_is_null_not_zero() -> None:
    unknown = AgentNow("Ann", AgentState.UNKNOWN, None)
    shown = picture(replace(board(), agents=(unknown,)), WALL)
    assert shown["boxes"]["free"] is None


def test_the_slow_lose_old_pictures_and_keep_the_newest() -> None:
    async def run() -> list[int]:
        slow = Hub()
        slow.attach(asyncio.get_running_loop())
        async with slow.reading(WALL) as frames:
            for version in range(10):
                slow.publish(board(version))
            await asyncio.sleep(0)
            assert slow.readers == 1
            read = [frames.get_nowait() for _ in range(frames.qsize())]
        assert slow.readers == 0
        return [int(frame.split(b"id: ")[1].split(b"\n")[0]) for frame in read]

    assert asyncio.run(run()) == list(range(10))[-ROOM:]


def test_what_somebody_may_see_follows_the_role() -> None:
    amy = person("Amy", "agent")
    amy.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    assert view_of(amy) == View(numbers=True, queues=frozenset({"sales"}))
    assert view_of(person("Sam", "supervisor")) == View(names=True, numbers=True)
    assert view_of(person("Vic", "nobody")) is None


@pytest.fixture
def shown() -> Any:
    hub.board = board()
    yield
    hub.board = None


def test_the_page_has_its_numbers_before_any_script_runs(shown: None, supervisor: Person) -> None:
    page = browser(supervisor).get("/now/").content.decode()
    assert '<dd data-box="waiting">2</dd>' in page
    assert '<dd data-box="service_level">48.0 %</dd>' in page


def test_before_the_first_data_the_page_says_so(supervisor: Person) -> None:
    assert b"Waiting for the first data" in browser(supervisor).get("/now/").content


def test_a_screen_is_made_shown_without_login_and_taken_back(shown: None, owner: Person) -> None:
    client = browser(owner)
    given = {"name": "Kitchen", "queues": "", "boxes": ["waiting", "free"]}
    assert client.post("/setup/walls/", given).status_code == 302
    wall = Wall.objects.get()
    page = browser().get(f"/wall/{wall.secret}/")
    assert page.status_code == 200
    assert b"Ann" not in page.content
    client.post(f"/setup/walls/{wall.pk}/revoke/")
    assert browser().get(f"/wall/{wall.secret}/").status_code == 404


def test_a_screen_has_at_most_eight_boxes(owner: Person) -> None:
    given = {"name": "Hall", "queues": "", "boxes": [box.name for box in BOXES]}
    assert b"Eight boxes" in browser(owner).post("/setup/walls/", given).content
    assert not Wall.objects.exists()
