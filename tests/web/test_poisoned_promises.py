"""A call that the records cannot hold costs itself alone; on PostgreSQL texts have a longest length."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from everycall.app.recovery.recovering import Recoverer
from everycall.clock import to_micros
from everycall.live.ended import EndedCall
from everycall.records.models import Person, Promise
from everycall.records.stored_promises import StoredPromises
from everycall.web.reading import site_reader
from web.conftest import browser

ENDED = to_micros(timezone.now() - timedelta(minutes=1))

MISSED = EndedCall(
    call_id="call-1",
    direction="inbound",
    caller="+493012345678",
    number="+493012345678",
    client=None,
    called="100",
    queue="sales",
    arrived_at=ENDED - 20_000_000,
    ended_at=ENDED,
    outcome="caller_left_in_queue",
    asked_for_person=True,
    answered=False,
    talk_ms=None,
    wait_ms=20_000,
    agent=None,
    message=False,
)


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    "odd",
    [
        replace(MISSED, call_id="x" * 3000, caller="+49302222222"),
        replace(MISSED, call_id="long", caller="9" * 3000, number="9" * 3000),
        replace(MISSED, call_id="wide", caller="+49301111111", queue="q" * 3000),
    ],
    ids=lambda one: one.call_id[:4],
)
def test_one_call_that_cannot_be_kept_leaves_the_others_their_promises(odd: EndedCall) -> None:
    other = replace(MISSED, call_id="call-2", caller="+493087654321", number="+493087654321")
    recoverer = Recoverer(site_reader().settings(), StoredPromises(), ZoneInfo("UTC"))
    said = recoverer.recover_live([MISSED, odd, other], timezone.now())
    assert said["a promise was made"] >= 2
    assert {MISSED.caller, other.caller} <= {one.caller for one in Promise.objects.all()}
    if connection.vendor == "postgresql":
        assert said["it could not be kept"] == 1
    again = recoverer.recover_live([MISSED, odd, other], timezone.now())
    assert again["a promise was made"] == 0


@pytest.mark.usefixtures("calls")
def test_nobody_is_owed_a_call_at_a_number_that_is_none(supervisor: Person) -> None:
    page = browser(supervisor).post("/callbacks/owe/", {"number": "9" * 25}, follow=True)
    assert "no number that can be called" in page.content.decode()
    assert not Promise.objects.exists()
