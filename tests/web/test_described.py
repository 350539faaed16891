"""The interface against its own description: whatever is asked, it never breaks."""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings

from everycall.records.models import Person, Token
from everycall.records.tokens import SCOPES
from everycall.web.api import limits
from everycall.web.api.limits import Buckets, Rate
from everycall.web.phones.taking import door
from web.conftest import browser
from web.test_interface import OPERATIONS, disk, picture

__all__ = ["disk", "picture"]

TRIES = int(os.environ.get("EVERYCALL_TRIES", "25"))
"""Requests for each operation; more of them with EVERYCALL_TRIES."""


@pytest.fixture
def key(
    calls: None, owner: Person, disk: object, picture: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    for name in ("requests", "records"):
        monkeypatch.setattr(limits, name, Buckets(Rate(1e9, 1e9)))
    _, text = Token.issue("test", list(SCOPES))
    # a request ends with its connection, and this test is within a transaction of its own
    ends = [
        end for end in (request_started, request_finished) if end.disconnect(close_old_connections)
    ]
    yield text
    for end in ends:
        end.connect(close_old_connections)
    assert door.landing is not None


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_asked_nothing_breaks(path: str, method: str, key: str) -> None:
    app = get_wsgi_application()
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    seen: set[int] = set()

    @given(case=described[path][method].as_strategy())
    @settings(
        max_examples=TRIES,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def tried(case: schemathesis.Case) -> None:
        before = transaction.savepoint()
        answer = case.call(headers={"Authorization": f"Bearer {key}"})
        if answer.status_code >= 400:  # what a database refused would stop all that follows
            transaction.savepoint_rollback(before)
        seen.add(answer.status_code)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            [kind] = answer.headers["content-type"]
            assert kind == "application/problem+json", (answer.status_code, answer.text)

    tried()
    assert seen - {401, 429}, "nothing but the door was tried"


@pytest.mark.usefixtures("owner")
def test_the_description_says_what_it_is() -> None:
    told = browser().get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert all(o["summary"] for path in told["paths"].values() for o in path.values())
