"""Alerts: what is open, who looks after it, and how it ended."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.alerts import PERSON, measure_of
from everycall.alerts.messages import written
from everycall.errors import NotFoundError
from everycall.records.alerts import Alert, AlertRule, Delivery
from everycall.records.people import Person
from everycall.records.promises import Promise
from everycall.records.roles import Right
from everycall.records.stored_promises import StoredPromises
from everycall.records.trail import note
from everycall.recovery import Move, open_states
from everycall.recovery.promises import Step
from everycall.web.guards import needs, person_of
from everycall.web.reading import site_reader
from everycall.web.scope import alerts_of
from everycall.web.views.callbacks import theirs
from everycall.web.wording.writing import colleague, masked, number_for
from everycall.web.work.alerting import Watcher, claim, ended_words, is_known_end

SHOWN = 100


@needs(Right.SEE_ALERTS)
def alerts(request: HttpRequest) -> HttpResponse:
    """Show what is open, and what was."""
    person = person_of(request)
    found = alerts_of(person, Alert.objects.select_related("rule"))
    page = {
        "open": [_shown(one, person) for one in found.filter(closed_at=None)],
        "over": [_shown(one, person) for one in found.exclude(closed_at=None)[:SHOWN]],
        "rules": AlertRule.objects.count(),
    }
    return render(request, "web/alerts.html", page)


def _shown(alert: Alert, person: Person) -> dict[str, object]:
    missed = bool(alert.call_id)
    return {
        "alert": alert,
        "by": _who(alert.claimed_by, person),
        "missed": missed,
        "caller": _caller(alert, person) if missed else "",
        "where": alert.queue if missed else _where(alert, person),
        "value": "" if missed else _value(alert),
        "ended": _ended(alert, person),
        "may_claim": _may_claim(person),
    }


def _where(alert: Alert, person: Person) -> str:
    """Write what an alert is about: a queue, a phone system, or a colleague as somebody may see them."""
    try:
        of_people = measure_of(alert.rule.measure).each == PERSON
    except NotFoundError:  # of another version: nobody knows whether that is a person
        of_people = True
    return colleague(alert.thing, person) if alert.thing and of_people else alert.thing


def _may_claim(person: Person) -> bool:
    """Tell whether somebody may look after alerts: who calls back or sets up, not who looks on."""
    return person.may(Right.WORK_CALLBACKS) or person.may(Right.SET_UP)


def _who(name: str, person: Person) -> str:
    """Write a colleague's name for those who share the work; others are told that it was one."""
    return name if not name or _may_claim(person) else colleague(name, person)


def _ended(alert: Alert, person: Person) -> str:
    how = alert.ended_by
    return ended_words(how if is_known_end(how) else _who(how, person)) if how else ""


def _caller(alert: Alert, person: Person) -> str:
    """Write the number in full for whoever said that they call back, masked for all others."""
    mine = alert.claimed_by == str(person)
    return number_for(alert.caller, person) if mine else masked(alert.caller)


def _value(alert: Alert) -> str:
    try:
        return written(alert.value, measure_of(alert.rule.measure).unit, _)
    except NotFoundError:
        return ""


@needs(Right.SEE_ALERTS)
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one alert: what it is about, who looks after it, what was said to whom."""
    person = person_of(request)
    found = get_object_or_404(alerts_of(person, Alert.objects.all()), pk=pk)
    page = {
        **_shown(found, person),
        "promise": _promise(found, person),
        "deliveries": _deliveries(found, person) if _may_claim(person) else (),
        "measure": _watched(found.rule),
    }
    return render(request, "web/alert.html", page)


def _deliveries(alert: Alert, person: Person) -> list[Delivery]:
    """Return what was said of an alert, without the name of a colleague for whoever may see none."""
    found = list(alert.deliveries.select_related("channel").order_by("id"))
    if alert.thing:
        for one in found:
            about = f"({_where(alert, person)})"
            one.message["title"] = one.message["title"].replace(f"({alert.thing})", about)
    return found


def _watched(rule: AlertRule) -> str:
    try:
        return _(measure_of(rule.measure).doc)
    except NotFoundError:
        return ""


def _promise(alert: Alert, person: Person) -> Promise | None:
    """Return the call back that is owed to this caller, if history has it and it is somebody's to do."""
    if not alert.caller or not person.may(Right.WORK_CALLBACKS):
        return None
    states = [state.value for state in open_states()]
    owed = Promise.objects.filter(caller=alert.caller, client=alert.client, state__in=states)
    found: Promise | None = theirs(owed, person).first()
    return found


def _theirs(person: Person, pk: int) -> Alert:
    """Return an alert that somebody may look after.

    Raises:
        Http404: it is not theirs to see.
        PermissionDenied: they look on.
    """
    found: Alert = get_object_or_404(alerts_of(person, Alert.objects.all()), pk=pk)
    if not _may_claim(person):
        raise PermissionDenied("your role does not include: look after alerts")
    return found


@require_POST
@needs(Right.SEE_ALERTS)
def claim_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one looks after an alert; the call back that it is about is taken with it."""
    person = person_of(request)
    found = _theirs(person, pk)
    if not claim(found, str(person)):
        messages.error(request, _("Somebody else was quicker; this is how it stands now."))
        return redirect("alert", pk)
    note(person, "alert claimed", f"alert {found.pk}")
    if found.caller and person.may(Right.REVEAL_NUMBERS):
        note(person, "number revealed", found.call_id)
    promise = _promise(found, person)
    if promise is not None and _taken(promise, person):
        return redirect("callback", promise.pk)
    return redirect("alert", pk)


def _taken(promise: Promise, person: Person) -> bool:
    until = timezone.now() + site_reader().settings().promises.lease
    step = Step(Move.CLAIM, str(person), "", lease_until=until, owner=str(person))
    return StoredPromises().move(promise.plain(), step, timezone.now())


@require_POST
@needs(Right.SEE_ALERTS)
def close_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that an alert is over: that is said where it was said, and it rests until it is."""
    person = person_of(request)
    found = _theirs(person, pk)
    watcher = Watcher(site_reader().settings().zone or ZoneInfo("UTC"), settings.ADDRESS)
    if watcher.close(found, str(person), timezone.now()):
        note(person, "alert closed", f"alert {found.pk}")
    return redirect("alerts")


def deliveries_of(page: int) -> list[Delivery]:
    """Return what was sent last."""
    first = (page - 1) * SHOWN
    found = Delivery.objects.select_related("channel", "alert__rule")
    return list(found[first : first + SHOWN])
