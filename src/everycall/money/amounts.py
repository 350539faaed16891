"""Amounts of money as people of a place write them."""

from babel.numbers import format_currency, format_decimal

from everycall.money.estimates import Figure
from everycall.money.places import locale_of

SMALL = 100
"""Amounts below this are written with their cents."""


_HOMES = {"USD": "en-US"}
"""Where a currency is written plainest, if nobody says how."""


def amount(value: float, currency: str | None, locale: str | None = None) -> str:
    """Write an amount: €12,346 or 12.346 €, with cents if it is small; without a currency a number."""
    place = locale_of(locale or _HOMES.get(currency or "", "en-GB"))
    if currency is None:
        return str(format_decimal(round(value), locale=place))
    if abs(value) < SMALL and value != round(value):
        return str(format_currency(value, currency, locale=place))
    pattern = place.currency_formats["standard"].pattern.replace("0.00", "0")
    return str(
        format_currency(round(value), currency, pattern, locale=place, currency_digits=False)
    )


def span(low: float, high: float, currency: str | None, locale: str | None = None) -> str:
    """Write a range of amounts, or one amount if it is none."""
    one, other = amount(low, currency, locale), amount(high, currency, locale)
    return one if one == other else f"{one} to {other}"


def in_words(figure: Figure, currency: str | None, locale: str | None = None) -> str:
    """Write an expected loss with what chance may make of it."""
    expected = span(figure.low, figure.high, currency, locale)
    return f"{expected} (by chance {span(figure.least, figure.most, currency, locale)})"
