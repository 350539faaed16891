"""From when on somebody on the phone is shown as needing help: for all, and for single teams."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from everycall.app.site.sitefile import SiteFile
from everycall.records.people import Team
from everycall.records.roles import Right
from everycall.web.guards import needs
from everycall.web.reading import site_reader
from everycall.web.steps import onward
from everycall.web.views.settings import keep, step_page

LONGEST = 600
MOST = 100

_MINUTES = gettext_lazy("A talk is long after, in minutes")
_HOLDS = gettext_lazy("Holds are many from")


@needs(Right.SET_UP)
def attention(request: HttpRequest) -> HttpResponse:
    """Set the limits of the site, and of each team where they differ."""
    site = site_reader().settings()
    teams = dict(_teams(site))
    form = _form(site, list(teams), request.POST or None)
    wanted = request.method == "POST" and form.is_valid()
    if wanted and keep(request, form, _changes(form.cleaned_data, site, teams), "help"):
        messages.success(request, _("It holds from now on."))
        return onward(request, "set-attention")
    lead = _("Whoever talks for long, or had to put a caller on hold often, is shown on Now.")
    return step_page(request, "set-attention", form=form, title=_("Who needs help"), lead=lead)


def _teams(site: SiteFile) -> Iterator[tuple[str, list[str]]]:
    """Yield the teams of the site file, and those that were made on pages, with their queues."""
    for team in Team.objects.all():
        yield team.name, list(team.queues)
    for name, one in site.teams.items():
        yield name, list(one.queues)


def _form(site: SiteFile, teams: list[str], data: Any) -> forms.Form:
    usual = int(site.help.long_talk.total_seconds() // 60)
    shown: dict[str, forms.Field] = {
        "talk": _number(_MINUTES, LONGEST, usual, required=True),
        "holds": _number(_HOLDS, MOST, site.help.many_holds, required=True),
    }
    for n, name in enumerate(teams):
        own = site.teams[name].help if name in site.teams else None
        talk = own.long_talk if own else None
        minutes = int(talk.total_seconds() // 60) if talk else None
        shown[f"talk-{n}"] = _number(f"{name}: {_MINUTES}", LONGEST, minutes)
        shown[f"holds-{n}"] = _number(f"{name}: {_HOLDS}", MOST, own.many_holds if own else None)
    form: forms.Form = type("AttentionForm", (forms.Form,), shown)(data)
    return form


def _number(
    label: Any, most: int, initial: int | None, *, required: bool = False
) -> forms.IntegerField:
    as_all = "" if required else _("Empty: as for all.")
    return forms.IntegerField(
        label=label, min_value=1, max_value=most, initial=initial, required=required,
        help_text=as_all,
    )  # fmt: skip


def _changes(
    given: dict[str, Any], site: SiteFile, teams: dict[str, list[str]]
) -> dict[tuple[str, ...], Any]:
    usual = {"long_talk": f"{given['talk']} min", "many_holds": given["holds"]}
    changes: dict[tuple[str, ...], Any] = {("help",): usual}
    for n, (name, queues) in enumerate(teams.items()):
        talk, holds = given[f"talk-{n}"], given[f"holds-{n}"]
        own: dict[str, Any] = {"long_talk": f"{talk} min"} if talk else {}
        own |= {"many_holds": holds} if holds else {}
        if own and name not in site.teams:
            changes["teams", name, "queues"] = queues
        if own or name in site.teams:
            changes["teams", name, "help"] = own or None
    return changes
