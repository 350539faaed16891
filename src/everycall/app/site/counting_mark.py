"""Which of a site's settings lines were read by, and the calls of a month were counted by."""

from hashlib import sha256

from everycall.app.site.given import said_of
from everycall.app.site.sitefile import SiteFile
from everycall.history.store import Imported, Manifest, month_bounds


def counting_mark(site: SiteFile, month: str) -> str:
    """Return a mark that is another one as soon as the calls of a month would be counted otherwise.

    It covers the names of people, clients and their places, opening hours as far as they touch the
    month, shared numbers and limits. What a source's lines are read by (its trunks, menus and the
    region of its numbers) is not among them: only reading the lines anew changes that.

    Args:
        site: its settings.
        month: year and month, '2026-11'.
    """
    since, until = month_bounds(month)
    said = [*said_of(site, (until, since, until)), repr(site.limits.limits())]
    return _mark(said)


def reading_mark(site: SiteFile) -> str:
    """Return a mark that is another one as soon as lines would be read otherwise."""
    return _mark([site.site(), site.region, site.internal])


def _mark(said: object) -> str:
    return sha256(repr(said).encode()).hexdigest()[:16]


def outdated(manifest: Manifest, site: SiteFile) -> set[str]:
    """Return the months that were counted by other settings than the site has now."""
    return {s.month for s in manifest.segments if s.counted_by != counting_mark(site, s.month)}


def read_otherwise(manifest: Manifest, site: SiteFile) -> list[Imported]:
    """Return the files whose lines were read by other settings than the site has now.

    The region of numbers, the zone of times, trunks and the like are fixed when a line is read.
    """
    now = reading_mark(site)
    return [one for one in manifest.imports if not one.heard and one.read_by not in ("", now)]
