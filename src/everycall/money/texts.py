"""The arithmetic that is often quoted for missed calls, done again: exact, rounded, with remarks.

Nothing here enters a computation about anybody's own calls.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from everycall.money.chance import quantile
from everycall.money.estimates import months_counted

WORKING_DAYS = 22
"""The working days of a month, as the quick estimate counts."""


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a calculation.

    Attributes:
        rounded: the figure as it is usually given; `exact`: without rounding on the way.
        unit: what it counts: 'calls', 'buyers' or 'money'.
    """

    id: str
    title: str
    formula: str
    rounded: float
    exact: float
    unit: str
    remark: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A calculation with its steps, and what to know before believing it."""

    name: str
    title: str
    currency: str | None
    lines: tuple[Line, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quick:
    """What the quick estimate is made from: a month's missed calls in opening hours."""

    missed: float = 20 * WORKING_DAYS
    conversion: float = 0.20
    order_value: float = 400.0
    churn: float = 0.05
    lifetime_value: float | None = 7200.0
    customers: float | None = None
    currency: str | None = "USD"


def quick(given: Quick) -> Sum:
    """Return the quick estimate: a month's missed calls x conversion x order value, plus churn."""
    return Sum(
        "quick",
        "Quick estimate from a month's missed calls",
        given.currency,
        tuple(_quick_lines(given)),
        (
            (
                "Often called a floor. It is rather a ceiling: it takes every missed call for another "
                "caller, new, ready to buy and never helped. Repeats and recovered callers have to be "
                "taken out first, as `everycall money` does."
            ),
            "Opening hours only. 20 % and 5 % are the estimate's own numbers, not measured ones.",
            (
                "'5 % churn' does not say of what; its readings differ by more than four times, so "
                "`churn.of` has to be said."
            ),
        ),
    )


def _quick_lines(given: Quick) -> Iterator[Line]:
    loss = given.missed * given.conversion * given.order_value
    share, churn = f"{given.conversion:.0%}", f"{given.churn:.0%}"
    yield Line(
        "immediate",
        "immediate loss",
        f"{given.missed:,.0f} calls x {share} x {given.order_value:,.0f}",
        round(loss),
        loss,
        "money",
        "revenue, not profit; calls, not callers",
    )
    yield Line(
        "churn_of_loss",
        f"with churn as {churn} of the loss",
        f"{loss:,.0f} x {1 + given.churn:g}",
        round(loss * (1 + given.churn)),
        loss * (1 + given.churn),
        "money",
        "first reading: a little on top",
    )
    if given.lifetime_value is not None:
        yield from _quick_churn(given, given.lifetime_value)


def _quick_churn(given: Quick, worth: float) -> Iterator[Line]:
    leaving, share = given.missed * given.churn, f"{given.churn:.0%}"
    yield Line(
        "churn_of_missed_callers",
        f"churn as {share} of missed callers",
        f"{leaving:,.0f} x {worth:,.0f}",
        round(leaving * worth),
        leaving * worth,
        "money",
        "second reading: each takes a customer's whole value along",
    )
    if given.customers is not None:
        leaving = given.customers * given.churn
        yield Line(
            "churn_of_customers",
            f"churn as {share} of all customers",
            f"{leaving:,.0f} x {worth:,.0f}",
            round(leaving * worth),
            leaving * worth,
            "money",
            "third reading: whatever the number of missed calls",
        )


MISSED, CONVERSION, ORDER, MONTHS = 20, 0.37, 400, 18
"""The worked example: missed calls a day, the share that buys, an order, months of orders."""


def worked_example() -> Sum:
    """Return the worked example: 20 missed calls a day, 37 %, 400 dollars, 18 months."""
    return Sum(
        "worked-example",
        "Worked example: 20 missed calls a day, 37 %, 400 dollars, 18 months",
        "USD",
        (*_buyers(), *_lifetimes(), *_per_call(), *_of_the_lost()),
        (
            "Nobody 'would definitely' buy: 37 % is an expectation, and chance moves it.",
            "The figure of a day is also given as the figure of a call: 20 times too much.",
            "A day is an average day; working or calendar day is not said.",
            (
                "That 85 % never try again is quoted and then not used. Whether callers return is "
                "measured by `everycall ledger`, not assumed."
            ),
        ),
    )


def _buyers() -> Iterator[Line]:
    few, many = (quantile(((MISSED, CONVERSION),), chance) for chance in (0.05, 0.95))
    exact = MISSED * CONVERSION
    yield Line(
        "buyers",
        "buyers lost in a day",
        "20 x 37 %",
        7,
        exact,
        "buyers",
        f"rounding down hides 5.4 %; by chance alone {few} to {many} (9 days in 10)",
    )
    yield Line(
        "direct",
        "lost in a day",
        "7 x 400",
        7 * ORDER,
        exact * ORDER,
        "money",
        f"revenue, not profit; by chance alone {few * ORDER:,} to {many * ORDER:,}",
    )


def _lifetimes() -> Iterator[Line]:
    for id_, title, formula, months, remark in (
        ("lifetime", "over 18 months", "2,800 x 18", MONTHS,
         "takes one order a month, everybody staying for 18 months, and no interest for granted"),
        ("lifetime_with_first", "with the day itself added", "2,800 x 19", MONTHS + 1,
         "counts the first order twice if the 18 months begin with it"),
        ("lifetime_with_churn", "if 5 % leave every month", "2,800 x 12.06",
         months_counted(MONTHS, 0.95), "the factor is 12.06, not 18"),
    ):  # fmt: skip
        yield Line(
            id_,
            title,
            formula,
            round(7 * ORDER * months),
            MISSED * CONVERSION * ORDER * months,
            "money",
            remark,
        )


def _per_call() -> Iterator[Line]:
    exact = MISSED * CONVERSION * ORDER
    remark = "given as 2,800 for each missed call, which is the figure of the whole day"
    yield Line("per_call", "per missed call", "2,800 / 20", 7 * ORDER / MISSED, exact / MISSED,
               "money", remark)  # fmt: skip
    yield Line(
        "per_call_lifetime",
        "per missed call, over 18 months",
        "50,400 / 20",
        7 * ORDER * MONTHS / MISSED,
        exact * MONTHS / MISSED,
        "money",
        "neither this nor the one above is 2,800",
    )


def _of_the_lost() -> Iterator[Line]:
    lost = MISSED * 0.85
    yield Line(
        "lost_share",
        "if 85 % of them never try again",
        "17 x 37 % x 400",
        round(lost * CONVERSION * ORDER),
        lost * CONVERSION * ORDER,
        "money",
        "the 85 % are quoted without a source, and the formula does not use them",
    )
