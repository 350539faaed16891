"""Who is owed a call back is counted anew for whoever asks, also where no stream is open."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from everycall.records.models import Person, Promise, Wall
from everycall.records.tokens import Token
from everycall.web.live.boxes import Owed
from everycall.web.live.hub import Hub, hub
from web.conftest import browser
from web.test_live import board


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("everycall.web.live.hub.OWED_EVERY", 0.0)
    hub.board, hub.owed = board(), None
    yield
    hub.board, hub.owed = None, None


def miss(caller: str) -> None:
    now = timezone.now()
    Promise.objects.create(
        caller=caller, client="shop", reason="missed", made_at=now, missed_at=now,
        due_clock=now - timedelta(minutes=1), due_pure=now, first_call=caller,
    )  # fmt: skip


def told(key: str) -> Any:
    answer = browser().get("/api/v1/live", headers={"authorization": f"Bearer {key}"})
    return answer.json()["boxes"]


def test_a_screen_that_only_comes_anew_counts_them_each_time(supervisor: Person) -> None:
    wall = Wall.objects.create(name="Kitchen")
    for number in range(3):
        page = browser().get(f"/wall/{wall.secret}/").content.decode()
        assert f'<dd data-box="owed" data-unit="count">{number}</dd>' in page
        assert f'"owed": {number}, "overdue": {number}' in page
        miss(f"+49302312500{number}")


def test_a_program_that_asks_once_is_told(owner: Person) -> None:
    _token, key = Token.issue("board", ["live:read"], owner)
    assert (told(key)["owed"], told(key)["overdue"]) == (0, 0)
    miss("+493023125001")
    assert (told(key)["owed"], told(key)["overdue"]) == (1, 1)


def test_the_records_are_not_asked_more_often_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("everycall.web.live.hub.OWED_EVERY", 60.0)
    asked: list[int] = []

    def ask() -> tuple[Owed, ...]:
        asked.append(1)
        return (Owed("shop", "sales", 3, 1),)

    few = Hub()
    assert few.fresh_owed(ask) == few.fresh_owed(ask) == (Owed("shop", "sales", 3, 1),)
    assert len(asked) == 1
