"""Reports as somebody may see them: which calls, which sections, whose words, in which language."""

import codecs
import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.kept_audits import KeptAudits
from everycall.app.audit.publishing import publish
from everycall.app.history.asking import Asking, Filter, day_bounds
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros
from everycall.errors import NotFoundError
from everycall.records.models import Person
from everycall.records.roles import Right, Role
from everycall.render.cells import harmless
from everycall.render.charts import draw
from everycall.render.files import write_tables
from everycall.reports import Report, Words
from everycall.reports.languages import known_languages
from everycall.reports.trades import NO_TRADE, TRADES, Trade
from everycall.web.reading import site_reader
from everycall.web.scope import within

KINDS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}
"""What a report can be taken away as; CSV comes as one archive with a file for each table."""

PICTURES = "pictures.json"
"""What the charts of a report are kept as, beside it."""

_OF_STAFF = ("people",)
_OF_THE_HOUSE = ("people", "remedies", "lines", "money", "quality")
"""Sections that speak of the house, and are not for a client."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report is wanted.

    Attributes:
        client: only this brand; '' means everything that the reader may see.
        definition: whose words are used; '' for the site's own.
    """

    since: date
    until: date
    client: str = ""
    definition: str = ""
    trade: str = ""
    language: str = "en"

    @property
    def name(self) -> str:
        """Return what a file of it is called, in letters that every disk and header takes."""
        parts = ("everycall", self.client, self.definition, f"{self.since}-{self.until}")
        return "-".join(filter(None, map(slugify, parts)))

    @property
    def query(self) -> str:
        """Return how an address asks for it."""
        given = {
            "from": self.since,
            "to": self.until,
            "client": self.client,
            "definition": self.definition,
            "trade": self.trade,
        }
        return urlencode({name: str(value) for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Question:
    """A wish as one reader has it: everything that decides what stands in the report.

    Attributes:
        only: the calls that can be seen.
        staff: people are seen by name.
    """

    only: Filter
    staff: bool
    site: SiteFile
    order: Order
    words: Words


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, and what it was made of."""

    kept: KeptAudits
    report: Report

    def pictures(self) -> dict[str, dict[str, str]]:
        """Return its charts as SVG, by section and chart."""
        return dict(json.loads(self.kept.text(PICTURES, self._drawn)))

    def _drawn(self) -> str:
        words = self.kept.words
        return json.dumps(
            {
                f"{section.id}-{chart.id}": asdict(draw(chart, words))
                for section in self.report.sections
                for chart in section.charts
            }
        )


def last_days(asking: Asking, days: int = 30) -> tuple[date, date]:
    """Return the last days of which there are calls."""
    last = asking.rows("SELECT MAX(arrived_at) FROM counted")[0][0]
    newest = from_micros(last or 0).astimezone(asking.zone).date()
    return newest - timedelta(days=days - 1), newest


def report_language(name: str) -> str:
    """Return the language of a report: the page's, or English where reports do not speak it."""
    return name if name in known_languages() else "en"


def question(wish: Wish, person: Person) -> Question:
    """Return a wish as somebody may have it answered."""
    reader = site_reader()
    site = reader.settings()
    only = within(Filter(clients=(wish.client,) if wish.client else ()), person)
    staff = person.may(Right.SEE_PEOPLE) and not only.clients
    order = _order(wish, person, site)
    return Question(only, staff, site, order, Words(report_language(wish.language)))


@contextmanager
def making(wish: Wish, person: Person) -> Iterator[Made]:
    """Make a report as somebody may see it, or find it made before.

    Raises:
        NoCallsError: no call can be seen.
        NotFoundError: there is no such definition or trade.
    """
    with answering(question(wish, person)) as made:
        yield made


@contextmanager
def answering(asked: Question) -> Iterator[Made]:
    """Answer a question, or find it answered before; the history is open meanwhile.

    Raises:
        NoCallsError, NotFoundError: as `making` does.
    """
    with site_reader().apart(asked.only, staff=asked.staff, by_number=True) as asking:
        if asked.only != Filter() and not asking.rows("SELECT COUNT(*) FROM counted")[0][0]:
            raise NotFoundError("no call that you may see is in what was imported")
        kept = KeptAudits(asking, asked.site, asked.order, asked.words)
        report = kept.report()
        if report is None:
            report = make_audit(asking, words=asked.words, site=asked.site, order=asked.order)
            kept.keep(report)
        yield Made(kept, report)


def _order(wish: Wish, person: Person, site: SiteFile) -> Order:
    reader = site_reader()
    since, until = day_bounds(wish.since, wish.until, site.zone or ZoneInfo("UTC"))
    named = wish.definition or None
    brand = site.clients.get(wish.client)
    if named is None and brand is not None and brand.definition:
        named = brand.definition
    return Order(
        since,
        until,
        trade_for(wish.trade or site.trade, person),
        named,
        folder=reader.folder,
        mask=not person.may(Right.REVEAL_NUMBERS),
    )


def trade_for(name: str, person: Person) -> Trade:
    """Return a trade with the sections that somebody may see."""
    trade = TRADES.get(name, NO_TRADE)
    hidden: tuple[str, ...] = () if person.may(Right.SEE_PEOPLE) else _OF_STAFF
    if person.role == Role.CLIENT:
        hidden = _OF_THE_HOUSE
    return replace(trade, sections=tuple(s for s in trade.sections if s not in hidden))


def export(made: Made, kind: str, person: Person) -> bytes:
    """Write a report as a file; numbers are masked unless somebody may see them."""
    mask = not person.may(Right.REVEAL_NUMBERS)
    with tempfile.TemporaryDirectory() as home:
        out = Path(home) / f"report.{kind}"
        if kind == "csv":
            return _archive(made.report, Path(home))
        if not made.kept.copy_to(out, mask=mask):
            # the tables that a page lists its calls from must be there, also if the report was kept
            report = make_audit(
                made.kept.asking, words=made.kept.words, site=made.kept.site, order=made.kept.order
            )
            publish(made.kept.asking, report, made.kept.words, out, mask=mask)
            made.kept.keep_file(out, mask=mask)
        return out.read_bytes()


def _archive(report: Report, home: Path) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in write_tables(report, home):
            archive.write(path, path.name)
    return held.getvalue()


def as_csv(headings: list[str], rows: Iterable[list[Any]], together: int) -> Iterator[bytes]:
    """Write rows as CSV that a table program opens; no cell can be taken for a formula.

    The headings come at once, the rows so many `together`.
    """
    yield codecs.BOM_UTF8 + _written([headings])
    left = iter(rows)
    while part := list(islice(left, together)):
        yield _written([harmless(value) for value in row] for row in part)


def _written(rows: Iterable[list[Any]]) -> bytes:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerows(rows)
    return held.getvalue().encode()
