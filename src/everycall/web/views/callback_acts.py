"""What a person does with a promise: take it, call, say how it ended; each move guarded and on record."""

from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from everycall.app.recovery.recovering import Recoverer
from everycall.errors import EverycallError
from everycall.events.callers import caller as made_comparable
from everycall.records.models import NotReturnable, Promise, PromiseCall, PromiseMove
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Move, Owed, OwingSettings, State
from everycall.recovery.evidence import Ended
from everycall.recovery.promises import Step
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.phones.doing import ON_THE_LINE, phone_of
from everycall.web.phones.ordering import ask
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of
from everycall.web.views.callbacks import SNOOZES, found_promise, theirs
from everycall.web.wording.said import done, said
from everycall.web.wording.writing import number_for

LONGEST_NUMBER = 24
"""So many digits at most have a number that can be called, all that stands before it included."""

_STORE = StoredPromises()


def _settings() -> OwingSettings:
    terms: OwingSettings = site_reader().settings().promises
    return terms


def _take(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    until = timezone.now() + _settings().lease
    return [Step(Move.CLAIM, str(person), "", lease_until=until, owner=str(person))]


@require_POST
@needs(Right.WORK_CALLBACKS)
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a promise, if nobody has it, and ring: first one's own phone, then the caller's."""
    promise, person = found_promise(request, pk), person_of(request)
    if promise.state == State.WAITING.value and not _done(promise, _take(promise, person, request)):
        messages.error(request, _("Somebody else was quicker; this is how it stands now."))
        return redirect("callback", pk)
    promise.refresh_from_db()
    if promise.owner != str(person) or phone_of(person) is None:
        messages.error(request, _("It cannot be dialled from here; use the number."))
        return redirect("callback", pk)
    _dial(request, promise, person)
    return redirect("callback", pk)


def _dial(request: HttpRequest, promise: Promise, person: Person) -> None:
    try:
        if ask("dial", promise=promise.pk, person=person.pk) == ON_THE_LINE:
            messages.error(request, _("They are on the line with us now, or somebody was quicker."))
    except EverycallError as error:
        messages.error(request, str(error))


def _helped(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    said = request.POST.get("note", "").strip()[:400]
    return [Step(Move.KEEP, str(person), said or gettext_noop("they were reached and helped"))]


def _not_reached(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    terms, tries = _settings(), promise.tries + 1
    if tries >= terms.tries:
        return [
            Step(Move.GIVE_UP, str(person), gettext_noop("the last try was used up"), tries=tries)
        ]
    later = timezone.now() + terms.gap
    left = request.POST.get("message") == "1"
    why = gettext_noop("a message was left") if left else gettext_noop("not reached")
    step = Step(Move.GIVE_BACK, str(person), why, tries=tries, next_at=later)
    return [replace(step, message_left=True) if left else step]


def _snooze(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    later = timezone.now() + SNOOZES.get(request.POST.get("for", "60"), SNOOZES["60"])
    return [Step(Move.GIVE_BACK, str(person), gettext_noop("later"), next_at=later)]


def _hand_over(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    given = request.POST.get("to", "")
    to = Person.objects.filter(pk=whole(given, 0), is_active=True).first()
    if to is None or not to.may(Right.WORK_CALLBACKS):
        return []
    until = timezone.now() + _settings().lease
    back = Step(Move.GIVE_BACK, str(person), gettext_noop("handed over"))
    return [back, Step(Move.CLAIM, str(person), "", lease_until=until, owner=str(to))]


def _withdraw(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    said = request.POST.get("note", "").strip()[:400]
    return [Step(Move.WITHDRAW, str(person), said or gettext_noop("not owed any more"))]


def _reopen(promise: Promise, person: Person, request: HttpRequest) -> list[Step]:
    return [Step(Move.REOPEN, str(person), gettext_noop("open again: it was closed wrongly"))]


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
    promise, person = found_promise(request, pk), person_of(request)
    if name not in ACTS:
        raise Http404
    steps = ACTS[name](promise, person, request)
    if not _done(promise, steps):
        messages.error(request, _("Somebody else was quicker; this is how it stands now."))
        return redirect("callback", pk)
    if name == "take":
        return redirect("callback", pk)
    what = said(steps[0].why) or done(steps[0].move)
    messages.success(request, f"{number_for(promise.caller, person)}: {what}")
    return redirect("callbacks")


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
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write something down for whoever has the promise next."""
    promise, person = found_promise(request, pk), person_of(request)
    said = request.POST.get("note", "").strip()[:400]
    if said:
        PromiseMove.objects.create(
            promise=promise,
            at=timezone.now(),
            move="note",
            before=promise.state,
            after=promise.state,
            who=str(person),
            why=said,
        )
    return redirect("callback", pk)


@require_POST
@needs(Right.WORK_CALLBACKS)
def owe(request: HttpRequest) -> HttpResponse:
    """Make a promise by hand: somebody asked for a call, or it was found out who withheld a number."""
    person, site = person_of(request), site_reader().settings()
    key = made_comparable(request.POST.get("number", ""), site.region, site.internal).key
    if key is None or not key.lstrip("+").isdecimal() or len(key) > LONGEST_NUMBER:
        messages.error(request, _("That is no number that can be called."))
        return redirect("callbacks")
    nobodys = NotReturnable.objects.filter(pk=request.POST.get("call", ""), promise=None)
    unknown = theirs(nobodys, person).first()
    made = _owe(key, person, unknown)
    if made is None:
        messages.error(request, _("There is an open promise to this number already."))
        return redirect("callbacks")
    return redirect("callback", made)


def _owe(key: str, person: Person, unknown: NotReturnable | None) -> int | None:
    now = timezone.now()
    missed_at = unknown.missed_at if unknown else now
    own = next(iter(clients_of(person)), "")  # or they could not see what they made
    queue, client = (unknown.queue, unknown.client) if unknown else ("", own)
    who = unknown.call_id if unknown else ""
    call = Ended(who, "inbound", key, client or None, missed_at, now, "", queue=queue or None)
    reader = site_reader()
    site = reader.settings()
    due = Recoverer(site, _STORE, site.zone or _zone()).due(call, queue or None)
    what = Owed(who, key, client or None, missed_at, "by hand", requested=True, joins=True,
                queue=queue or None)  # fmt: skip
    with transaction.atomic():
        made = _STORE.make(what, due, now)
        if made is None:
            return None
        PromiseMove.objects.filter(promise_id=made.id, move="made").update(who=str(person))
        if unknown is not None:
            NotReturnable.objects.filter(pk=unknown.pk).update(promise_id=made.id)
    return made.id


def _zone() -> ZoneInfo:
    return ZoneInfo("UTC")


@require_POST
@needs(Right.WORK_CALLBACKS)
def settle(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Confirm what a call of a shared number suggests, or say that it was somebody else."""
    promise, person = found_promise(request, pk), person_of(request)
    found = get_object_or_404(PromiseCall, pk=line, promise=promise, settled_at=None)
    with transaction.atomic():
        PromiseCall.objects.filter(pk=line).update(settled_at=timezone.now())
        if request.POST.get("it") == "yes" and State(promise.state).is_open:
            move = Move.KEEP if found.verdict == "helped" else Move.WITHDRAW
            step = Step(move, str(person), found.reason, found.call_id)
            _STORE.move(promise.plain(), step, timezone.now())
    return redirect("callback", pk)
