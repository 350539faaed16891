"""Connecting a second phone system: its names are marked from the first moment, and stay so."""

from everycall.app.intake.feeds import Log, Manager
from everycall.events.origins import HERE, Origin
from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.web.phones.connecting import feeds
from web.conftest import browser

PBX = {"host": "127.0.0.1", "user": "everycall", "port": "5038", "secret": "s"}


def connect(owner: Person, name: str, kind: str = "ami", **more: str) -> str:
    given = {**(PBX if kind == "ami" else {}), "name": name, **more}
    answer = browser(owner).post(f"/setup/connect/{kind}/", given)
    return "" if answer.status_code == 302 else answer.content.decode()


def origins() -> dict[str, Origin]:
    return {one.feed: one.origin for one in feeds()[0] if isinstance(one, Manager | Log)}


def test_the_first_is_not_marked_and_the_second_is_by_its_name(owner: Person) -> None:
    assert connect(owner, "office") == ""
    assert connect(owner, "South_Wing") == ""
    assert origins() == {"office": HERE, "South_Wing": Origin("south-wing")}


def test_the_mark_and_the_queues_are_as_the_owner_says(owner: Person) -> None:
    connect(owner, "office")
    connect(owner, "second", mark="warsaw", own_queues="on")
    connect(
        owner,
        "second-log",
        "queue_log",
        path="/var/log/asterisk/queue_log",
        mark="warsaw",
        own_queues="on",
    )
    warsaw = Origin("warsaw", own_queues=True)
    assert origins() == {"office": HERE, "second": warsaw, "second-log": warsaw}


def test_a_mark_never_changes(owner: Person) -> None:
    connect(owner, "office")
    connect(owner, "south")
    row = Connection.objects.get(name="south")
    address = f"/setup/connect/ami/{row.pk}/"
    assert 'name="mark"' not in browser(owner).get(address).content.decode()
    answer = browser(owner).post(address, {**PBX, "mark": "other", "host": "127.0.0.2"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.given()["mark"], row.given()["host"]) == ("south", "127.0.0.2")


def test_a_mark_that_is_none_is_refused_in_a_sentence(owner: Person) -> None:
    connect(owner, "office")
    assert "lower-case letters" in connect(owner, "south", mark="Süd ~ 1")
    assert Connection.objects.count() == 1


def test_two_phone_systems_cannot_have_one_mark(owner: Person) -> None:
    connect(owner, "office")
    connect(owner, "south")
    assert "has this mark" in connect(owner, "third", mark="south")


def test_who_takes_the_place_of_the_first_goes_on_with_its_names(owner: Person) -> None:
    connect(owner, "office")
    row = Connection.objects.get()
    browser(owner).post(f"/setup/connections/{row.pk}/end/")
    connect(owner, "new-office")
    assert origins() == {"new-office": HERE}


def test_a_connection_of_before_there_were_marks_has_none() -> None:
    row = Connection(name="office", kind="ami")
    row.keep({"host": "127.0.0.1", "user": "u", "secret": "s"})
    row.save()
    assert origins() == {"office": HERE}
