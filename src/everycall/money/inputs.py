"""What a team says of its money: each number as low, base and high, with where it comes from.

Nothing has a default. What is not said is asked for by name, and no figure is made without it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum

from everycall.settings import doc_of, setting


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that is not known exactly, and who says so."""

    base: float = setting(doc="The most likely value.")
    source: str = setting(doc="Where it comes from: 'shop system, third quarter'.")
    low: float | None = setting(None, doc="The lowest likely value; without it the base.")
    high: float | None = setting(None, doc="The highest likely value; without it the base.")
    since: date | None = setting(None, doc="The day from which it holds, or on which it was found.")

    def __post_init__(self) -> None:
        if not self.least <= self.base <= self.most:
            raise ValueError(f"low, base, high must rise: {self.least}, {self.base}, {self.most}")
        if self.least < 0:
            raise ValueError(f"{self.least} is below 0")

    @property
    def least(self) -> float:
        """The lowest likely value."""
        return self.base if self.low is None else self.low

    @property
    def most(self) -> float:
        """The highest likely value."""
        return self.base if self.high is None else self.high


@dataclass(frozen=True, slots=True)
class Share(Amount):
    """A share, from 0 to 1."""

    def __post_init__(self) -> None:
        Amount.__post_init__(self)
        if self.most > 1:
            raise ValueError(f"a share is at most 1, write 0.2 for 20 %; found {self.most}")


class ChurnOf(StrEnum):
    """What a rate of churn is a share of; the readings differ by more than four times."""

    LOSS = "loss"
    MISSED_CALLERS = "missed_callers"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True)
class Churn:
    """Customers who leave because nobody answered."""

    rate: Share = setting(doc="The share that leaves.")
    of: ChurnOf = setting(
        doc="What it is a share of: 'loss' (that much on top of the immediate loss), "
        "'missed_callers' (of the callers who were not reached), 'customers' (of all customers)."
    )
    customers: Amount | None = setting(None, doc="How many customers you have, for 'customers'.")


@dataclass(frozen=True, slots=True)
class Lines:
    """Costs that only the team knows, each for the whole period; unset means not counted."""

    reputation: Amount | None = setting(None, doc="What bad reviews and bad word of mouth cost.")
    refunds: Amount | None = setting(None, doc="Refunds paid because nobody answered.")
    discounts: Amount | None = setting(None, doc="Discounts given to win callers back.")
    rework: Amount | None = setting(None, doc="Work done twice because nobody answered.")

    def each(self) -> Iterator[tuple[str, Amount | None, str]]:
        """Yield every line: its name, its amount, the sentence that explains it."""
        for declared in fields(self):
            yield declared.name, getattr(self, declared.name), doc_of(declared)


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Which calls are enquiries that may become an order, where a call says so itself."""

    tags: tuple[str, ...] = setting((), doc="Tags of enquiries; any other tag is none.")
    keys: tuple[str, ...] = setting((), doc="Menu keys of enquiries; any other key is none.")
    queues: tuple[str, ...] = setting((), doc="Queues of enquiries; any other queue is none.")


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """What calls are worth to a team or to one of its clients."""

    currency: str | None = setting(None, doc="The currency, as 'EUR', 'GBP', 'USD'.")
    locale: str | None = setting(None, doc="How amounts are written, as 'de-DE' or 'en-GB'.")
    conversion: Share | None = setting(
        None, doc="The share of enquiries that become an order when somebody answers."
    )
    order_value: Amount | None = setting(None, doc="What an order is worth.")
    enquiry_share: Share | None = setting(
        None, doc="The share of calls that are enquiries and may become an order; 1 if all are."
    )
    enquiry: Enquiry = setting(factory=Enquiry, doc="Calls that say themselves what they are.")
    margin: Share | None = setting(
        None,
        doc="The share of an order that is earned; without it figures are revenue, not profit.",
    )
    orders_a_month: Amount | None = setting(
        None, doc="How many orders a customer places in a month."
    )
    months: Amount | None = setting(None, doc="For how many months a customer is counted.")
    retention: Share | None = setting(
        None, doc="The share of customers who stay from one month to the next; 1 if all do."
    )
    lifetime_value: Amount | None = setting(
        None, doc="What a customer is worth over all; without it it follows from the orders."
    )
    churn: Churn | None = setting(None, doc="Customers who leave because nobody answered.")
    lines: Lines = setting(factory=Lines, doc="Costs that only you know.")
    advertising: str | None = setting(
        None, doc="A CSV of what numbers or campaigns cost: number, campaign, from, to, cost."
    )
    customers: str | None = setting(
        None,
        doc="A file of your customers' numbers, one a line; else a caller is known who was "
        "spoken with before.",
    )


AMOUNTS = (
    "conversion",
    "order_value",
    "enquiry_share",
    "margin",
    "orders_a_month",
    "months",
    "retention",
    "lifetime_value",
)
"""The inputs that a figure is computed from, in the order in which people are asked for them."""

DOCS: Mapping[str, str] = {f.name: doc_of(f) for f in fields(MoneySettings)}
"""The sentence that explains each setting."""


def for_client(site: MoneySettings, own: MoneySettings) -> MoneySettings:
    """Return a client's own settings; each word that it does not say is taken from the site."""
    said = {f.name: getattr(own, f.name) for f in fields(own)}
    empty = {"enquiry": Enquiry(), "lines": Lines()}
    kept = {name: v for name, v in said.items() if v is not None and v != empty.get(name)}
    return replace(site, **kept)


@dataclass(frozen=True, slots=True)
class Asked:
    """An input that is missing: its name in the site file, what it is, what cannot be said."""

    name: str
    doc: str
    needed_for: str


@dataclass(frozen=True, slots=True)
class Assumption:
    """An input that a figure stands on, as a card shows it."""

    name: str
    doc: str
    low: float
    base: float
    high: float
    source: str
    since: date | None = None
    measured: bool = field(default=False)
