"""Asking for a call: it makes the one promise to a caller, or joins the one that is open."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from everycall.records.promises import Promise, PromiseMove
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Deadline, Move, Owed, State
from everycall.recovery.appointments import LENGTH
from everycall.recovery.promises import Step

ASKED = "asked"
"""The line on record of a promise whose caller asked for the call."""


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who asks for a call.

    Attributes:
        owed: the call that is asked for.
        who: who says so: the caller, or the name of a program's key.
        at: when they want it; null: as soon as it can be.
        about: what they said it is about.
    """

    owed: Owed
    due: Deadline
    who: str
    at: datetime | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The promise of a request, and whether it was there before."""

    promise: Promise
    joined: bool


def ask(request: Request, now: datetime) -> Answer:
    """Keep a request: all of it, or nothing."""
    while True:
        with transaction.atomic():
            answer = _asked(request, now)
        if answer is not None:
            return answer


def _asked(request: Request, now: datetime) -> Answer | None:
    """Keep a request; None where a promise was closed at this moment, so that there is room for a new one."""
    store, owed = StoredPromises(), request.owed
    made = store.make(owed, request.due, now)
    found = made or store.find_open(owed.caller or "", owed.client)
    if found is None:
        return None
    promise = Promise.objects.get(pk=found.id)
    if made is None:
        _join(promise, now)
        _write(promise, ASKED, request.who, "asked to be called", now)
    else:
        promise.moves.filter(move="made").update(who=request.who)
    if request.about:
        _write(promise, "note", request.who, request.about, now)
    _set_time(promise, request, now)
    promise.refresh_from_db()
    return Answer(promise, joined=made is None)


def _join(promise: Promise, now: datetime) -> None:
    changes: dict[str, Any] = {"requested": True, "place_at": Coalesce("place_at", Value(now))}
    if promise.state == State.WAITING.value and not promise.doubt:
        changes["next_at"] = None  # they wait for it: no pause after a try holds it up
    Promise.objects.filter(pk=promise.pk).update(**changes)


def _write(promise: Promise, move: str, who: str, why: str, now: datetime) -> None:
    state = promise.state
    PromiseMove.objects.create(
        promise=promise, at=now, move=move, before=state, after=state, who=who, why=why[:400]
    )


def _set_time(promise: Promise, request: Request, now: datetime) -> None:
    promise.refresh_from_db()
    if request.at is not None:
        set_time(promise, request.at, request.who, "they chose a time", now)


def set_time(promise: Promise, at: datetime, who: str, why: str, now: datetime) -> bool:
    """Let a caller have the half hour that they chose: until its end the call is due, not before.

    False if the promise does not wait any more.
    """
    step = Step(Move.SET_TIME, who, why, next_at=at)
    if promise.state != State.WAITING.value:
        return False
    with transaction.atomic():
        if not StoredPromises().move(promise.plain(), step, now):
            return False
        end, here = at + LENGTH, Promise.objects.filter(pk=promise.pk)
        always_open = promise.due_pure == promise.due_clock
        here.update(requested=True, due_clock=end, **({"due_pure": end} if always_open else {}))
        here.exclude(due_business=None).update(due_business=end)
    return True
