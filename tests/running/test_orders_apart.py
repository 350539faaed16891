"""With the parts apart, a click on a page reaches the phone systems that another process hears; once."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from everycall.wire.ami_protocol import Fields
from running.test_apart import part, prepared, until
from web.serving import environment
from wire import fake_pbx
from wire.threaded import Pbx

CALLER = "+441632960101"

MAKE = """
import sys
import django; django.setup()
from datetime import datetime, UTC
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from everycall.records.models import Connection, Person, Promise
who = Person.objects.create_user("sam@example.org", "x", name="Sam", role="supervisor", agent="Ann")
row = Connection(name="office", kind="ami")
row.keep({"host": "127.0.0.1", "port": int(sys.argv[1]), "user": sys.argv[2], "secret": sys.argv[3]})
row.save()
now = datetime.now(UTC)
promise = Promise.objects.create(
    caller=sys.argv[4], reason="missed", made_at=now, missed_at=now, due_clock=now, due_pure=now,
    first_call="c1",
)
store = SessionStore()
store[SESSION_KEY] = str(who.pk)
store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
store[HASH_SESSION_KEY] = who.get_session_auth_hash()
store.create()
print(store.session_key, promise.pk)
"""

STATE = """
import django; django.setup()
from everycall.records.models import Promise
print(Promise.objects.get().state)
"""

MEMBER = {
    "Event": "QueueMember",
    "Queue": "sales",
    "Name": "Ann",
    "Location": "PJSIP/1001",
    "StateInterface": "PJSIP/1001",
    "Membership": "dynamic",
    "Status": "1",
    "Paused": "0",
    "Penalty": "0",
}


class Exchange(fake_pbx.FakePbx):
    """A phone system with a database, that can let a process die at a word of it."""

    fatal: "tuple[str, subprocess.Popen[str]] | None" = None

    def _answer(self, fields: Fields, writer: Any) -> None:
        if self.fatal is not None and fields["Action"] == self.fatal[0]:
            self.fatal[1].send_signal(signal.SIGKILL)
            self.fatal = None
        elif fields["Action"] == "DBGet":
            fake_pbx.reply(writer, fields, "Error", Message="Database entry not found")
        elif fields["Action"] == "Getvar":
            fake_pbx.reply(writer, fields, "Success", Value="NOT_INUSE")
        else:
            super()._answer(fields, writer)


@pytest.fixture
def pbx() -> Iterator[Pbx]:
    made = Pbx(Exchange())
    made.fake.lists["QueueStatus"] = [MEMBER]
    yield made
    made.stop()


def told(data: Path, program: str, *words: str) -> list[str]:
    command = [sys.executable, "-c", program, *words]
    done = subprocess.run(
        command, env=environment(data), capture_output=True, text=True, check=True
    )
    return done.stdout.split()


class Desk:
    """Somebody before a page of a web process."""

    def __init__(self, pages: httpx.Client, session: str) -> None:
        self.pages = pages
        pages.cookies.set("sessionid", session)

    def post(self, where: str, seen: str = "/now/", **given: str) -> httpx.Response:
        """Press a button of a page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.pages.get(seen).text)
        assert token
        return self.pages.post(where, data={**given, "csrfmiddlewaretoken": token[1]})

    def act(self, name: str, **given: str) -> tuple[int, str]:
        token = re.search(r'value="([^"]+)"', self.pages.get("/now/").text.split("csrfmiddle")[1])
        assert token
        answer = self.pages.post(
            f"/now/acts/{name}/",
            data={**given, "csrfmiddlewaretoken": token[1]},
            headers={"accept": "application/json"},
        )
        return answer.status_code, answer.text


@contextmanager
def office(data: Path, pbx: Pbx) -> Iterator[tuple[Desk, str]]:
    """A web process, somebody who is logged in there, and a caller who is owed a call."""
    prepared(data)
    made = told(data, MAKE, str(pbx.fake.port), fake_pbx.USER, fake_pbx.SECRET, CALLER)
    with part(data, "web") as (pages, _):
        yield Desk(pages, made[0]), made[1]


def in_picture(desk: Desk) -> None:
    until(lambda: "PJSIP/1001" in desk.pages.get("/now/").text or "Ann" in _offered(desk))


def _offered(desk: Desk) -> str:
    return desk.pages.get("/now/acts/").text


def test_a_click_reaches_the_process_that_hears(data: Path, pbx: Pbx) -> None:
    with office(data, pbx) as (desk, promise), part(data, "ingest"):
        in_picture(desk)
        assert desk.act("pause", agent="Ann", reason="coaching")[0] == 200
        assert [one["Reason"] for one in pbx.told("QueuePause")] == ["coaching"]
        assert desk.act("pause", agent="Nob")[0] == 404
        pbx.fake.refuses.add("QueueAdd")
        status, said = desk.act("add", agent="Ann", queue="support")
        assert (status, "Permission denied" in said) == (502, True)
        desk.post("/now/help/", ask="1")
        assert until(lambda: 'value="0"' in desk.pages.get("/now/").text)
        page = until(lambda: _with_button(desk, promise))
        assert "/call/" in page
        desk.post(f"/callbacks/{promise}/call/", f"/callbacks/{promise}/")
        assert len(pbx.told("Originate")) == 1
        assert told(data, STATE) == ["dialling"]


def _with_button(desk: Desk, promise: str) -> str:
    page = desk.pages.get(f"/callbacks/{promise}/").text
    return page if f"/callbacks/{promise}/call/" in page else ""


def test_where_nobody_hears_it_is_said_within_seconds_and_nothing_happens_later(
    data: Path, pbx: Pbx
) -> None:
    with office(data, pbx) as (desk, promise), ExitStack() as stack:
        _, process = stack.enter_context(part(data, "ingest"))
        in_picture(desk)
        until(lambda: _with_button(desk, promise))
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        begun = time.monotonic()
        status, said = desk.act("pause", agent="Ann")
        assert (status, "Nothing was done" in said) == (503, True)
        assert time.monotonic() - begun < 10
        page = desk.post(f"/callbacks/{promise}/call/", f"/callbacks/{promise}/")
        assert page.status_code == 302
        assert "Nothing was done" in desk.pages.get(f"/callbacks/{promise}/").text
        with part(data, "ingest"):
            in_picture(desk)
            time.sleep(2)
            assert not pbx.told("QueuePause", "Originate")


@pytest.mark.kill
@pytest.mark.parametrize("word", ["DBGet", "Originate"])
def test_who_hears_dies_between_order_and_act_and_nobody_is_dialled_twice(
    data: Path, pbx: Pbx, word: str
) -> None:
    with office(data, pbx) as (desk, promise), ExitStack() as stack:
        _, process = stack.enter_context(part(data, "ingest"))
        in_picture(desk)
        until(lambda: _with_button(desk, promise))
        pbx.fake.fatal = (word, process)  # type: ignore[attr-defined]
        desk.post(f"/callbacks/{promise}/call/", f"/callbacks/{promise}/")
        assert "no answer came" in desk.pages.get(f"/callbacks/{promise}/").text
        assert process.wait(30) == -signal.SIGKILL
        with part(data, "ingest"):
            in_picture(desk)
            time.sleep(5)
            assert len(pbx.told("Originate")) == (word == "Originate")
