"""Keeping the connected CRMs in step: what is missing over there becomes a job.

Nothing is pushed when it happens: a round compares what should be there with what we noted as made,
so that whatever was missed, by an outage or a kill, is made in the next round.
"""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from everycall.app.audit.selling import write_deals
from everycall.app.recovery.crm_sync import CrmSync, notes
from everycall.records.crm import CrmAccount, CrmItem, StoredMarks, WonDeal, deals
from everycall.records.jobs import Job, Work, enqueue
from everycall.records.promises import Promise, PromiseMove
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Move, State, open_states
from everycall.recovery.contacts import (
    CallbackTask,
    CallNote,
    Crm,
    Deal,
    Seller,
    mark_of,
    same_line,
)
from everycall.recovery.promises import Step
from everycall.registry import load
from everycall.settings import read_table
from everycall.web.reading import Reader, site_reader

log = logging.getLogger(__name__)

LOOK = timedelta(minutes=1)
"""So often open tasks are looked at over there, and won deals are read."""

BACK = timedelta(days=1)
"""Calls that ended longer ago are not brought over any more."""


_SEEN: dict[tuple[int, datetime], int] = {}
"""The state of history whose calls an account has jobs for; a new process looks again."""


def crm_of(row: CrmAccount) -> Crm:
    """Return the hand of a CRM.

    Raises:
        BadSettingsError: its settings are wrong, every mistake named.
    """
    crm: Crm = read_table(load("crm", row.kind), row.given(), row.kind)
    return crm


def round_of(row: CrmAccount, reader: Reader, now: datetime) -> None:
    """Make jobs of what is missing in one CRM."""
    generation = reader.history.manifest().generation
    if reader.has_calls() and _SEEN.get((row.pk, row.made_at)) != generation:
        _calls(row, reader, now)
        _SEEN[row.pk, row.made_at] = generation
    _tasks(row)
    _closings(row)
    if row.begin_look(now, LOOK):
        looks = Job.objects.filter(func="crm-look", args__account=row.pk)
        looks.exclude(failed_at=None).delete()  # this look is the next try
        enqueue("crm-look", key=f"crm-look:{row.pk}", max_attempts=1, account=row.pk)


def _calls(row: CrmAccount, reader: Reader, now: datetime) -> None:
    since = max(row.made_at, now - BACK)
    with reader.asking() as asking:
        found = list(notes(asking, since, filter(None, [row.client]), _link_of_call))
    made = set(row.items.filter(kind="call").exclude(remote="").values_list("mark", flat=True))
    for note in found:
        if note.mark not in made:
            key = f"crm:{row.pk}:{note.mark}"
            enqueue("crm-call", key=key, account=row.pk, note=_packed(note))


def _tasks(row: CrmAccount) -> None:
    """Open a task for every promise that has none yet."""
    owed = Promise.objects.filter(
        state__in=[state.value for state in open_states()],
        caller__startswith="+",
        made_at__gte=row.made_at,
    )
    if row.client:
        owed = owed.filter(client=row.client)
    done = set(row.items.filter(kind="task").values_list("mark", flat=True))
    for promise in owed:
        mark = mark_of("task", _key_of(promise))
        if mark not in done:
            key = f"crm:{row.pk}:{mark}"
            enqueue("crm-task", key=key, account=row.pk, promise=promise.pk)


def _key_of(promise: Promise) -> str:
    """Return what a task stands for: a promise that was opened again gets a new one."""
    again = promise.moves.filter(move=Move.REOPEN.value).count()
    return f"{promise.pk}:{again}"


def _closings(row: CrmAccount) -> None:
    """Close the tasks whose promises ended."""
    still = row.items.filter(kind="task", closed_at=None).exclude(remote="")
    over = Promise.objects.filter(pk__in=still.values("promise")).exclude(
        state__in=[state.value for state in open_states()]
    )
    ended = set(over.values_list("pk", flat=True))
    for made in still:
        if made.promise in ended:
            key = f"crm:{row.pk}:{made.mark}:close"
            enqueue("crm-close", key=key, made=made.pk)


def _link_of_call(call_id: str) -> str:
    return f"{settings.ADDRESS}{reverse('call', args=[call_id])}"


def _packed(note: CallNote) -> dict[str, Any]:
    told = asdict(note)
    return told | {name: told[name].isoformat() for name in ("began_at", "ended_at")}


def _unpacked(told: dict[str, Any]) -> CallNote:
    moments = {name: datetime.fromisoformat(told[name]) for name in ("began_at", "ended_at")}
    return CallNote(**(told | moments))


def _sync(pk: int, promise: int | None = None) -> CrmSync | None:
    """Return a CRM that is still connected."""
    row = CrmAccount.objects.filter(pk=pk, removed_at=None).first()
    return None if row is None else CrmSync(crm_of(row), StoredMarks(row, promise))


def add_call(account: int, note: dict[str, Any]) -> None:
    """Put a call into a CRM; a job."""
    found = _sync(account)
    if found is not None:
        found.call(_unpacked(note))


def add_task(account: int, promise: int) -> None:
    """Open the task of a promise, if it is still owed; a job."""
    found, owed = _sync(account, promise), Promise.objects.filter(pk=promise).first()
    if found is None or owed is None or not State(owed.state).is_open:
        return
    found.task(
        CallbackTask(
            mark_of("task", _key_of(owed)),
            owed.caller,
            owed.first_due,
            "Call back",
            f"{owed.reason.replace('_', ' ')}, {owed.misses} time(s), last at {owed.missed_at:%F %R} UTC",
            f"{settings.ADDRESS}{reverse('callback', args=[owed.pk])}",
        )
    )


def close_task(made: int) -> None:
    """Close the task of a promise that ended; a job."""
    task = CrmItem.objects.select_related("account").get(pk=made)
    if task.closed_at is None and task.account.removed_at is None:
        last = PromiseMove.objects.filter(promise_id=task.promise or 0).last()
        why = f"{last.move}: {last.why}" if last is not None else "it is over"
        crm_of(task.account).close_task(task.remote, why)
        CrmItem.objects.filter(pk=made).update(closed_at=timezone.now())


def look(account: int) -> None:
    """See which tasks somebody closed over there, and what was won; a job."""
    row = CrmAccount.objects.filter(pk=account, removed_at=None).first()
    if row is None:
        return
    crm = crm_of(row)
    for made in row.items.filter(kind="task", closed_at=None).exclude(remote=""):
        if not crm.is_open(made.remote):
            _closed_there(row, made)
    if isinstance(crm, Seller):
        _deals(row, crm)
        keep_deals()


def _closed_there(row: CrmAccount, made: CrmItem) -> None:
    """End a promise whose task somebody closed over there: a person says that nothing is owed."""
    promise = Promise.objects.filter(pk=made.promise or 0).first()
    if promise is not None and State(promise.state).is_open:
        step = Step(Move.WITHDRAW, row.kind, "its task was closed there")
        if not StoredPromises().move(promise.plain(), step, timezone.now()):
            return
    CrmItem.objects.filter(pk=made.pk).update(closed_at=timezone.now())


def keep_deals() -> None:
    """Lay what was sold beside the history, so that reports know it."""
    write_deals(site_reader().history.folder, deals())


def _deals(row: CrmAccount, seller: Seller) -> None:
    """Note what was won since the account was connected; a deal that changes keeps its place."""
    for deal in seller.deals(row.made_at):
        told = {
            "caller": _caller_of(deal),
            "value": Decimal(str(round(deal.value, 2))),
            "currency": deal.currency or "",
            "won_at": deal.won_at,
        }
        try:
            WonDeal(account=row, remote=deal.id, **told).clean_fields(exclude=["account"])
        except ValidationError as error:
            log.warning("the deal %s of %s cannot be kept: %s", deal.id, row, error)
        else:
            WonDeal.objects.update_or_create(account=row, remote=deal.id, defaults=told)


def _caller_of(deal: Deal) -> str:
    """Return the caller whom we owed a call back and who bought; empty if it was none of them."""
    for written in deal.numbers:
        tail = "".join(filter(str.isdigit, written))[-6:]
        for number in Promise.objects.filter(caller__endswith=tail).values_list(
            "caller", flat=True
        ):
            if number.startswith("+") and same_line(number, written):
                return str(number)
    return ""


WORK: dict[str, Work] = {
    "crm-call": add_call,
    "crm-task": add_task,
    "crm-close": close_task,
    "crm-look": look,
}
"""What jobs may ask of a CRM, by name."""


def keep_in_step(reader: Reader) -> None:
    """Make jobs of what is missing in every CRM."""
    for row in CrmAccount.objects.filter(removed_at=None):
        round_of(row, reader, timezone.now())
