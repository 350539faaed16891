"""Webhooks: made, tried, taken back; and what became of everything that they were told."""

import base64
import secrets
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.records.hooks import KINDS, Hook, Telling, tell, tell_again
from everycall.records.models import PromiseMove
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.wording.deeds import choices

PAGE = 100


class HookForm(forms.Form):
    """Where another program listens, and what it is told."""

    name = forms.CharField(label=gettext_lazy("Which program is it?"), max_length=80)
    url = forms.URLField(
        label=gettext_lazy("Its address, which begins with https://"),
        max_length=400,
        assume_scheme="https",
    )
    inside = forms.BooleanField(
        label=gettext_lazy("The address lies inside this network, and may"), required=False
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is it told?"),
        choices=lambda: choices(KINDS),
        widget=forms.CheckboxSelectMultiple,
    )
    clients = forms.CharField(
        label=gettext_lazy("Only of these brands, with commas; empty: of all"),
        max_length=400,
        required=False,
    )
    numbers = forms.BooleanField(label=gettext_lazy("Tell callers' numbers whole"), required=False)

    def clean_url(self) -> str:
        """Refuse what is no web address."""
        url: str = self.cleaned_data["url"]
        if not url.startswith(("https://", "http://")):
            raise forms.ValidationError(_("It has to begin with https:// or http://"))
        return url


@needs(Right.SET_UP)
def hooks(request: HttpRequest) -> HttpResponse:
    """List the webhooks and what they were told, and make one."""
    person = person_of(request)
    form, shown = HookForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if given["inside"] and not person.may(Right.MANAGE_PEOPLE):
            form.add_error("inside", _("Only the owner may send into this network."))
        else:
            shown = _make(given)
            note(person, "webhook made", given["name"], kinds=given["kinds"])
            form = HookForm()
    told = Telling.objects.filter(hook__removed_at=None).select_related("hook")
    page = {
        "form": form,
        "shown": shown,
        "hooks": Hook.objects.filter(removed_at=None),
        "told": Paginator(told, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "web/hooks.html", page)


def _make(given: dict[str, Any]) -> str:
    """Make a webhook; returns its secret, which is shown this once."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    clients = [name.strip() for name in given["clients"].split(",") if name.strip()]
    newest = PromiseMove.objects.order_by("-pk").values_list("pk", flat=True).first()
    hook = Hook(
        name=given["name"],
        kinds=given["kinds"],
        clients=clients,
        numbers=given["numbers"],
        told_move=newest or 0,
    )
    hook.keep({"url": given["url"], "secret": secret, "inside": given["inside"]})
    hook.save()
    return secret


@require_POST
@needs(Right.SET_UP)
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell an address nothing more."""
    hook = get_object_or_404(Hook, pk=pk, removed_at=None)
    Hook.objects.filter(pk=pk).update(removed_at=timezone.now(), sealed="")
    note(person_of(request), "webhook removed", hook.name)
    return redirect("hooks")


@require_POST
@needs(Right.SET_UP)
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Tell an address that this is a test."""
    hook = get_object_or_404(Hook, pk=pk, removed_at=None)
    tell(hook, "test", f"test {timezone.now().isoformat()}", {"says": "this is a test"})
    return redirect("hooks")


@require_POST
@needs(Right.SET_UP)
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send something once more, under the same id."""
    told = get_object_or_404(Telling, pk=pk, hook__removed_at=None)
    tell_again(told)
    note(person_of(request), "webhook sent again", told.hook.name, told=told.about)
    return redirect("hooks")
