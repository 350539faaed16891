"""Each number of Now leads to the calls behind it, and to as many."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from everycall.app.answers.measuring import measure
from everycall.app.history.asking import Asking, day_bounds
from everycall.records.models import Person, Team
from everycall.web.live.hub import hub
from everycall.web.reading import site_reader
from everycall.web.stat_boxes import BOXES
from web.conftest import browser, person
from web.test_behind import listed
from web.test_live import board

pytestmark = pytest.mark.usefixtures("calls")

OPEN = [box for box in BOXES if box.calls]
_BUSIEST = """
SELECT CAST(make_timestamp(arrived_at) AS DATE) FROM counted GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1
"""


@pytest.fixture
def today() -> Iterator[date]:
    """Let the picture be of the day with most of the recorded calls."""
    with site_reader().asking() as asking:
        found: date = asking.rows(_BUSIEST)[0][0]
    shown = board()
    hub.board = replace(shown, today=str(found), days=(replace(shown.days[0], day=str(found)),))
    yield found
    hub.board = None


def of_day(today: date, names: list[str]) -> dict[str, Any]:
    with Asking(site_reader().history) as asking:
        since, until = day_bounds(today, today, asking.zone)
        settings = site_reader().settings()
        (row,) = measure(asking, names, [], since, until, settings=settings).rows
    return {name: cell.value for name, cell in row.cells.items()}


def test_each_box_of_the_day_leads_to_as_many_calls(today: date, supervisor: Person) -> None:
    client = browser(supervisor)
    page = client.get("/now/").content.decode()
    counted = of_day(today, [box.name for box in OPEN])
    for box in OPEN:
        address = f"/now/calls/?{box.opens}"
        shown = re.search(f'<a href="{re.escape(address.replace("&", "&amp;"))}">', page)
        assert shown or box.name not in ("answered", "missed", "lost")
        answer = client.get(address)
        assert answer.status_code == 302, box.name
        if counted[box.name] is not None:
            assert listed(client, answer["Location"]) == counted[box.name], box.name
    assert counted["answered"] > counted["missed"] > 0


def test_what_became_of_them_is_said_and_adds_up(today: date, supervisor: Person) -> None:
    client = browser(supervisor)
    box = next(box for box in OPEN if box.name == "not_answered")
    page = client.get(f"/now/calls/?{box.opens}", follow=True).content.decode()
    assert str(box.doc) in page
    told = page.split("What became of them:")[1].split("</p>")[0]
    parts = re.findall(r'<a href="([^"]+)">[^<]*? ([\d,]+)</a>', told)
    assert len(parts) > 2
    assert sum(int(n) for _, n in parts) == of_day(today, ["not_answered"])["not_answered"]
    for address, number in parts[:2]:
        assert listed(client, address.replace("&amp;", "&")) == int(number)


def test_a_word_of_the_definition_says_whose_it_is(today: date, supervisor: Person) -> None:
    box = next(box for box in OPEN if box.name == "missed")
    page = browser(supervisor).get(f"/now/calls/?{box.opens}", follow=True).content.decode()
    assert "<bdi>Missed today</bdi>" in page
    assert "Definition: " in page


def test_what_nobody_can_tell_is_no_list_without_a_call(today: date, supervisor: Person) -> None:
    box = next(box for box in OPEN if box.name == "lost")
    page = browser(supervisor).get(f"/now/calls/?{box.opens}", follow=True).content.decode()
    assert "Nobody can tell: no source sees calls that never got in" in page
    assert "No call is like this" not in page
    assert "Calls: 0" not in page


def test_queues_people_and_hours_open(today: date, supervisor: Person) -> None:
    client = browser(supervisor)
    with Asking(site_reader().history) as asking:
        since, until = day_bounds(today, today, asking.zone)
        for dimension, dims, name in (
            ("queue", "queue={}&stay=answered", "answered"),
            ("agent", "agent={}&ring=answered", "answered"),
            ("hour", "arrived=yes&hour={}", "arrived"),
        ):
            found = measure(asking, [name], [dimension], since, until)
            rows = [r for r in found.rows if r.keys[0] is not None and r.cells[name].value]
            assert rows
            for row in rows[:3]:
                asked = dims.format(quote(str(row.keys[0])))
                address = client.get(f"/now/calls/?{asked}")["Location"]
                assert listed(client, address) == row.cells[name].value


def test_who_sees_no_reports_is_shown_numbers_that_do_not_open(
    today: date, supervisor: Person
) -> None:
    agent = browser(person("Ina", "agent"))
    page = agent.get("/now/").content.decode()
    assert "/now/calls/" not in page
    assert agent.get("/now/calls/?arrived=yes").status_code == 403
    supervisor.teams.add(Team.objects.create(name="Sales", queues=["sales"]))
    bound = browser(supervisor).get("/now/").content.decode()
    assert "/now/calls/?" not in bound
    assert 'data-calls="/now/calls/"' in bound


def test_what_no_number_says_is_not_there(today: date, supervisor: Person) -> None:
    client = browser(supervisor)
    assert client.get("/now/calls/?box=missed").status_code == 404
    for box in ("waiting", "service_level", "nonsense"):
        page = client.get(f"/now/calls/?arrived=yes&spoke=yes&box={box}", follow=True)
        assert page.status_code == 200


def test_a_list_of_today_says_until_when_it_was_heard(
    today: date, supervisor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser(supervisor)
    assert b"Listed is what was heard" not in client.get("/calls/").content
    (heard,) = site_reader().history.manifest().imports[-1:]
    manifest = replace(
        site_reader().history.manifest(),
        imports=(replace(heard, heard=True, at="2026-11-02T09:30:00+00:00"),),
    )
    monkeypatch.setattr(type(site_reader().history), "manifest", lambda _: manifest)
    assert b"heard until 2 Nov 2026 09:30" in client.get("/calls/").content
    before = today - timedelta(days=1)
    assert b"Listed is what was heard" not in client.get(f"/calls/?to={before}").content
