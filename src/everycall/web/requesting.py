"""Callers who ask for a call: the same door for the public page and for other programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import slugify

from everycall.app.recovery.recovering import Recoverer
from everycall.app.site.sitefile import SiteFile
from everycall.records.requests import Answer, Request, ask
from everycall.records.stored_promises import StoredPromises
from everycall.recovery import Owed
from everycall.recovery.evidence import Ended
from everycall.recovery.requested import REASON, RequestSettings
from everycall.web.slots import calendar_for, slots, zone_of


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call that somebody asks for.

    Attributes:
        number: as E.164.
        at: one of the half hours that were offered; null: as soon as it can be.
        who: who asks: the caller, or the name of a program.
    """

    number: str
    client: str
    who: str
    queue: str = ""
    language: str = ""
    at: datetime | None = None
    about: str = ""


def requests_of(site: SiteFile, client: str) -> RequestSettings:
    """Return how callers of a brand may ask for a call: as it says itself, else as the site does."""
    own = site.clients[client].requests if client in site.clients else None
    return site.requests if own is None else own


def slug_of(client: str) -> str:
    """Return how a brand stands in an address."""
    return slugify(client, allow_unicode=True)


def brand_of(site: SiteFile, slug: str) -> str | None:
    """Return the brand that an address means; the empty one where a site has no brands."""
    if not slug:
        return None if site.clients else ""
    return next((name for name in site.clients if slug_of(name) == slug), None)


def pages(site: SiteFile) -> Iterator[tuple[str, str]]:
    """Yield each brand that callers may ask, and how it stands in an address."""
    for name in site.clients or ("",):
        if requests_of(site, name).on:
            yield name, slug_of(name)


def offered(site: SiteFile, client: str, queue: str, now: datetime) -> list[datetime]:
    """Return the half hours that a caller may choose."""
    terms = requests_of(site, client)
    if not terms.slots:
        return []
    calendar = calendar_for(site, "", queue or terms.queue, client)
    return slots(calendar, now, terms.slot_callers)


def take(site: SiteFile, wanted: Wanted, now: datetime) -> Answer:
    """Make the promise, or join the one that is open."""
    queue = wanted.queue or requests_of(site, wanted.client).queue or None
    client = wanted.client or None
    call = Ended("", "inbound", wanted.number, client, now, now, "", queue=queue)
    due = Recoverer(site, StoredPromises(), zone_of(site)).due(call, queue)
    owed = Owed(
        "",
        wanted.number,
        client,
        now,
        REASON,
        requested=True,
        joins=True,
        queue=queue,
        language=wanted.language or None,
        place_at=now,
    )
    return ask(Request(owed, due, wanted.who, wanted.at, wanted.about), now)
