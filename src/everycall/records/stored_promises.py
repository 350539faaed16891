"""What moves promises, kept in the database: each move is one guarded UPDATE."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from everycall.errors import TooLongError
from everycall.records.people import Team
from everycall.records.promises import NotReturnable, Promise, PromiseCall, PromiseMove, TakenCall
from everycall.records.standing import never_called
from everycall.recovery import (
    Deadline,
    Ended,
    Finding,
    Move,
    Owed,
    State,
    Verdict,
    arrow,
    open_states,
)
from everycall.recovery import promises as port
from everycall.recovery.evidence import SAME_CALL
from everycall.recovery.owing import ASKED, place_of

_OPEN = [state.value for state in open_states()]


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
                    number=what.number or "",
                    queue=what.queue or "",
                    language=what.language or "",
                    place_at=what.place_at,
                    team=_team_of(what.queue),
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
        changes: dict[str, Any] = {"misses": F("misses") + 1}
        if call.outcome in ASKED:
            changes["requested"] = True
        if (place := place_of(call)) is not None:
            changes["place_at"] = Coalesce("place_at", Value(place))
        return bool(Promise.objects.filter(pk=promise.id).update(**changes))

    def suggest(self, promise: port.Promise, call: Ended, finding: Finding) -> bool:
        """Note what a call may mean, for a person to confirm; once for each call."""
        return _line(promise, call, finding.verdict.value, finding.reason, sure=False)

    def move(self, promise: port.Promise, step: port.Step, now: datetime) -> bool:
        """Make a move if the promise is still where it was; False if it is not."""
        if promise.state not in arrow(step.move).sources:
            return False
        try:
            with transaction.atomic():
                here = Promise.objects.filter(pk=promise.id, state=promise.state.value)
                if promise.owner is not None:
                    here = here.filter(owner=promise.owner)
                if not here.update(**_changes(step, now)):
                    return False
                _note(promise, step, now)
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

    @contextmanager
    def together(self) -> Iterator[None]:
        """Keep everything that is done inside, or nothing of it.

        Raises:
            TooLongError: something of it cannot be kept.
        """
        try:
            with transaction.atomic():
                yield
        except DataError as error:
            raise TooLongError(f"the records do not hold this: {error}") from None

    def not_returnable(self, what: Owed) -> bool:
        """Note a caller who cannot be called back, once for each call."""
        fields = {
            "client": what.client or "",
            "queue": what.queue or "",
            "missed_at": what.missed_at,
            "reason": what.reason,
        }
        return NotReturnable.objects.get_or_create(call_id=what.call_id, defaults=fields)[1]

    def is_taken(self, call: Ended) -> str | None:
        """Return the outcome with which a call was taken, under whatever id; None if it was not."""
        mine = Q(call_id=call.call_id)
        if call.caller is not None:
            near = (call.arrived_at - SAME_CALL, call.arrived_at + SAME_CALL)
            who = Q(caller=call.caller, direction=call.direction)
            mine |= who & Q(arrived_at__gt=near[0], arrived_at__lt=near[1])
        found = list(TakenCall.objects.filter(mine).values_list("call_id", "outcome"))
        by_id = (outcome for call_id, outcome in found if call_id == call.call_id)
        return next(by_id, found[0][1] if found else None)

    def taken(self, call: Ended, now: datetime) -> None:
        """Note that a call has been taken as it is now."""
        fields = {
            "at": now,
            "outcome": call.outcome,
            "caller": call.caller or "",
            "direction": call.direction,
            "arrived_at": call.arrived_at,
        }
        TakenCall.objects.update_or_create(call_id=call.call_id, defaults=fields)

    def taken_as(self, call_id: str, outcome: str, now: datetime) -> None:
        """Note that a call of our own was taken already, by how its dialling ended."""
        TakenCall.objects.update_or_create(
            call_id=call_id, defaults={"at": now, "outcome": outcome}
        )

    def known(self, calls: Iterable[Ended]) -> set[str]:
        """Return the ids of those calls that were taken as they are."""
        given = {call.call_id: call.outcome for call in calls}
        found = TakenCall.objects.filter(call_id__in=given).values_list("call_id", "outcome")
        return {call_id for call_id, outcome in found if given[call_id] == outcome}

    def overdue(self, now: datetime) -> Iterable[port.Promise]:
        """Return open promises whose lease, or whose time, is over."""
        held = [State.CLAIMED.value, State.DIALLING.value, State.TALKING.value]
        claimed = Q(state__in=held, lease_until__lte=now)
        old = Q(state=State.WAITING.value)
        for found in Promise.objects.filter(claimed | old).order_by("made_at").iterator():
            yield found.plain()

    def waiting(self, now: datetime) -> Iterable[port.Promise]:
        """Return what may be tried by itself now, those with a place in line first."""
        due = Q(next_at=None) | Q(next_at__lte=now)
        brand = Q(client="") | Q(client=models.OuterRef("client"))
        barred = never_called().filter(brand, number=models.OuterRef("caller"))
        found = Promise.objects.filter(due, state=State.WAITING.value, doubt=False)
        found = found.exclude(models.Exists(barred))
        for row in found.order_by("-requested", "place_at", "missed_at")[:200]:
            yield row.plain()

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

    def next_one(
        self,
        now: datetime,
        within: "Callable[[models.QuerySet[Promise]], models.QuerySet[Promise]]",
    ) -> Promise | None:
        """Return the first of what waits, as `next_to_do` has it, without sorting all of it."""
        ready = Q(next_at=None) | Q(next_at__lte=now)
        behind = Q(message_left=True, requested=False)
        waiting = within(Promise.objects.filter(state=State.WAITING.value))
        for group in (ready & ~behind, ready & behind, Q(next_at__gt=now)):
            # the least of both deadlines is the lesser of the least of each, and those are quick
            by_each = (
                waiting.filter(group, **{f"{name}__isnull": False})
                .order_by(name, "-misses", "id")
                .first()
                for name in ("due_clock", "due_business")
            )
            found = [row for row in by_each if row is not None]
            if found:
                return min(found, key=_first_due)
        return None


def _first_due(promise: Promise) -> tuple[datetime, int, int]:
    return promise.first_due, -promise.misses, promise.pk


def _changes(step: port.Step, now: datetime) -> dict[str, Any]:
    """Return what a move changes in the row."""
    target = arrow(step.move).target
    changes: dict[str, Any] = {"state": target.value, "lease_until": step.lease_until}
    changes["ended_at"] = None if target.is_open else now
    if target is State.WAITING or step.owner is not None:
        changes["owner"] = step.owner or ""
    if step.move is Move.CLAIM and step.owner:
        first = models.When(keeper="", then=Value(step.owner))
        changes["keeper"] = models.Case(first, default=F("keeper"))
    for name in ("tries", "next_at", "message_left", "doubt"):
        if getattr(step, name) is not None:
            changes[name] = getattr(step, name)
    return changes


def _note(promise: port.Promise, step: port.Step, now: datetime) -> None:
    """Put a move on record."""
    if step.move is Move.REOPEN:
        # a person said that what closed it was wrong: it does not close it again
        PromiseCall.objects.filter(promise_id=promise.id).update(certain=False)
    PromiseMove.objects.create(
        promise_id=promise.id,
        at=now,
        move=step.move.value,
        before=promise.state.value,
        after=arrow(step.move).target.value,
        who=step.who,
        why=step.why[:400],
        call_id=step.call_id or "",
    )


def _team_of(queue: str | None) -> Team | None:
    """Return the team that answers a queue: the first by name, where several do."""
    if not queue:
        return None
    return next((team for team in Team.objects.all() if queue in team.queues), None)


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
