"""A caller asks for a call, on a page or through a program: one promise, and nothing told to strangers."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from everycall.client import Client as Program
from everycall.client import RefusedError
from everycall.records.models import Person, Promise, Token
from everycall.records.texts import opt_out
from everycall.web.api.limits import Buckets, Rate
from everycall.web.views import requests as page_of_requests
from web.conftest import browser
from web.test_interface import through_django

NUMBER, WRITTEN = "+493023125001", "030 23 12 50 01"

SITE = """
zone = "Europe/Berlin"
region = "DE"

[hours]
week = ["mon-sun 00:00-24:00"]

[requests]
on = true

[clients."Schöne Schuhe"]
language = "de"

[clients.quiet.requests]
on = false

[clients.strict.requests]
on = true
countries = ["AT"]
slots = false
queue = "sales"
consent = { en = "Ring me, please." }
"""
SHOP = "Schöne Schuhe"
PATH = "/callback/schöne-schuhe/"


@pytest.fixture(autouse=True)
def site(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path: Path = settings.DATA / "site.toml"
    path.write_text(SITE)
    cache.clear()
    for name in ("people", "brands"):
        monkeypatch.setattr(page_of_requests, name, Buckets(Rate(1e9, 1e9)))
    yield path
    path.unlink()


def asked(path: str = PATH, **more: str) -> Any:
    given = {"number": WRITTEN, "agreed": "1"} | more
    return Client(enforce_csrf_checks=True).post(path, given, headers={"Accept-Language": "en"})


def seen(path: str = PATH, language: str = "en") -> str:
    return Client().get(path, headers={"Accept-Language": language}).content.decode()


def owed(**more: object) -> Promise:
    now = timezone.now()
    given = {
        "caller": NUMBER,
        "client": SHOP,
        "reason": "timed_out",
        "made_at": now,
        "missed_at": now,
        "due_clock": now + timedelta(hours=1),
        "due_pure": now + timedelta(hours=1),
        "first_call": "1.1",
    }
    return Promise.objects.create(**(given | more))


# ---- the page


def test_who_asks_is_owed_a_call() -> None:
    answer = asked(about="my order 12")
    assert answer.status_code == 302
    promise = Promise.objects.get()
    assert (promise.caller, promise.client, promise.state) == (NUMBER, SHOP, "waiting")
    assert (promise.requested, promise.language, promise.reason) == (
        True, "en", "callback_requested",
    )  # fmt: skip
    told = [(move.move, move.who, move.why) for move in promise.moves.all()]
    assert told == [
        ("made", "the caller", "callback requested"), ("note", "the caller", "my order 12"),
    ]  # fmt: skip
    assert "We will call you back" in seen(answer.headers["Location"])


def test_who_is_owed_a_call_already_joins_it() -> None:
    promise = owed(next_at=timezone.now() + timedelta(minutes=20), tries=1)
    asked()
    asked()
    promise.refresh_from_db()
    assert Promise.objects.count() == 1
    assert promise.requested
    assert promise.next_at is None
    assert promise.place_at is not None
    assert [move.move for move in promise.moves.all()] == ["asked", "asked"]


def test_who_may_have_been_reached_is_not_hurried() -> None:
    later = timezone.now() + timedelta(minutes=20)
    promise = owed(next_at=later, doubt=True)
    asked()
    promise.refresh_from_db()
    assert promise.next_at == later


def test_a_brand_that_wants_none_has_no_page() -> None:
    assert Client().get("/callback/quiet/").status_code == 404
    assert asked("/callback/quiet/").status_code == 404
    assert Client().get("/callback/no-such/").status_code == 404
    assert Client().get("/callback/").status_code == 404


def test_a_site_without_brands_has_one_page_and_none_until_it_is_on(site: Path) -> None:
    site.write_text('region = "DE"\n')
    assert Client().get("/callback/").status_code == 404
    site.write_text('region = "DE"\n[requests]\non = true\n')
    asked("/callback/")
    assert Promise.objects.get().client == ""


def answers() -> list[bytes]:
    """What a stranger gets to see of a number, whatever is known of it."""
    answer = asked()
    page = Client().get(answer.headers["Location"], headers={"Accept-Language": "en"})
    return [answer.content, str(answer.headers).encode(), page.content]


def test_strangers_learn_nothing_of_a_number() -> None:
    first = answers()
    assert answers() == first
    Promise.objects.update(state="kept")
    assert answers() == first
    opt_out(NUMBER, SHOP, timezone.now(), "on their page")
    assert answers() == first
    assert NUMBER.encode() not in b"".join(first)


def test_a_program_in_the_trap_gets_the_same_answer_and_no_call() -> None:
    person = answers()
    Promise.objects.all().delete()
    answer = asked(website="https://spam.example.org")
    assert answer.content == person[0]
    assert not Promise.objects.exists()


def test_people_do_not_see_the_trap() -> None:
    page = seen()
    assert 'class="trap" aria-hidden="true"' in page
    assert 'name="website" tabindex="-1"' in page
    style = Path(page_of_requests.__file__).parents[1] / "static" / "web" / "everycall.css"
    assert ".skip, .trap { position: absolute; width: 1px;" in style.read_text()


@pytest.mark.parametrize(
    "number",
    [
        "",
        "hello",
        "110",
        "0900 1234567",
        "+49 180 5 123456",
        "+1 900 555 0123",
        "12345",
        "+43 1 58858",
    ],
)
def test_only_usual_lines_of_the_country_are_rung(number: str) -> None:
    answer = asked(number=number)
    assert answer.status_code == 422
    assert "no number that we can call" in answer.content.decode()
    assert not Promise.objects.exists()


def test_a_brand_says_whose_numbers_it_calls_and_by_whom() -> None:
    path = "/callback/strict/"
    assert asked(path).status_code == 422
    assert asked(path, number="+43 1 5885800").status_code == 302
    assert Promise.objects.get().queue == "sales"
    page = seen(path)
    assert "Ring me, please." in page
    assert "<select" not in page


def test_nobody_is_called_who_has_not_agreed() -> None:
    answer = asked(agreed="")
    assert answer.status_code == 422
    assert "You have to agree" in answer.content.decode()
    assert WRITTEN in answer.content.decode()
    assert not Promise.objects.exists()


def test_a_time_that_is_offered_can_be_chosen() -> None:
    found = re.findall(r'option value="([^"]+)"', seen())
    asked(at=found[1])
    promise = Promise.objects.get()
    assert promise.next_at == datetime.fromisoformat(found[1])
    end = promise.next_at + timedelta(minutes=30)
    assert (promise.due_clock, promise.due_business, promise.due_pure) == (end, end, end)
    assert promise.moves.last().move == "set a time"  # type: ignore[union-attr]


@pytest.mark.parametrize("at", ["yesterday", "2026-01-01T00:00:00+00:00"])
def test_a_time_that_was_not_offered_is_as_soon_as_possible(at: str) -> None:
    asked(at=at)
    assert Promise.objects.get().next_at is None


def test_while_it_is_closed_the_page_says_when_it_opens(site: Path) -> None:
    berlin = timezone.now().astimezone(page_of_requests.zone_of(site_file()))
    tomorrow = (berlin + timedelta(days=1)).strftime("%a").lower()
    site.write_text(SITE.replace("mon-sun 00:00-24:00", f"{tomorrow} 09:00-17:00"))
    for page in (seen(), seen(f"{PATH}?lang=en&done")):
        assert "We are closed now" in page
        assert "09:00" in page


def site_file() -> Any:
    return page_of_requests.site_reader().settings()


def test_where_hours_are_unknown_nothing_is_said_of_them(site: Path) -> None:
    site.write_text(SITE.replace('[hours]\nweek = ["mon-sun 00:00-24:00"]', ""))
    page = seen()
    assert "closed" not in page
    assert "<select" not in page


def test_the_page_speaks_the_language_of_its_reader() -> None:
    assert 'lang="pl"' in seen(language="pl")
    assert 'lang="uk"' in seen(f"{PATH}?lang=uk")
    assert 'dir="rtl"' in seen(f"{PATH}?lang=he")
    assert 'lang="de"' in Client().get(PATH).content.decode()
    assert 'lang="en"' in seen(f"{PATH}?lang=xx")


def test_no_cookie_is_set_and_nobody_may_put_it_in_a_frame() -> None:
    answer = Client().get(PATH)
    assert not answer.cookies
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_who_asks_too_often_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of_requests, "people", Buckets(Rate(1 / 120, 2)))
    assert [asked().status_code for _ in range(3)] == [302, 302, 429]


def test_a_house_with_many_addresses_is_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of_requests, "people", Buckets(Rate(1 / 120, 2)))
    given = {"number": WRITTEN, "agreed": "1"}
    found = [
        Client().post(PATH, given, REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code
        for n in range(1, 5)
    ]
    assert found == [302, 302, 429, 429]
    other = Client().post(PATH, given, REMOTE_ADDR="2001:db8:1:3::1")
    assert other.status_code == 302


def test_a_brand_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_of_requests, "brands", Buckets(Rate(1 / 10, 3)))
    found = [
        Client().post(
            PATH, {"number": f"+4930231250{n:02}", "agreed": "1"}, REMOTE_ADDR=f"192.0.2.{n}"
        ).status_code
        for n in range(5)
    ]  # fmt: skip
    assert found == [302, 302, 302, 429, 429]


def test_places_that_are_quiet_again_are_forgotten() -> None:
    moment = [0.0]
    found = Buckets(Rate(1, 5), lambda: moment[0], known=2)
    found.spend("a")
    found.spend("b", 5)
    moment[0] = 3.0
    found.spend("c")
    assert found.wait("b", 5) == 2, "nothing is forgiven before its time"
    for name in "defghijk":
        moment[0] += 10
        found.spend(name)
    assert len(found) <= 3


def test_what_was_asked_of_one_process_counts_at_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = []
    for _ in range(12):
        monkeypatch.setattr(page_of_requests, "people", Buckets(page_of_requests.A_PLACE))
        found.append(asked().status_code)
    assert found == [302] * 10 + [429] * 2
    elsewhere = Client().post(PATH, {"number": WRITTEN, "agreed": "1"}, REMOTE_ADDR="192.0.2.77")
    assert elsewhere.status_code == 302


def test_the_page_is_named_in_set_up(owner: Person) -> None:
    page = browser(owner).get("/setup/texts/").content.decode()
    assert "/callback/sch" in page
    assert "/callback/strict/" in page
    assert "/callback/quiet/" not in page


# ---- programs


def program(*scopes: str, clients: list[str] | None = None) -> Program:
    _, key = Token.issue("the shop", list(scopes or ("callbacks:write",)), clients=clients)
    return Program("http://here", key, send=through_django, pause=lambda _seconds: None)


def test_a_program_asks_and_joins() -> None:
    first = program().request_callback(WRITTEN, client=SHOP, about="broken heel")
    again = program().request_callback(NUMBER, client=SHOP)
    assert (first["promise"], first["joined"], again["joined"]) == (again["promise"], False, True)
    promise = Promise.objects.get()
    assert promise.caller == NUMBER
    assert {move.who for move in promise.moves.all()} == {"the shop"}


def test_the_same_request_again_is_one_request() -> None:
    key = program().key
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Idempotency-Key": "one",
    }
    body = f'{{"number": "{NUMBER}", "client": "strict"}}'.encode()
    address = "http://here/api/v1/callback-requests"
    first = through_django("POST", address, headers, body)
    again = through_django("POST", address, headers, body)
    assert (first.status, first.body) == (again.status, again.body)
    assert b'"joined": false' in first.body
    assert Promise.objects.get().moves.count() == 1


def test_a_program_chooses_a_time() -> None:
    times = program().callback_times(SHOP)
    told = program().request_callback(NUMBER, client=SHOP, at=times[1])
    assert told["at"] is not None
    assert Promise.objects.get().next_at == times[1]
    assert program().callback_times("strict") == []


@pytest.mark.parametrize(
    ("number", "client", "at", "name"),
    [
        ("110", SHOP, None, "number"),
        ("+49 900 1 234567", SHOP, None, "number"),
        (NUMBER, "shoe", None, "client"),
        (NUMBER, None, None, "client"),
        (NUMBER, SHOP, datetime(2020, 1, 1), "time"),  # noqa: DTZ001 - a moment of nobody's
    ],
)
def test_what_cannot_be_is_said_by_name(
    number: str, client: str | None, at: datetime | None, name: str
) -> None:
    with pytest.raises(RefusedError) as told:
        program().request_callback(number, client=client, at=at)
    assert told.value.name == name
    assert not Promise.objects.exists()


def test_a_key_asks_for_its_own_brand_only() -> None:
    own = program(clients=["strict"])
    own.request_callback(NUMBER)
    assert Promise.objects.get().client == "strict"
    with pytest.raises(RefusedError):
        own.request_callback(NUMBER, client=SHOP)
    with pytest.raises(RefusedError) as told:
        program("promises:read").request_callback(NUMBER, client=SHOP)
    assert told.value.name == "scope"
