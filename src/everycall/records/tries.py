"""Tries as rows: each dialling is written down before the phone system is told."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import ClassVar

from django.db import models, transaction

from everycall.records.promises import Promise
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import promises as port
from everycall.recovery import tries as tries_port

_FIELDS = (
    *("system", "agent", "person", "number", "begun_at", "lease_until", "automatic", "queue"),
    *("customer_dialled", "result", "ended_at", "call_id"),
)


class PromiseTry(models.Model):
    """One dialling of a promise, under the id that the phone system knows it by."""

    id = models.CharField(max_length=60, primary_key=True)
    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="dialled")
    system = models.CharField(max_length=80)
    agent = models.CharField(max_length=120)
    person = models.CharField(max_length=120)
    number = models.CharField(max_length=64)
    begun_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    automatic = models.BooleanField(default=False)
    queue = models.CharField(max_length=120, null=True)
    customer_dialled = models.BooleanField(null=True)
    result = models.CharField(max_length=24, null=True, db_index=True)
    ended_at = models.DateTimeField(null=True)
    call_id = models.CharField(max_length=120, null=True)

    class Meta:
        ordering: ClassVar = ["begun_at", "id"]

    def __str__(self) -> str:
        return f"{self.number}: {self.result or 'on'}"

    def plain(self) -> tries_port.Try:
        """Return it as decisions see it."""
        given = {name: getattr(self, name) for name in _FIELDS}
        return tries_port.Try(id=self.id, promise=self.promise_id, **given)


class StoredTries:
    """Keeps tries in the database, beside their promises."""

    def __init__(self, promises: StoredPromises) -> None:
        self.promises = promises

    def begin(
        self, one: tries_port.Try, promise: port.Promise, step: port.Step, now: datetime
    ) -> bool:
        """Write a try down and move its promise, both or neither; False if somebody was quicker."""
        with transaction.atomic():
            if not self.promises.move(promise, step, now):
                return False
            given = {name: getattr(one, name) for name in _FIELDS}
            PromiseTry.objects.create(id=one.id, promise_id=promise.id, **given)
        return True

    def open(self) -> Iterable[tries_port.Try]:
        """Return the tries that are not over."""
        return [row.plain() for row in PromiseTry.objects.filter(result=None)]

    def adopt(self, one: tries_port.Try, until: datetime, now: datetime) -> bool:
        """Take over a try that nobody follows any more; False if somebody else has."""
        silent = PromiseTry.objects.filter(pk=one.id, result=None, lease_until__lte=now)
        return bool(silent.update(lease_until=until))

    def renew(self, one: tries_port.Try, until: datetime) -> None:
        """Give a sign of life, for the try and for the promise."""
        PromiseTry.objects.filter(pk=one.id, result=None).update(lease_until=until)

    def close(self, one: tries_port.Try, *, result: str, dialled: bool, now: datetime) -> bool:
        """Write down how it ended; False if that was written down before."""
        found = PromiseTry.objects.filter(pk=one.id, result=None)
        return bool(found.update(result=result, customer_dialled=dialled, ended_at=now))

    def promise(self, one: tries_port.Try) -> port.Promise | None:
        """Return the promise as it is now."""
        found = Promise.objects.filter(pk=one.promise).first()
        return found.plain() if found is not None else None

    def together(self) -> AbstractContextManager[object]:
        """Keep everything that is done inside, or nothing of it."""
        return transaction.atomic()
