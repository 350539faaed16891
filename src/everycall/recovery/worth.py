"""What promises were worth by each brand's own inputs, and what their callers bought, measured.

It is the same reckoning as in the audit: the callers of each state times what the team says of its
money. Callers who were missed outside opening hours are left out of it, as there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from everycall.money.estimates import Callers, Figure, Unreached, estimate
from everycall.money.inputs import MoneySettings
from everycall.money.sold import Deal, Helped, Sale, sales
from everycall.recovery.ledger import Fate, Kept

HELPED = (Fate.RECOVERED, Fate.RETURNED)


@dataclass(frozen=True, slots=True)
class Worth:
    """What callers are expected to have been worth, in one currency.

    Attributes:
        figure: null where a brand that counts in it has not said what an order is worth.
        callers: of how many callers it speaks.
    """

    currency: str | None
    figure: Figure | None
    callers: int


def worth_of(promises: Iterable[Kept], inputs: Mapping[str, MoneySettings]) -> tuple[Worth, ...]:
    """Return what promises were worth: a sum for each currency, never of two; unsaid stays null."""
    by_client: dict[str, list[Kept]] = {}
    for one in promises:
        if one.priced:
            by_client.setdefault(one.client, []).append(one)
    sums: dict[str | None, list[Worth]] = {}
    for client, found in by_client.items():
        said = inputs[client]
        figure = estimate(_unreached(found, said), said).direct
        place = said.currency if figure is not None else None
        sums.setdefault(place, []).append(Worth(place, figure, len(found)))
    return tuple(_sum(found) for _, found in sorted(sums.items(), key=lambda one: str(one[0])))


def _unreached(found: Iterable[Kept], said: MoneySettings) -> Unreached:
    """Return callers by what they wanted, as far as their queue says it."""
    queues, counts = set(said.enquiry.queues), {"enquiry": 0, "unsaid": 0, "other": 0}
    for one in found:
        other = "other" if one.queue and queues else "unsaid"
        counts["enquiry" if one.queue in queues else other] += 1
    return Unreached(*(Callers(n, n, n) for n in counts.values()))


def _sum(found: list[Worth]) -> Worth:
    figures = [one.figure for one in found if one.figure is not None]
    names = Figure.__dataclass_fields__
    whole = Figure(*(sum(getattr(one, name) for one in figures) for name in names))
    callers = sum(one.callers for one in found)
    return Worth(found[0].currency, whole if len(figures) == len(found) else None, callers)


def sold_to(
    promises: Iterable[Kept], deals: Iterable[Deal], inputs: Mapping[str, MoneySettings]
) -> tuple[Sale, ...]:
    """Return what callers bought after they were helped: each deal once, to the last help before it.

    A deal that does not say its currency is in that of the brand.
    """
    helped = (
        Helped(one.caller, one.client or None, one.fate.value, one.ended_at, one.call_id)
        for one in promises
        if one.fate in HELPED and one.joins and one.ended_at is not None
    )
    return tuple(_in_currency(sale, inputs) for sale in sales(deals, helped))


def _in_currency(sale: Sale, inputs: Mapping[str, MoneySettings]) -> Sale:
    own = inputs[sale.helped.client or ""].currency
    return replace(sale, deal=replace(sale.deal, currency=sale.deal.currency or own))
