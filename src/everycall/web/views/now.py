"""Now: who waits, who is free, how the day goes; and the same on a wall."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from everycall.records.models import Wall
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.live.hub import hub
from everycall.web.live.stream import view_of
from everycall.web.live.views import View, picture
from everycall.web.pages import site_reader
from everycall.web.views.acts import offered
from everycall.web.views.people import Names


@dataclass(frozen=True, slots=True)
class Box:
    """A stat box: its id in the picture, its title, how its value is written, what it means."""

    name: str
    title: Any
    unit: str
    doc: Any


BOXES = (
    Box("waiting", _("waiting"), "count", _("Callers in a queue at this moment.")),
    Box("longest_since", _("longest wait now"), "since", _("Since when the first in line waits.")),
    Box("free", _("free"), "count", _("Signed in, reachable and not on a call.")),
    Box("talking", _("talking"), "count", _("People who are on the line with a caller.")),
    Box(
        "service_level",
        _("in time"),
        "share",
        _("Stays in queues today that a person ended within the limit, of all that began."),
    ),
    Box("answered", _("answered today"), "count", _("Calls in which a person spoke.")),
    Box(
        "not_answered",
        _("not answered today"),
        "count",
        _("Calls that are over and reached neither a person nor an answer."),
    ),
    Box("arrived", _("calls today"), "count", _("Every inbound call that is over.")),
    Box("wait_ms", _("average wait today"), "ms", _("From asking for a person, over all calls.")),
    Box("longest_wait_ms", _("longest wait today"), "ms", _("Of calls that are over.")),
    Box("voicemail", _("to voicemail today"), "count", _("Calls that ended in voicemail.")),
    Box("callbacks_asked", _("asked to be called"), "count", _("Callers who asked for it today.")),
    Box("unreachable", _("phones out of reach"), "count", _("Phones that have gone silent.")),
)
"""Every box that a screen may have."""

FIRST_BOXES = ("waiting", "longest_since", "free", "service_level", "answered", "not_answered")
MOST_BOXES = 8


@needs(Right.SEE_LIVE)
def now(request: HttpRequest) -> HttpResponse:
    """Show the live picture; it goes on by itself."""
    view = view_of(person_of(request))
    if view is None:
        raise PermissionDenied
    page = {**_picture(view), "stream": reverse("live-stream"), "boxes": _boxes(FIRST_BOXES)}
    page["acts"] = offered(person_of(request), hub.board)
    return render(request, "web/now.html", page)


def _picture(view: View) -> dict[str, Any]:
    board = hub.board
    settings = site_reader().settings()
    zone = str(settings.zone or "UTC")
    return {"picture": picture(board, view) if board is not None else None, "zone": zone}


def _boxes(names: tuple[str, ...] | list[str]) -> list[Box]:
    known = {box.name: box for box in BOXES}
    return [known[name] for name in names if name in known]


def no_stream(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Say that streams are served by the server around Django; this is reached without it only."""
    return HttpResponse("start it with: everycall serve", status=501, content_type="text/plain")


def wall(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a screen on a wall: no log-in, no names, and gone when it is taken back."""
    found = Wall.objects.filter(secret=secret, revoked_at=None).first()
    if found is None:
        raise Http404("this screen was taken back")
    view = View(queues=frozenset(found.queues))
    boxes = _boxes(found.boxes or FIRST_BOXES)
    page = {**_picture(view), "stream": reverse("wall-stream", args=[secret]), "boxes": boxes}
    return render(request, "web/wall.html", {**page, "wall": found})


class WallForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take none when they run
    """What a screen shows."""

    queues = Names(
        label=_("Queues"), required=False, help_text=_("Divided by commas; empty means all.")
    )
    boxes = forms.MultipleChoiceField(
        label=_("Boxes, at most eight"),
        choices=[(box.name, box.title) for box in BOXES],
        widget=forms.CheckboxSelectMultiple,
        initial=FIRST_BOXES,
    )

    class Meta:
        model = Wall
        fields: ClassVar = ["name", "queues", "boxes"]
        labels: ClassVar = {"name": _("Where is it?")}

    def clean_boxes(self) -> list[str]:
        """Refuse more than can be read from five metres."""
        chosen: list[str] = self.cleaned_data["boxes"]
        if len(chosen) > MOST_BOXES:
            raise forms.ValidationError(_("Eight boxes are the most that can be read on a wall."))
        return chosen


@needs(Right.SET_UP)
def walls(request: HttpRequest) -> HttpResponse:
    """List the screens, with their addresses, and make one."""
    form = WallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        note(person_of(request), "screen made", made.name)
        return redirect("walls")
    screens = [
        {"wall": w, "url": request.build_absolute_uri(reverse("wall", args=[w.secret]))}
        for w in Wall.objects.filter(revoked_at=None)
    ]
    return render(request, "web/walls.html", {"form": form, "screens": screens})


@needs(Right.SET_UP)
def edit_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a screen shows."""
    found = get_object_or_404(Wall, pk=pk, revoked_at=None)
    form = WallForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        return redirect("walls")
    return render(request, "web/form.html", {"form": form, "title": found.name})


@require_POST
@needs(Right.SET_UP)
def revoke_wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a screen's address worthless."""
    found = get_object_or_404(Wall, pk=pk)
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    note(person_of(request), "screen taken back", found.name)
    return redirect("walls")
