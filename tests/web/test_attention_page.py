"""From when on somebody needs help is set on a page: for all, and for a team by itself."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from everycall.app.live.picturing import helps_of
from everycall.app.site.site_writing import file_of
from everycall.live.needs import HelpSettings, TeamHelpSettings
from everycall.records.models import Entry, Person, Team
from everycall.web.reading import site_reader
from web.conftest import browser

TEAMS = """
[teams.sales]
queues = ["sales"]
"""


@pytest.fixture(autouse=True)
def file() -> Iterator[Path]:
    path = file_of(settings.DATA, settings.SITE)
    path.write_text(TEAMS, encoding="utf-8")
    yield path
    path.unlink(missing_ok=True)


def post(who: Person, **given: str) -> str:
    return browser(who).post("/setup/attention/", given, follow=True).content.decode()


def test_the_usual_limits_stand_there_before_anything_is_set(owner: Person) -> None:
    page = browser(owner).get("/setup/attention/").content.decode()
    assert 'name="talk" value="15"' in page
    assert 'name="holds" value="3"' in page
    assert 'name="talk-0"' in page  # the team of the file


def test_a_team_of_the_pages_gets_limits_of_its_own(owner: Person) -> None:
    Team.objects.create(name="Support", queues=["support"])
    given = {"talk": "20", "holds": "4", "talk-0": "5", "holds-0": "", "talk-1": "", "holds-1": "2"}
    assert "It holds from now on." in post(owner, **given)
    site = site_reader().settings()
    assert site.help == HelpSettings(timedelta(minutes=20), 4)
    assert site.teams["Support"].help == TeamHelpSettings(timedelta(minutes=5))
    assert site.teams["sales"].help == TeamHelpSettings(None, 2)
    limits = helps_of(site)
    assert limits.limits("support") == HelpSettings(timedelta(minutes=5), 4)
    assert limits.limits("sales") == HelpSettings(timedelta(minutes=20), 2)
    assert Entry.objects.get().about == "help"


def test_an_emptied_team_is_as_all_again(owner: Person) -> None:
    post(owner, talk="20", holds="4", **{"talk-0": "5", "holds-0": "1"})
    post(owner, talk="20", holds="4", **{"talk-0": "", "holds-0": ""})
    site = site_reader().settings()
    assert helps_of(site).limits("sales") == site.help
    assert site.teams["sales"].queues == ("sales",)


def test_a_limit_that_is_none_is_said_and_nothing_is_kept(owner: Person, file: Path) -> None:
    assert "greater than or equal to 1" in post(owner, talk="0", holds="3")
    assert file.read_text(encoding="utf-8") == TEAMS
