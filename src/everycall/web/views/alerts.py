"""Alerts: what is open, who looks after it, and how it ended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.alerts import measure_of
from everycall.alerts.messages import written
from everycall.errors import NotFoundError
from everycall.records.alerts import Alert, AlertRule, Delivery, end
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
from everycall.web.wording.writing import masked, number_for
from everycall.web.work.alerting import claim, ended_words

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
    where = alert.queue if missed else alert.thing
    return {
        "alert": alert,
        "missed": missed,
        "caller": _caller(alert, person) if missed else "",
        "where": where,
        "value": "" if missed else _value(alert),
        "ended": ended_words(alert.ended_by) if alert.ended_by else "",
        "may_claim": person.may(Right.WORK_CALLBACKS) or person.may(Right.SET_UP),
    }


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
        "promise": _promise(found) if person.may(Right.WORK_CALLBACKS) else None,
        "deliveries": found.deliveries.select_related("channel").order_by("id"),
        "measure": _watched(found.rule),
    }
    return render(request, "web/alert.html", page)


def _watched(rule: AlertRule) -> str:
    try:
        return _(measure_of(rule.measure).doc)
    except NotFoundError:
        return ""


def _promise(alert: Alert) -> Promise | None:
    """Return the call back that is owed to this caller, if history has it by now."""
    if not alert.caller:
        return None
    states = [state.value for state in open_states()]
    return Promise.objects.filter(
        caller=alert.caller, client=alert.client, state__in=states
    ).first()


@require_POST
@needs(Right.SEE_ALERTS)
def claim_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one looks after an alert; the call back that it is about is taken with it."""
    person = person_of(request)
    found = get_object_or_404(alerts_of(person, Alert.objects.all()), pk=pk)
    if not claim(found, str(person)):
        messages.error(request, _("Somebody else was quicker; this is how it stands now."))
        return redirect("alert", pk)
    note(person, "alert claimed", f"alert {found.pk}")
    if found.caller and person.may(Right.REVEAL_NUMBERS):
        note(person, "number revealed", found.call_id)
    promise = _promise(found) if person.may(Right.WORK_CALLBACKS) else None
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
    """Say that an alert is over."""
    person = person_of(request)
    found = get_object_or_404(alerts_of(person, Alert.objects.all()), pk=pk)
    if end(found, timezone.now(), str(person)):
        note(person, "alert closed", f"alert {found.pk}")
    return redirect("alerts")


def deliveries_of(page: int) -> list[Delivery]:
    """Return what was sent last."""
    first = (page - 1) * SHOWN
    found = Delivery.objects.select_related("channel", "alert__rule")
    return list(found[first : first + SHOWN])
