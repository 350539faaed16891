"""Somebody's own page: the team's goal before anything else, their own past beside it, no colleague."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from everycall.app.history.asking import Asking
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros
from everycall.history import History
from everycall.metrics.targets import SHIPPED
from everycall.records.models import Person
from everycall.web.goals import Goal, Goals
from everycall.web.reading import Reader, site_reader
from web.conftest import browser, person

SAMPLES = Path(__file__).parents[2] / "samples" / "shop"

pytestmark = pytest.mark.usefixtures("calls")


def an_agent() -> str:
    with site_reader().asking() as asking:
        found = "SELECT agent FROM attempts WHERE NOT agent IS NULL GROUP BY agent ORDER BY COUNT(*) DESC"
        return str(asking.rows(found)[0][0])


def test_the_goal_of_the_team_stands_first(supervisor: Person) -> None:
    page = browser(person("Amy", "agent", agent=an_agent())).get("/me/").content.decode()
    assert page.index("The team&#x27;s goal today".replace("&#x27;", "'")) < page.index("My own")
    assert "answered within a minute" in page
    assert "Calls answered today" in page


def test_a_goal_that_nobody_set_is_called_assumed(
    supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    amy = browser(person("Amy", "agent"))
    site = site_reader().settings()
    for targets, said in (({}, True), (SHIPPED, False)):
        settings = replace(site, targets=targets)
        monkeypatch.setattr(Reader, "settings", lambda _self, found=settings: found)
        assert ("(assumed)" in amy.get("/me/").content.decode()) is said


def test_nobody_else_is_named() -> None:
    mine = an_agent()
    with site_reader().asking() as asking:
        others = {a for (a,) in asking.rows("SELECT DISTINCT agent FROM attempts") if a} - {mine}
    page = browser(person("Amy", "agent", agent=mine)).get("/me/").content.decode()
    assert not [name for name in others if f">{name}<" in page]


def test_without_a_phone_it_says_what_is_missing() -> None:
    page = browser(person("Amy", "agent")).get("/me/").content.decode()
    assert "Nobody has said which phone is yours" in page


@pytest.mark.parametrize("role", ["viewer", "client"])
def test_it_is_for_those_who_answer_calls(role: str) -> None:
    assert browser(person("Vic", role)).get("/me/").status_code == 403


class CountingReader(Reader):
    """A reader that knows how often all calls were opened for measuring."""

    opened = 0

    @contextmanager
    def apart(self, *args: Any, **more: Any) -> Iterator[Asking]:
        CountingReader.opened += 1
        with super().apart(*args, **more) as asking:
            yield asking


def test_goals_are_measured_once_for_each_day_each_team_and_each_state_of_the_calls(
    tmp_path: Path,
) -> None:
    queue_log = sorted(SAMPLES.glob("queue_log-202610*.gz"))
    Importer(History(tmp_path), SiteFile()).take(queue_log[:1])
    reader, goals = CountingReader(tmp_path, "main"), Goals()
    with Asking(reader.history) as asking:
        last = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0]
        queue = asking.queues()[0]
    now = from_micros(last)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def asked(*queues: str, day: datetime = today) -> tuple[Goal, ...]:
        return goals.of(reader, queues, day, now)

    def opened(asks: Callable[[], object]) -> int:
        before = CountingReader.opened
        asks()
        return CountingReader.opened - before

    every = asked()
    assert any(one.cell is not None and one.cell.value is not None for one in every)
    assert opened(asked) == 0
    assert asked() == every
    assert opened(lambda: asked(queue)) == 1
    assert asked(queue) != every
    assert opened(lambda: asked(day=today - timedelta(days=1))) == 1
    Importer(History(tmp_path), SiteFile()).take(queue_log[1:2])
    assert opened(asked) == 1
    (tmp_path / "site.toml").write_text('definition = "nhs_30s"\n')
    assert opened(asked) == 1
