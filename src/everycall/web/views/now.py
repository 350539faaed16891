"""Now: who waits, who is free, how the day goes; and the same on a wall."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from everycall.errors import EverycallError
from everycall.live.board import Need
from everycall.records.models import Connection, Person, Wall
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.web.guards import needs, person_of
from everycall.web.live.hub import hub
from everycall.web.live.owing import owed_for_page
from everycall.web.live.stream import view_of
from everycall.web.live.views import View, picture
from everycall.web.phones.ordering import ask
from everycall.web.reading import site_reader
from everycall.web.stat_boxes import BOXES, FIRST_BOXES, MOST_BOXES, boxes_of
from everycall.web.views.acts import offered
from everycall.web.views.behind import opens
from everycall.web.views.people import Names


@needs(Right.SEE_LIVE)
def now(request: HttpRequest) -> HttpResponse:
    """Show the live picture; it goes on by itself."""
    view = view_of(person_of(request))
    if view is None:
        raise PermissionDenied
    page = {**_picture(view), "stream": reverse("live-stream"), "boxes": boxes_of(FIRST_BOXES)}
    page |= {"names": view.names, "queues": not view.clients, "whole": view.is_whole}
    page["opens"] = opens(person_of(request))
    page["works_callbacks"] = person_of(request).may(Right.WORK_CALLBACKS)
    page["acts"] = offered(person_of(request), hub.board)
    page["drop_tables"] = (("trunks", _("Line")), ("hours", _("Hour")))
    page |= _asking(person_of(request))
    return render(request, "web/now.html", page)


def _asking(person: Person) -> dict[str, bool]:
    """Return whether somebody may ask for help on the phone, and whether they have."""
    asked = {one.agent for one in hub.board.help if one.need is Need.ASKED} if hub.board else set()
    return {"may_ask": bool(person.agent), "asked": person.agent in asked}


@require_POST
@needs(Right.SEE_LIVE)
def ask_for_help(request: HttpRequest) -> HttpResponse:
    """Let somebody on the phone say that they need help, or that they need none any more."""
    person = person_of(request)
    if not person.agent:
        raise PermissionDenied
    try:
        ask("help", person=person.pk, wanted=request.POST.get("ask") == "1")
    except EverycallError as error:
        messages.error(request, str(error))
    return redirect("now")


def _picture(view: View) -> dict[str, Any]:
    board = hub.board
    settings = site_reader().settings()
    zone = str(settings.zone or "UTC")
    shown = picture(board, view, owed_for_page()) if board is not None else None
    connected = Connection.objects.filter(removed_at=None).exists()
    told = {"zone": zone, "assumed": not settings.targets, "connected": connected}
    return {"picture": shown, "of_queues": bool(view.queues), **told}


def no_stream(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Say that streams are served by the server around Django; this is reached without it only."""
    return HttpResponse("start it with: everycall serve", status=501, content_type="text/plain")


def wall(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a screen on a wall: no log-in, no names, and gone when it is taken back."""
    found = Wall.objects.filter(secret=secret, revoked_at=None).first()
    if found is None:
        raise Http404("this screen was taken back")
    view = View(queues=frozenset(found.queues))
    boxes = boxes_of(found.boxes or FIRST_BOXES)
    page = {**_picture(view), "stream": reverse("wall-stream", args=[secret]), "boxes": boxes}
    return render(request, "web/wall.html", {**page, "wall": found})


class WallForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take none when they run
    """What a screen shows."""

    queues = Names(
        label=_("Queues"), required=False, help_text=_("Divided by commas; empty means all.")
    )

    class Meta:
        model = Wall
        fields: ClassVar = ["name", "queues", "sound", "flash"]
        labels: ClassVar = {
            "name": _("Where is it?"),
            "sound": _("Sound a tone when a target is broken"),
            "flash": _("Let the box flash when a target is broken"),
        }

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        chosen = [box.name for box in boxes_of(self.instance.boxes or FIRST_BOXES)]
        choices = [("", "–"), *((box.name, box.title) for box in BOXES)]
        for place in range(MOST_BOXES):
            self.fields[f"box{place + 1}"] = forms.ChoiceField(
                label=_("Box %(place)s") % {"place": place + 1},
                choices=choices,
                required=False,
                initial=chosen[place] if place < len(chosen) else "",
            )

    def clean(self) -> dict[str, Any]:
        """Take the boxes in their order; none twice, and at least one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        places = [cleaned.get(f"box{place + 1}") for place in range(MOST_BOXES)]
        chosen = [name for name in places if name]
        if not chosen:
            raise forms.ValidationError(_("Choose at least one box."))
        self.instance.boxes = list(dict.fromkeys(chosen))
        return cleaned


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
