"""Callbacks: whom to call next and why, in a few keys; every move is on record and can be undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.app.asking import Filter
from everycall.records.models import Promise, PromiseCall
from everycall.records.people import Person
from everycall.records.promises import StoredPromises
from everycall.records.roles import Right
from everycall.recovery import Move, OwingSettings, State
from everycall.recovery.promises import Step
from everycall.web.guards import needs, person_of
from everycall.web.pages import site_reader
from everycall.web.scope import clients_of, queues_of
from everycall.web.writing import number_for, shown_call

LISTED = 100
SNOOZES = {"15": timedelta(minutes=15), "60": timedelta(hours=1), "240": timedelta(hours=4)}

_STORE = StoredPromises()


@needs(Right.WORK_CALLBACKS)
def callbacks(request: HttpRequest) -> HttpResponse:
    """List what is owed, the most urgent first."""
    person, now = person_of(request), timezone.now()
    owed = _mine(person, now)
    total = owed.count()
    rows = [_row(promise, person) for promise in owed[:LISTED]]
    late = sum(row["late"] for row in rows)
    page = {"rows": rows, "total": total, "late": late, "first": rows[0] if rows else None}
    return render(request, "web/callbacks.html", page)


def _mine(person: Person, now: Any) -> Any:
    """Return what somebody may work on: their brands and their teams' queues."""
    owed = _STORE.next_to_do(now)
    if clients := clients_of(person):
        owed = owed.filter(client__in=clients)
    if queues := queues_of(person):
        owed = owed.filter(queue__in=[*queues, ""])
    return owed


def _row(promise: Promise, person: Person) -> dict[str, Any]:
    now = timezone.now()
    due = min(d for d in (promise.due_business, promise.due_clock) if d is not None)
    return {
        "promise": promise,
        "caller": number_for(promise.caller, person),
        "due": due,
        "late": due < now,
        "later": promise.next_at is not None and promise.next_at > now,
        "why": _why(promise, late=due < now),
    }


def _why(promise: Promise, *, late: bool) -> str:
    """Say in words why a promise stands where it stands."""
    parts = []
    if promise.requested:
        parts.append(_("asked to be called"))
    if promise.misses > 1:
        parts.append(_("missed %d times") % promise.misses)
    if late:
        parts.append(_("overdue"))
    if promise.message_left:
        parts.append(_("has our message"))
    if promise.tries:
        parts.append(_("tried %d times") % promise.tries)
    return ", ".join(parts) or promise.reason.replace("_", " ")


@needs(Right.WORK_CALLBACKS)
def callback(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one promise with the card of its caller: nobody explains twice."""
    promise, person = _found(request, pk), person_of(request)
    page = {
        **_row(promise, person),
        "moves": promise.moves.all(),
        "suggestions": promise.calls.filter(certain=False, settled_at=None),
        "others": Promise.objects.filter(caller=promise.caller).exclude(pk=pk)[:10],
        "history": _history(promise, person),
        "people": Person.objects.filter(is_active=True).exclude(pk=person.pk),
        "mine": promise.owner == str(person),
        "state": State(promise.state),
        "snoozes": SNOOZES,
    }
    return render(request, "web/callback.html", page)


def _found(request: HttpRequest, pk: int) -> Promise:
    promise: Promise = get_object_or_404(Promise, pk=pk)
    person = person_of(request)
    clients, queues = clients_of(person), queues_of(person)
    if clients and promise.client not in clients:
        raise Http404
    if queues and promise.queue and promise.queue not in queues:
        raise Http404
    return promise


def _history(promise: Promise, person: Person) -> list[dict[str, Any]]:
    if not site_reader().has_calls():
        return []
    with site_reader().asking() as asking:
        wanted = Filter(callers=(promise.caller,), limit=10, newest_first=True)
        return [shown_call(call, asking, person) for call in asking.calls(wanted, evidence=False)]


def _settings() -> OwingSettings:
    terms: OwingSettings = site_reader().settings().promises
    return terms


def _take(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    until = timezone.now() + _settings().lease
    return [Step(Move.CLAIM, str(person), "", lease_until=until, owner=str(person))]


def _helped(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    said = request.POST.get("note", "").strip()[:400]
    return [Step(Move.KEEP, str(person), said or _("they were reached and helped"))]


def _not_reached(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    terms, tries = _settings(), promise.tries + 1
    if tries >= terms.tries:
        return [Step(Move.GIVE_UP, str(person), _("the last try was used up"), tries=tries)]
    later = timezone.now() + terms.gap
    left = request.POST.get("message") == "1"
    why = _("a message was left") if left else _("not reached")
    step = Step(Move.GIVE_BACK, str(person), why, tries=tries, next_at=later)
    return [replace(step, message_left=True) if left else step]


def _snooze(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    later = timezone.now() + SNOOZES.get(request.POST.get("for", "60"), SNOOZES["60"])
    return [Step(Move.GIVE_BACK, str(person), _("later"), next_at=later)]


def _hand_over(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    given = request.POST.get("to", "")
    to = Person.objects.filter(pk=int(given) if given.isdecimal() else 0, is_active=True).first()
    if to is None:
        return []
    until = timezone.now() + _settings().lease
    back = Step(Move.GIVE_BACK, str(person), _("handed over"))
    return [back, Step(Move.CLAIM, str(person), "", lease_until=until, owner=str(to))]


def _withdraw(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    said = request.POST.get("note", "").strip()[:400]
    return [Step(Move.WITHDRAW, str(person), said or _("not owed any more"))]


def _reopen(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    return [Step(Move.REOPEN, str(person), _("closed wrongly"))]


ACTS: dict[str, Callable[[Promise, Person, HttpRequest], list[Step]]] = {
    "take": _take,
    "helped": _helped,
    "not-reached": _not_reached,
    "snooze": _snooze,
    "hand-over": _hand_over,
    "withdraw": _withdraw,
    "reopen": _reopen,
}
"""What a person can do with a promise, and the moves that it takes."""


@require_POST
@needs(Right.WORK_CALLBACKS)
def act(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Do one thing with a promise, unless somebody else was quicker."""
    promise, person = _found(request, pk), person_of(request)
    if name not in ACTS:
        raise Http404
    if not _done(promise, ACTS[name](promise, person, request)):
        messages.error(request, _("Somebody else was quicker; this is how it stands now."))
        return redirect("callback", pk)
    return redirect("callback", pk) if name == "take" else redirect("callbacks")


def _done(promise: Promise, steps: list[Step]) -> bool:
    """Make the moves, all or none."""
    now = timezone.now()
    with transaction.atomic():
        for step in steps:
            promise.refresh_from_db()
            if not _STORE.move(promise.plain(), step, now):
                transaction.set_rollback(True)
                return False
    return bool(steps)


@require_POST
@needs(Right.WORK_CALLBACKS)
def settle(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Confirm what a call of a shared number suggests, or say that it was somebody else."""
    promise, person = _found(request, pk), person_of(request)
    found = get_object_or_404(PromiseCall, pk=line, promise=promise, settled_at=None)
    with transaction.atomic():
        PromiseCall.objects.filter(pk=line).update(settled_at=timezone.now())
        if request.POST.get("it") == "yes" and State(promise.state).is_open:
            move = Move.KEEP if found.verdict == "helped" else Move.WITHDRAW
            step = Step(move, str(person), found.reason, found.call_id)
            _STORE.move(promise.plain(), step, timezone.now())
    return redirect("callback", pk)
