"""What most people ask first is made before they ask: after an import, and at a day's first calls.

It is for histories so large that one would wait for it, and gives way to all else that runs here.
"""

from contextlib import suppress
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from everycall.app.answers.defining import chosen
from everycall.app.answers.judging import make_ready
from everycall.app.audit.preparing import prepare
from everycall.app.history.kept_tables import is_worth_it
from everycall.app.history.product import product
from everycall.errors import EverycallError
from everycall.records.models import Person
from everycall.records.roles import Role
from everycall.web.reading import Reader
from everycall.web.reports.awaiting import awaited
from everycall.web.reports.making import Wish, last_days, question
from everycall.web.rounds import Round

PAUSE = 5.0

SOON = 1.0
"""Seconds until the rules are planned after the server has begun, or other words were chosen."""

PATIENCE = 3600.0
"""Seconds after which the next report is begun, whatever became of the one before."""


def spans(newest: date) -> tuple[tuple[date, date], ...]:
    """Return the days of the reports that are made ahead: 30 days, the month so far, a year."""
    return (
        (newest - timedelta(days=29), newest),
        (newest.replace(day=1), newest),
        (newest - timedelta(days=364), newest),
    )


class Ahead:
    """Makes what is asked first, once for each newest day, each import and each counting again."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._seen = -1
        self._made: tuple[object, ...] = ()

    def round(self) -> None:
        """Look whether there is something to make, and make it as the owner would see it."""
        manifest = self._reader.history.manifest()
        owner = Person.objects.filter(role=Role.OWNER, is_active=True).order_by("pk").first()
        if owner is None or manifest.generation == self._seen or not is_worth_it(manifest):
            return
        with self._reader.asking() as asking:
            _, newest = last_days(asking)
        imports = sum(not one.heard for one in manifest.imports)
        counted = tuple(one.counted_by for one in manifest.segments)
        if self._made != (state := (product(), newest, imports, counted)):
            self.make(owner, newest)
        self._seen, self._made = manifest.generation, state

    def make(self, owner: Person, newest: date) -> None:
        """Make it now; what was made before is not made again."""
        with suppress(EverycallError):
            prepare(self._reader.history, self._reader.settings())
        for first, last in spans(newest):
            wish = Wish(first, last, language=owner.language or "en")
            with suppress(EverycallError):
                awaited(question(wish, owner), PATIENCE)


class Rules:
    """Plans the rules by which one call is judged, once for each wording of the site's own."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._ready: object = None

    def round(self) -> None:
        """Look whether the words are others, and plan their rules; wrong words are left alone."""
        with suppress(EverycallError):
            site = self._reader.settings()
            own = chosen(site)
            if self._ready != (state := (own.digest, own.settings, site.zone)):
                make_ready(site.zone or ZoneInfo("UTC"), own.of(None))
                self._ready = state


def ahead(reader: Reader) -> tuple[Round, ...]:
    """Return the rounds that do before it is asked for what takes long."""
    return (
        Round("rules ahead", Rules(reader).round, SOON),
        Round("reports ahead", Ahead(reader).round, PAUSE, gives_way=True),
    )
