"""Promises as rows. "One open promise per caller and client" is a constraint of the database."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from everycall.recovery import Deadline, Ended, Finding, Owed, State, Verdict, arrow, open_states
from everycall.recovery import promises as port

_OPEN = [state.value for state in open_states()]


class Promise(models.Model):
    """A call back that is owed to one caller, and where it is."""

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
            models.Index(fields=["caller"]),
        ]

    def __str__(self) -> str:
        return f"{self.caller}: {self.state}"

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
        )


class PromiseMove(models.Model):
    """One move of a promise: who, when, why. Moves are only ever added."""

    promise = models.ForeignKey(Promise, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField()
    move = models.CharField(max_length=20)
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    who = models.CharField(max_length=120)
    why = models.CharField(max_length=400, blank=True)
    call_id = models.CharField(max_length=120, blank=True)

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

    def __str__(self) -> str:
        return self.call_id


class StoredPromises:
    """Keeps promises in the database; each move is one guarded UPDATE."""

    def find_open(self, caller: str, client: str | None) -> port.Promise | None:
        """Return the open promise to a caller; there is at most one."""
        found = Promise.objects.filter(caller=caller, client=client or "", state__in=_OPEN).first()
        return found.plain() if found is not None else None

    def make(self, what: Owed, due: Deadline, now: datetime) -> port.Promise | None:
        """Make a promise; None if there is one already."""
        try:
            with transaction.atomic():
                made = Promise.objects.create(
                    caller=what.caller or "",
                    client=what.client or "",
                    reason=what.reason,
                    made_at=what.missed_at,
                    missed_at=what.missed_at,
                    due_business=due.business,
                    due_clock=due.clock,
                    due_pure=due.pure,
                    requested=what.requested,
                    joins=what.joins,
                    first_call=what.call_id,
                )
                PromiseMove.objects.create(
                    promise=made,
                    at=now,
                    move="made",
                    before="",
                    after=State.WAITING.value,
                    who="the calls",
                    why=what.reason.replace("_", " "),
                    call_id=what.call_id,
                )
        except IntegrityError:
            return None
        return made.plain()

    def miss_again(self, promise: port.Promise, call: Ended) -> bool:
        """Count another miss of the same caller, once for each call."""
        if not _line(promise, call, "again", "they called again and were missed again", sure=True):
            return False
        return bool(Promise.objects.filter(pk=promise.id).update(misses=F("misses") + 1))

    def suggest(self, promise: port.Promise, call: Ended, finding: Finding) -> bool:
        """Note what a call may mean, for a person to confirm; once for each call."""
        return _line(promise, call, finding.verdict.value, finding.reason, sure=False)

    def move(self, promise: port.Promise, step: port.Step, now: datetime) -> bool:
        """Make a move if the promise is still where it was; False if it is not."""
        way = arrow(step.move)
        if promise.state not in way.sources:
            return False
        changes: dict[str, Any] = {"state": way.target.value}
        changes["ended_at"] = None if way.target.is_open else now
        changes["lease_until"] = step.lease_until
        if way.target is State.WAITING or step.owner is not None:
            changes["owner"] = step.owner or ""
        for name in ("tries", "next_at", "message_left"):
            if getattr(step, name) is not None:
                changes[name] = getattr(step, name)
        try:
            with transaction.atomic():
                here = Promise.objects.filter(pk=promise.id, state=promise.state.value)
                if promise.owner is not None:
                    here = here.filter(owner=promise.owner)
                if not here.update(**changes):
                    return False
                PromiseMove.objects.create(
                    promise_id=promise.id,
                    at=now,
                    move=step.move.value,
                    before=promise.state.value,
                    after=way.target.value,
                    who=step.who,
                    why=step.why,
                    call_id=step.call_id or "",
                )
        except IntegrityError:
            # to open it again is refused while the same caller has another one open
            return False
        return True

    def put_off(self, promise: port.Promise, call: Ended, finding: Finding) -> bool:
        """Keep what a call proves until the dialling is over; once for each call."""
        return _line(promise, call, finding.verdict.value, finding.reason, sure=True)

    def pending(self, promise: port.Promise) -> Finding | None:
        """Return what was proved while the number was being dialled, and closes it after that."""
        closing = [Verdict.HELPED.value, Verdict.RETURNED.value]
        line = PromiseCall.objects.filter(
            promise_id=promise.id, certain=True, settled_at=None, verdict__in=closing
        ).first()
        return Finding(Verdict(line.verdict), line.reason) if line is not None else None

    def together(self) -> AbstractContextManager[object]:
        """Keep everything that is done inside, or nothing of it."""
        return transaction.atomic()

    def is_taken(self, call_id: str) -> bool:
        """Tell whether a call has been taken already."""
        return TakenCall.objects.filter(call_id=call_id).exists()

    def taken(self, call_id: str, now: datetime) -> None:
        """Note that a call has been taken."""
        TakenCall.objects.get_or_create(call_id=call_id, defaults={"at": now})

    def overdue(self, now: datetime) -> Iterable[port.Promise]:
        """Return open promises whose lease, or whose time, is over."""
        held = [State.CLAIMED.value, State.DIALLING.value, State.TALKING.value]
        claimed = Q(state__in=held, lease_until__lte=now)
        old = Q(state=State.WAITING.value)
        for found in Promise.objects.filter(claimed | old).order_by("made_at").iterator():
            yield found.plain()

    def next_to_do(self, now: datetime) -> "models.QuerySet[Promise]":
        """Return what waits, the most urgent first, as `recovery.promises.rank` orders it."""
        later = Q(next_at__gt=now)
        behind = Q(message_left=True, requested=False)
        due = Coalesce("due_business", "due_clock")
        earliest = models.Case(models.When(due_clock__lt=due, then="due_clock"), default=due)
        return (
            Promise.objects.filter(state__in=_OPEN)
            .annotate(
                later=models.Case(models.When(later, then=True), default=False),
                behind=models.Case(models.When(behind, then=True), default=False),
                due=earliest,
            )
            .order_by("later", "behind", "due", "-misses", "id")
        )


def _line(promise: port.Promise, call: Ended, verdict: str, reason: str, *, sure: bool) -> bool:
    _, is_new = PromiseCall.objects.get_or_create(
        promise_id=promise.id,
        call_id=call.call_id,
        defaults={
            "at": call.ended_at,
            "verdict": verdict,
            "reason": reason,
            "certain": sure,
        },
    )
    return is_new
