"""A site is set up on pages: step by step at first, each page again later, the file kept as written."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from everycall.app.intake.importing import Importer
from everycall.app.live.sharing import Shared
from everycall.app.site.site_writing import change, file_of
from everycall.errors import BadSettingsError
from everycall.live.board import AgentNow, AgentState, Board
from everycall.records.models import Entry, Person
from everycall.web.accounts import first_key
from everycall.web.phones.connecting import live
from everycall.web.reading import site_reader
from everycall.web.steps import STEPS, after
from everycall.web.work.recounting import Recounting
from web.conftest import browser, person

HAND_WRITTEN = """# our shop
zone = "Europe/Berlin"  # where we are

[agents]
"PJSIP/1001" = "Ann"
"""


@pytest.fixture(autouse=True)
def file() -> Iterator[Path]:
    path = file_of(settings.DATA, settings.SITE)
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def test_what_a_person_wrote_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(HAND_WRITTEN, encoding="utf-8")
    change(tmp_path, "main", {("hours", "week"): ["mon-fri 08:00-17:00"]})
    text = path.read_text(encoding="utf-8")
    assert text.startswith(HAND_WRITTEN.rstrip())
    assert "# where we are" in text
    assert 'week = ["mon-fri 08:00-17:00"]' in text


def test_a_mistake_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(HAND_WRITTEN, encoding="utf-8")
    with pytest.raises(BadSettingsError, match="hours"):
        change(tmp_path, "main", {("hours", "week"): ["moonday 08:00"]})
    assert path.read_text(encoding="utf-8") == HAND_WRITTEN
    assert list(tmp_path.iterdir()) == [path]


def test_another_site_has_a_file_of_its_own(tmp_path: Path) -> None:
    change(tmp_path, "branch", {("zone",): "Europe/Kyiv"})
    assert (tmp_path / "sites" / "branch.toml").exists()


def hours(**more: str) -> dict[str, str]:
    given = {"zone": "Europe/Berlin", "region": "de", "week": "mon-fri 08:00-17:00\nsat 9:00-12:00"}
    return {**given, "holidays": "DE-BY", "exceptions": "2026-12-24 08:00-12:00", **more}


def test_hours_are_set_and_shown_again(owner: Person, file: Path) -> None:
    assert browser(owner).post("/setup/hours/", hours()).status_code == 302
    site = site_reader().settings()
    assert str(site.zone) == "Europe/Berlin"
    assert site.region == "DE"
    assert site.hours.known
    page = browser(owner).get("/setup/hours/").content.decode()
    assert "mon-fri 08:00-17:00" in page
    assert "DE-BY" in page
    assert Entry.objects.get(action="settings changed").who == "Olga"


def test_wrong_hours_are_said_at_their_place(owner: Person, file: Path) -> None:
    page = browser(owner).post("/setup/hours/", hours(week="whenever")).content.decode()
    assert "hours.week" in page
    assert not file.exists()


@pytest.mark.usefixtures("calls")
def test_queues_and_people_are_found_by_themselves_and_named(owner: Person) -> None:
    page = browser(owner).get("/setup/found/").content.decode()
    assert "sales" in page
    client = browser(owner)
    name, field = next(iter(fields_of(page).items()))
    client.post("/setup/found/", {field: "Ann Miller"})
    assert site_reader().settings().agents[name] == "Ann Miller"
    assert "Ann Miller" in client.get("/setup/found/").content.decode()


def fields_of(page: str) -> dict[str, str]:
    """Return the field of each phone on the page."""
    return {
        name: field for field, name in re.findall(r'<label for="id_(name-[^"]+)">([^<]+)<', page)
    }


def test_a_phone_found_meanwhile_shifts_no_name(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(*phones: str) -> None:
        agents = tuple(AgentNow(p, AgentState.FREE, 0, (p,)) for p in phones)
        monkeypatch.setattr(live, "told", Shared(Board(0, 1, "", (), agents, (), ())))

    client = browser(owner)
    seen("PJSIP/1002", "PJSIP/1003")
    fields = fields_of(client.get("/setup/found/").content.decode())
    seen("PJSIP/1000", "PJSIP/1002", "PJSIP/1003")
    given = dict.fromkeys(fields.values(), "") | {fields["PJSIP/1003"]: "Ben"}
    client.post("/setup/found/", given)
    assert site_reader().settings().agents == {"PJSIP/1003": "Ben"}


def test_who_the_phone_system_names_is_given_no_second_name(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = (
        AgentNow("Agent 1", AgentState.FREE, 0, ("PJSIP/1001",)),
        AgentNow("PJSIP/1002", AgentState.FREE, 0, ("PJSIP/1002",)),
    )
    told = Shared(Board(0, 1, "", (), agents, (), ()))
    monkeypatch.setattr(live, "told", told)
    page = browser(owner).get("/setup/found/").content.decode()
    assert "Agent 1 <small>so the phone system says</small>" in page
    fields = fields_of(page)
    assert "PJSIP/1001" not in fields
    given = dict.fromkeys(fields.values(), "") | {fields["PJSIP/1002"]: "Ben"}
    browser(owner).post("/setup/found/", given)
    assert site_reader().settings().agents == {"PJSIP/1002": "Ben"}


def test_targets_are_set(owner: Person) -> None:
    given = {"name-0": "Quick", "metric-0": "asa", "parameter-0": "", "limit-0": "<= 15 s"}
    more = {f"{p}-{n}": "" for p in ("name", "metric", "parameter", "limit") for n in range(1, 8)}
    answer = browser(owner).post("/setup/targets/", {**given, **more})
    assert answer.status_code == 302
    assert str(site_reader().settings().targets["Quick"]) == "asa <= 15 s"


@pytest.mark.parametrize("within", ["1 min", "60 s", "60"])
def test_the_time_of_a_target_has_a_unit_and_is_kept_as_metrics_are_named(
    owner: Person, within: str
) -> None:
    assert 'value="60 s"' in browser(owner).get("/setup/targets/").content.decode()
    given = {"name-0": "Soon", "metric-0": "service_level.sl2", "limit-0": ">= 80 %"}
    more = {f"{p}-{n}": "" for p in ("name", "metric", "parameter", "limit") for n in range(1, 8)}
    browser(owner).post("/setup/targets/", {**given, **more, "parameter-0": within})
    kept = site_reader().settings().targets["Soon"]
    assert kept.metric == "service_level.sl2:60"
    assert 'value="60 s"' in browser(owner).get("/setup/targets/").content.decode()


def test_a_time_that_nobody_can_read_is_said(owner: Person) -> None:
    given = {"name-0": "Soon", "metric-0": "service_level.sl2", "limit-0": ">= 80 %"}
    more = {f"{p}-{n}": "" for p in ("name", "metric", "parameter", "limit") for n in range(1, 8)}
    page = browser(owner).post("/setup/targets/", {**given, **more, "parameter-0": "soon"})
    assert "the number cannot be read" in page.content.decode()


def test_a_limit_that_does_not_fit_is_said(owner: Person) -> None:
    given = {"name-0": "Quick", "metric-0": "asa", "parameter-0": "", "limit-0": "90 %"}
    more = {f"{p}-{n}": "" for p in ("name", "metric", "parameter", "limit") for n in range(1, 8)}
    page = browser(owner).post("/setup/targets/", {**given, **more}).content.decode()
    assert "does not fit" in page


@pytest.mark.parametrize(
    ("trade", "definition", "targets"),
    [("shop", "reachability", 3), ("gp_practice", "nhs_gp", 0), ("outsourcing", "finsofy", 2),
     ("sales_desk", "ringostat", 2)],
)  # fmt: skip
def test_a_trade_sets_words_targets_and_reports(
    owner: Person, trade: str, definition: str, targets: int
) -> None:
    answer = browser(owner).post("/setup/trade/", {"trade": trade, "with_targets": "on"})
    assert answer.status_code == 302
    site = site_reader().settings()
    assert (site.trade, site.definition, len(site.targets)) == (trade, definition, targets)
    assert "In use" in browser(owner).get("/setup/trade/").content.decode()


def test_a_trade_leaves_targets_that_somebody_set(owner: Person) -> None:
    change(settings.DATA, settings.SITE, {("targets", "own"): {"metric": "asa", "limit": "9 s"}})
    browser(owner).post("/setup/trade/", {"trade": "shop", "with_targets": "on"})
    assert list(site_reader().settings().targets) == ["own"]


def test_every_first_step_can_be_skipped_and_comes_again(owner: Person) -> None:
    client, address = browser(owner), "/setup/connect/?first"
    for step in STEPS:
        page = client.get(address)
        assert page.status_code == 200
        text = page.content.decode()
        assert 'aria-current="step"' in text
        address = after(step.name)
        assert f'<a href="{address}">Skip this step</a>' in text
        assert "Skip this step" not in client.get(address.split("?")[0]).content.decode()


def test_saving_a_step_goes_on_to_the_next(owner: Person) -> None:
    answer = browser(owner).post("/setup/hours/?first", hours())
    assert answer["Location"] == after("set-hours")


def test_the_owner_comes_to_the_first_steps() -> None:
    client: Client = browser()
    given = {"key": first_key.make(settings.DATA), "name": "Olga", "email": "o@example.org"}
    answer = client.post("/setup/", {**given, "password": "a tall tree by the sea"})
    assert answer["Location"] == "/setup/connect/?first"


@pytest.mark.parametrize("page", ["hours", "found", "targets", "trade", "connect"])
def test_only_who_sets_up_may(page: str) -> None:
    for role in ("supervisor", "agent", "viewer", "client"):
        assert browser(person(role.title(), role)).get(f"/setup/{page}/").status_code == 403


@pytest.mark.usefixtures("calls")
def test_calls_of_the_past_are_counted_again_by_what_was_set(owner: Person, file: Path) -> None:
    client, again = browser(owner), Recounting(site_reader())
    said = client.post("/setup/hours/", hours(), follow=True).content.decode()
    assert "calls of the past are counted again" in said
    for address in ("/calls/", "/report/"):
        assert "being counted again" in client.get(address).content.decode()
    assert "PATH --anew" in client.get("/setup/site/").content.decode()
    try:
        again.round()
        assert not site_reader().is_outdated()
        assert "being counted again" not in client.get("/calls/").content.decode()
        generation = site_reader().history.manifest().generation
        again.round()
        assert site_reader().history.manifest().generation == generation
    finally:
        file.unlink()
        again.round()
    assert not site_reader().is_outdated()


@pytest.mark.usefixtures("calls")
def test_while_another_writes_they_wait_and_wrong_settings_do_no_harm(file: Path) -> None:
    again, reader = Recounting(site_reader()), site_reader()
    file.write_text('[agents]\n"PJSIP/1001" = "Ann"\n', encoding="utf-8")
    with reader.history.writing():
        again.round()
    assert reader.is_outdated()
    again.round()
    assert not reader.is_outdated()
    file.write_text("agents = 3\n", encoding="utf-8")
    again.round()
    file.unlink()
    again.round()
    assert not reader.is_outdated()


@pytest.mark.usefixtures("calls")
def test_a_recount_that_fails_is_not_begun_again_until_something_is_otherwise(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def fails(_importer: Importer) -> None:
        begun.append(1)
        raise OSError(28, "No space left on device")

    again = Recounting(site_reader())
    with monkeypatch.context() as patched:
        patched.setattr(Importer, "recount", fails)
        file.write_text('[agents]\n"PJSIP/1001" = "Ann"\n', encoding="utf-8")
        with pytest.raises(OSError, match="No space left"):
            again.round()
        again.round()
        assert len(begun) == 1
    file.unlink()
    again.round()
    assert not site_reader().is_outdated()
