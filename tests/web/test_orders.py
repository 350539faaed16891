"""An order is begun once, while it is fresh; who ordered it is told what came of it, or that nobody knows."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from everycall.errors import EverycallError, NotFoundError
from everycall.records import orders
from everycall.records.orders import Order
from everycall.telephony import PhoneSystemError, UnsureError
from everycall.web.phones import ordering
from everycall.web.phones.ordering import NobodyHearsError, ask, carry_out

DONE: list[dict[str, Any]] = []


def noted(given: Any) -> str:
    DONE.append(dict(given))
    if error := given.get("error"):
        raise {"not-found": NotFoundError, "phone-system": PhoneSystemError}[error]("not so")
    return "as you wish"


def breaks(_given: Any) -> str:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    DONE.clear()
    monkeypatch.setattr(ordering, "WORKS", {"note": noted, "break": breaks})
    monkeypatch.setattr(ordering, "LOOK", 0.01)


def test_it_is_begun_once() -> None:
    now = timezone.now()
    order = orders.place("note", {}, now)
    assert orders.waiting(["note"], now) == [order.pk]
    assert orders.begin(order.pk, now) is not None
    assert orders.begin(order.pk, now) is None
    assert orders.waiting(["note"], now) == []
    carry_out(order.pk)
    assert DONE == []


def test_one_that_is_not_fresh_is_not_begun() -> None:
    now = timezone.now()
    order = orders.place("note", {}, now)
    later = now + orders.FRESH + timedelta(seconds=1)
    assert orders.waiting(["note"], later) == []
    assert orders.begin(order.pk, later) is None


def test_who_gave_it_up_and_who_begins_it_cannot_both_be_right() -> None:
    now = timezone.now()
    one, other = orders.place("note", {}, now), orders.place("note", {}, now)
    assert orders.expire(one, now)
    assert orders.begin(one.pk, now) is None
    assert orders.begin(other.pk, now) is not None
    assert not orders.expire(other, now)


def test_what_came_of_it_is_written_down_once() -> None:
    now = timezone.now()
    order = orders.begin(orders.place("note", {}, now).pk, now)
    assert order is not None
    assert orders.end(order, now, "done")
    assert not orders.end(order, now, "not done", "error")
    assert Order.objects.get().said == "done"


def test_in_one_process_it_is_done_at_once_by_the_same_rows() -> None:
    assert ask("note", whom="Ann") == "as you wish"
    assert DONE == [{"whom": "Ann"}]
    assert Order.objects.get().state == "done"


@pytest.mark.parametrize("kind", [NotFoundError, PhoneSystemError])
def test_a_refusal_comes_back_as_it_was(kind: type[EverycallError]) -> None:
    with pytest.raises(kind, match="not so"):
        ask("note", error=kind.id)


def test_what_breaks_is_said_without_its_inside() -> None:
    with pytest.raises(EverycallError, match="the log says why") as refused:
        ask("break")
    assert "Zero" not in str(refused.value)


def test_where_nobody_hears_nothing_is_done_and_never_will_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "PART", "web")
    monkeypatch.setattr(orders, "FRESH", timedelta(seconds=0.05))
    with pytest.raises(NobodyHearsError, match="Nothing was done"):
        ask("note")
    carry_out(Order.objects.get().pk)
    assert (DONE, Order.objects.get().state) == ([], "expired")


def test_who_begins_it_and_dies_leaves_it_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "LEASE", timedelta(seconds=0.05))
    monkeypatch.setattr(ordering, "carry_out", lambda pk: orders.begin(pk, timezone.now()))
    with pytest.raises(UnsureError, match="no answer came"):
        ask("note")
    carry_out(Order.objects.get().pk)
    assert DONE == []


def test_old_ones_are_forgotten() -> None:
    orders.place("note", {}, timezone.now() - timedelta(days=2))
    kept = orders.place("note", {}, timezone.now())
    assert orders.forget(timezone.now()) == 1
    assert Order.objects.get() == kept
