"""Who sees some brands only is told of no colleague by name: by no address of the interface, in no file."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import Client, SiteFile
from everycall.clock import from_micros
from everycall.history import History
from everycall.live.board import AgentNow, AgentState, Board
from everycall.records.hooks import CALL_ENDED, Hook, Telling
from everycall.records.models import (
    Channel,
    Person,
    Promise,
    PromiseMove,
    ReportPlan,
    ReportRun,
    Token,
)
from everycall.web.api.app import api
from everycall.web.live.hub import hub
from everycall.web.reading import site_reader
from everycall.web.wording.outsiders import SOMEBODY, nameless
from everycall.web.work.hooking import Teller
from everycall.web.work.report_sending import send
from web.conftest import SCENARIOS, browser, person
from web.postbox import posting

pytestmark = pytest.mark.usefixtures("owner", "branded")

NAMES = ("Agent 1", "Agent 2", "Agent 7", "PJSIP/100", "Bob Stone")
"""People of the recorded calls, what their phones are called, and somebody who called back."""

SCOPES = ["calls:read", "live:read", "metrics:read", "numbers:read", "promises:read"]
"""All that a key may read."""

ASKED = {
    "/calls": "/calls?limit=1000",
    "/metrics/values": "/metrics/values?metric=answered&by=queue",
}
"""What has to be said in an address beside its path."""

LATER = ("/callback-requests", "/events")
"""What is not read but written, and tells of nobody."""


@pytest.fixture(scope="session")
def imported(database: None) -> None:
    """The recorded calls, as one brand's."""
    site = SiteFile(clients={"shop": Client(queues=("sales", "support"))})
    Importer(History(settings.DATA, "brands"), site).take([SCENARIOS])


@pytest.fixture
def branded(imported: None) -> Iterator[None]:
    """A site of two brands, a picture with somebody in it, and a promise that somebody worked on."""
    before, settings.SITE = settings.SITE, "brands"
    agent = AgentNow("Agent 1", AgentState.FREE, 0, ("PJSIP/1001",), ("sales",))
    hub.board = Board(0, 1, "2026-11-02", (), (agent,), (), ())
    now = timezone.now()
    promise = Promise.objects.create(
        caller="+493023125001", client="shop", reason="missed", made_at=now, missed_at=now,
        due_clock=now, due_pure=now, first_call="c1", owner="Bob Stone",
    )  # fmt: skip
    PromiseMove.objects.create(promise=promise, at=now, move="claim", who="Bob Stone", why="")
    yield
    settings.SITE, hub.board = before, None


def asked(address: str, clients: list[str], scopes: list[str] = SCOPES) -> Any:
    _, key = Token.issue("test", scopes, None, clients)
    return browser().get(f"/api/v1{address}", headers={"Authorization": f"Bearer {key}"})


def read() -> list[str]:
    """Return every address that something can be read from."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    with site_reader().asking() as asking:
        [(answered,)] = asking.rows(
            "SELECT MIN(call_id) FROM counted WHERE answered_agent = 'Agent 1' AND client = 'shop'"
        )
    known = {"/calls/{call_id}": f"/calls/{answered}", "/promises/{pk}": f"/promises/{_pk()}"}
    found = {f"/{path.strip('/')}" for path, ways in paths.items() if "get" in ways}
    return [ASKED.get(path, known.get(path, path)) for path in found if not path.startswith(LATER)]


def _pk() -> int:
    return Promise.objects.values_list("pk", flat=True).get()


def names_in(answer: Any) -> set[str]:
    told = answer.content.decode()
    return {name for name in NAMES if name in told}


def test_a_key_for_some_brands_reads_no_name_anywhere() -> None:
    addresses = read()
    assert len(addresses) >= 9
    for address in addresses:
        answer = asked(address, ["shop"])
        assert answer.status_code == 200, address
        assert names_in(answer) == set(), address


def test_a_key_for_all_brands_reads_names_so_that_the_other_test_can_fail() -> None:
    named = {address.partition("?")[0] for address in read() if names_in(asked(address, []))}
    assert {"/calls", "/live", "/agents", "/promises"} <= named
    assert len([address for address in named if address.startswith("/calls/")]) == 1


def test_calls_of_another_brand_are_not_there() -> None:
    assert asked("/calls", ["other"]).json()["calls"] == []


def test_a_key_for_some_brands_measures_by_nobody() -> None:
    question = "/metrics/values?metric=answered&by=agent"
    assert asked(question, ["shop"]).status_code == 403
    assert "Agent 1" in str(asked(question, []).json())


def test_numbers_are_told_by_the_scope_also_where_something_is_measured_by_them() -> None:
    question = "/metrics/values?metric=arrived&by=caller"
    whole, masked = asked(question, []), asked(question, [], ["metrics:read"])
    assert "+4416329601" in str(whole.json())
    assert "+4416329601" not in str(masked.json())
    assert len(masked.json()["values"]) == len(whole.json()["values"])


def test_the_numbers_that_we_called_are_told_by_the_scope_too() -> None:
    question = "/metrics/values?metric=calls_made&by=called"
    assert asked(question, [], ["metrics:read"]).status_code == 403
    assert asked(question, []).status_code == 200
    ours = asked("/metrics/values?metric=arrived&by=called", [], ["metrics:read"])
    assert "5001" in str(ours.json())


@pytest.mark.parametrize("clients", [["shop"], []])
def test_a_webhook_for_some_brands_is_told_of_calls_without_names(clients: list[str]) -> None:
    made = Hook.objects.create(name="crm", kinds=[CALL_ENDED], clients=clients, numbers=True)
    with site_reader().asking() as asking:
        [(newest,)] = asking.rows("SELECT MAX(ended_at) FROM counted")
    now = from_micros(newest)
    Hook.objects.filter(pk=made.pk).update(made_at=now - timedelta(days=9))
    assert Teller(site_reader()).look(now) > 0
    told = str([one.body for one in Telling.objects.all()])
    assert any(name in told for name in NAMES) is not bool(clients)


def test_a_client_takes_calls_away_without_names_and_cannot_ask_whose_they_were() -> None:
    client = browser(person("Cleo", "client", clients=["shop"]))
    whole = client.get("/calls/file/").getvalue().decode()
    assert whole.count("\n") > 20
    assert not any(name in whole for name in NAMES)
    theirs = client.get("/calls/file/?agent=Agent%201").getvalue().decode()
    assert theirs.count("\n") == 1
    supervisor = browser(person("Sam", "supervisor"))
    assert supervisor.get("/calls/file/?agent=Agent%201").getvalue().decode().count("\n") > 20


def test_an_agent_finds_the_own_calls_and_nobody_elses() -> None:
    mine = browser(person("Amy", "agent", agent="Agent 1"))
    assert b'href="/calls/1' in mine.get("/calls/?agent=Agent%201").content
    assert b'href="/calls/1' not in mine.get("/calls/?agent=Agent%202").content


def test_a_name_is_taken_out_of_texts_and_nothing_else_is() -> None:
    told = {
        "at": "2026-11-22T10:00:00.100+00:00",
        "agent": "100",
        "timeline": [{"who": "sales · 100", "details": "for 8 s, to 100, 1001", "timer_ms": 100}],
        "visits": [{"agent": None, "queue": "sales"}],
    }
    shown = nameless(told, ["shop"])
    assert shown["agent"] == SOMEBODY
    assert shown["timeline"][0]["who"] == f"sales · {SOMEBODY}"
    assert shown["timeline"][0]["details"] == f"for 8 s, to {SOMEBODY}, 1001"
    assert (shown["at"], shown["visits"]) == (told["at"], told["visits"])
    assert nameless(told, []) is told


def test_a_brands_report_by_mail_leads_to_that_brands_page(owner: Person) -> None:
    with posting() as box:
        channel = Channel(name="Mail", kind="mail")
        given = {"to": "a@example.org", "sender": "e@example.org", "host": "127.0.0.1"}
        channel.keep({**given, "port": box.port, "tls": False})
        channel.save()
        plan = ReportPlan.objects.create(
            name="Shop", every="day", to=["a@example.org"], channel=channel, made_by=owner,
            kind="csv", client="shop",
        )  # fmt: skip
        day = date(2026, 3, 2)
        run = ReportRun.objects.create(plan=plan, due_at=timezone.now(), first=day, last=day)
        send(run.pk)
    (letter,) = box.sent
    text, (file,) = letter.get_body(), letter.iter_attachments()
    assert text is not None
    assert "/report/?from=2026-03-02&to=2026-03-02&client=shop" in text.get_content().split()
    assert file.get_filename() == "everycall-shop-2026-03-02-2026-03-02.zip"
