"""What unreached callers cost a site: counted from its ledger, valued by what the team says."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from everycall.app.answers.ledger import Rates, of_client, open_ledger, view_ledger
from everycall.app.answers.missed_callers import (
    Counts,
    Period,
    Step,
    counts_of,
    missed_calls,
    period_of,
    steps,
    take,
    take_all,
    unreached,
)
from everycall.app.audit.advertised import wasted
from everycall.app.audit.selling import sales_of
from everycall.app.history.asking import Asking
from everycall.app.site.sitefile import SiteFile
from everycall.events.sights import Sight
from everycall.money.advertising import Waste
from everycall.money.estimates import Callers, Estimate, Figure, Unreached, estimate
from everycall.money.inputs import Asked, MoneySettings, for_client
from everycall.money.ledger import State
from everycall.money.sold import Won, won
from everycall.reports.words import said

SHORTEST_PERIOD = 28
"""Days: nothing is said of a year from less."""

NOT_COUNTED = "not counted"


@dataclass(frozen=True, slots=True)
class CostLine:
    """A cost that only the team knows; without an amount it says 'not counted'."""

    name: str
    doc: str
    low: float | None
    base: float | None
    high: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    """Callers who were never helped, of one sort, and what they were worth; null if not asked."""

    name: str
    callers: Callers
    direct: Figure | None


@dataclass(frozen=True, slots=True)
class Money:
    """What a client's unreached callers were worth in a period.

    Attributes:
        client: the brand; None for calls that belong to none.
        missed_calls: null if no source shows whether a person spoke.
        steps: from all missed calls to `unreached`, each step with its number.
        profit: figures are profit, because a margin was said; else revenue.
        by_state: what was at risk, recovered, returned and lost.
        won: what callers who were helped after all bought then, as the CRM says: measured, of the same
            callers as in `by_state`, and never to be added to it.
        by_acquaintance: of the lost: new callers, known customers, and who cannot be told.
        naive: all missed calls x conversion x order value, as it is often computed, for comparison.
        per_call: the immediate loss divided by all missed calls.
        a_year: the immediate loss of 365 such days; null for periods under 28 days.
    """

    client: str | None
    currency: str | None
    locale: str | None
    definition: str
    first_day: date | None
    last_day: date | None
    days: int
    missed_calls: int | None
    steps: tuple[Step, ...]
    unreached: Unreached
    estimate: Estimate
    profit: bool
    naive: Figure | None
    per_call: Figure | None
    a_year: Figure | None
    by_state: tuple[Group, ...]
    won: tuple[Won, ...]
    by_acquaintance: tuple[Group, ...]
    waste: tuple[Waste, ...] | None
    lines: tuple[CostLine, ...]
    rates: Rates
    asked: tuple[Asked, ...]
    notes: tuple[str, ...]


def cost(
    asking: Asking,
    site: SiteFile,
    since: int | None = None,
    until: int | None = None,
    *,
    definition: str | None = None,
    folder: Path | None = None,
    opened: str | None = None,
) -> tuple[Money, ...]:
    """Return what unreached callers were worth, for each client in its own currency.

    `opened`: the reading of the ledger, where it is open already.

    Raises:
        BadSettingsError, NotFoundError: the advertising file or the definition is wrong.
    """
    named = opened or open_ledger(asking, site, definition)
    take_all(asking, site, named)
    period = period_of(asking, since, until)
    found = [
        _money(asking, site, period, client, named, folder or Path()) for client in _clients(asking)
    ]
    return tuple(found)


def _clients(asking: Asking) -> list[str | None]:
    named = (
        "SELECT DISTINCT client FROM counted WHERE direction = 'inbound' ORDER BY client NULLS LAST"
    )
    return [client for (client,) in asking.rows(named)]


def _money(
    asking: Asking,
    site: SiteFile,
    period: Period,
    client: str | None,
    definition: str,
    folder: Path,
) -> Money:
    own = site.clients[client].money if client in site.clients else MoneySettings()
    inputs = for_client(site.money, own)
    take(asking, site, period, client, inputs, folder)
    rates = view_ledger(asking, definition, period.since, period.until, of=of_client(client)).rates
    counts = counts_of(asking)
    lost = unreached(counts, State.LOST)
    found = estimate(lost, inputs)
    missed = missed_calls(asking) if asking.sees(Sight.TALK) else None
    return Money(
        client=client,
        currency=inputs.currency,
        locale=inputs.locale,
        definition=definition,
        first_day=period.first,
        last_day=period.last,
        days=period.days,
        missed_calls=missed,
        steps=tuple(steps(asking)) if missed is not None else (),
        unreached=lost,
        estimate=found,
        profit=inputs.margin is not None,
        naive=_naive(missed, inputs),
        per_call=_times(found.direct, 1 / missed if missed else None),
        a_year=_times(found.direct, 365 / period.days if period.days >= SHORTEST_PERIOD else None),
        by_state=tuple(_by_state(counts, inputs)),
        won=won(sales_of(asking), inputs.currency),
        by_acquaintance=tuple(_by_acquaintance(counts, inputs)),
        waste=wasted(asking, site, period, inputs, folder),
        lines=tuple(_lines(inputs)),
        rates=rates,
        asked=tuple(_asked(found, inputs)),
        notes=tuple(_notes(asking, site, found, inputs, missed, period)),
    )


# ---- valuing


def _times(figure: Figure | None, factor: float | None) -> Figure | None:
    if figure is None or factor is None:
        return None
    return Figure(*(getattr(figure, name) * factor for name in Figure.__dataclass_fields__))


def _naive(missed: int | None, inputs: MoneySettings) -> Figure | None:
    """Return what it would be if every missed call were another caller, ready to buy, and lost."""
    buys, value = inputs.conversion, inputs.order_value
    if missed is None or buys is None or value is None:
        return None
    low, high = missed * buys.least * value.least, missed * buys.most * value.most
    return Figure(low, missed * buys.base * value.base, high, low, high)


def _by_state(counts: Counts, inputs: MoneySettings) -> Iterator[Group]:
    for state in State:
        callers = unreached(counts, state)
        yield Group(state, _sum(callers), estimate(callers, inputs).direct)


def _by_acquaintance(counts: Counts, inputs: MoneySettings) -> Iterator[Group]:
    for who in ("new", "known", "not told"):
        callers = unreached(counts, State.LOST, who)
        yield Group(who, _sum(callers), estimate(callers, inputs).direct)


def _sum(callers: Unreached) -> Callers:
    parts = (callers.enquiries, callers.unsaid, callers.others)
    return Callers(
        sum(p.low for p in parts), sum(p.base for p in parts), sum(p.high for p in parts)
    )


def _lines(inputs: MoneySettings) -> Iterator[CostLine]:
    for name, amount, doc in inputs.lines.each():
        if amount is None:
            yield CostLine(name, doc, None, None, None, NOT_COUNTED)
        else:
            yield CostLine(name, doc, amount.least, amount.base, amount.most, amount.source)


def _asked(found: Estimate, inputs: MoneySettings) -> Iterator[Asked]:
    if inputs.currency is None:
        doc = said("The currency, as 'EUR', 'GBP', 'USD'.")
        yield Asked("currency", doc, said("every amount"))
    yield from found.asked


# ---- what to know before believing it


def _notes(
    asking: Asking,
    site: SiteFile,
    found: Estimate,
    inputs: MoneySettings,
    missed: int | None,
    period: Period,
) -> Iterator[str]:
    if missed is None:
        yield said(
            "No source shows whether a person spoke, so it is not known which calls were missed."
        )
    elif missed == 0:
        yield said("No call was missed in this period (n = 0).")
    if found.direct is not None:
        kind = said("revenue, not profit") if inputs.margin is None else said("profit")
        yield said("An estimate of what is at stake: {kind}; expected, never certain.", kind=kind)
    if not site.hours.known:
        yield said("No opening hours are declared, so missed calls of all hours are counted.")
    if not asking.sees(Sight.LOST):
        yield said("Calls that never got in are in no figure: no source shows them.")
    if found.direct is not None and period.days < SHORTEST_PERIOD:
        yield said(
            "Nothing is said of a year from {days} days; it takes {least}.",
            days=period.days,
            least=SHORTEST_PERIOD,
        )
    if found.lifetime is not None:
        yield said("The lifetime contains the first order: do not add it to the immediate loss.")


def currencies(found: Sequence[Money]) -> set[str | None]:
    """Return the currencies in which figures are given; amounts of two are never added."""
    return {one.currency for one in found}


def as_json(found: Sequence[Money]) -> list[dict[str, Any]]:
    """Return the figures in the form that other programs rely on; unknown is null."""
    return [_with_days(asdict(one)) for one in found]


def _with_days(one: dict[str, Any]) -> dict[str, Any]:
    days = {name: one[name] and one[name].isoformat() for name in ("first_day", "last_day")}
    return {**one, **days}
