"""Orders: what somebody wants done where the phone systems are heard, and what came of it.

An order is begun by one guarded UPDATE, while it is fresh, and never again: whoever dies in the middle
leaves it begun and without an answer, so nothing is done twice and nobody is dialled twice.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from django.db import models

FRESH = timedelta(seconds=5)
"""An order that nobody began for so long is not begun any more."""

LEASE = timedelta(seconds=15)
"""Whoever began one answers within this time, or is dead."""

KEPT = timedelta(days=1)
"""So long it can be looked up what came of one."""


class OrderState(StrEnum):
    """How far an order is."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


class Order(models.Model):
    """One thing to be done.

    Attributes:
        fresh_until: it is not begun after this; `lease_until`: who began it answers until then.
        error: the id of what it was refused with.
        said: the answer, or why it was refused.
    """

    kind = models.CharField(max_length=20)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default=OrderState.WAITING.value, db_index=True)
    made_at = models.DateTimeField(db_index=True)
    fresh_until = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"


def place(kind: str, given: dict[str, Any], now: datetime) -> Order:
    """Write an order down."""
    return Order.objects.create(kind=kind, given=given, made_at=now, fresh_until=now + FRESH)


def waiting(kinds: Collection[str], now: datetime) -> list[int]:
    """Return the orders that nobody has begun, oldest first."""
    found = Order.objects.filter(state=OrderState.WAITING, fresh_until__gt=now, kind__in=kinds)
    return list(found.values_list("pk", flat=True))


def begin(pk: int, now: datetime) -> Order | None:
    """Begin an order; None if somebody else has, or if it is not fresh any more."""
    fresh = Order.objects.filter(pk=pk, state=OrderState.WAITING, fresh_until__gt=now)
    if not fresh.update(state=OrderState.BEGUN, lease_until=now + LEASE):
        return None
    return Order.objects.get(pk=pk)


def end(order: Order, now: datetime, said: str = "", error: str = "") -> bool:
    """Write down what came of an order that was begun; False if that was written down before."""
    state = OrderState.REFUSED if error else OrderState.DONE
    begun = Order.objects.filter(pk=order.pk, state=OrderState.BEGUN)
    return bool(begun.update(state=state, ended_at=now, said=said[:400], error=error))


def expire(order: Order, now: datetime) -> bool:
    """See to it that an order is not begun any more; False if somebody has begun it."""
    here = Order.objects.filter(pk=order.pk, state=OrderState.WAITING)
    return bool(here.update(state=OrderState.EXPIRED, ended_at=now))


def forget(now: datetime) -> int:
    """Delete what nobody looks up any more; returns how many."""
    return Order.objects.filter(made_at__lt=now - KEPT).delete()[0]
