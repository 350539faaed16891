"""Calls are handed out while they are written; what breaks off does not look whole."""

import asyncio
import gc
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.asgi import get_asgi_application

from everycall.app.history.asking import Asking
from everycall.records.models import Entry, Person
from everycall.web import handing_out
from everycall.web.handing_out import HandedOut
from everycall.web.reports.making import as_csv
from everycall.web.views import calls as page
from web.conftest import browser, person

pytestmark = pytest.mark.usefixtures("calls")

FILE = "/calls/file/"


class BrokenError(Exception):
    """A disk that is read from has failed."""


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let calls be told up to the fifth."""
    told = Asking.calls

    def calls(self: Asking, *given: Any, **more: Any) -> Iterator[dict[str, Any]]:
        for number, call in enumerate(told(self, *given, **more)):
            if number == 5:
                raise BrokenError
            yield call

    monkeypatch.setattr(Asking, "calls", calls)
    monkeypatch.setattr(page, "TOGETHER", 2)


def served(who: Person) -> tuple[list[dict[str, Any]], bool]:
    """Ask for the file as a server does; return what was sent, and whether it broke off."""
    cookies = browser(who).cookies
    cookie = "; ".join(f"{name}={one.value}" for name, one in cookies.items()).encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": FILE,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"cookie", cookie)],
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not sent and not asked:
            asked.append(1)
            return {"type": "http.request", "body": b"", "more_body": False}
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asked: list[int] = []
    try:
        async_to_sync(get_asgi_application())(scope, receive, send)
    except BrokenError:
        broke = True
    else:
        broke = False
    with warnings.catch_warnings():
        # what was to be read of the question is left open by Django where its answer breaks off
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    return sent, broke


def test_a_server_hands_out_the_same_as_the_pages_do(viewer: Person) -> None:
    sent, broke = served(viewer)
    assert not broke
    assert b"".join(one.get("body", b"") for one in sent) == browser(viewer).get(FILE).getvalue()
    assert not sent[-1].get("more_body")


def test_the_headings_come_first_and_no_length_is_told(viewer: Person) -> None:
    sent, _ = served(viewer)
    assert sent[1]["body"].decode("utf-8-sig").startswith("id,at,direction")
    assert sent[1]["body"].count(b"\n") == 1
    assert b"content-length" not in {name.lower() for name, _ in sent[0]["headers"]}


@pytest.mark.usefixtures("breaking")
def test_a_file_that_breaks_off_is_not_ended_as_a_whole_one_is(viewer: Person) -> None:
    sent, broke = served(viewer)
    assert broke
    assert sent[0]["status"] == 200
    assert all(one.get("more_body") for one in sent[1:])
    assert b"".join(one["body"] for one in sent[1:]).count(b"\n") == 5


@pytest.mark.usefixtures("breaking")
def test_who_breaks_off_has_taken_calls_away_all_the_same(viewer: Person) -> None:
    answer = browser(viewer).get(FILE)
    next(iter(answer))
    assert Entry.objects.get(action="calls taken away").details["calls"] > 5
    answer.close()


def test_rows_are_written_so_many_together_and_no_more_are_asked_for() -> None:
    asked: list[int] = []

    def rows() -> Iterator[list[Any]]:
        for number in range(10):
            asked.append(number)
            yield [number, "=1"]

    parts = as_csv(["n", "f"], rows(), 4)
    next(parts)
    assert asked == []
    assert next(parts).splitlines()[0] == b"0,'=1"
    assert asked == [0, 1, 2, 3]
    assert len(list(parts)) == 2


def test_pages_are_answered_while_a_file_is_handed_out(viewer: Person) -> None:
    answer = iter(browser(viewer).get(FILE))
    next(answer), next(answer)
    assert browser(viewer).get("/calls/").status_code == 200
    assert handing_out.TOGETHER > 1


def test_numbers_are_masked_in_the_language_of_who_asked() -> None:
    seen = browser(person("Vera", "viewer"))
    said = [
        seen.get(FILE, headers={"accept-language": language}).getvalue().decode("utf-8-sig")
        for language in ("en", "de")
    ]
    assert all("••••" in body for body in said)
    assert ["a colleague" in body for body in said] == [True, False]


def test_a_part_is_written_when_the_one_before_has_been_taken() -> None:
    made: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    async def first() -> bytes:
        async for part in HandedOut(parts(), "text/plain", "x.txt"):
            return part
        return b""

    assert asyncio.run(first()) == b"0"
    assert made == [0]
