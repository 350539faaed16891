"""Making the audit of a period: the calls that arrived in it, and the needs that began in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from shlex import quote

from everycall.app.answers.blindness import remedy_of
from everycall.app.answers.defining import chosen, compare
from everycall.app.answers.definitions_used import changed, remember
from everycall.app.answers.ledger import open_ledger, view_ledger
from everycall.app.answers.measured_tables import make
from everycall.app.answers.measuring import measure
from everycall.app.answers.nhs import months_of
from everycall.app.audit.behind import lay_out_ledger, lay_out_remedies, lay_out_steps
from everycall.app.audit.costing import cost
from everycall.app.audit.holding import hold
from everycall.app.audit.remedying import remedies
from everycall.app.history.asking import Asking, day_bounds
from everycall.app.intake.finding import shipped
from everycall.app.site.sitefile import SiteFile
from everycall.clock import from_micros
from everycall.definitions import Definition, load
from everycall.events.sights import Sight
from everycall.history.store import SourceState
from everycall.metrics.answering import Table
from everycall.metrics.levels import JUDGED
from everycall.metrics.nhs import NhsMonth
from everycall.reports import Blind, Coverage, Desk, Frame, Report, Span, Words, audit
from everycall.reports.trades import NO_TRADE, Trade

LEARNED = timedelta(weeks=8)
"""What is usual for a weekday is learned from so much time before the report."""


PERIOD_CALLS = (
    "direction",
    "direction_assumed",
    "arrived_at",
    "client",
    "caller",
    "caller_raw",
    "outcome",
    "confidence",
    "answered",
    "asked_for_person",
    "wait_ms",
    "talk_ms",
    "told_closed",
    "open_at_arrival",
)
"""What the report's own questions speak of; `whole_calls` knows everything of the same calls."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of an audit.

    Attributes:
        since, until: moments in microseconds, the second left out; None: as the data goes.
        definition: whose words are used; None: the team's own, else the trade's.
        compared: the definition that it is compared with; None: the trade's.
        folder: where files that the site file names lie.
        nhs: the page of NHS England's figures is wanted, whatever the trade and the site file say.
        mask: the middle of callers' numbers is hidden, in all of it.
        client: for which brand it is, where it is for one only.
    """

    since: int | None = None
    until: int | None = None
    trade: Trade = NO_TRADE
    definition: str | None = None
    compared: str | None = None
    folder: Path | None = None
    nhs: bool = False
    mask: bool = False
    client: str | None = None


def make_audit(
    asking: Asking,
    *,
    site: SiteFile | None = None,
    order: Order | None = None,
    words: Words | None = None,
) -> Report:
    """Return the audit of the calls that were ordered; of all, where nothing was said."""
    return audit(make_desk(asking, site or SiteFile(), order or Order(), words))


def make_desk(asking: Asking, site: SiteFile, order: Order, words: Words | None = None) -> Desk:
    """Lay out everything that the audit is made from.

    Raises:
        NotFoundError: there is no such definition.
    """
    span, named = span_of(asking, order), order.definition
    site = in_trade(site, order)
    definition, other = definitions_of(site, order)
    hold(asking, definition)
    opened = open_ledger(asking, site, named)
    folder = order.folder
    money = cost(asking, site, span.since, span.until, opened=opened, folder=folder)
    caught = remedies(
        asking, site, span.since, span.until, opened=opened, money=money, folder=folder
    )
    lay_out_remedies(asking)
    _views(asking, site, span, definition, opened)
    lay_out_ledger(asking)
    compared = compare(asking, definition, other, span.since, span.until)
    lay_out_steps(asking, compared)
    frame = _frame(asking, span, definition, other if other.id != definition.id else None)
    return Desk(
        asking.rows,
        _Measuring(asking, site, span, named),
        replace(
            frame,
            site=order.client or frame.site,
            options=f"{frame.options}{_further(site, order)}",
            differs="" if order.definition else _differs(asking, definition, span),
        ),
        words or Words(),
        order.trade,
        money,
        compared,
        caught,
        tuple(_nhs(asking, site, order, span)),
        site.nhs,
        order.mask,
    )


def _further(site: SiteFile, order: Order) -> str:
    """Return how the command line is told of the brand and the words, if not by the site file."""
    client = f" --client {quote(order.client)}" if order.client else ""
    named = order.definition or site.definition
    return client + (f" --definition {quote(named)}" if named else "")


def _nhs(asking: Asking, site: SiteFile, order: Order, span: Span) -> Iterator[NhsMonth]:
    if wants_nhs(site, order):
        yield from months_of(asking, span.since, span.until)


def wants_nhs(site: SiteFile, order: Order) -> bool:
    """Tell whether the page of NHS England's figures is asked for: by order, site file or trade."""
    return order.nhs or site.nhs.page or "nhs" in order.trade.sections


def in_trade(site: SiteFile, order: Order) -> SiteFile:
    """Return the settings of a team in the trade that was asked for."""
    return replace(site, trade=order.trade.id)


def definitions_of(site: SiteFile, order: Order) -> tuple[Definition, Definition]:
    """Return whose words are used, and what they are compared with.

    Raises:
        NotFoundError: there is no such definition.
    """
    own = chosen(in_trade(site, order), order.definition)
    return own, load(order.compared or order.trade.other)


def _differs(asking: Asking, definition: Definition, span: Span) -> str:
    """Say how many calls another version of the words called something else; keep this one."""
    found = changed(asking, definition, span.since, span.until)
    remember(asking, definition, span.since, span.until)
    return found.sentence if found else ""


@dataclass(frozen=True, slots=True)
class _Measuring:
    """Metrics of one period, with what the site says."""

    asking: Asking
    site: SiteFile
    span: Span
    definition: str | None

    def __call__(
        self,
        ids: Iterable[str],
        by: Iterable[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        span: Span | None = None,
        definition: str | None = None,
    ) -> Table:
        asked = span or self.span
        return measure(
            self.asking,
            ids,
            by,
            asked.since,
            asked.until,
            where,
            definition or self.definition,
            settings=self.site,
        )


def span_of(asking: Asking, order: Order) -> Span:
    """Return whole local days: those that were asked for, else those of the data."""
    first, last = asking.rows("SELECT MIN(arrived_at), MAX(arrived_at) FROM counted")[0]
    begin, end = day_bounds(_date(asking, first), _date(asking, last), asking.zone)
    since = order.since if order.since is not None else begin
    until = order.until if order.until is not None else end
    return Span(since or 0, until or 0)


def _views(asking: Asking, site: SiteFile, span: Span, definition: Definition, opened: str) -> None:
    """Make the tables that the report's own questions are asked of."""
    engine = asking.engine
    view_ledger(asking, opened, span.since, span.until)
    make(asking, ["stays"], site, definition)
    judged = hold(asking, definition)
    engine.view(
        "whole_calls",
        "SELECT i.id AS call_id, c.* EXCLUDE (call_id), v.category, v.missed, v.abandoned, v.lost "
        f"FROM {asking.stored} AS c LEFT JOIN {judged} AS v ON v.call_id = c.call_id "
        f"INNER JOIN call_names AS i ON i.call_id = c.call_id WHERE {_within('c.arrived_at', span)}",
    )
    listed = ", ".join(("call_id", *PERIOD_CALLS, "category", *JUDGED))
    within = _within("arrived_at", span)
    engine.view("period_calls", f"SELECT {listed} FROM {judged} WHERE {within}")
    engine.view("period_needs", f"SELECT * FROM episodes WHERE {_within('began_at', span)}")


def _within(column: str, span: Span) -> str:
    return f"{column} >= {span.since} AND {column} < {span.until}"


def _frame(asking: Asking, span: Span, definition: Definition, other: Definition | None) -> Frame:
    first = min(source.first_at for source in asking.manifest.sources)
    last = _date(asking, span.until - 1)
    begin = _date(asking, span.since)
    length = last - begin + timedelta(days=1)
    before = _days(asking, begin - length, begin - timedelta(days=1))
    learned = _days(asking, begin - LEARNED, begin - timedelta(days=1))
    apart = first <= learned.since + (learned.until - learned.since) // 2
    return Frame(
        asking.history.site,
        str(asking.zone),
        f"{begin} – {last}" if begin != last else f"{begin}",
        definition,
        span,
        before if first <= before.since + timedelta(days=1) // timedelta(microseconds=1) else None,
        learned if apart else span,
        apart,
        other,
        tuple(_coverage(asking)),
        frozenset(sight for sight in Sight if not asking.sees(sight)),
        tuple(_blind(asking)),
        (),
        _options(asking, begin, last),
    )


def _days(asking: Asking, first: date, last: date) -> Span:
    since, until = day_bounds(first, last, asking.zone)
    return Span(since or 0, until or 0)


def _date(asking: Asking, micros: int) -> date:
    return from_micros(micros).astimezone(asking.zone).date()


def _options(asking: Asking, begin: date, end: date) -> str:
    """Return how the command line is told of this site and period."""
    site = f" --site {asking.history.site}" if asking.history.site != "main" else ""
    return f"{site} --from {begin} --to {end}"


def _coverage(asking: Asking) -> Iterator[Coverage]:
    for state in asking.manifest.sources:
        imports = [i for i in asking.manifest.imports if i.source == state.name]
        yield Coverage(
            title_of(state),
            f"{_date(asking, state.first_at)}",
            f"{_date(asking, state.last_at)}",
            sum(i.lines for i in imports),
            sum(i.unreadable for i in imports),
            sum(i.without_word for i in imports),
        )


def title_of(state: SourceState) -> str:
    """Return what people call a source."""
    source = shipped(state.name)
    return source.title if source is not None else state.name


def _blind(asking: Asking) -> Iterator[Blind]:
    for sight in Sight:
        if not asking.sees(sight):
            yield Blind(sight.doc, remedy_of(sight, [s.name for s in asking.manifest.sources]))
