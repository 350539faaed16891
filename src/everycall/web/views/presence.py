"""Where I am logged in, and a way to log out everywhere else."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from everycall.records.trail import note
from everycall.web.accounts.presence import end_others, presences
from everycall.web.guards import person_of


@login_required
def here(request: HttpRequest) -> HttpResponse:
    """List where somebody is logged in; posted, log them out everywhere else."""
    person, own, now = person_of(request), request.session.session_key, timezone.now()
    if request.method == "POST":
        ended = end_others(person, own, now)
        note(person, "logged out elsewhere", person.email, places=ended)
        messages.success(request, _("You are logged out everywhere else."))
        return redirect("presences")
    found = presences(person, now)
    return render(request, "web/presences.html", {"presences": found, "own": own})
