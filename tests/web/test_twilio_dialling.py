"""Twilio at our door in a call back: who is let be dialled, what history hears, and trying a connection."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from everycall.app.history.asking import Asking, Filter
from everycall.app.intake.importing import Importer
from everycall.app.site.sitefile import SiteFile
from everycall.errors import BadSettingsError
from everycall.history import History
from everycall.live.board import Board
from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.records.permits import StoredPermits
from everycall.recovery.permits import MemoryPermits, Permit, Permits
from everycall.telephony import Dial, HangUp
from everycall.telephony.twilio import at_once
from everycall.web.phones import taking
from everycall.web.phones.calling import Desk as Calling
from everycall.web.phones.doing import phone_of
from everycall.web.phones.driving import dials_anywhere, driven
from everycall.web.phones.kinds import people_in
from everycall.wire.twilio import signature
from telephony.twilio_server import ACCOUNT, NUMBER, TOKEN, TwilioServer, served, twilio_server
from web.conftest import browser, person
from web.test_incoming import Desk

CUSTOMER, AGENT = "+441632960101", "client:ann"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
"""Messages of more than a day ago are not taken."""


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with twilio_server() as found:
        yield found


@pytest.fixture
def row(twilio: TwilioServer) -> Connection:
    found = Connection(name="cloud", kind="twilio")
    found.keep(
        {
            "secret": TOKEN,
            "account": ACCOUNT,
            "number": NUMBER,
            "address": twilio.address,
            "people": "Ann client:ann, Ben Ode +441632960002",
        }
    )
    found.save()
    return found


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Desk:
    found = Desk()
    monkeypatch.setattr(taking.Door, "_open", lambda _door: found)
    return found


def permit(name: str = "p1", **more: Any) -> Permit:
    return Permit(name, "cloud", AGENT, CUSTOMER, NUMBER, 1, **more)


def post(form: dict[str, str], token: str = TOKEN, **query: str) -> Any:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    path = f"/in/cloud/?{words}" if words else "/in/cloud/"
    signed = signature(token, f"{settings.ADDRESS}{path}", {k: [v] for k, v in form.items()})
    return Client().post(path, form, headers={"X-Twilio-Signature": signed})


def leg(seconds: float, status: str, sid: str = "CA1", **more: str) -> dict[str, str]:
    to = AGENT if sid == "CA1" else CUSTOMER
    parent = {} if sid == "CA1" else {"ParentCallSid": "CA1"}
    return {
        "AccountSid": ACCOUNT, "CallSid": sid, "CallStatus": status, "From": NUMBER, "To": to,
        "Direction": "outbound-api" if sid == "CA1" else "outbound-dial",
        "Timestamp": format_datetime(BEGAN + timedelta(seconds=seconds)),
        **parent, **more,
    }  # fmt: skip


# ---- permits


@pytest.mark.parametrize("kind", [MemoryPermits, StoredPermits])
def test_a_permit_is_used_once_and_not_after_it_was_taken_back(kind: type[Permits]) -> None:
    permits = kind()
    assert permits.find("p1") is None
    assert permits.issue(permit())
    assert not permits.issue(permit())
    used = permits.use("p1")
    assert used is not None
    assert used.number == CUSTOMER
    assert permits.use("p1") is None
    assert not permits.forbid("p1", "cloud")
    assert permits.forbid("p2", "cloud")
    assert not permits.issue(permit("p2"))
    assert permits.use("p2") is None
    permits.name("p1", "CA1")
    assert permits.is_named("CA1")
    assert not permits.is_named("CA2")


@pytest.mark.parametrize("kind", [MemoryPermits, StoredPermits])
def test_a_message_is_kept_once_in_its_order(kind: type[Permits]) -> None:
    permits = kind()
    permits.issue(permit())
    for said in ({"a": "1"}, {"a": "2"}, {"a": "1"}):
        permits.hear("p1", said)
    assert permits.heard("p1") == [{"a": "1"}, {"a": "2"}]


def test_old_permits_are_forgotten_with_what_was_said() -> None:
    permits = StoredPermits()
    permits.issue(permit())
    permits.issue(replace(permit("p2"), asked_at=100))
    permits.hear("p1", {"a": "1"})
    assert permits.forget(50) == 2
    assert permits.find("p1") is None
    assert permits.find("p2") is not None


# ---- the door


def test_the_key_lets_the_customer_be_dialled_once_with_the_brands_number(
    owner: Person, row: Connection, taken: Desk
) -> None:
    StoredPermits().issue(permit(press_one=True, language="de"))
    key = leg(9, "in-progress", Digits="1")
    said = post(key, **{"try": "p1", "step": "key"}).content.decode()
    assert CUSTOMER in said
    assert f'callerId="{NUMBER}"' in said
    assert "<Dial" not in post(key, **{"try": "p1", "step": "key"}).content.decode()
    asked = post(leg(15, "in-progress", "CA2"), **{"try": "p1", "step": "ask"}).content.decode()
    assert "Drücken Sie die 1" in asked
    step = {"try": "p1", "step": "said"}
    pressed = post(leg(17, "in-progress", "CA2", Digits="1"), **step)
    assert pressed.content.decode() == "<Response/>"
    assert "Hangup" in post(leg(18, "in-progress", "CA2", Digits="7"), **step).content.decode()
    assert (
        taken.taken[0][1] | {"Try": "p1", "Step": "key", "Customer": CUSTOMER}
        == (taken.taken[0][1])
    )


def test_a_call_back_that_was_taken_back_dials_nobody(
    owner: Person, row: Connection, taken: Desk
) -> None:
    StoredPermits().issue(permit())
    StoredPermits().forbid("p1", "cloud")
    key = leg(9, "in-progress", Digits="1")
    said = post(key, **{"try": "p1", "step": "key"}).content.decode()
    assert said == "<Response><Hangup/></Response>"


def test_a_knock_that_is_not_signed_uses_no_permit_up(
    owner: Person, row: Connection, taken: Desk
) -> None:
    StoredPermits().issue(permit())
    key = leg(9, "in-progress", Digits="1")
    assert post(key, token="guessed", **{"try": "p1", "step": "key"}).status_code == 403
    assert StoredPermits().use("p1") is not None


def test_nobody_is_dialled_whose_word_is_not_on_the_disk(
    owner: Person, row: Connection, taken: Desk
) -> None:
    StoredPermits().issue(permit())
    taken.refuses = "the disk is full"
    key = leg(9, "in-progress", Digits="1")
    assert post(key, **{"try": "p1", "step": "key"}).status_code == 503
    assert StoredPermits().use("p1") is not None


# ---- history


def story(*forms: tuple[dict[str, str], str], folder: Path) -> dict[str, Any]:
    lines = [
        json.dumps(
            {
                **form, "Try": "p1", "Customer": CUSTOMER, **({"Step": step} if step else {}),
                "ReceivedAt": (BEGAN + timedelta(seconds=20)).isoformat(),
            }
        )
        for form, step in forms
    ]  # fmt: skip
    path = folder / "twilio.jsonl"
    path.write_text("\n".join(lines) + "\n")
    history = History(folder / "data")
    Importer(history, SiteFile()).take([path])
    with Asking(history) as asking:
        (call,) = asking.calls(Filter(), evidence=False)
        return call


RUNG = ((leg(0, "initiated"), ""), (leg(1, "ringing"), ""), (leg(8, "in-progress"), ""))


def test_history_hears_a_call_back_and_whom_it_reached(tmp_path: Path) -> None:
    call = story(
        *RUNG,
        (leg(9, "initiated", "CA2"), ""),
        (leg(15, "in-progress", "CA2"), ""),
        (leg(75, "completed", "CA2", CallDuration="60"), ""),
        (leg(76, "completed", CallDuration="68"), ""),
        folder=tmp_path,
    )
    assert (call["direction"], call["outcome"]) == ("callback", "reached")
    assert (call["caller"], call["talk_ms"]) == (CUSTOMER, 60_000)
    assert call["answered_agent"] == "ann"


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        ("busy", "486", "busy"),
        ("busy", "603", "refused"),
        ("no-answer", "487", "no_answer"),
        ("failed", "404", "invalid_number"),
        ("failed", "503", "failed"),
    ],
)
def test_history_hears_why_nobody_was_reached(
    status: str, code: str, outcome: str, tmp_path: Path
) -> None:
    call = story(
        *RUNG,
        (leg(9, "initiated", "CA2"), ""),
        (leg(40, status, "CA2", SipResponseCode=code), ""),
        (leg(41, "completed", CallDuration="33"), ""),
        folder=tmp_path,
    )
    assert (call["direction"], call["outcome"]) == ("callback", outcome)


def test_history_hears_a_machine_that_pressed_nothing(tmp_path: Path) -> None:
    call = story(
        *RUNG,
        (leg(9, "initiated", "CA2"), ""),
        (leg(15, "in-progress", "CA2"), ""),
        ({k: v for k, v in leg(15, "in-progress", "CA2").items() if k != "Timestamp"}, "ask"),
        (leg(27, "completed", "CA2", CallDuration="12"), ""),
        (leg(28, "completed", CallDuration="20"), ""),
        folder=tmp_path,
    )
    assert call["outcome"] == "message_left"


# ---- the connection


def test_a_connection_with_a_number_dials(row: Connection, twilio: TwilioServer) -> None:
    (one,) = driven(at_once)
    assert one.people == {"Ann": "client:ann", "Ben Ode": "+441632960002"}
    assert dials_anywhere()
    row.keep({"secret": TOKEN, "account": ACCOUNT})
    row.save()
    assert not dials_anywhere()
    assert driven(at_once) == []


def test_somebody_without_a_phone_is_refused_with_a_reason() -> None:
    with pytest.raises(BadSettingsError, match="'Ann' is no person with a phone"):
        people_in("Ann, Ben +441632960002")


def test_trying_it_says_whose_account_it_is_and_whether_it_can_dial(
    owner: Person, row: Connection
) -> None:
    def said() -> str:
        answer = browser(owner).post(f"/setup/connections/{row.pk}/try/", follow=True)
        return answer.content.decode()

    assert "the account The shop answers" in said()
    row.keep(row.given() | {"number": "+441632960999"})
    row.save()
    assert "+441632960999 is no number of this account" in said()
    row.keep(row.given() | {"secret": "guessed"})
    row.save()
    assert "It does not work" in said()


def test_somebody_with_a_number_or_a_client_is_rung_there_if_something_can(row: Connection) -> None:
    ann = person("Ann", "agent", agent="client:ann")
    assert phone_of(ann) == "client:ann"
    assert phone_of(person("Ben", "agent", agent="Agent 2")) is None
    row.keep({"secret": TOKEN})
    row.save()
    assert phone_of(ann) is None


def test_a_desk_of_twilio_rings_the_people_of_the_connection(row: Connection) -> None:
    (one,) = driven(at_once)
    terms = SimpleNamespace(site=SiteFile())
    desk = Calling.of(SimpleNamespace(settings=terms, board=None), one.phones, people=one.people)  # type: ignore[arg-type]
    assert desk.is_there
    assert asyncio.run(desk.phones.knows("client:ann"))
    assert not asyncio.run(desk.phones.knows("PJSIP/1001"))
    nobody = Board(0, 1, "", (), (), (), ())
    assert [who.phone for who in desk.back.people(nobody)] == ["client:ann", "+441632960002"]


# ---- Asterisk's REST interface


class Asterisk(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.headers.get("Authorization") == "Basic ZXZlcnljYWxsOmxvdWQ="
        path = self.path.partition("?")[0]
        found = {
            "/ari/asterisk/info": {"system": {"version": "22.1.0"}},
            "/ari/endpoints": [{}, {}],
        }
        said = json.dumps(found.get(path) if known else {"message": "no"}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: Any) -> None:
        pass


def test_asterisk_by_its_rest_interface_is_connected_and_tried(owner: Person) -> None:
    with served(Asterisk) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        given = {"name": "rest", "host": host, "port": port, "user": "everycall", "secret": "loud"}
        client = browser(owner)
        assert "Asterisk by ARI" in client.get("/setup/connect/?first").content.decode()
        assert client.post("/setup/connect/ari/", given).status_code == 302
        found = Connection.objects.get(name="rest")
        (one,) = driven(at_once)
        assert one.phones.abilities == {Dial, HangUp}
        tried = client.post(f"/setup/connections/{found.pk}/try/", follow=True).content.decode()
        assert "It works: Asterisk 22.1.0, 2 phones and lines." in tried
        found.keep(found.given() | {"secret": "wrong"})
        found.save()
        tried = client.post(f"/setup/connections/{found.pk}/try/", follow=True).content.decode()
        assert "It does not work" in tried
