"""Cloud phone systems post: known by signature or token, taken once it is on the disk, refused in words."""

import json
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from everycall.app.intake.finding import shipped
from everycall.errors import NotTakenError
from everycall.history.journal import Receipt
from everycall.records.connections import Connection
from everycall.records.models import Person
from everycall.sources.base import CallTranslation, Record, Site
from everycall.web.phones import taking
from everycall.wire.twilio import signature
from web.conftest import browser

FORM = {"CallSid": "CA1", "CallStatus": "ringing", "From": "+49", "To": "+49", "AccountSid": "AC"}


class Desk:
    """Takes what is posted, or refuses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.refuses = ""

    def take(self, source: str, bodies: Sequence[str], now: int) -> "Future[Receipt]":
        if self.refuses:
            raise NotTakenError(self.refuses)
        self.taken += [(source, json.loads(body)) for body in bodies]
        done: Future[Receipt] = Future()
        done.set_result(Receipt((), len(bodies)))
        return done


@pytest.fixture
def desk(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for kind in ("twilio", "aircall", "ringcentral"):
        row = Connection(name=kind, kind=kind)
        row.keep({"secret": "token"})
        row.save()
    found = Desk()
    monkeypatch.setattr(taking.Door, "_open", lambda _door: found)
    return found


def twilio(form: dict[str, str], token: str = "token") -> Any:  # noqa: S107  a token of the test
    path = "/in/twilio/"
    signed = signature(token, f"{settings.ADDRESS}{path}", {k: [v] for k, v in form.items()})
    return Client().post(path, form, headers={"X-Twilio-Signature": signed})


def posted(name: str, body: Any, **headers: str) -> Any:
    told = body if isinstance(body, str) else json.dumps(body)
    return Client().post(f"/in/{name}/", told, content_type="application/json", headers=headers)


def test_a_signed_form_is_taken_with_the_moment_it_came(desk: Desk) -> None:
    answer = twilio(FORM)
    assert answer.status_code == 200
    ((source, message),) = desk.taken
    assert source == "twilio"
    assert message.pop("ReceivedAt")
    assert message == FORM


def test_what_twilio_did_not_sign_is_refused(desk: Desk) -> None:
    assert twilio(FORM, token="guessed").status_code == 403
    assert Client().post("/in/twilio/", FORM).status_code == 403
    assert desk.taken == []


def test_an_aircall_message_is_known_by_its_token_which_is_not_kept(desk: Desk) -> None:
    message = {"resource": "call", "event": "call.created", "data": {"id": 1}}
    assert posted("aircall", message | {"token": "token"}).status_code == 200
    assert posted("aircall", message | {"token": "other"}).status_code == 403
    assert posted("aircall", message).status_code == 403
    assert desk.taken == [("aircall", message)]


def test_ringcentral_is_answered_and_known_by_its_token(desk: Desk) -> None:
    asked = posted("ringcentral", "", **{"Validation-Token": "are you there"})
    assert (asked.status_code, asked.headers["Validation-Token"]) == (200, "are you there")
    assert posted("ringcentral", {"body": {}}, **{"Verification-Token": "x"}).status_code == 403
    assert posted("ringcentral", {"body": {}}, **{"Verification-Token": "token"}).status_code == 200
    assert desk.taken == [("ringcentral", {"body": {}})]


NOW = datetime.now(UTC)
CALL = {
    "id": 7,
    "direction": "inbound",
    "raw_digits": "+493023125001",
    "started_at": 1,
    "number": {},
}
PARTY = {"id": "p-1", "direction": "Inbound", "status": {"code": "Proceeding"}, "extensionId": "1"}


def sent(kind: str, at: datetime) -> Any:
    """Post a message as a phone system sends it at a moment."""
    if kind == "twilio":
        return twilio({**FORM, "Timestamp": format_datetime(at)})
    if kind == "aircall":
        told = {
            "resource": "call",
            "event": "call.created",
            "timestamp": int(at.timestamp()),
            "data": CALL,
        }
        return posted("aircall", {**told, "token": "token"})
    body = {
        "telephonySessionId": "s-1",
        "sequence": 1,
        "eventTime": at.isoformat(),
        "parties": [PARTY],
    }
    message = {"timestamp": at.isoformat(), "body": body}
    return posted("ringcentral", message, **{"Verification-Token": "token"})


@pytest.mark.parametrize("kind", ["twilio", "aircall", "ringcentral"])
def test_what_was_sent_long_ago_is_refused(desk: Desk, kind: str) -> None:
    late, early = sent(kind, NOW - timedelta(hours=25)), sent(kind, NOW + timedelta(hours=25))
    assert (late.status_code, early.status_code) == (403, 403)
    assert desk.taken == []
    assert sent(kind, NOW - timedelta(hours=20)).status_code == 200
    assert len(desk.taken) == 1


@pytest.mark.parametrize("kind", ["twilio", "aircall", "ringcentral"])
def test_the_same_message_again_changes_nothing(desk: Desk, kind: str, tmp_path: Path) -> None:
    once = sent(kind, NOW)
    before = told(kind, desk.taken, tmp_path / "once")
    again = sent(kind, NOW)
    assert (once.status_code, again.status_code) == (200, 200)
    assert len(desk.taken) == 2
    assert before
    assert told(kind, desk.taken, tmp_path / "twice") == before


def test_the_same_form_without_a_time_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    twilio(FORM)
    before = told("twilio", desk.taken, tmp_path / "once")
    twilio(FORM)
    assert told("twilio", desk.taken, tmp_path / "twice") == before


def told(kind: str, taken: list[tuple[str, dict[str, Any]]], path: Path) -> list[tuple[str, str]]:
    """Return what history is told by messages: their events, by moment and kind."""
    path.write_text("".join(f"{json.dumps(body)}\n" for _, body in taken), encoding="utf-8")
    source = shipped(kind)
    assert source is not None
    translation = source.translation
    assert isinstance(translation, CallTranslation)
    records = [one for one in translation.read(path, Site()) if isinstance(one, Record)]
    found = translation.translate(records[0].call, records, Site())
    return [(str(event.at), event.kind.value) for event in found]


def test_a_full_disk_asks_to_send_it_again(desk: Desk) -> None:
    desk.refuses = "the disk is full"
    answer = twilio(FORM)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "the disk is full" in answer.content.decode()


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '"x"', "[" * 5000, '{"token": "\\ud800"}', '{"token": 1e999}']
)
def test_what_is_no_object_is_refused(desk: Desk, body: str) -> None:
    assert posted("aircall", body).status_code == 403
    assert desk.taken == []


def test_a_message_that_is_too_long_is_refused(desk: Desk) -> None:
    assert posted("aircall", {"token": "token", "x": "y" * 70_000}).status_code == 413


def test_nobody_posts_to_what_is_not_connected(desk: Desk) -> None:
    Connection.objects.update(removed_at="2026-01-01T00:00:00Z")
    assert twilio(FORM).status_code == 404
    assert posted("nobody", {}).status_code == 404


def test_a_secret_that_was_left_empty_opens_nothing(desk: Desk) -> None:
    row = Connection.objects.get(name="aircall")
    row.keep({"secret": ""})
    row.save()
    assert posted("aircall", {"token": ""}).status_code == 403


def test_the_page_shows_where_to_post_to(desk: Desk, owner: Person) -> None:
    page = browser(owner).get("/setup/site/").content.decode()
    assert f"{settings.ADDRESS}/in/twilio/" in page


def test_half_a_sign_in_a_text_is_no_reason_to_lose_a_message(desk: Desk) -> None:
    sent_at = datetime.now(UTC).timestamp()
    body = f'{{"token": "token", "event": "call.created", "timestamp": {sent_at}, "data": {{"name": "\\ud83d"}}}}'
    assert posted("aircall", body).status_code == 200
    ((_, message),) = desk.taken
    assert message["data"]["name"] == "?"
