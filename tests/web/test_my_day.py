"""Somebody's own page: the team's goal before anything else, their own past beside it, no colleague."""

import pytest

from everycall.records.models import Person
from everycall.web.pages import site_reader
from web.conftest import browser, person

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
