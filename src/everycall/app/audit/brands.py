"""One brand of a site by itself: its calls and no others, its words, its language, its money."""

from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo

from everycall.app.history.asking import Filter
from everycall.app.history.narrowing import Narrow
from everycall.app.site.sitefile import Client, SiteFile
from everycall.errors import NotFoundError, did_you_mean
from everycall.history import History
from everycall.reports.languages import known_languages


def client_of(site: SiteFile, name: str) -> Client:
    """Return a brand of a site.

    Raises:
        NotFoundError: there is none of this name.
    """
    if name not in site.clients:
        known = ", ".join(site.clients) or "none in the site file"
        hint = did_you_mean(name, site.clients) or f" (there are: {known})"
        raise NotFoundError(f"there is no client called '{name}'{hint}")
    return site.clients[name]


def calls_of(history: History, site: SiteFile, name: str) -> Narrow:
    """Return the history of a brand's calls, as if there were no others."""
    return Narrow(history, site.zone or ZoneInfo("UTC"), Filter(clients=(name,)))


def seen_as(site: SiteFile, name: str) -> SiteFile:
    """Return the settings as they are for one brand: its definition is the one that holds."""
    client = client_of(site, name)
    own: Mapping[str, object] = client.definition_switches
    switches = dict(own) if client.definition else {**site.definition_switches, **own}
    channels = {line: n for line, n in site.channels.items() if line in client.trunks}
    return replace(
        site,
        definition=client.definition or site.definition,
        definition_switches=switches,
        clients={name: replace(client, definition="", definition_switches={})},
        channels=channels,
    )


def language_of(site: SiteFile, client: str | None) -> str:
    """Return the language of a report for a brand: its customers', if there are texts in it."""
    wanted = site.clients[client].language if client in site.clients else ""
    return wanted if wanted in known_languages() else "en"
