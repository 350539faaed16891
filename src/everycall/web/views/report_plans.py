"""Reports that are sent by themselves: which, to whom, when; and whether each was sent."""

from datetime import time
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.records.alerts import Channel
from everycall.records.jobs import enqueue
from everycall.records.report_plans import SEND, TRIES, ReportPlan, ReportRun
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.middleware.language import LANGUAGES
from everycall.web.reading import site_reader
from everycall.web.reports.making import KINDS
from everycall.web.views.people import Names

if TYPE_CHECKING:
    OfPlan = forms.ModelForm[ReportPlan]
else:
    OfPlan = forms.ModelForm

EVERY = (
    ("day", gettext_lazy("every day, about the day before")),
    ("week", gettext_lazy("every Monday, about the week before")),
    ("month", gettext_lazy("on the first of a month, about the month before")),
)


class PlanForm(OfPlan):
    """What is sent to whom, and when."""

    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=EVERY)
    at = forms.TimeField(
        label=gettext_lazy("At what time, by the site's clock"),
        initial=time(7),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    to = Names(
        label=gettext_lazy("To whom"), help_text=gettext_lazy("Addresses, divided by commas.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("As what"), choices=[(kind, kind.upper()) for kind in ("pdf", *KINDS)]
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)

    class Meta:
        model = ReportPlan
        fields: ClassVar = [
            *("name", "every", "at", "to", "kind", "client", "language", "channel"),
            *("failures_to", "is_on"),
        ]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "client": gettext_lazy("Only this brand (empty means all)"),
            "channel": gettext_lazy("By which mail server"),
            "failures_to": gettext_lazy("Who is told if it cannot be sent"),
            "is_on": gettext_lazy("It is on"),
        }
        widgets: ClassVar = {"failures_to": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = Channel.objects.filter(removed_at=None)
        shown: dict[str, Any] = self.fields
        shown["kind"].choices = [(kind, kind.upper()) for kind in ("pdf", "html", "xlsx", "csv")]
        shown["channel"].queryset = here.filter(kind="mail")
        shown["failures_to"].queryset = here

    def clean_to(self) -> list[str]:
        """Refuse what is no address."""
        given: list[str] = self.cleaned_data["to"]
        for address in given:
            validate_email(address)
        return given

    def clean_client(self) -> str:
        """Refuse a brand that there is not."""
        given: str = self.cleaned_data["client"]
        known = site_reader().settings().clients
        if given and given not in known:
            raise forms.ValidationError(_("There is no brand of this name in the site file."))
        return given


@needs(Right.SET_UP)
def plans(request: HttpRequest) -> HttpResponse:
    """List what is sent by itself, and how it went."""
    page = {
        "plans": ReportPlan.objects.select_related("made_by"),
        "runs": ReportRun.objects.select_related("plan")[:50],
        "mail": Channel.objects.filter(kind="mail", removed_at=None).exists(),
        "every": dict(EVERY),
    }
    return render(request, "web/report_plans.html", page)


@needs(Right.SET_UP)
def plan(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a plan, or change it; it sends what its maker may see."""
    found = get_object_or_404(ReportPlan, pk=pk) if pk else None
    form = PlanForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        if found is None:
            saved.made_by = person_of(request)
        saved.save()
        form.save_m2m()
        note(person_of(request), "report plan changed", saved.name, to=saved.to)
        return redirect("report-plans")
    page = {
        "form": form,
        "title": found.name if found else _("A report that is sent by itself"),
        "back": ("report-plans", _("Reports by mail")),
        "removable": found,
    }
    return render(request, "web/form.html", page)


@require_POST
@needs(Right.SET_UP)
def remove_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop sending a report."""
    found = get_object_or_404(ReportPlan, pk=pk)
    note(person_of(request), "report plan removed", found.name)
    found.delete()
    return redirect("report-plans")


@require_POST
@needs(Right.SET_UP)
def send_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the last report of a plan now, once more."""
    found = get_object_or_404(ReportPlan, pk=pk)
    now = timezone.now()
    slot = found.latest(now, timezone.get_current_timezone())
    key = f"{found.pk}:now:{now:%Y%m%d%H%M%S}"
    run, is_new = ReportRun.objects.get_or_create(
        key=key, defaults={"plan": found, "first": slot.first, "last": slot.last, "due_at": now}
    )
    if is_new:
        enqueue(SEND, key=f"report {key}", max_attempts=TRIES, run=run.pk)
    messages.success(request, _("It is being made and sent; this page says when it is done."))
    return redirect("report-plans")
