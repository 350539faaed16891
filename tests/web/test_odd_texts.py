"""Whatever text stands in an address, a question or a form: it is taken or refused, and breaks nothing."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

import everycall
from everycall.records.models import Person, Token
from everycall.records.tokens import SCOPES
from everycall.web.asked import whole
from web.addresses import GIVEN, Address, _walk, addresses
from web.conftest import browser
from web.test_interface import disk, picture

__all__ = ["disk", "picture"]

SOURCE = Path(everycall.__file__).parent / "web"

ODD = (
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass"),
    "9" * 25,
    "9" * 5000,
    "\r\nX-Evil: 1 '\"--;\\ \u202e\ufeff\U0001f4de %00 {{7*7}} ../../etc/passwd",
)

pytestmark = pytest.mark.usefixtures("calls", "disk", "picture")


def _asked(kind: str) -> list[str]:
    """Return the names that the pages look for in a question, or in a form."""
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py")))
    found = re.findall(rf"request\.{kind}(?:\.get|\.getlist)?[\[(]\s*\"([\w-]+)\"", text)
    return sorted({*found, "page", "next"})


QUESTIONS, FIELDS = _asked("GET"), _asked("POST")


def odd(text: str | bytes) -> str:
    return quote(text, safe="")


def stranger() -> Client:
    client = browser()
    client.raise_request_exception = False
    return client


def asker(who: Person) -> Client:
    client = browser(who)
    client.raise_request_exception = False
    return client


def fields_of(client: Client, path: str) -> list[str]:
    """Return the names of every field of a page, and of those that are looked for anywhere."""
    answer = client.get(path)
    page = answer.content.decode("utf-8", "replace") if not answer.streaming else ""
    found = {*re.findall(r'name="([\w-]+)"', page), *QUESTIONS, *FIELDS}
    return sorted(found - {"csrfmiddlewaretoken"})


def test_the_names_are_found(owner: Person) -> None:
    assert {"page", "next", "days"} <= {*QUESTIONS}
    assert len(FIELDS) > 5
    assert "number" in fields_of(asker(owner), "/calls/")


@pytest.mark.parametrize("one", addresses(), ids=lambda one: one.name)
def test_no_address_breaks_by_what_is_written(one: Address, owner: Person) -> None:
    client = asker(owner)
    names = fields_of(client, one.path)
    for text in ODD:
        written = "&".join(f"{name}={odd(text)}" for name in names)
        assert client.get(f"{one.path}?{written}").status_code != 500, ("GET", text)
        kind = "application/x-www-form-urlencoded"
        answer = client.post(one.path, written, content_type=kind)
        assert answer.status_code != 500, ("POST", text)


WORDS = [
    (name, word)
    for name, _route, words in _walk(get_resolver().url_patterns)
    for word in words
    if isinstance(GIVEN[word], str)
]


@pytest.mark.parametrize(("name", "word"), WORDS)
def test_no_address_breaks_by_the_text_in_it(name: str, word: str, owner: Person) -> None:
    client = asker(owner)
    routes = {found: words for found, _route, words in _walk(get_resolver().url_patterns)}
    marked = reverse(name, kwargs={one: GIVEN[one] for one in routes[name]} | {word: "MARK"})
    for text in ODD:
        path = marked.replace("MARK", odd(text))
        assert client.get(path).status_code != 500, ("GET", text)
        assert client.post(path).status_code != 500, ("POST", text)


@pytest.mark.parametrize("path", ["login", "password/change", "reauthenticate", "mfa/authenticate"])
def test_no_way_in_breaks_by_what_is_written(path: str, owner: Person) -> None:
    for client in (asker(owner), stranger()):
        for text in ODD:
            names = ("login", "password", "oldpassword", "password1", "password2", "code", "next")
            written = "&".join(f"{name}={odd(text)}" for name in names)
            kind = "application/x-www-form-urlencoded"
            answer = client.post(f"/account/{path}/?next={odd(text)}", written, content_type=kind)
            assert answer.status_code != 500, text


def test_an_address_that_cannot_be_looked_up_is_refused_and_says_so() -> None:
    for path in ("/wall/a%00b/", "/calls/?number=a%00b", "/api/v1/calls/a%00b"):
        answer = stranger().get(path)
        assert answer.status_code == 400, path
        assert b"nothing is called by" in answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("0", 0), ("", 1), ("-1", 1), ("x", 1), ("\u0667", 1), ("9" * 5000, 50), ("51", 50)],
)
def test_a_number_that_is_asked_for_has_bounds(text: str, number: int) -> None:
    assert whole(text, 1, 50) == number


@pytest.mark.parametrize("source", ["everycall_events", "twilio", "aircall"])
def test_no_record_that_is_posted_breaks_anything(source: str) -> None:
    _, key = Token.issue("test", list(SCOPES))
    for text in ("a\x00b", "\ud800", "9" * 5000):
        record = {"at": text, "kind": text, "call_id": text, "event": text, "CallSid": text}
        for body in ({"events": [record]}, {"source": source, "records": [record, text]}):
            answer = stranger().post(
                "/api/v1/events",
                json.dumps(body),
                content_type="application/json",
                headers={
                    "Authorization": f"Bearer {key}",
                    "Idempotency-Key": text.strip("\0\ud800"),
                },
            )
            assert answer.status_code < 500, (text, answer.content)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "9" * 5000])
def test_no_request_for_a_call_breaks_anything(text: str) -> None:
    _, key = Token.issue("test", list(SCOPES))
    body = {"number": text, "client": text, "about": text, "at": text, "language": text}
    answer = stranger().post(
        "/api/v1/callback-requests",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code < 500, answer.content
