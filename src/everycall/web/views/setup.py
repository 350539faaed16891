"""The first page of all: make the owner's account, with the key from the terminal."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login, password_validation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from everycall.records.models import Person
from everycall.records.roles import Role
from everycall.records.trail import note
from everycall.web.accounts import first_key


class Owner(forms.Form):
    """Who owns this installation."""

    key = forms.CharField(label=_("Key from the terminal"), max_length=100)
    name = forms.CharField(label=_("Your name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    password = forms.CharField(
        label=_("Password, at least 12 characters"), widget=forms.PasswordInput
    )

    def clean_key(self) -> str:
        """Refuse a key that was not printed."""
        key: str = self.cleaned_data["key"].strip()
        if not first_key.is_right(settings.DATA, key):
            raise forms.ValidationError(
                _("This is not the key that 'everycall serve' printed; copy the whole line.")
            )
        return key

    def clean_password(self) -> str:
        """Refuse a weak password."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password


@sensitive_post_parameters("password", "key")
def setup(request: HttpRequest) -> HttpResponse:
    """Make the owner; once there is one, this page is closed."""
    if Person.objects.exists():
        return redirect("now")
    form = Owner(request.POST or None, initial={"key": request.GET.get("key", "")})
    if request.method == "POST" and form.is_valid():
        person = _make(form.cleaned_data)
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        # who looks at the sample shop came to see it, not to connect a phone system
        return redirect("now" if settings.SAMPLE else reverse("step-connect") + "?first")
    return render(request, "web/setup.html", {"form": form})


def _make(given: dict[str, Any]) -> Person:
    with transaction.atomic():
        person = Person.objects.create_user(
            given["email"], given["password"], name=given["name"], role=Role.OWNER.value
        )
        note(person, "owner made")
    first_key.use_up(settings.DATA)
    return person
