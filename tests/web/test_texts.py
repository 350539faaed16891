"""Who was missed is told once, whatever fails; answers land on their promise; the link does what it says."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from everycall.records.jobs import Job
from everycall.records.models import OptOut, Person, Promise, Text, TextGateway
from everycall.records.texts import CallerLink
from everycall.web.reading import site_reader
from everycall.web.work.outward import one_round
from everycall.wire.twilio import signature
from web.conftest import browser
from web.sms import Carrier, carrying

MOBILE = "+4915112345678"
TOKEN = "token"

SITE = """
zone = "Europe/Berlin"
region = "DE"

[hours]
week = ["mon-sun 00:00-24:00"]

[promises]
quiet = ""

[texts]
on = true
after = "0 s"
senders = { DE = "Shop" }
"""


@pytest.fixture
def site() -> Iterator[Path]:
    path = settings.DATA / "site.toml"
    path.write_text(SITE)
    yield path
    path.unlink()


@pytest.fixture
def carrier(site: Path, owner: Person) -> Iterator[Carrier]:
    with carrying() as found:
        row = TextGateway(kind="twilio")
        row.keep({"account": "AC1", "secret": TOKEN, "address": found.address})
        row.save()
        yield found


def owed(**more: object) -> Promise:
    now = timezone.now()
    given = {
        "caller": MOBILE,
        "client": "shop",
        "reason": "timed_out",
        "made_at": now,
        "missed_at": now,
        "due_clock": now + timedelta(hours=1),
        "due_pure": now + timedelta(hours=1),
        "first_call": "1.1",
    }
    return Promise.objects.create(**(given | more))


def rounds(times: int = 1) -> None:
    for _ in range(times):
        Job.objects.filter(func="text").update(run_at=timezone.now() - timedelta(seconds=1))
        one_round(site_reader())


def link_in(body: str) -> str:
    found = re.search(r"(/c/\S+/)", body)
    assert found is not None
    return found[1]


def test_a_missed_caller_is_told_once(carrier: Carrier) -> None:
    owed()
    rounds(3)
    assert [(one["To"], one["From"]) for one in carrier.sent] == [(MOBILE, "Shop")]
    assert carrier.sent[0]["Body"].startswith("shop: sorry")


def test_an_id_of_any_length_is_no_reason_to_doubt_what_was_sent(carrier: Carrier) -> None:
    owed()
    carrier.ids = "SM" * 100
    rounds()
    text = Text.objects.get()
    assert (text.state, len(text.remote)) == ("sent", 80)


def test_in_their_language(carrier: Carrier) -> None:
    owed(language="uk")
    rounds()
    assert "передзвонимо" in carrier.sent[0]["Body"]


@pytest.mark.parametrize("trouble", ["limit"])
def test_what_was_surely_not_sent_is_sent_later(carrier: Carrier, trouble: str) -> None:
    owed()
    carrier.trouble = trouble
    rounds(3)
    assert len(carrier.sent) == 1
    assert Text.objects.get().state == "sent"


@pytest.mark.parametrize("trouble", ["lost", "down"])
def test_what_may_have_been_sent_is_not_sent_twice(carrier: Carrier, trouble: str) -> None:
    owed()
    carrier.trouble = trouble
    rounds(3)
    assert len(carrier.sent) == 1
    assert Text.objects.get().state == "unclear"


def test_what_is_refused_is_shown_with_the_reason(carrier: Carrier, owner: Person) -> None:
    owed()
    carrier.trouble = "refused"
    rounds(3)
    assert carrier.sent == []
    page = browser(owner).get("/setup/texts/").content.decode()
    assert "not sent" in page
    assert "answered 400" in page


def test_who_dies_while_sending_does_not_send_again(carrier: Carrier) -> None:
    owed()
    one_round(site_reader())
    carrier.sent.clear()
    Text.objects.update(state="sending")
    Job.objects.create(func="text", args={"text": Text.objects.get().pk}, run_at=timezone.now())
    rounds()
    assert carrier.sent == []
    assert Text.objects.get().state == "unclear"


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "https://sms.example.org:84x/send"},
        {"address": "https://sms..example.org/send"},
        {"address": "https://sms.example.org/send", "secret": "Bearer “abc”"},
        {"addres": "https://sms.example.org/send"},
    ],
)
def test_wrong_settings_are_put_right_and_the_text_is_sent(
    site: Path, owner: Person, wrong: dict[str, str]
) -> None:
    with carrying() as carrier:
        row = TextGateway(kind="gateway")
        row.keep(wrong)
        row.save()
        owed()
        rounds(2)
        assert Text.objects.get().state == "queued"
        assert Text.objects.get().error
        row.keep({"address": carrier.address})
        row.save()
        rounds()
        assert len(carrier.sent) == 1
        assert Text.objects.get().state == "sent"


@pytest.mark.parametrize("brands", ["[clients.shop]\n[clients.praxis]\n", "[clients.shop]\n", ""])
def test_the_gateway_of_a_brand_stays_its_own_when_it_is_saved(
    carrier: Carrier, site: Path, owner: Person, brands: str
) -> None:
    site.write_text(SITE + brands)
    TextGateway.objects.update(client="praxis")
    address = f"/setup/texts/twilio/{TextGateway.objects.get().pk}/"
    page = browser(owner).get(address).content.decode()
    chosen = re.findall(r'<option value="(\w*)" selected>', page)
    assert chosen == ["praxis"]
    told = {"account": "AC1", "secret": "", "address": carrier.address, "client": chosen[0]}
    assert browser(owner).post(address, told).status_code == 302
    assert TextGateway.objects.get().client == "praxis"


def test_nobody_is_told_who_was_helped_before_the_text_left(carrier: Carrier) -> None:
    promise = owed()
    carrier.trouble = "limit"
    rounds()
    Promise.objects.filter(pk=promise.pk).update(state="kept")
    rounds()
    assert carrier.sent == []


def test_where_texts_are_off_nothing_is_sent(carrier: Carrier, site: Path) -> None:
    site.write_text(SITE.replace("on = true", "on = false"))
    owed()
    rounds()
    assert carrier.sent == []


def says(carrier: Carrier, text: str, *, token: str = TOKEN, number: str = MOBILE) -> int:
    row = TextGateway.objects.get()
    form = {"From": number, "Body": text, "MessageSid": f"SM-{text}"}
    path = f"/texts/in/{row.key}/"
    signed = signature(token, f"{settings.ADDRESS}{path}", {k: [v] for k, v in form.items()})
    answer = Client().post(path, form, headers={"X-Twilio-Signature": signed})
    return answer.status_code


def test_an_answer_lands_on_the_promise_once(carrier: Carrier) -> None:
    promise = owed()
    rounds()
    assert says(carrier, "please after five") == 200
    assert says(carrier, "please after five") == 200
    assert [text.body for text in promise.texts.filter(kind="answer")] == ["please after five"]


def test_a_wrong_signature_is_refused(carrier: Carrier) -> None:
    owed()
    assert says(carrier, "hello", token="guessed") == 403
    assert not Text.objects.filter(kind="answer").exists()


def test_stop_is_kept_and_start_takes_it_back(carrier: Carrier) -> None:
    promise = owed()
    says(carrier, "STOP")
    assert OptOut.objects.get().number == MOBILE
    rounds()
    assert carrier.sent == []
    says(carrier, "START")
    assert not OptOut.objects.exists()
    assert promise.texts.filter(kind="answer").count() == 2


def own_gateway(client: str) -> TextGateway:
    row = TextGateway(kind="gateway", client=client)
    told = {"address": "https://sms.example.org/", "secret": "Bearer abc"}
    row.keep(told | {"to_field": "to", "from_field": "from", "text_field": "text"})
    row.save()
    return row


def posts(row: TextGateway, text: str, name: str, number: str = MOBILE) -> int:
    told = {"from": number, "text": text, "id": name}
    said = {"Authorization": "Bearer abc"}
    path = f"/texts/in/{row.key}/"
    return Client().post(path, told, content_type="application/json", headers=said).status_code


def test_two_gateways_may_count_their_messages_alike(site: Path, owner: Person) -> None:
    posts(own_gateway("shop"), "hello", "5", "+4915187654321")
    posts(own_gateway("praxis"), "STOP", "5")
    assert [(out.number, out.client) for out in OptOut.objects.all()] == [(MOBILE, "praxis")]
    assert Text.objects.count() == 2


@pytest.mark.parametrize("name", ["i" * 81, "\0", "i\u2028"])
def test_whatever_an_answer_is_called_it_is_taken_once(
    site: Path, owner: Person, name: str
) -> None:
    row = own_gateway("shop")
    assert posts(row, "STOP", name) == posts(row, "STOP", name) == 200
    assert OptOut.objects.get().number == MOBILE
    kept = Text.objects.get().remote
    assert kept.isprintable()
    assert len(kept) <= 80


def test_an_answer_by_text_can_settle_it(carrier: Carrier, supervisor: Person) -> None:
    promise = owed()
    rounds()
    says(carrier, "is my order there?")
    given = {"body": "It leaves today.", "settled": "1"}
    browser(supervisor).post(f"/callbacks/{promise.pk}/text/", given)
    rounds()
    promise.refresh_from_db()
    assert promise.state == "kept"
    assert carrier.sent[-1]["Body"] == "It leaves today."


def test_the_page_of_a_promise_shows_what_was_written(carrier: Carrier, supervisor: Person) -> None:
    promise = owed()
    rounds()
    says(carrier, "is my order there?")
    page = browser(supervisor).get(f"/callbacks/{promise.pk}/").content.decode()
    assert "is my order there?" in page
    assert "Answer by text" in page


def opened(carrier: Carrier) -> str:
    rounds()
    return link_in(carrier.sent[-1]["Body"])


def test_the_link_shows_the_place_and_nothing_else(carrier: Carrier) -> None:
    owed(caller="+4915199999999", missed_at=timezone.now() - timedelta(hours=2))
    owed()
    path = opened(carrier)
    page = Client().get(path)
    told = page.content.decode()
    assert page.status_code == 200
    assert "line" in told or "next" in told
    assert MOBILE not in told
    assert MOBILE[-6:] not in told
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_looking_changes_nothing(carrier: Carrier) -> None:
    promise = owed()
    path = opened(carrier)
    for _ in range(3):
        Client().get(path)
    promise.refresh_from_db()
    assert promise.state == "waiting"
    assert promise.next_at is None


def test_a_caller_cancels(carrier: Carrier) -> None:
    promise = owed()
    path = opened(carrier)
    page = Client(enforce_csrf_checks=True).post(path, {"do": "cancel"}, follow=True)
    promise.refresh_from_db()
    assert promise.state == "withdrawn"
    assert "We will not call you" in page.content.decode()


def test_a_caller_chooses_a_time_and_sees_it(carrier: Carrier) -> None:
    promise = owed()
    path = opened(carrier)
    third = re.findall(r'option value="([^"]+)"', Client().get(path).content.decode())[2]
    page = Client().post(path, {"do": "time", "at": third}, follow=True)
    promise.refresh_from_db()
    assert promise.next_at == datetime.fromisoformat(third)
    assert f'<option value="{third}" selected>' in page.content.decode()
    assert promise.due_clock == promise.next_at + timedelta(minutes=30)
    assert promise.due_business is None
    assert "the time you chose" in page.content.decode()


@pytest.mark.parametrize("at", ["", "yesterday", "2026-01-01T00:00:00+00:00", "2026-01-01"])
def test_a_time_that_was_not_offered_is_not_taken(carrier: Carrier, at: str) -> None:
    promise = owed()
    path = opened(carrier)
    assert Client().post(path, {"do": "time", "at": at}).status_code == 302
    promise.refresh_from_db()
    assert promise.next_at is None


def test_a_caller_wants_no_more_texts(carrier: Carrier) -> None:
    owed()
    Client().post(opened(carrier), {"do": "stop"})
    assert OptOut.objects.get().how == "on their page"


def test_a_link_that_is_over_or_guessed_says_the_same(carrier: Carrier) -> None:
    owed()
    path = opened(carrier)
    CallerLink.objects.update(until=timezone.now())
    old, guessed = Client().get(path), Client().get("/c/AAAAAAAAAAAAAAAAAAAAAA/")
    assert old.status_code == guessed.status_code == 404
    assert old.content == guessed.content


def test_the_secret_of_a_link_is_not_kept(carrier: Carrier) -> None:
    owed()
    secret = opened(carrier).split("/")[2]
    assert secret not in str(list(CallerLink.objects.values()))
