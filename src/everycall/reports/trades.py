"""Trades: where a report begins for a shop, a practice, an outsourcer or a sales desk.

A trade is a starting set, not a law: every part of it can be chosen apart.
"""

from dataclasses import dataclass

from everycall.errors import NotFoundError, did_you_mean


@dataclass(frozen=True, slots=True)
class Target:
    """A limit that a metric should keep: at least it if more is better, else at most it."""

    metric: str
    value: float


@dataclass(frozen=True, slots=True)
class Trade:
    """A starting set: whose words count, which numbers come first, which sections there are.

    Attributes:
        definition: the definition whose words are used, unless another is chosen.
        other: the definition that it is compared with.
        headlines: the metrics at the top.
        sections: the sections, in their order.
    """

    id: str
    doc: str
    definition: str
    other: str
    headlines: tuple[str, ...]
    sections: tuple[str, ...]
    targets: tuple[Target, ...] = ()


_HEADLINES = (
    "arrived",
    "answer_rate.arrived",
    "missed",
    "missed_rate",
    "service_level.sl2:60",
    "asa",
)
_SECTIONS = (
    "summary",
    "outcomes",
    "remedies",
    "days",
    "time",
    "waits",
    "queues",
    "clients",
    "callers",
    "people",
    "lines",
    "money",
    "meanings",
    "quality",
)

SHOP = Trade(
    "shop",
    "An online shop: callers who reach nobody are orders and goodwill.",
    "reachability",
    "xon",
    _HEADLINES,
    _SECTIONS,
    (
        Target("service_level.sl2:60", 0.9),
        Target("missed_rate", 0.1),
        Target("asa", 15_000),
    ),
)
GP_PRACTICE = Trade(
    "gp_practice",
    "A GP practice: patients, the hours of the morning rush, and the monthly NHS figures.",
    "nhs_gp",
    "nhs_30s",
    (
        "arrived",
        "answer_rate.arrived",
        "missed",
        "callbacks_requested",
        "answer_wait.median",
        "answer_wait.p90",
    ),
    (
        "summary",
        "outcomes",
        "remedies",
        "time",
        "waits",
        "days",
        "queues",
        "callers",
        "people",
        "lines",
        "nhs",
        "meanings",
        "quality",
    ),
)
OUTSOURCING = Trade(
    "outsourcing",
    "An outsourcer: what was promised to each client, in the client's own words.",
    "finsofy",
    "copc",
    (
        "arrived",
        "answer_rate",
        "service_level.sl2:20",
        "abandon_rate.b:5",
        "asa",
        "aht_no_acw",
    ),
    ("summary", "clients", *(s for s in _SECTIONS if s not in ("summary", "clients"))),
    (Target("service_level.sl2:20", 0.8), Target("abandon_rate.b:5", 0.05)),
)
SALES_DESK = Trade(
    "sales_desk",
    "A sales desk: every caller may buy, and who is called back within the hour may still do so.",
    "ringostat",
    "reachability",
    ("arrived", "missed", "missed_rate", "asa", "service_level.sl2:60", "answer_rate"),
    (
        "summary",
        "callers",
        "money",
        *(s for s in _SECTIONS if s not in ("summary", "callers", "money")),
    ),
    (Target("missed_rate", 0.1), Target("asa", 15_000)),
)
NO_TRADE = Trade(
    "none",
    "No trade chosen: the usual order; until you set targets, those on the wallboard are assumed.",
    "xon",
    "nhs_30s",
    _HEADLINES,
    _SECTIONS,
)

TRADES = {trade.id: trade for trade in (NO_TRADE, SHOP, GP_PRACTICE, OUTSOURCING, SALES_DESK)}
"""Every trade by its id."""


def trade(name: str) -> Trade:
    """Return a trade.

    Raises:
        NotFoundError: there is none of this name.
    """
    if name not in TRADES:
        hint = did_you_mean(name, TRADES) or f" (there are: {', '.join(TRADES)})"
        raise NotFoundError(f"there is no trade called '{name}'{hint}")
    return TRADES[name]
