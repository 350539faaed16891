"""Alerts: what is open, who looks after it; the rules and the channels behind them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.alerts import MEASURES, Message
from everycall.errors import EverycallError
from everycall.records.alerts import Alert, AlertRule, Channel, Delivery
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.settings import doc_of
from everycall.web.alerting import KINDS, claim, hand
from everycall.web.guards import needs, person_of
from everycall.web.views.people import Names

SHOWN = 100


@needs(Right.SEE_REPORTS)
def alerts(request: HttpRequest) -> HttpResponse:
    """Show what is open, and what was."""
    found = Alert.objects.select_related("rule")
    page = {
        "open": found.filter(closed_at=None),
        "over": found.exclude(closed_at=None)[:SHOWN],
        "rules": AlertRule.objects.count(),
    }
    return render(request, "web/alerts.html", page)


@require_POST
@needs(Right.SEE_REPORTS)
def claim_alert(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one looks after an alert."""
    alert = get_object_or_404(Alert, pk=pk)
    if claim(alert, str(person_of(request))):
        note(person_of(request), "alert claimed", str(alert))
    return redirect("alerts")


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take none when they run
    """A rule, as a sentence with gaps."""

    measure = forms.ChoiceField(
        label=gettext_lazy("Watch"), choices=[(m.id, m.doc) for m in MEASURES]
    )
    above = forms.TypedChoiceField(
        label=gettext_lazy("when it is"),
        choices=[("above", gettext_lazy("above")), ("below", gettext_lazy("below"))],
        coerce=lambda word: word == "above",
    )
    queues = Names(
        label=gettext_lazy("in the queues"),
        required=False,
        help_text=gettext_lazy("Divided by commas; empty means each of them."),
    )

    class Meta:
        model = AlertRule
        fields: ClassVar = [
            *("name", "measure", "above", "limit", "lasting_s", "queues", "channels"),
            *("quiet_from", "quiet_to", "escalate_s", "escalate_to", "is_on"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "limit": gettext_lazy("the limit (seconds for times, 0.8 for 80 %)"),
            "lasting_s": gettext_lazy("for so many seconds"),
            "channels": gettext_lazy("then tell"),
            "quiet_from": gettext_lazy("but not between"),
            "quiet_to": gettext_lazy("and"),
            "escalate_s": gettext_lazy("after so many seconds more"),
            "escalate_to": gettext_lazy("tell also"),
            "is_on": gettext_lazy("It is on"),
        }


@needs(Right.SET_UP)
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules and the channels, with what was sent."""
    page = {
        "rules": AlertRule.objects.prefetch_related("channels"),
        "channels": Channel.objects.filter(removed_at=None),
        "sent": Delivery.objects.select_related("channel", "alert__rule")[:SHOWN],
        "kinds": KINDS,
    }
    return render(request, "web/alert_rules.html", page)


@needs(Right.SET_UP)
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a rule, or change it."""
    found = get_object_or_404(AlertRule, pk=pk) if pk else None
    initial = {"above": "below" if found and not found.above else "above"}
    form = RuleForm(request.POST or None, instance=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        note(person_of(request), "alert rule changed", saved.name)
        return redirect("alert-rules")
    return render(request, "web/form.html", {"form": form, "title": _("Alert rule")})


def _channel_form(kind: str, given: dict[str, Any] | None, data: Any) -> forms.Form:
    """Make the form of a channel from its settings; a secret is never shown again."""
    shown: dict[str, forms.Field] = {"name": forms.CharField(label=_("Name"), max_length=80)}
    for name, declared in KINDS[kind].__dataclass_fields__.items():
        doc, default = doc_of(declared), declared.default
        if declared.type is bool:
            field: forms.Field = forms.BooleanField(label=doc, required=False)
        elif declared.type is int:
            field = forms.IntegerField(label=doc)
        elif name in ("password", "secret"):
            field = forms.CharField(label=doc, required=False, widget=forms.PasswordInput)
        else:
            field = forms.CharField(label=doc, required=not isinstance(default, str))
        field.initial = (given or {}).get(name, default if isinstance(default, str | int) else "")
        shown[name] = field
    form: forms.Form = type("ChannelForm", (forms.Form,), shown)(data)
    return form


@needs(Right.SET_UP)
def channel(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Make a channel, or change it; only who sets up may see where messages go."""
    if kind not in KINDS:
        return redirect("alert-rules")
    found = get_object_or_404(Channel, pk=pk, kind=kind) if pk else Channel(kind=kind)
    given = found.given() if pk else None
    form = _channel_form(kind, given, request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = {n: v for n, v in form.cleaned_data.items() if n != "name"}
        for name in ("password", "secret"):
            if name in kept and not kept[name] and given:
                kept[name] = given.get(name, "")
        found.name = form.cleaned_data["name"]
        found.keep(kept)
        found.save()
        note(person_of(request), "channel changed", found.name)
        return redirect("alert-rules")
    return render(request, "web/form.html", {"form": form, "title": _("Channel")})


@require_POST
@needs(Right.SET_UP)
def try_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test through a channel, now, and say what came of it."""
    found = get_object_or_404(Channel, pk=pk, removed_at=None)
    test = Message(
        f"test-{found.pk}-{timezone.now():%Y%m%d%H%M%S}",
        _("A test from Everycall"),
        _("If you can read this, alerts will reach you."),
        request.build_absolute_uri("/alerts/"),
        "test",
    )
    try:
        hand(found).send(test)
    except (EverycallError, OSError) as error:
        messages.error(request, _("It did not go through: %s") % error)
    else:
        messages.success(request, _("It was sent."))
    return redirect("alert-rules")


@require_POST
@needs(Right.SET_UP)
def remove_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a channel away; what was sent through it stays on record."""
    found = get_object_or_404(Channel, pk=pk)
    found.removed_at = timezone.now()
    found.save(update_fields=["removed_at"])
    note(person_of(request), "channel removed", found.name)
    return redirect("alert-rules")
