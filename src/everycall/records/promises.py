"""Promises as rows. "One open promise per caller and client" is a constraint of the database."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from everycall.recovery import Deadline, State, open_states
from everycall.recovery import promises as port

_OPEN = [state.value for state in open_states()]


def is_late(now: datetime) -> Q:
    """Return the condition that a promise is past the first of its deadlines."""
    return Q(due_clock__lt=now) | Q(due_business__lt=now)


class Promise(models.Model):
    """A call back that is owed to one caller, and where it is.

    Attributes:
        keeper: who took it first; one owner from the first call to the last.
        number: the number that was called.
        doubt: a call may have reached them unseen, so only a person dials again.
        place_at: since when the caller stood in line, if the place was kept.
    """

    caller = models.CharField(max_length=64)
    client = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=12, default=State.WAITING.value)
    reason = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    missed_at = models.DateTimeField()
    due_business = models.DateTimeField(null=True)
    due_clock = models.DateTimeField()
    due_pure = models.DateTimeField()
    misses = models.PositiveIntegerField(default=1)
    tries = models.PositiveIntegerField(default=0)
    requested = models.BooleanField(default=False)
    message_left = models.BooleanField(default=False)
    joins = models.BooleanField(default=True)
    owner = models.CharField(max_length=120, blank=True)
    team = models.ForeignKey("records.Team", null=True, on_delete=models.SET_NULL)
    queue = models.CharField(max_length=120, blank=True)
    keeper = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=16, blank=True)
    doubt = models.BooleanField(default=False)
    place_at = models.DateTimeField(null=True)
    first_call = models.CharField(max_length=120)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["due_clock", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["caller", "client"],
                condition=Q(state__in=_OPEN),
                name="one_open_promise_per_caller_and_client",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "due_clock"]),
            models.Index(fields=["state", "due_business"]),
            models.Index(fields=["caller"]),
            models.Index(fields=["ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.caller}: {self.state}"

    @property
    def first_due(self) -> datetime:
        """The first of its deadlines."""
        return min(due for due in (self.due_business, self.due_clock) if due is not None)

    def plain(self) -> port.Promise:
        """Return it as decisions see it."""
        return port.Promise(
            self.pk,
            self.caller,
            self.client or None,
            State(self.state),
            self.made_at,
            self.missed_at,
            Deadline(self.due_business, self.due_clock, self.due_pure),
            self.misses,
            self.tries,
            self.requested,
            self.message_left,
            self.joins,
            self.owner or None,
            self.next_at,
            self.lease_until,
            self.first_call,
            self.queue or None,
            self.language or None,
            self.doubt,
            self.place_at,
            self.number or None,
        )


class PromiseMove(models.Model):
    """One move of a promise: who, when, why. Moves are only ever added.

    Attributes:
        told_at: when the journal took it, from which history has it.
    """

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    who = models.CharField(max_length=120)
    why = models.CharField(max_length=400, blank=True)
    call_id = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.who}: {self.move}"


class PromiseCall(models.Model):
    """A call of a promise's caller: the misses that it stands for, and suggestions to confirm."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="calls")
    call_id = models.CharField(max_length=120)
    at = models.DateTimeField()
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=400)
    certain = models.BooleanField(default=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["promise", "call_id"], name="one_line_per_call")
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.verdict}"


class TakenCall(models.Model):
    """A call that has made, joined or closed a promise, or had nothing to do with any."""

    call_id = models.CharField(max_length=160, primary_key=True)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=40, blank=True)
    caller = models.CharField(max_length=64, blank=True)
    direction = models.CharField(max_length=12, blank=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["caller", "arrived_at"])]

    def __str__(self) -> str:
        return self.call_id


class NotReturnable(models.Model):
    """A caller who was missed and whose number nobody knows: counted apart, never forgotten.

    Attributes:
        promise: made when somebody found out who it was.
    """

    call_id = models.CharField(max_length=160, primary_key=True)
    client = models.CharField(max_length=80, blank=True)
    queue = models.CharField(max_length=120, blank=True)
    missed_at = models.DateTimeField(db_index=True)
    reason = models.CharField(max_length=40)
    promise = models.ForeignKey(Promise, null=True, on_delete=models.SET_NULL)

    class Meta:
        ordering: ClassVar = ["-missed_at"]

    def __str__(self) -> str:
        return self.call_id
