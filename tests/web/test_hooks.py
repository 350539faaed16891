"""Webhooks: told once, signed, sent again until taken, listed with what became of them."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone

from everycall.clock import from_micros
from everycall.records.hooks import JOB, Hook, Telling
from everycall.records.jobs import Job, run_one
from everycall.records.models import Entry, Person, Promise, PromiseMove
from everycall.web.reading import site_reader
from everycall.web.work.hooking import Teller, carry
from everycall.wire.outgoing import signature
from web.conftest import browser, person

SECRET = "whsec_" + base64.b64encode(b"x" * 24).decode()


class Receiver(HTTPServer):
    """Another program that listens; it answers as it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?a=b"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(receiver.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.02,))
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def hook(receiver: Receiver, *kinds: str, **more: Any) -> Hook:
    made = Hook(name="CRM", kinds=list(kinds or ("promise.moved",)), **more)
    made.keep({"url": receiver.url, "secret": SECRET, "inside": True})
    made.save()
    return made


def moved(client: str = "shop") -> PromiseMove:
    now = timezone.now()
    promise = Promise.objects.create(
        caller="+493023125001", client=client, reason="missed", made_at=now, missed_at=now,
        due_clock=now, due_pure=now, first_call="c1",
    )  # fmt: skip
    return PromiseMove.objects.create(
        promise=promise, at=now, move="made", after="waiting", who="the calls"
    )


def carried(after: timedelta = timedelta(0)) -> int:
    count = 0
    while run_one({JOB: carry}, timezone.now() + after):
        count += 1
    return count


def test_the_signature_is_that_of_the_standard() -> None:
    # the vector of the Standard Webhooks libraries
    secret, name = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    made = signature(secret, name, 1614265330, b'{"test": 2432232314}')
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_move_is_told_once_signed_and_masked(receiver: Receiver) -> None:
    hook(receiver)
    moved()
    teller = Teller(site_reader())
    assert teller.look(timezone.now()) == 1
    assert teller.look(timezone.now()) == 0
    assert carried() == 1
    [(headers, body)] = receiver.got
    told = json.loads(body)
    assert (told["type"], told["data"]["move"]) == ("promise.moved", "made")
    assert told["data"]["caller"] == "••••001"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(b"x" * 24, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(mac).decode()
    assert abs(int(headers["webhook-timestamp"]) - timezone.now().timestamp()) < 60
    assert Telling.objects.get().sent_at


def test_a_move_whose_transaction_ended_later_is_told_too(receiver: Receiver) -> None:
    hook(receiver, clients=["shop"])
    first = moved()
    higher = {"pk": first.pk + 2, "promise": first.promise, "at": timezone.now(), "move": "claim"}
    PromiseMove.objects.create(**higher, after="claimed", who="Ann")
    teller = Teller(site_reader())
    assert teller.look(timezone.now()) == 2
    PromiseMove.objects.create(**higher | {"pk": first.pk + 1}, after="claimed", who="Ben")
    assert teller.look(timezone.now()) == 1
    assert Teller(site_reader()).look(timezone.now()) == 0


def test_what_moved_before_there_was_a_webhook_is_no_news(receiver: Receiver) -> None:
    move = moved()
    hook(receiver, told_move=move.pk)
    assert Teller(site_reader()).look(timezone.now()) == 0


def test_what_is_not_taken_is_sent_again_under_the_same_id(receiver: Receiver) -> None:
    hook(receiver)
    moved()
    Teller(site_reader()).look(timezone.now())
    receiver.status = 500
    carried()
    telling = Telling.objects.get()
    assert (telling.sent_at, telling.error) == (None, "127.0.0.1 answered 500")
    receiver.status = 204
    assert carried(timedelta(hours=1)) == 1
    telling.refresh_from_db()
    assert (telling.tries, telling.error) == (2, "")
    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second
    assert not Job.objects.exists()


def test_only_the_brands_that_were_named_are_told_of(receiver: Receiver) -> None:
    hook(receiver, clients=["shop"], numbers=True)
    moved("other")
    moved("shop")
    Teller(site_reader()).look(timezone.now())
    assert [t.body["client"] for t in Telling.objects.all()] == ["shop"]
    assert Telling.objects.get().body["caller"] == "+493023125001"


@pytest.mark.usefixtures("calls")
def test_calls_that_ended_since_are_told_once_and_old_ones_are_not(receiver: Receiver) -> None:
    made = hook(receiver, "call.ended")
    with site_reader().asking() as asking:
        [(newest,)] = asking.rows("SELECT MAX(ended_at) FROM counted")
    now = from_micros(newest) + timedelta(hours=1)
    Hook.objects.filter(pk=made.pk).update(made_at=now)
    assert Teller(site_reader()).look(now) == 0
    Hook.objects.filter(pk=made.pk).update(made_at=now - timedelta(days=9))
    teller = Teller(site_reader())
    assert teller.look(now) > 0
    assert teller.look(now) == 0
    assert Teller(site_reader()).look(now) == 0
    assert all(t.body["outcome"] for t in Telling.objects.all())


def test_an_address_inside_is_refused_unless_the_owner_allowed_it(receiver: Receiver) -> None:
    made = hook(receiver)
    made.keep({"url": receiver.url, "secret": SECRET, "inside": False})
    made.save()
    moved()
    Teller(site_reader()).look(timezone.now())
    carried()
    assert "lies inside this network" in Telling.objects.get().error
    assert receiver.got == []


GIVEN = {
    "name": "CRM",
    "url": "https://crm.example/hook",
    "kinds": ["promise.moved"],
    "clients": "",
}


def test_the_page_makes_one_and_shows_its_secret_once(owner: Person) -> None:
    client = browser(owner)
    page = client.post("/setup/hooks/", GIVEN).content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    assert secret.startswith("whsec_")
    made = Hook.objects.get()
    assert made.given()["secret"] == secret
    assert secret not in made.sealed
    assert secret not in client.get("/setup/hooks/").content.decode()
    assert Entry.objects.filter(action="webhook made").exists()


def test_only_the_owner_sends_into_this_network() -> None:
    page = browser(person("Max", "manager")).post("/setup/hooks/", {**GIVEN, "inside": "on"})
    assert b"Only the owner" in page.content
    assert not Hook.objects.exists()


@pytest.mark.parametrize("url", ["ftp://x.example/", "javascript:alert(1)", "file:///etc/passwd"])
def test_what_is_no_web_address_is_refused(url: str, owner: Person) -> None:
    browser(owner).post("/setup/hooks/", {**GIVEN, "url": url})
    assert not Hook.objects.exists()


def test_the_log_sends_again_and_an_address_can_be_taken_back(
    receiver: Receiver, owner: Person
) -> None:
    made, client = hook(receiver), browser(owner)
    client.post(f"/setup/hooks/{made.pk}/try/")
    carried()
    telling = Telling.objects.get()
    assert b"test" in client.get("/setup/hooks/").content
    client.post(f"/setup/hooks/told/{telling.pk}/again/")
    carried()
    client.post(f"/setup/hooks/told/{telling.pk}/again/")
    carried()
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    client.post(f"/setup/hooks/{made.pk}/remove/")
    made.refresh_from_db()
    assert made.sealed == ""
    assert client.post(f"/setup/hooks/told/{telling.pk}/again/").status_code == 404
