"""Set-up: what is connected, what it cannot see, and what else there is to set."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from everycall.app.answers.blindness import remedy_of
from everycall.app.audit.auditing import title_of
from everycall.app.site.counting_mark import read_otherwise
from everycall.clock import from_micros
from everycall.events.sights import Sight
from everycall.history.store import Imported
from everycall.records.models import Connection, Entry
from everycall.records.roles import Right
from everycall.web.guards import needs
from everycall.web.phones.connecting import live
from everycall.web.phones.kinds import KINDS, POSTING
from everycall.web.reading import import_command, site_reader


@needs(Right.SET_UP)
def site(request: HttpRequest) -> HttpResponse:
    """Show what is connected and what it cannot see."""
    sources: list[dict[str, Any]] = []
    blind: list[dict[str, str]] = []
    otherwise: list[Imported] = []
    if site_reader().has_calls():
        with site_reader().asking() as asking:
            otherwise = read_otherwise(asking.manifest, site_reader().settings())
            names = [state.name for state in asking.manifest.sources]
            sources = [
                {
                    "title": title_of(state),
                    "since": from_micros(state.first_at).astimezone(asking.zone),
                    "until": from_micros(state.last_at).astimezone(asking.zone),
                }
                for state in asking.manifest.sources
            ]
            blind = [
                {"what": sight.doc, "remedy": remedy_of(sight, names)}
                for sight in Sight
                if not asking.sees(sight)
            ]
    health = live.health()
    links = {link.feed: link for link in health.links} if health else {}
    connected = Connection.objects.filter(removed_at=None)
    more = {
        "connections": [(one, links.get(one.name)) for one in connected],
        "import_command": import_command(),
        "kinds": KINDS,
        "posting": POSTING,
        "address": settings.ADDRESS,
        "health": health,
        "trouble": live.trouble,
    }
    page = more | {
        "sources": sources,
        "blind": blind,
        "otherwise": sorted({Path(one.path).name for one in otherwise}),
        "data": settings.DATA,
        "site": settings.SITE,
    }
    return render(request, "web/site.html", page)


@needs(Right.MANAGE_PEOPLE)
def trail(request: HttpRequest) -> HttpResponse:
    """Show who did what, newest first."""
    entries = Paginator(Entry.objects.all(), 100).get_page(request.GET.get("page"))
    return render(request, "web/trail.html", {"entries": entries})
