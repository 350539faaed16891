"""Reports as somebody may see them: which calls, which sections, whose words, in which language."""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from everycall.app.asking import Asking, Filter, day_bounds
from everycall.app.auditing import Order, make_audit
from everycall.app.kept_audits import KeptAudits
from everycall.app.publishing import publish
from everycall.app.sitefile import SiteFile
from everycall.clock import from_micros
from everycall.errors import NotFoundError
from everycall.records.models import Person
from everycall.records.roles import Right, Role
from everycall.render.charts import draw
from everycall.render.files import write_files
from everycall.reports import Report, Words
from everycall.reports.languages import known_languages
from everycall.reports.trades import NO_TRADE, TRADES, Trade
from everycall.web.pages import site_reader
from everycall.web.scope import within

KINDS: Mapping[str, str] = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "application/zip",
}
"""What a report can be taken away as; CSV comes as one archive with a file for each table."""

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
        """Return what a file of it is called."""
        return f"everycall-{self.since}-{self.until}"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made, and what it was made of."""

    kept: KeptAudits
    report: Report

    def pictures(self) -> dict[str, dict[str, str]]:
        """Return its charts as SVG, by section and chart."""
        return dict(json.loads(self.kept.text("pictures.json", self._drawn)))

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


@contextmanager
def making(wish: Wish, person: Person) -> Iterator[Made]:
    """Make a report as somebody may see it, or find it made before.

    Raises:
        NoCallsError: no call can be seen.
        NotFoundError: there is no such definition or trade.
    """
    site = site_reader().settings()
    wanted = Filter(clients=(wish.client,) if wish.client else ())
    staff = person.may(Right.SEE_PEOPLE)
    with _seen(wanted, person, staff=staff) as asking:
        order = _order(wish, person, site, asking)
        words = Words(report_language(wish.language))
        kept = KeptAudits(asking, site, order, words)
        report = kept.report()
        if report is None:
            report = make_audit(asking, words=words, site=site, order=order)
            kept.keep(report)
        yield Made(kept, report)


@contextmanager
def _seen(wanted: Filter, person: Person, *, staff: bool) -> Iterator[Asking]:
    """Open the history as somebody may see it; the range of what they see must hold a call."""
    reader = site_reader()
    with reader.asking() as asking:
        only = within(wanted, person, asking)
        if only != Filter() and not asking.count(only):
            raise NotFoundError("no call that you may see is in what was imported")
    with reader.apart(only, staff=staff and not only.clients) as opened:
        yield opened


def _order(wish: Wish, person: Person, site: SiteFile, asking: Asking) -> Order:
    since, until = day_bounds(wish.since, wish.until, asking.zone)
    named = wish.definition or None
    brand = site.clients.get(wish.client)
    if named is None and brand is not None and brand.definition:
        named = brand.definition
    reader = site_reader()
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
        for path in write_files(report, home):
            if path.suffix == ".csv":
                archive.write(path, path.name)
    return held.getvalue()


def as_csv(headings: list[str], rows: list[list[Any]]) -> bytes:
    """Write rows as CSV that a table program opens; no cell can be taken for a formula."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_plain(value) for value in row] for row in rows])
    return held.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    """Keep a text from being run: one that begins like a formula gets a sign before it."""
    is_number = isinstance(value, str) and value[:1] == "+" and value[1:].isdigit()
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") and not is_number:
        return f"'{value}"
    return value
