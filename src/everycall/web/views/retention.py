"""For how long what is kept is kept: what would go is shown before it is saved."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from everycall.app.site.retaining import DAY, JOURNAL, RetentionSettings
from everycall.app.site.site_writing import change
from everycall.records.models import RetentionRun
from everycall.records.roles import Right
from everycall.records.trail import note
from everycall.settings import read_table
from everycall.web.guards import needs, person_of
from everycall.web.phones.connecting import live
from everycall.web.reading import site_reader
from everycall.web.work.retaining import KINDS, store_of, would_go

LONGEST = 36_500
"""A hundred years, in days."""

_HELP = gettext_lazy("Days; empty keeps it.")
_TWO = gettext_lazy("Days, two at least; empty: two.")
_JOURNAL = gettext_lazy("What phone systems said, in their own words, since it became history")


class Days(forms.Form):
    """For how many days each kind is kept; an empty one for good."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in KINDS:
            self.fields[kind.name] = _days(kind.title, 1)
        self.fields["journal"] = _days(_JOURNAL, JOURNAL // DAY, _TWO)

    def terms(self) -> dict[str, str]:
        """Return the settings as the site file has them."""
        given = self.cleaned_data
        return {name: f"{days} d" for name, days in given.items() if days is not None}


def _days(title: Any, least: int, note: Any = _HELP) -> forms.IntegerField:
    return forms.IntegerField(
        label=title, required=False, min_value=least, max_value=LONGEST, help_text=note
    )


@needs(Right.ERASE)
def retention(request: HttpRequest) -> HttpResponse:
    """Ask for how long, show what would go, and save it when that is confirmed."""
    form = Days(request.POST or None, initial=_days_of(site_reader().settings().retention))
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    terms = form.terms()
    if request.POST.get("confirmed") != "1":
        wanted = read_table(RetentionSettings, terms)
        lines = list(would_go(store_of(site_reader()), wanted, timezone.now()))
        return _page(request, form, lines=lines, given=form.cleaned_data)
    change(settings.DATA, settings.SITE, {("retention",): terms or None})
    note(person_of(request), "settings changed", "retention", **terms)
    live.change()
    messages.success(request, _("It holds from now on; what is older goes tonight."))
    return redirect("retention")


def _days_of(terms: RetentionSettings) -> dict[str, int | None]:
    names = [*(kind.name for kind in KINDS), "journal"]
    return {name: kept // DAY if (kept := getattr(terms, name)) else None for name in names}


def _page(request: HttpRequest, form: Days, **more: Any) -> HttpResponse:
    last = RetentionRun.objects.filter(ended_at__isnull=False).first()
    titles = {kind.name: kind.title for kind in KINDS}
    gone = []
    for name, n in last.gone.items() if last else ():
        kind, _space, trouble = name.partition(" ")
        gone.append({"title": titles.get(kind, kind), "n": n, "trouble": trouble})
    return render(request, "web/retention.html", {"form": form, "last": last, "gone": gone, **more})
