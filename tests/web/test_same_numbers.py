"""One question has one answer, whichever page, program or alert is asked."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from everycall.alerts import Situation
from everycall.alerts.measures import Scope, measure_of
from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking
from everycall.app.live.picturing import LivePicture
from everycall.clock import to_micros
from everycall.live.board import Board
from everycall.metrics.model import Cell
from everycall.records.models import Person, Promise, Team
from everycall.records.tokens import Token
from everycall.web.live.boxes import LEVEL as SERVICE
from everycall.web.live.boxes import METRICS
from everycall.web.live.hub import hub
from everycall.web.live.stream import view_of
from everycall.web.live.views import WALL, View, picture
from everycall.web.pages import site_reader
from everycall.web.views.my_day import mine
from everycall.web.work.situations import Arrivals, Measured, situation
from live.days import BERLIN, QUEUE_LOG, SHOP, lines_of, of_day, said, source
from reports.shop import shop_site
from web.conftest import browser
from web.test_live import LEVEL, board

OWED = 130
"""More than the page of callbacks lists."""


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr("everycall.web.live.hub.OWED_EVERY", 0.0)
    hub.board, hub.owed = board(), None
    yield hub.board
    hub.board, hub.owed = None, None


def owe(number: int) -> None:
    """Owe a call of one of three sorts: late by the clock, late in business time alone, not late."""
    now, late = timezone.now(), timedelta(minutes=-1)
    clock, business = ((late, None), (-late, late), (-late, -late))[number % 3]
    Promise.objects.create(
        caller=f"+4930231{number:05}", client="shop", reason="missed", made_at=now, missed_at=now,
        queue=("sales", "support", "")[number // 3 % 3], first_call=f"c{number}", due_pure=now,
        due_clock=now + clock, due_business=None if business is None else now + business,
    )  # fmt: skip


def listed(person: Person) -> tuple[int, int]:
    """Return what the page of callbacks says: how many are owed a call, and how many are overdue."""
    page = browser(person).get("/callbacks/").content.decode()
    found = re.search(r"(\d+) callers are owed a call, (\d+) of them overdue", page)
    assert found, page
    return int(found[1]), int(found[2])


def boxed(shown: dict[str, Any]) -> tuple[int, int]:
    return shown["boxes"]["owed"], shown["boxes"]["overdue"]


@pytest.mark.usefixtures("calls")
def test_who_is_owed_a_call_and_who_is_overdue(
    watched: Board, owner: Person, supervisor: Person
) -> None:
    for number in range(OWED):
        owe(number)
    supervisor.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    late = sum(number % 3 < 2 for number in range(OWED))
    _, key = Token.issue("board", ["live:read"], owner)
    asked = browser().get("/api/v1/live", headers={"authorization": f"Bearer {key}"})
    assert boxed(asked.json()) == listed(owner) == (OWED, late)
    now = replace(watched, as_of=to_micros(timezone.now()))
    seen = situation(now, None, Measured(site_reader()), Arrivals(), site_reader().settings())
    assert seen.overdue == late
    view = view_of(supervisor)
    assert view is not None
    assert boxed(picture(watched, view, hub.owed)) == listed(supervisor)
    assert listed(supervisor)[0] < OWED


def test_an_alert_watches_the_number_of_the_box() -> None:
    shown = board()
    day = replace(shown.days[0], outcomes={"self_served": 3, "dropped_in_talk": 2})
    level = {LEVEL: Cell(0.7, 7, 10)}
    queues = tuple(replace(one, entered=20, measures=level) for one in shown.queues)
    shown = replace(shown, days=(day,), queues=queues)
    boxes = picture(shown, View(queues=frozenset({"sales"})))["boxes"]
    seen = Situation(shown)
    assert measure_of("in_time").of(seen, Scope())["sales"] == boxes["service_level"] == 0.7
    not_answered = picture(shown, WALL)["boxes"]["not_answered"]
    assert measure_of("not_answered").of(seen, Scope())[""] == not_answered == 5


COUNTS = ("arrived", "answered", "missed", "abandoned", "dropped")


def test_a_day_without_a_call_is_zero_and_what_nobody_heard_is_not() -> None:
    day = date(2026, 10, 12)
    morning = to_micros(datetime(2026, 10, 13, 0, 0, 1, tzinfo=BERLIN))
    lines = of_day(said(lines_of(SHOP / "queue_log-20261019.gz")[:40], QUEUE_LOG, "log"), day)
    everybody, brand = WALL, View(clients=frozenset({"pebble-herb"}))
    with LivePicture(shop_site(), [source(QUEUE_LOG)], morning) as live:
        unheard = picture(live.board(morning), everybody)["boxes"]
        live.take(lines, morning)
        heard = live.board(morning)
    assert {unheard[name] for name in COUNTS} == {None}
    for view in (everybody, brand):
        boxes = picture(heard, view)["boxes"]
        assert {name: boxes[name] for name in COUNTS} == dict.fromkeys(COUNTS, 0)
        assert (boxes["asa"], boxes["lost"]) == (None, None)


def test_every_box_of_every_view_has_its_value_or_says_why_not() -> None:
    lines = of_day(
        said(lines_of(SHOP / "queue_log-20261026.gz"), QUEUE_LOG, "log"), date(2026, 10, 19)
    )
    queue, brand = frozenset({"sales"}), frozenset({"pebble-herb"})
    evening = to_micros(datetime(2026, 10, 19, 23, tzinfo=BERLIN))
    with LivePicture(shop_site(), [source(QUEUE_LOG)], evening) as live:
        live.take(lines, evening)
        board = live.board(evening)
    for view in (WALL, View(queues=queue), View(clients=brand), View(queues=queue, clients=brand)):
        shown = picture(board, view)
        named = (*METRICS, SERVICE)
        assert [n for n in named if shown["boxes"][n] is None and not shown["notes"].get(n)] == []
        if not view.is_narrow:
            assert shown["boxes"]["missed_rate"] > 0 < shown["boxes"]["talk_time"]


AHEAD = ZoneInfo("Asia/Kathmandu")


@pytest.mark.usefixtures("calls")
def test_my_day_counts_as_every_metric_of_a_person() -> None:
    names = ["answered", "missed", "conversation_time"]
    with Asking(site_reader().history, AHEAD) as asking:
        ((first, last),) = asking.rows("SELECT MIN(arrived_at), MAX(arrived_at) FROM counted")
        since, until = (datetime.fromtimestamp(at / 1e6, AHEAD) for at in (first - 1, last + 9e9))
        bounds = to_micros(since), to_micros(until)
        found = measure(asking, names, ["agent"], *bounds, settings=site_reader().settings())
        daily = list(measure(asking, ["arrived"], ["day", "agent"], *bounds).rows)
        people = {row.keys[0]: row.cells for row in found.rows if row.keys[0]}
        assert any(cells["missed"].value for cells in people.values())
        for name, cells in people.items():
            own = mine(asking, name, since, until)
            counted = [cells[metric].value or 0 for metric in names]
            assert [own.answered, own.passed, own.talk_ms or 0] == counted
            assert own.days == sum(row.keys[1] == name for row in daily)
