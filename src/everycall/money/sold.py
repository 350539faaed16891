"""What callers bought after they were helped: deals of a CRM, each tied to one help at most.

It is measured, and stands beside what was expected of the same callers; the two are never added up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

AFTERWARDS = 30 * 86_400_000_000
"""A deal that was won within so long after the help is said to follow from it, in microseconds."""


@dataclass(frozen=True, slots=True)
class Deal:
    """Something that was sold.

    Attributes:
        caller: who bought, as their calls are joined. `client`: the brand; null for whichever.
        currency: null where the CRM does not say it.
        won_at: when, in microseconds.
    """

    id: str
    caller: str
    client: str | None
    value: Decimal
    currency: str | None
    won_at: int


@dataclass(frozen=True, slots=True)
class Helped:
    """A caller who was missed and was helped after all.

    Attributes:
        state: recovered or returned. `at`: when they were helped, in microseconds.
        call_id: the call that was missed first.
    """

    caller: str
    client: str | None
    state: str
    at: int
    call_id: str


@dataclass(frozen=True, slots=True)
class Sale:
    """A deal, and the help that it followed."""

    deal: Deal
    helped: Helped


@dataclass(frozen=True, slots=True)
class Won:
    """What callers of one state bought, in one currency."""

    state: str
    currency: str | None
    value: float
    deals: int
    callers: int


def sales(deals: Iterable[Deal], helped: Iterable[Helped]) -> tuple[Sale, ...]:
    """Tie each deal to the last help of its caller before it; a deal that followed none is in no sale."""
    by_caller: dict[str, list[Helped]] = {}
    for one in sorted(helped, key=lambda one: (one.at, one.call_id)):
        by_caller.setdefault(one.caller, []).append(one)
    found = []
    for deal in deals:
        before = [one for one in by_caller.get(deal.caller, ()) if _follows(deal, one)]
        if before:
            found.append(Sale(deal, before[-1]))
    return tuple(found)


def _follows(deal: Deal, helped: Helped) -> bool:
    same = deal.client is None or deal.client == helped.client
    return same and helped.at <= deal.won_at <= helped.at + AFTERWARDS


def won(found: Iterable[Sale], currency: str | None = None) -> tuple[Won, ...]:
    """Add sales up, by state and currency; `currency`: of deals that do not say theirs."""
    groups: dict[tuple[str, str | None], list[Sale]] = {}
    for sale in found:
        place = sale.helped.state, sale.deal.currency or currency
        groups.setdefault(place, []).append(sale)
    return tuple(
        _sum(state, money, group)
        for (state, money), group in sorted(groups.items(), key=lambda one: str(one[0]))
    )


def _sum(state: str, currency: str | None, group: Sequence[Sale]) -> Won:
    value = sum((sale.deal.value for sale in group), Decimal())
    callers = {sale.helped for sale in group}
    return Won(state, currency, float(value), len(group), len(callers))
