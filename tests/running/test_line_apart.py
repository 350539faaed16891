"""With the parts apart, whoever gets a caller handed on sees in a web process what was before."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from running.test_apart import event, part, prepared, until
from running.test_orders_apart import Desk, told

CALLER = "+441632960101"

MAKE = """
import django; django.setup()
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from everycall.records.models import Person
who = Person.objects.create_user("amy@example.org", "x", name="Amy", role="agent", agent="Ann")
store = SessionStore()
store[SESSION_KEY] = str(who.pk)
store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
store[HASH_SESSION_KEY] = who.get_session_auth_hash()
store.create()
print(store.session_key)
"""


def arrived(at: datetime, call: str) -> list[dict[str, str]]:
    return [
        event(at, "call.arrived", call, direction="inbound", caller=CALLER),
        event(at, "queue.entered", call, queue="sales"),
    ]


def earlier(now: datetime) -> dict[str, Any]:
    """Nobody took a call of an hour ago."""
    at = now - timedelta(hours=1)
    left = at + timedelta(seconds=40)
    return {
        "events": [
            *arrived(at, "before"),
            event(left, "queue.left", "before", queue="sales", reason="caller"),
            event(left, "call.ended", "before", reason="caller"),
        ]
    }


def handed_on(now: datetime) -> dict[str, Any]:
    """Ben took a call after 12 seconds, and hands it on to Ann, whose phone rings."""
    at = now - timedelta(seconds=60)
    taken, handed = at + timedelta(seconds=12), at + timedelta(seconds=50)
    return {
        "events": [
            *arrived(at, "now"),
            event(at, "agent.rang", "now", agent="Ben", queue="sales"),
            event(taken, "agent.stopped", "now", agent="Ben", reason="answered"),
            event(taken, "queue.left", "now", queue="sales", reason="answered"),
            event(taken, "talk.started", "now", agent="Ben", queue="sales"),
            event(handed, "talk.ended", "now", agent="Ben"),
            event(handed, "transfer.started", "now", agent="Ben", party="Ann"),
            event(handed, "agent.rang", "now", agent="Ann"),
        ]
    }


def test_the_card_of_whoever_is_handed_on_says_what_was_before(data: Path) -> None:
    _, headers = prepared(data)
    (session,) = told(data, MAKE)
    now = datetime.now(UTC)
    with ExitStack() as stack:
        pages, _ = stack.enter_context(part(data, "web"))
        desk = Desk(pages, session)
        assert pages.post("/api/v1/events", json=earlier(now), headers=headers).json()["taken"] == 4
        with part(data, "ingest"):
            # what was heard is history when the one that watches has ended
            until(lambda: pages.get("/ready/").json()["says"] == [])
        assert until(lambda: pages.get("/api/v1/calls", headers=headers).json()["calls"])
        with part(data, "ingest"):
            posted = pages.post("/api/v1/events", json=handed_on(now), headers=headers)
            assert posted.json()["taken"] == 9
            card = until(lambda: card_of(desk))
            assert "Spoke before with a colleague." in card
            assert "Waited 12 s before that." in card
            assert "Calls of this number" in card
            assert "caller left in queue" in card


def card_of(desk: Desk) -> str:
    page = desk.pages.get("/callbacks/line/").text
    return page if "Spoke before" in page else ""
