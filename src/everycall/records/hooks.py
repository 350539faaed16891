"""Webhooks: addresses of other programs that are told what happened, and what became of each telling."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction

from everycall.records.jobs import enqueue
from everycall.records.sealed import SealedSettings

CALL_ENDED, PROMISE_MOVED = "call.ended", "promise.moved"

KINDS: dict[str, str] = {
    CALL_ENDED: "A call is over: what became of it, as from `GET /calls`.",
    PROMISE_MOVED: "A call back was promised, dialled, kept or given up.",
}
"""What other programs may be told."""

JOB = "hook"
"""The job that carries one telling."""

TRIES = 12
"""A telling is tried so often, ever more seldom, for about three hours; then it waits for a person."""


KEPT = timedelta(days=30)
"""What was told is kept for so long."""


class Hook(SealedSettings):
    """An address, and what it is told.

    Attributes:
        clients: only of these brands; none means all.
        numbers: whether callers' numbers are told whole.
        told_move: the last move of a promise that was looked at.
    """

    name = models.CharField(max_length=80)
    kinds = models.JSONField(default=list)
    clients = models.JSONField(default=list, blank=True)
    numbers = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)
    told_move = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Telling(models.Model):
    """One thing that one address is told: when, what, and what became of it."""

    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="tellings")
    about = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    body = models.JSONField()
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hook", "about"], name="each_thing_is_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"

    @property
    def message_id(self) -> str:
        """What makes it the same message if it comes again."""
        return f"everycall-{self.pk}"


def tell(hook: Hook, kind: str, about: str, body: dict[str, Any]) -> bool:
    """Write down that an address has to be told something; False if it was already."""
    with transaction.atomic():
        made, fresh = Telling.objects.get_or_create(
            hook=hook, about=about, defaults={"kind": kind, "body": body}
        )
        if fresh:
            enqueue(JOB, key=f"{JOB} {made.pk}", max_attempts=TRIES, telling=made.pk)
    return fresh


def forget(now: datetime) -> None:
    """Take away what was told long ago."""
    Telling.objects.filter(made_at__lt=now - KEPT).delete()


def tell_again(telling: Telling) -> None:
    """Send something once more, under the same id."""
    with transaction.atomic():
        Telling.objects.filter(pk=telling.pk).update(sent_at=None, error="")
        enqueue(
            JOB,
            key=f"{JOB} {telling.pk} again {telling.tries}",
            max_attempts=TRIES,
            telling=telling.pk,
        )
