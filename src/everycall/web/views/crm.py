"""CRM: connecting a CRM, trying it, and what could not be brought over yet, and why."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from everycall.errors import EverycallError
from everycall.records.crm import CrmAccount
from everycall.records.jobs import Job
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.registry import load, names
from everycall.web.declared import brand_field, fields_of, kept_of
from everycall.web.guards import needs, person_of
from everycall.web.wording.saying import say
from everycall.web.work.crm import WORK, crm_of

SHOWN = 200

WAITING_JOBS = [*(name for name in WORK if name != "crm-look"), "crm-address"]


@needs(Right.SET_UP)
def accounts(request: HttpRequest) -> HttpResponse:
    """Show the CRMs, what each holds of ours, and what is on its way."""
    found = CrmAccount.objects.filter(removed_at=None)
    jobs = Job.objects.filter(func__in=WAITING_JOBS).order_by("-failed_at", "run_at")
    page = {
        "accounts": [_shown(row) for row in found],
        "kinds": [(name, say(load("crm", name).__doc__.rstrip("."))) for name in names("crm")],
        "jobs": [_job(job) for job in jobs[:SHOWN]],
        "waiting": jobs.filter(failed_at=None).count(),
        "failed": jobs.exclude(failed_at=None).count(),
    }
    return render(request, "web/crm.html", page)


def _shown(row: CrmAccount) -> dict[str, Any]:
    made = row.items.exclude(remote="")
    return {
        "row": row,
        "title": say(load("crm", row.kind).__doc__.rstrip(".")),
        "contacts": made.filter(kind="contact").count(),
        "calls": made.filter(kind="call").count(),
        "open": made.filter(kind="task", closed_at=None).count(),
        "closed": made.filter(kind="task").exclude(closed_at=None).count(),
        "deals": row.deals.count(),
    }


def _job(job: Job) -> dict[str, Any]:
    words = {
        "crm-call": _("a call into the history"),
        "crm-task": _("a task to call back"),
        "crm-close": _("closing a task"),
        "crm-address": _("asking for a caller's mail address"),
    }
    return {"job": job, "what": words[job.func], "given_up": job.failed_at is not None}


@needs(Right.MANAGE_PEOPLE)
def connect(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Connect a CRM, or change how it is reached; the owner only: calls leave by it."""
    if kind not in names("crm"):
        raise Http404
    row = get_object_or_404(CrmAccount, pk=pk, kind=kind, removed_at=None) if pk else None
    given, hand = row.given() if row else None, load("crm", kind)
    form = _form(hand, row, given, request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = row or CrmAccount(kind=kind)
        row.client = form.cleaned_data.get("client", "")
        row.keep(kept_of(hand, form.cleaned_data, given))
        row.save()
        note(person_of(request), "CRM connected", str(row))
        return _tried(request, row)
    page = {
        "form": form,
        "title": say(hand.__doc__.rstrip(".")),
        "lead": _(
            "From now on every call with a number goes into its contact's history there, and every "
            "call back that is owed becomes a task. Calls of the past are not sent."
        ),
        "back": ("crm", _("CRM")),
    }
    return render(request, "web/form.html", page)


def _form(hand: type, row: CrmAccount | None, given: Any, data: Any) -> forms.Form:
    shown = fields_of(hand, given)
    shown |= brand_field(_("The brand whose calls go there"), row.client if row else "")
    form: forms.Form = type("CrmForm", (forms.Form,), shown)(data)
    return form


@require_POST
@needs(Right.MANAGE_PEOPLE)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Try a CRM, now, and say who we are there."""
    return _tried(request, get_object_or_404(CrmAccount, pk=pk, removed_at=None))


def _tried(request: HttpRequest, row: CrmAccount) -> HttpResponse:
    try:
        who = crm_of(row).check()
    except EverycallError as error:
        messages.error(request, _("It does not work: %s") % error)
    else:
        messages.success(request, _("It works: %s.") % who)
    return redirect("crm")


@require_POST
@needs(Right.MANAGE_PEOPLE)
def disconnect(request: HttpRequest, pk: int) -> HttpResponse:
    """End a CRM; what was made there stays there."""
    row = get_object_or_404(CrmAccount, pk=pk)
    row.removed_at = timezone.now()
    row.keep({})
    row.save()
    note(person_of(request), "CRM ended", str(row))
    return redirect("crm")


@require_POST
@needs(Right.SET_UP)
def again(request: HttpRequest) -> HttpResponse:
    """Try everything again that was given up."""
    failed = Job.objects.filter(func__in=WAITING_JOBS).exclude(failed_at=None)
    failed.update(failed_at=None, attempts=0, run_at=timezone.now())
    return redirect("crm")
