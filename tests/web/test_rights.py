"""Who may ask for what: every address by every role, without one that nobody thought of."""

import pytest
from django.test import Client
from django.utils import timezone

from everycall.records.models import (
    Alert,
    AlertRule,
    Channel,
    Delivery,
    Person,
    Promise,
    SavedView,
    Team,
)
from everycall.records.roles import RIGHTS, Right, Role
from web.addresses import SECRET, Address, addresses
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls", "owner")


def behind_a_right() -> list[Address]:
    return [one for one in addresses() if isinstance(one.need, Right)]


def test_every_address_stands_in_the_table() -> None:
    unknown = [one.name for one in addresses() if one.need is None]
    assert unknown == [], "say in tests/web/addresses.py who may ask for it"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_is_sent_to_the_login(method: str) -> None:
    for one in behind_a_right():
        answer = browser().generic(method, one.path)
        assert answer.status_code in (302, 405), one
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/account/login/"), one


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_in_where_it_has_the_right_and_nowhere_else(role: Role, method: str) -> None:
    brands = ["shop"] if role is Role.CLIENT else []
    client = browser(person("Somebody", role.value, clients=brands, agent="1001"))
    client.raise_request_exception = False
    wrong = []
    for one in behind_a_right():
        status = client.generic(method, one.path).status_code
        allowed = one.need in RIGHTS[role]
        ok = status < 500 and (status != 403 if allowed else status in (403, 405))
        if not ok:
            wrong.append((one.name, status, "let in" if allowed else "kept out"))
    assert wrong == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_guessed_secret_opens_nothing(method: str) -> None:
    for one in addresses():
        if one.need == SECRET and not one.path.endswith("/stream"):  # see test_serving.py
            answer = browser().generic(method, one.path)
            assert answer.status_code in (400, 401, 403, 404, 405, 410), (one, answer.status_code)


def test_whatever_changes_something_asks_for_the_token_of_the_page(owner: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    for one in behind_a_right():
        answer = client.post(one.path)
        assert answer.status_code in (403, 405), one
        if answer.status_code == 403:
            assert b"your role does not include" not in answer.content


def test_who_is_bound_to_brands_sets_up_nothing_for_that_is_of_the_whole_house() -> None:
    bound = person("Mona", "manager", clients=["shop"])
    client = browser(bound)
    for one in behind_a_right():
        if one.need is Right.SET_UP:
            assert client.post(one.path).status_code in (403, 405), one
    assert "/setup/site/" not in client.get("/calls/").content.decode()
    owner = person("Otto", "owner", clients=["shop"])
    assert owner.may(Right.MANAGE_PEOPLE), "so an owner can take the brand off again"


# ---- things that belong to somebody


def alert() -> Alert:
    """Make an alert that a colleague claimed, and of which a channel was told."""
    now, rule = timezone.now(), AlertRule.objects.create(name="Missed", measure="missed_call")
    found = Alert.objects.create(
        rule=rule, since=now, opened_at=now, caller="+493023125001", call_id="c1", client="shop",
        claimed_by="Nora Nobel",
    )  # fmt: skip
    told = {"title": "Missed call: +493023125001"}
    channel = Channel.objects.create(name="Mail to the boss", kind="mail")
    Delivery.objects.create(alert=found, channel=channel, message=told, key="1")
    return found


@pytest.mark.parametrize("role", ["viewer", "client"])
def test_who_looks_on_looks_after_no_alert_and_is_not_told_who_does(role: str) -> None:
    found, client = alert(), browser(person("Vera", role, clients=["shop"]))
    for act in ("claim", "close"):
        assert client.post(f"/alerts/{found.pk}/{act}/").status_code == 403
    pages = [client.get(path).content.decode() for path in ("/alerts/", f"/alerts/{found.pk}/")]
    for hidden in ("Nora Nobel", "Mail to the boss", "+493023125001"):
        assert not any(hidden in page for page in pages), hidden
    assert all("a colleague" in page for page in pages)
    agent = browser(person("Amy", "agent"))
    assert "Nora Nobel" in agent.get(f"/alerts/{found.pk}/").content.decode()
    assert agent.post(f"/alerts/{found.pk}/close/").status_code == 302


def test_a_view_that_names_a_caller_or_a_colleague_is_shown_to_nobody_else(owner: Person) -> None:
    for name, address in (("One caller", "?number=493023125001"), ("Of Nora", "?agent=Nora"),
                          ("Of a brand", "?client=shop"), ("All", "?direction=all")):  # fmt: skip
        SavedView.objects.create(person=owner, name=name, address=address, is_shared=True)

    def seen(who: Person) -> list[str]:
        page = browser(who).get("/calls/").content.decode()
        return [one for one in ("One caller", "Of Nora", "Of a brand", ">All<") if one in page]

    assert len(seen(owner)) == 4
    assert seen(person("Sue", "supervisor")) == ["Of Nora", "Of a brand", ">All<"]
    assert seen(person("Vera", "viewer")) == ["Of a brand", ">All<"]
    assert seen(person("Cleo", "client", clients=["another"])) == [">All<"]


def promise(queue: str, team: Team | None = None) -> Promise:
    now = timezone.now()
    return Promise.objects.create(
        caller=f"+4930231250{len(queue):02}", reason="missed", made_at=now, missed_at=now,
        due_clock=now, due_pure=now, first_call=f"c-{queue}", queue=queue, team=team,
    )  # fmt: skip


def test_a_call_back_of_another_team_is_not_there() -> None:
    sales = Team.objects.create(name="Sales", queues=["sales"])
    other = Team.objects.create(name="Support", queues=["support"])
    amy = person("Amy", "agent")
    amy.teams.add(sales)
    mine, theirs = promise("sales", sales), promise("support", other)
    client = browser(amy)
    assert client.get(f"/callbacks/{mine.pk}/").status_code == 200
    assert client.get(f"/callbacks/{theirs.pk}/").status_code == 404
    for act in ("take", "keep", "note", "call", "text"):
        assert client.post(f"/callbacks/{theirs.pk}/{act}/").status_code == 404, act


def test_a_call_of_another_brand_is_not_there_on_any_of_its_addresses() -> None:
    link = browser(person("Vera", "viewer")).get("/calls/").content.decode()
    name = link.split('<td><a href="/calls/')[1].split('/"')[0]
    client = browser(person("Cleo", "client", clients=["another"]))
    assert client.get(f"/calls/{name}/").status_code == 404
    assert client.get(f"/calls/{name}/recordings/1/").status_code in (403, 404)
    assert client.post(f"/calls/{name}/reveal/").status_code in (403, 404)
    assert name not in client.get("/calls/").content.decode()
    assert name not in client.get("/calls/file/").getvalue().decode()
