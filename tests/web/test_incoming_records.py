"""FreeSWITCH and Amazon Connect post call records in their own ways; what is taken is read as from a file."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from everycall.app.intake.finding import shipped
from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.sources.base import Record
from everycall.web.phones import taking
from web.conftest import browser
from web.test_incoming import Desk

RECORDED = Path(__file__).parents[1] / "sources"
LEG = json.loads((RECORDED / "freeswitch/recording.jsonl").read_text("utf-8").splitlines()[0])
CONTACTS = [
    json.loads(line)
    for line in (RECORDED / "amazon_connect/recording.jsonl").read_text("utf-8").splitlines()[:3]
]
FORM = "application/x-www-form-urlencoded"
BASE64 = "application/x-www-form-base64-encoded"
PLAIN = "application/x-www-form-plaintext"
JSON = "application/json"


@pytest.fixture
def desk(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for kind in ("freeswitch", "amazon_connect"):
        row = Connection(name=kind, kind=kind)
        row.keep({"secret": "pass:word"})
        row.save()
    found = Desk()
    monkeypatch.setattr(taking.Door, "_open", lambda _door: found)
    return found


def basic(user: str, password: str = "pass:word") -> dict[str, str]:  # noqa: S107  of the test
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


def posted(name: str, body: str, kind: str = JSON, **headers: str) -> Any:
    address = f"/in/{name}/?uuid=a_1"
    return Client().post(address, body, content_type=kind, headers=headers or basic(name))


def delivered(*data: str, key: str = "pass:word") -> Any:
    """Post what Firehose delivers."""
    records = [{"data": b64encode(one.encode()).decode()} for one in data]
    body = json.dumps({"requestId": "r-1", "timestamp": 1, "records": records})
    shown = {"X-Amz-Firehose-Request-Id": "r-1", "X-Amz-Firehose-Access-Key": key}
    return posted("amazon_connect", body, **shown)


def read(kind: str, desk: Desk) -> list[Any]:
    """Return what the source makes of what was taken, one by one, as it is read live."""
    source = shipped(kind)
    assert source is not None
    assert source.live is not None
    reader = source.live()
    bodies = [json.dumps(body) for _, body in desk.taken]
    return [one for body in bodies for one in reader.take(body, 1, 0)]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (PLAIN, json.dumps(LEG, indent=1)),
        (JSON, json.dumps(LEG)),
        (FORM, f"cdr={quote(json.dumps(LEG))}"),
        (BASE64, f"cdr={b64encode(json.dumps(LEG).encode()).decode()}"),
    ],
)
def test_a_leg_is_taken_however_freeswitch_writes_it(desk: Desk, kind: str, body: str) -> None:
    assert posted("freeswitch", body, kind).status_code == 200
    assert desk.taken == [("freeswitch", LEG)]
    assert [type(one) for one in read("freeswitch", desk)] == [Record]


def test_firehose_is_answered_as_it_asks(desk: Desk) -> None:
    one, two, three = map(json.dumps, CONTACTS)
    answer = delivered(f"{one}\n{two}", three)
    assert (answer.status_code, answer.json()["requestId"]) == (200, "r-1")
    assert isinstance(answer.json()["timestamp"], int)
    assert desk.taken == [("amazon_connect", contact) for contact in CONTACTS]
    assert {type(one) for one in read("amazon_connect", desk)} == {Record}
    refused = delivered(one, key="guessed")
    assert (refused.status_code, refused.json()["requestId"]) == (401, "r-1")
    assert "wrong" in refused.json()["errorMessage"]


def test_eventbridge_and_programs_post_one_or_several(desk: Desk) -> None:
    assert posted("amazon_connect", json.dumps(CONTACTS[0])).status_code == 200
    assert posted("amazon_connect", json.dumps(CONTACTS[1:])).status_code == 200
    assert [body for _, body in desk.taken] == CONTACTS


def test_a_spoiled_record_costs_itself_alone(desk: Desk) -> None:
    assert delivered("{spoiled", json.dumps(CONTACTS[0])).status_code == 200
    spoiled, good = read("amazon_connect", desk)
    assert not isinstance(spoiled, Record)
    assert isinstance(good, Record)


@pytest.mark.parametrize(
    "shown",
    [
        {"Authorization": "Basic"},
        {"Authorization": "Basic ä"},
        {"Authorization": "Bearer pass:word"},
        basic("freeswitch", "guessed"),
        basic("somebody"),
        {"X-Amz-Firehose-Access-Key": "pass:word"},
    ],
)
def test_who_shows_no_password_is_asked_for_one(desk: Desk, shown: dict[str, str]) -> None:
    answer = posted("freeswitch", json.dumps(LEG), **shown)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert desk.taken == []


def test_a_password_that_was_left_empty_opens_nothing(desk: Desk) -> None:
    row = Connection.objects.get(name="freeswitch")
    row.keep({"secret": ""})
    row.save()
    answer = posted("freeswitch", json.dumps(LEG), **basic("freeswitch", ""))
    assert answer.status_code == 401


@pytest.mark.parametrize("body", ["", "{", "null", '"x"', "7", "[" * 5000, "cdr=%ff"])
@pytest.mark.parametrize("kind", [PLAIN, FORM, BASE64])
def test_what_is_no_record_is_refused_with_what_to_do(desk: Desk, body: str, kind: str) -> None:
    answer = posted("freeswitch", body, kind)
    assert answer.status_code == 400
    assert "encode" in answer.content.decode()
    assert desk.taken == []


def test_what_is_too_much_or_packed_is_refused(desk: Desk) -> None:
    assert posted("freeswitch", json.dumps({"x": "y" * 70_000})).status_code == 413
    assert posted("freeswitch", json.dumps([{}] * 10_001)).status_code == 413
    packed = {"Content-Encoding": "gzip", **basic("amazon_connect")}
    assert posted("amazon_connect", "x", **packed).status_code == 400
    assert desk.taken == []


def test_a_full_disk_asks_to_send_it_again(desk: Desk) -> None:
    desk.refuses = "the disk is full"
    answer = posted("freeswitch", json.dumps(LEG))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_they_are_connected_on_the_page(owner: Person) -> None:
    who = browser(owner)
    assert "Connect FreeSWITCH" in who.get("/setup/site/").content.decode()
    assert "Amazon Connect" in who.get("/setup/connect/").content.decode()
    given = {"name": "switch", "secret": "pass:word"}
    assert who.post("/setup/connect/freeswitch/", given).status_code == 302
    page = who.get("/setup/site/").content.decode()
    assert "/in/switch/" in page
    assert "pass:word" not in page
