"""Numbers with a rule of their own, where a team sees and changes them: who, when, why; and undo."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.events.callers import caller
from everycall.records.models import Promise
from everycall.records.people import Person
from everycall.records.roles import Right
from everycall.records.standing import KINDS, SHARED, Standing, end_rule, set_rule
from everycall.records.texts import OptOut, opt_out
from everycall.records.trail import note
from everycall.recovery import open_states
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.scope import clients_of
from everycall.web.wording.writing import number_for

LISTED = 200
ENDED = 20
MESSAGES = "messages"

_OPEN = [state.value for state in open_states()]


@needs(Right.WORK_CALLBACKS)
def standing(request: HttpRequest) -> HttpResponse:
    """List the numbers with a rule of their own, and those that want no messages."""
    person, site = person_of(request), site_reader().settings()
    mine = tuple(clients_of(person))
    rules = _visible(Standing.objects.filter(ended_at=None), mine)
    page = {
        "groups": [
            {
                "kind": kind,
                "rows": [_rule(one, person, mine) for one in rules.filter(kind=kind)[:LISTED]],
            }
            for kind in KINDS
        ],
        "from_file": [number_for(number, person) for number in site.shared_numbers],
        "opted": [
            _opted(o, person) for o in _visible(OptOut.objects.order_by("-at"), mine)[:LISTED]
        ],
        "ended": [
            _rule(one, person, mine)
            for one in _visible(Standing.objects.exclude(ended_at=None), mine).order_by(
                "-ended_at"
            )[:ENDED]
        ],
        "brands": list(mine or site.clients),
        "all_brands": not mine,
        "number": request.GET.get("number", ""),
    }
    return render(request, "web/standing.html", page)


def _visible(rows: Any, mine: tuple[str, ...]) -> Any:
    """Return the rules for the brands that somebody sees; those for all brands among them."""
    return rows.filter(client__in=[*mine, ""]) if mine else rows


def _rule(one: Standing, person: Person, mine: tuple[str, ...]) -> dict[str, Any]:
    own = not mine or one.client in mine
    return {"one": one, "number": number_for(one.number, person), "own": own}


def _opted(one: OptOut, person: Person) -> dict[str, Any]:
    return {"one": one, "number": number_for(one.number, person)}


@require_POST
@needs(Right.WORK_CALLBACKS)
def add(request: HttpRequest) -> HttpResponse:
    """Set a rule for a number."""
    person, site = person_of(request), site_reader().settings()
    kind, client = request.POST.get("kind", ""), request.POST.get("client", "")
    if kind not in (*KINDS, MESSAGES) or not _may(person, client):
        raise Http404
    key = caller(request.POST.get("number", ""), site.region, site.internal).key
    if key is None or not key.lstrip("+").isdecimal():
        messages.error(request, _("That is no number that can be called."))
        return redirect("standing")
    why, now = request.POST.get("why", "").strip()[:200], timezone.now()
    if kind == MESSAGES:
        opt_out(key, client, now, f"{person}: {why}"[:40])
        made = True
    else:
        made = set_rule(
            Standing(number=key, client=client, kind=kind, who=str(person), why=why, at=now)
        )
    if made:
        note(person, f"rule set: {kind}", key, why=why, client=client)
        _join(key, client, kind, joins=False)
    else:
        messages.error(request, _("This rule stands already."))
    return redirect("standing")


def _may(person: Person, client: str) -> bool:
    """Tell whether somebody may set a rule for a brand; for all of them only who sees all."""
    mine = clients_of(person)
    if not client:
        return not mine
    return client in (mine or site_reader().settings().clients)


def _join(number: str, client: str, kind: str, *, joins: bool) -> None:
    """Let what is owed to a number follow the rule: calls of a shared one only suggest."""
    if kind != SHARED:
        return
    owed = Promise.objects.filter(caller=number, state__in=_OPEN)
    (owed.filter(client=client) if client else owed).update(joins=joins)


@require_POST
@needs(Right.WORK_CALLBACKS)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule back."""
    person = person_of(request)
    found = get_object_or_404(Standing, pk=pk)
    if not _may(person, found.client):
        raise Http404
    ended = end_rule(pk, str(person), timezone.now())
    if ended is not None:
        note(person, f"rule ended: {ended.kind}", ended.number, client=ended.client)
        _join(ended.number, ended.client, ended.kind, joins=True)
    return redirect("standing")


@require_POST
@needs(Right.WORK_CALLBACKS)
def opt_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a number have messages again; the caller asked for it."""
    person = person_of(request)
    found = get_object_or_404(OptOut, pk=pk)
    mine = clients_of(person)
    if mine and found.client not in mine:
        raise Http404
    note(person, "messages allowed again", found.number, client=found.client, how=found.how)
    found.delete()
    return redirect("standing")
