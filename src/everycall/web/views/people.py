"""Who may come in: invite people, give them roles, teams and brands, and close the door again."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from everycall.records.models import Person, Team
from everycall.records.roles import Right, Role
from everycall.records.trail import note
from everycall.web.accounts import second_factor
from everycall.web.accounts.invitations import invited_by, link_for
from everycall.web.guards import needs, person_of
from everycall.web.steps import walk
from everycall.web.wording.saying import say

if TYPE_CHECKING:
    OfPerson = forms.ModelForm[Person]
    OfTeam = forms.ModelForm[Team]
else:
    OfPerson = OfTeam = forms.ModelForm


class Names(forms.CharField):
    """A list of names, divided by commas."""

    def to_python(self, value: Any) -> Any:
        """Read the names."""
        return [name.strip() for name in str(value or "").split(",") if name.strip()]

    def prepare_value(self, value: Any) -> Any:
        """Write the names."""
        return ", ".join(value) if isinstance(value, list) else value


class PersonForm(OfPerson):
    """What is known of somebody who may come in."""

    clients = Names(
        label=gettext_lazy("Brands"),
        required=False,
        help_text=gettext_lazy("Names from the site file, divided by commas; empty means all."),
    )

    class Meta:
        model = Person
        fields: ClassVar = ["name", "email", "role", "agent", "teams", "clients"]
        labels: ClassVar = {
            "name": gettext_lazy("Name"),
            "email": gettext_lazy("E-mail"),
            "role": gettext_lazy("Role"),
            "agent": gettext_lazy("Name in the phone system, if they answer calls"),
            "teams": gettext_lazy("Teams"),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if not self.initial.get("email"):
            # whoever does not look at it invites nobody who may do everything
            self.initial["role"] = Role.AGENT.value
        self.fields["role"].choices = [(role.value, say(role.value)) for role in Role]  # type: ignore[attr-defined]  # a choice has some

    def clean_email(self) -> str:
        """Write addresses in small letters, so that one person has one account."""
        return str(self.cleaned_data["email"]).lower()


class TeamForm(OfTeam):
    """A team and its queues."""

    queues = Names(
        label=gettext_lazy("Queues"),
        help_text=gettext_lazy(
            "Divided by commas. Whoever is in the team sees the calls of these queues and of no others."
        ),
    )

    class Meta:
        model = Team
        fields: ClassVar = ["name", "queues"]
        labels: ClassVar = {"name": gettext_lazy("Name")}


@needs(Right.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """List who may come in."""
    everybody = Person.objects.prefetch_related("teams")
    more = {"teams": Team.objects.all(), "with_factor": second_factor.who_has_one()}
    more |= walk(request, "people")
    return render(request, "web/people.html", {"people": everybody, **more})


@needs(Right.MANAGE_PEOPLE)
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Invite somebody, or change what they may do."""
    somebody = get_object_or_404(Person, pk=pk) if pk else None
    form = PersonForm(request.POST or None, instance=somebody)
    if request.method != "POST" or not form.is_valid():
        return render(request, "web/person.html", {"form": form, "somebody": somebody})
    if somebody is not None and _leaves_nobody(somebody, form.cleaned_data["role"]):
        form.add_error("role", _("Somebody must own this Everycall; make another owner first."))
        return render(request, "web/person.html", {"form": form, "somebody": somebody})
    with transaction.atomic():
        saved = form.save(commit=False)
        if somebody is None:
            saved.set_unusable_password()
        saved.save()
        form.save_m2m()
        action = "person changed" if somebody else "person invited"
        note(person_of(request), action, saved.email, role=saved.role)
    if somebody is None:
        messages.success(
            request, _("Send this link, it is good once: ") + _invitation(request, saved)
        )
    return redirect("people")


def _leaves_nobody(somebody: Person, role: str) -> bool:
    owners = Person.objects.filter(role=Role.OWNER, is_active=True).exclude(pk=somebody.pk)
    return role != Role.OWNER and not owners.exists()


def _invitation(request: HttpRequest, somebody: Person) -> str:
    return request.build_absolute_uri(link_for(somebody))


@require_POST
@needs(Right.MANAGE_PEOPLE)
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new link for somebody, to choose a password."""
    somebody = get_object_or_404(Person, pk=pk)
    note(person_of(request), "link made", somebody.email)
    messages.success(
        request, _("Send this link, it is good once: ") + _invitation(request, somebody)
    )
    return redirect("people")


@require_POST
@needs(Right.MANAGE_PEOPLE)
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the door to somebody, or open it again."""
    somebody = get_object_or_404(Person, pk=pk)
    if somebody.is_active and _leaves_nobody(somebody, ""):
        messages.error(request, _("Somebody must own this Everycall; make another owner first."))
        return redirect("people")
    somebody.is_active = not somebody.is_active
    somebody.save(update_fields=["is_active"])
    deed = "let in" if somebody.is_active else "shut out"
    note(person_of(request), deed, somebody.email)
    return redirect("people")


@require_POST
@needs(Right.MANAGE_PEOPLE)
def take_factor_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the second factor off somebody who has lost it."""
    somebody = get_object_or_404(Person, pk=pk)
    if somebody == request.user:
        return redirect("mfa_deactivate_totp")  # which asks who it is
    if second_factor.take_off(person_of(request), somebody):
        messages.success(request, _("Until a new one is set up, the password is enough."))
    return redirect("people")


@needs(Right.MANAGE_PEOPLE)
def team(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make a team, or change its queues."""
    found = get_object_or_404(Team, pk=pk) if pk else None
    form = TeamForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        note(person_of(request), "team changed", saved.name, queues=saved.queues)
        return redirect("people")
    return render(request, "web/form.html", {"form": form, "title": _("Team")})


class Password(forms.Form):
    """A password of one's own."""

    password = forms.CharField(
        label=gettext_lazy("Password, at least 12 characters"), widget=forms.PasswordInput
    )


@sensitive_post_parameters("password")
def join(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """Let an invited person choose a password; the link is good once."""
    somebody = invited_by(name, key)
    if somebody is None:
        return render(request, "web/join_used.html", status=410)
    form = Password(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            password_validation.validate_password(form.cleaned_data["password"], somebody)
        except forms.ValidationError as error:
            form.add_error("password", error)
        else:
            somebody.set_password(form.cleaned_data["password"])
            somebody.save(update_fields=["password"])
            note(somebody, "joined", somebody.email)
            if second_factor.has_one(somebody):  # a link is no way round it
                return redirect(settings.LOGIN_URL)
            login(request, somebody, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("home")
    return render(request, "web/join.html", {"form": form, "somebody": somebody})
