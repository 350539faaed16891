"""Keys for other programs: made, shown once, taken back."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from everycall.records.models import Token
from everycall.records.roles import Right
from everycall.records.tokens import SCOPES
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.wording.deeds import choices


class TokenForm(forms.Form):
    """What a program is called, and what it may do."""

    name = forms.CharField(label=gettext_lazy("Which program is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        choices=lambda: choices(SCOPES),
        widget=forms.CheckboxSelectMultiple,
    )


@needs(Right.SET_UP)
def tokens(request: HttpRequest) -> HttpResponse:
    """List the keys, and make one."""
    form, shown = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
        _, shown = Token.issue(name, scopes, person_of(request))
        note(person_of(request), "key made", name, scopes=scopes)
        form = TokenForm()
    return render(
        request,
        "web/tokens.html",
        {"form": form, "shown": shown, "tokens": Token.objects.filter(revoked_at=None)},
    )


@require_POST
@needs(Right.SET_UP)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a key worthless, at once."""
    token = get_object_or_404(Token, pk=pk)
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    note(person_of(request), "key taken back", token.name)
    return redirect("tokens")
