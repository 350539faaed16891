"""When somebody is told, and how: rules, channels, and the log of what was sent."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.alerts import MISSED_CALL, PLAIN, Message, measure_of
from everycall.calls.outcomes import outcome_names
from everycall.errors import EverycallError, NotFoundError
from everycall.live.board import AgentState
from everycall.metrics.catalog import METRICS
from everycall.records.alerts import DELIVER, TRIES, AlertRule, Channel, Delivery
from everycall.records.jobs import Job, enqueue
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.settings import doc_of
from everycall.web.asked import whole
from everycall.web.guards import needs, person_of
from everycall.web.middleware.language import LANGUAGES
from everycall.web.steps import walk
from everycall.web.views.alerts import SHOWN, deliveries_of
from everycall.web.views.people import Names
from everycall.web.work.carrying import KINDS, hand

if TYPE_CHECKING:
    OfRule = forms.ModelForm[AlertRule]
else:
    OfRule = forms.ModelForm

SECRETS = ("password", "secret")

LONGEST = {"over_min": 7 * 24 * 60, "lasting_s": 7 * 86_400, "escalate_s": 7 * 86_400}
"""The times of a rule are a week at most."""


def measure_choices() -> list[tuple[str, Any]]:
    """Return everything that can be watched, in groups."""
    return [
        (MISSED_CALL, _("a caller who was missed and not helped yet")),
        *((m.id, _(m.doc)) for m in PLAIN),
        (_("Metrics"), [(f"metric:{m.id}", _(m.title)) for m in METRICS.values()]),
        (_("Outcomes"), [(f"outcome:{o}", _(o.replace("_", " "))) for o in outcome_names()]),
        (
            _("How long somebody is in a state"),
            [(f"state:{s.value}", _(s.doc)) for s in AgentState],
        ),
    ]


class RuleForm(OfRule):
    """A rule, as a sentence with gaps."""

    measure = forms.ChoiceField(label=gettext_lazy("Watch"), choices=measure_choices)
    parameter = forms.CharField(
        label=gettext_lazy("of a metric: its parameter, if it has one"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Such as 20 for the service level within 20 seconds."),
    )
    above = forms.TypedChoiceField(
        label=gettext_lazy("when it is"),
        choices=[("above", gettext_lazy("above")), ("below", gettext_lazy("below"))],
        coerce=lambda word: word == "above",
        required=False,
    )
    limit = forms.FloatField(
        label=gettext_lazy("the limit (seconds for times, 0.8 for 80 %)"), required=False
    )
    queues = Names(
        label=gettext_lazy("in the queues"),
        required=False,
        help_text=gettext_lazy("Divided by commas; empty means each of them."),
    )
    field_order = ("name", "measure", "parameter", "above", "limit")

    class Meta:
        model = AlertRule
        fields: ClassVar = [
            *("name", "measure", "above", "limit", "over_min", "lasting_s", "queues"),
            *("channels", "quiet_from", "quiet_to", "escalate_s", "escalate_to"),
            *("shows_numbers", "is_on"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "over_min": gettext_lazy("of a metric: over so many minutes (empty: today so far)"),
            "lasting_s": gettext_lazy("for so many seconds"),
            "channels": gettext_lazy("then tell"),
            "quiet_from": gettext_lazy("but not between"),
            "quiet_to": gettext_lazy("and"),
            "escalate_s": gettext_lazy("after so many seconds without anybody who looks after it"),
            "escalate_to": gettext_lazy("tell also"),
            "shows_numbers": gettext_lazy("Callers' numbers are written in full"),
            "is_on": gettext_lazy("It is on"),
        }
        widgets: ClassVar = {
            "channels": forms.CheckboxSelectMultiple,
            "escalate_to": forms.CheckboxSelectMultiple,
            "quiet_from": forms.TimeInput(attrs={"type": "time"}),
            "quiet_to": forms.TimeInput(attrs={"type": "time"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.measure
        if kept.startswith("metric:") and kept.count(":") > 1:
            name, _colon, parameter = kept.removeprefix("metric:").partition(":")
            self.initial["measure"], self.initial["parameter"] = f"metric:{name}", parameter
        shown: dict[str, Any] = self.fields
        for name in ("channels", "escalate_to"):
            shown[name].queryset = Channel.objects.filter(removed_at=None)
        for name, longest in LONGEST.items():
            told = _("That is longer than a week: write at most %(limit_value)s.")
            shown[name].validators.append(MaxValueValidator(longest, told))

    def clean(self) -> dict[str, Any]:
        """Put the parameter to its metric, and ask whether there is such a thing."""
        given: dict[str, Any] = super().clean() or {}
        name = given.get("measure", "")
        if name.startswith("metric:") and given.get("parameter"):
            name = f"{name}:{given['parameter']}"
        if name and name != MISSED_CALL:
            try:
                measure_of(name)
            except (NotFoundError, ValueError) as error:
                self.add_error("parameter", str(error))
            if given.get("limit") is None:
                self.add_error("limit", _("Say how much is too much."))
        given["measure"], given["limit"] = name, given.get("limit") or 0
        given["above"] = given.get("above") is not False
        return given


@needs(Right.SET_UP)
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules and the channels."""
    page = {
        "rules": AlertRule.objects.prefetch_related("channels"),
        "channels": Channel.objects.filter(removed_at=None),
        "kinds": KINDS,
        "failing": Delivery.objects.filter(sent_at=None).exclude(error="").count(),
    }
    return render(request, "web/alert_rules.html", page | walk(request, "alert-rules"))


@needs(Right.SET_UP)
def rule(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a rule, or change it."""
    found = get_object_or_404(AlertRule, pk=pk) if pk else None
    wish = request.GET.get("watch", "")
    initial = {"above": "below" if found and not found.above else "above"}
    if wish and found is None:
        initial["measure"] = wish
    form = RuleForm(request.POST or None, instance=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        note(person_of(request), "alert rule changed", saved.name)
        return redirect("alert-rules")
    title = found.name if found else _("Alert rule")
    back = ("alert-rules", _("Alert rules"))
    return render(
        request, "web/form.html", {"form": form, "title": title, "back": back, "removable": found}
    )


@require_POST
@needs(Right.SET_UP)
def remove_rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule away, with what it opened."""
    found = get_object_or_404(AlertRule, pk=pk)
    note(person_of(request), "alert rule removed", found.name)
    found.delete()
    return redirect("alert-rules")


def _channel_form(kind: str, given: dict[str, Any] | None, data: Any, *, owner: bool) -> forms.Form:
    """Make the form of a channel from its settings; a secret is never shown again."""
    shown: dict[str, forms.Field] = {"name": forms.CharField(label=_("Name"), max_length=80)}
    for name, declared in KINDS[kind].__dataclass_fields__.items():
        if name == "inside" and not owner:
            continue
        shown[name] = _field(name, declared, given)
    shown["language"] = forms.ChoiceField(
        label=_("Language of the messages"), choices=LANGUAGES, required=False
    )
    form: forms.Form = type("ChannelForm", (forms.Form,), shown)(data)
    return form


def _field(name: str, declared: Any, given: dict[str, Any] | None) -> forms.Field:
    doc, default = _(doc_of(declared)), declared.default
    if declared.type is bool:
        field: forms.Field = forms.BooleanField(label=doc, required=False)
    elif declared.type is int:
        field = forms.IntegerField(label=doc)
    elif name in SECRETS:
        needed = not isinstance(default, str) and not given
        return forms.CharField(label=doc, required=needed, widget=forms.PasswordInput)
    else:
        field = forms.CharField(label=doc, required=not isinstance(default, str))
    field.initial = (given or {}).get(name, default if isinstance(default, str | int) else "")
    return field


@needs(Right.SET_UP)
def channel(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Make a channel, or change it; only who sets up may see where messages go."""
    if kind not in KINDS:
        raise Http404
    found = get_object_or_404(Channel, pk=pk, kind=kind) if pk else Channel(kind=kind)
    given = found.given() if pk else None
    owner = person_of(request).may(Right.MANAGE_PEOPLE)
    form = _channel_form(kind, given, request.POST or None, owner=owner)
    if pk:
        form.initial = {"name": found.name, "language": found.language}
    if request.method == "POST" and form.is_valid():
        kept = dict(form.cleaned_data) if given is None else _changed(form, given, owner=owner)
        found.name, found.language = kept.pop("name"), kept.pop("language")
        if form.is_valid() and _keep(form, found, kept):
            note(person_of(request), "channel changed", found.name)
            return redirect("alert-rules")
    page = {"form": form, "title": _("Channel"), "back": ("alert-rules", _("Alert rules"))}
    return render(request, "web/form.html", page)


def _changed(form: forms.Form, given: dict[str, Any], *, owner: bool) -> dict[str, Any]:
    """Return the settings of a channel that is changed: a secret that is not entered again stays,
    and would go nowhere else, nor in the open.
    """
    kept = {**given, **form.cleaned_data}
    elsewhere = any(kept.get(name) != given.get(name) for name in ("host", "port", "tls"))
    for name in SECRETS:
        if name in kept and not form.cleaned_data.get(name):
            kept[name] = given.get(name, "")
            if kept[name] and elsewhere:
                form.add_error(name, _("Enter it again: it would go to another server now."))
    if not owner and kept.get("url") != given.get("url"):
        kept["inside"] = False  # another address was let in
    return kept


def _keep(form: forms.Form, found: Channel, kept: dict[str, Any]) -> bool:
    """Keep the settings of a channel, unless it cannot work with them."""
    found.keep(kept)
    try:
        hand(found)
    except EverycallError as error:
        form.add_error(None, str(error))
        return False
    found.save()
    return True


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


@needs(Right.SET_UP)
def log(request: HttpRequest) -> HttpResponse:
    """Show what was sent, what went wrong, and when it is tried again."""
    number = max(1, whole(request.GET.get("page", "1")))
    sent = deliveries_of(number)
    jobs = {job.args.get("delivery"): job for job in Job.objects.filter(func=DELIVER)}
    rows = [{"one": one, "job": jobs.get(one.pk)} for one in sent]
    page = {"rows": rows, "newer": number - 1, "older": number + 1 if len(sent) == SHOWN else 0}
    return render(request, "web/alert_log.html", page)


@require_POST
@needs(Right.SET_UP)
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a message again, now; what was taken is never sent twice."""
    found = get_object_or_404(Delivery, pk=pk, sent_at=None)
    Job.objects.filter(func=DELIVER, args__delivery=found.pk).delete()
    enqueue(DELIVER, key=f"deliver {found.key}", max_attempts=TRIES, delivery=found.pk)
    note(person_of(request), "message sent again", found.key)
    return redirect("alert-log")
