"""What unreached callers were worth: ranges of the inputs, times the chance in how many would buy.

The immediate loss, the lifetime and the churn are three readings of the same loss. They are never
added up: the lifetime contains the first order, and churn is about customers who leave.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from everycall.money.chance import quantile
from everycall.money.inputs import AMOUNTS, DOCS, Amount, Asked, Assumption, ChurnOf, MoneySettings

UNLIKELY = 0.05
"""Figures leave out the lowest and the highest 5 % of what chance may bring."""

BOUGHT = "how many would buy"
"""The name of chance among the things that move a result."""


class End(StrEnum):
    """Which value of an input is meant."""

    LOW = "low"
    BASE = "base"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Callers:
    """A number of callers; a range where some of them cannot be told apart.

    Attributes:
        low: all who cannot be recognised are one caller; `high`: each of them is another.
        base: they ring as often as those who can be recognised.
    """

    low: float
    base: float
    high: float

    def at(self, end: End) -> float:
        """Return one of the three."""
        return {End.LOW: self.low, End.BASE: self.base, End.HIGH: self.high}[end]


NOBODY = Callers(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Unreached:
    """The callers who were missed and never helped, by whether they wanted to order something.

    Attributes:
        enquiries: their calls say so; `unsaid`: their calls say nothing of it.
        others: their calls say that they wanted something else.
    """

    enquiries: Callers
    unsaid: Callers
    others: Callers = NOBODY

    def all(self, end: End) -> float:
        """Return how many there are, whatever they wanted."""
        return sum(part.at(end) for part in (self.enquiries, self.unsaid, self.others))


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of money that is expected to be lost, never a certain one.

    Attributes:
        low, base, high: the expected loss at the low, base and high values of the inputs.
        least, most: with the chance of how many of them buy: outside with 5 % on either side.
    """

    low: float
    base: float
    high: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Swing:
    """How far one input alone moves the immediate loss, all others at their base."""

    name: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """By how much."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Estimate:
    """What unreached callers were worth, by the three readings, none of which contains another.

    Attributes:
        direct: the first order that each buyer did not place.
        lifetime: all orders of the period that is counted, the first one included.
        further: the orders after the first; this alone may be added to `direct`.
        churn: customers who leave; not to be added to the lifetime.
        asked: what has to be said before the readings that are None can be made.
        swings: what moves the immediate loss most, first.
    """

    direct: Figure | None
    lifetime: Figure | None
    further: Figure | None
    churn: Figure | None
    churn_of: ChurnOf | None
    asked: tuple[Asked, ...]
    assumptions: tuple[Assumption, ...]
    swings: tuple[Swing, ...] = ()


def estimate(callers: Unreached, inputs: MoneySettings) -> Estimate:
    """Return what unreached callers were worth; nothing is made up for what was not said."""
    needs_share = callers.unsaid.high > 0
    direct = _figure(callers, inputs, _order) if _has_direct(inputs, needs_share) else None
    lifetime = _figure(callers, inputs, worth) if direct and _has_worth(inputs) else None
    return Estimate(
        direct,
        lifetime,
        _further(direct, lifetime),
        _churn(callers, inputs, direct),
        inputs.churn.of if inputs.churn else None,
        tuple(_asked(inputs, needs_share)),
        tuple(assumptions(inputs)),
        tuple(_swings(callers, inputs)) if direct else (),
    )


def _has_direct(inputs: MoneySettings, needs_share: bool) -> bool:  # noqa: FBT001 - private, and named where it is given
    said = inputs.conversion is not None and inputs.order_value is not None
    return said and (inputs.enquiry_share is not None or not needs_share)


def _has_worth(inputs: MoneySettings) -> bool:
    follows = None not in (inputs.orders_a_month, inputs.months, inputs.retention)
    return inputs.lifetime_value is not None or (follows and inputs.order_value is not None)


def at(amount: Amount | None, end: End, otherwise: float = 1.0) -> float:
    """Return a value of an input; what is not said counts as it is."""
    if amount is None:
        return otherwise
    return {End.LOW: amount.least, End.BASE: amount.base, End.HIGH: amount.most}[end]


def _order(inputs: MoneySettings, end: End) -> float:
    return at(inputs.order_value, end, 0.0) * at(inputs.margin, end)


def worth(inputs: MoneySettings, end: End) -> float:
    """Return what a customer is worth over the whole period that is counted."""
    if inputs.lifetime_value is not None:
        return at(inputs.lifetime_value, end) * at(inputs.margin, end)
    months, stays = at(inputs.months, end), at(inputs.retention, end)
    return _order(inputs, end) * at(inputs.orders_a_month, end) * months_counted(months, stays)


def months_counted(months: float, retention: float) -> float:
    """Return for how many months a customer is there on average: 1 + r + r² ... of so many."""
    if retention == 1:
        return months
    stayed: float = retention**months
    return (1 - stayed) / (1 - retention)


Worth = Callable[[MoneySettings, End], float]


def _figure(callers: Unreached, inputs: MoneySettings, each: Worth) -> Figure:
    low, base, high = (_buyers(callers, inputs, end) * each(inputs, end) for end in End)
    least = _bought(callers, inputs, End.LOW, UNLIKELY) * each(inputs, End.LOW)
    most = _bought(callers, inputs, End.HIGH, 1 - UNLIKELY) * each(inputs, End.HIGH)
    return Figure(low, base, high, least, most)


def _buyers(callers: Unreached, inputs: MoneySettings, end: End) -> float:
    share = at(inputs.enquiry_share, end)
    enquiries = callers.enquiries.at(end) + callers.unsaid.at(end) * share
    return enquiries * at(inputs.conversion, end)


def _bought(callers: Unreached, inputs: MoneySettings, end: End, chance: float) -> int:
    buys = at(inputs.conversion, end)
    return quantile(
        (
            (round(callers.enquiries.at(end)), buys),
            (round(callers.unsaid.at(end)), buys * at(inputs.enquiry_share, end)),
        ),
        chance,
    )


def _further(direct: Figure | None, lifetime: Figure | None) -> Figure | None:
    if direct is None or lifetime is None or lifetime.base < direct.base:
        return None
    rest = (
        max(0.0, getattr(lifetime, name) - getattr(direct, name))
        for name in Figure.__dataclass_fields__
    )
    return Figure(*rest)


def _churn(callers: Unreached, inputs: MoneySettings, direct: Figure | None) -> Figure | None:
    churn = inputs.churn
    if churn is None:
        return None
    if churn.of is ChurnOf.LOSS:
        return _scaled(direct, churn.rate) if direct else None
    if not _has_worth(inputs):
        return None
    if churn.of is ChurnOf.MISSED_CALLERS:
        return _leaving(inputs, churn.rate, callers.all)
    customers = churn.customers
    if customers is None:
        return None
    return _leaving(inputs, churn.rate, lambda end: at(customers, end))


def _scaled(figure: Figure, rate: Amount) -> Figure:
    low, base, high = rate.least, rate.base, rate.most
    return Figure(
        figure.low * low,
        figure.base * base,
        figure.high * high,
        figure.least * low,
        figure.most * high,
    )


def _leaving(inputs: MoneySettings, rate: Amount, of: Callable[[End], float]) -> Figure:
    low, base, high = (of(end) * at(rate, end) * worth(inputs, end) for end in End)
    few = quantile(((round(of(End.LOW)), at(rate, End.LOW)),), UNLIKELY)
    many = quantile(((round(of(End.HIGH)), at(rate, End.HIGH)),), 1 - UNLIKELY)
    return Figure(low, base, high, few * worth(inputs, End.LOW), many * worth(inputs, End.HIGH))


NEEDED_FOR = ("the immediate loss", "what customers are worth over time", "customers who leave")
"""What an input that nobody has said yet is needed for."""

CUSTOMERS = "How many customers you have."


def _asked(inputs: MoneySettings, needs_share: bool) -> Iterator[Asked]:  # noqa: FBT001 - private, and named where it is given
    direct = ["conversion", "order_value", *(["enquiry_share"] if needs_share else [])]
    for name in direct:
        if getattr(inputs, name) is None:
            yield Asked(name, DOCS[name], NEEDED_FOR[0])
    if inputs.lifetime_value is None:
        for name in ("orders_a_month", "months", "retention"):
            if getattr(inputs, name) is None:
                yield Asked(name, DOCS[name], NEEDED_FOR[1])
    if inputs.churn is None:
        yield Asked("churn", DOCS["churn"], NEEDED_FOR[2])
    elif inputs.churn.of is ChurnOf.CUSTOMERS and inputs.churn.customers is None:
        yield Asked("churn.customers", CUSTOMERS, NEEDED_FOR[2])


def assumptions(inputs: MoneySettings) -> Iterator[Assumption]:
    """Yield every input that was said, with its range and its source."""
    for name in AMOUNTS:
        amount: Amount | None = getattr(inputs, name)
        if amount is not None:
            yield _card(name, DOCS[name], amount)
    if inputs.churn is not None:
        doc = f"{DOCS['churn']} As a share of: {inputs.churn.of.replace('_', ' ')}."
        yield _card("churn.rate", doc, inputs.churn.rate)


def _card(name: str, doc: str, amount: Amount) -> Assumption:
    return Assumption(
        name, doc, amount.least, amount.base, amount.most, amount.source, amount.since
    )


def _swings(callers: Unreached, inputs: MoneySettings) -> Iterator[Swing]:
    """Yield what each input alone does, the one that moves the result most first."""
    middle = _at_base(callers)
    found = [_swing(name, middle, inputs) for name in AMOUNTS[:4]]
    found.append(_counted(callers, inputs))
    found.append(_by_chance(middle, inputs))
    yield from sorted((s for s in found if s and s.width > 0), key=lambda s: -s.width)


def _at_base(callers: Unreached) -> Unreached:
    parts = (callers.enquiries, callers.unsaid, callers.others)
    return Unreached(*(Callers(part.base, part.base, part.base) for part in parts))


def _swing(name: str, callers: Unreached, inputs: MoneySettings) -> Swing | None:
    amount: Amount | None = getattr(inputs, name)
    if amount is None:
        return None
    low, high = (
        _expected(callers, _with(inputs, name, replace(amount, base=value, low=None, high=None)))
        for value in (amount.least, amount.most)
    )
    return Swing(name, low, high)


def _with(inputs: MoneySettings, name: str, amount: Amount) -> MoneySettings:
    changed: dict[str, Any] = {name: amount}
    return replace(inputs, **changed)


def _expected(callers: Unreached, inputs: MoneySettings, end: End = End.BASE) -> float:
    return _buyers(callers, inputs, end) * _order(inputs, end)


def _counted(callers: Unreached, inputs: MoneySettings) -> Swing:
    share, each = at(inputs.enquiry_share, End.BASE), _expected(_one_caller(), inputs)
    low, high = (
        (callers.enquiries.at(end) + callers.unsaid.at(end) * share) * each
        for end in (End.LOW, End.HIGH)
    )
    return Swing("callers without a number of their own", low, high)


def _one_caller() -> Unreached:
    return Unreached(Callers(1, 1, 1), NOBODY)


def _by_chance(callers: Unreached, inputs: MoneySettings) -> Swing:
    few, many = (
        _bought(callers, inputs, End.BASE, chance) * _order(inputs, End.BASE)
        for chance in (UNLIKELY, 1 - UNLIKELY)
    )
    return Swing(BOUGHT, few, many)
