"""The owner invites; a link is good once; somebody always owns this."""

from everycall.records.models import Entry, Person, Team, Token
from web.conftest import PASSWORD, browser, person


def invite(owner: Person, **more: str) -> str:
    given = {"name": "Ann", "email": "ann@example.org", "role": "agent", "agent": "", "clients": ""}
    page = browser(owner).post("/setup/people/new/", given | more, follow=True)
    text = page.content.decode()
    return text.split("http://testserver")[1].split("<")[0].strip() if "testserver" in text else ""


def test_an_invited_person_chooses_a_password_once(owner: Person) -> None:
    link = invite(owner)
    visitor = browser()
    assert visitor.post(link, {"password": "short"}).status_code == 200
    assert visitor.post(link, {"password": PASSWORD}).status_code == 302
    assert browser().get(link).status_code == 410
    assert visitor.get("/calls/").status_code == 200


def test_whoever_chooses_no_role_invites_an_agent(owner: Person) -> None:
    page = browser(owner).get("/setup/people/new/").content.decode()
    assert '<option value="agent" selected>' in page
    page = browser(owner).get(f"/setup/people/{owner.pk}/").content.decode()
    assert '<option value="owner" selected>' in page


def test_a_wrong_link_lets_nobody_in(owner: Person) -> None:
    assert browser().get("/join/MQ/guess/").status_code == 410
    assert browser().get("/join/%00/guess/").status_code == 400  # no text at all


def test_the_last_owner_cannot_be_lost(owner: Person) -> None:
    client = browser(owner)
    given = {"name": "Olga", "email": owner.email, "role": "agent", "agent": "", "clients": ""}
    assert b"make another owner first" in client.post(f"/setup/people/{owner.pk}/", given).content
    client.post(f"/setup/people/{owner.pk}/switch/")
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_who_is_shut_out_is_out(owner: Person) -> None:
    amy = person("Amy", "agent")
    client = browser(amy)
    browser(owner).post(f"/setup/people/{amy.pk}/switch/")
    assert client.get("/calls/").status_code == 302


def test_only_an_owner_manages_people() -> None:
    client = browser(person("Max", "manager"))
    assert client.get("/setup/people/").status_code == 403
    assert client.post("/setup/people/new/", {}).status_code == 403


def test_a_team_gets_its_queues(owner: Person) -> None:
    browser(owner).post("/setup/teams/new/", {"name": "Sales", "queues": "sales, english "})
    assert Team.objects.get().queues == ["sales", "english"]


def test_a_team_is_made_with_its_queues_and_one_without_any_is_said(owner: Person) -> None:
    client = browser(owner)
    assert b"and of no others" in client.get("/setup/teams/new/").content
    for queues in ("", " , "):
        client.post("/setup/teams/new/", {"name": "Night", "queues": queues})
        assert not Team.objects.exists()
    made = Team.objects.create(name="Night", queues=[])  # as they could be made before
    assert b"sees no queue's calls" in client.get("/setup/people/").content
    client.post(f"/setup/teams/{made.pk}/", {"name": "Night", "queues": "night"})
    assert Team.objects.get().queues == ["night"]


def test_a_key_is_shown_once(owner: Person) -> None:
    given = {"name": "CRM", "scopes": ["calls:read"]}
    page = browser(owner).post("/setup/keys/", given).content.decode()
    key = page.split("<code>")[1].split("</code>")[0]
    assert Token.find(key) is not None
    assert key not in browser(owner).get("/setup/keys/").content.decode()


def test_what_was_done_is_in_the_trail(owner: Person) -> None:
    invite(owner)
    assert Entry.objects.filter(action="person invited", about="ann@example.org").exists()
    assert browser(owner).get("/setup/trail/").status_code == 200
