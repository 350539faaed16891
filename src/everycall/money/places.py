"""Currencies and places, by the names that the world gives them."""

from functools import cache

from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency


def check(currency: str | None, locale: str | None) -> None:
    """Tell whether a currency and a locale exist.

    Raises:
        ValueError: one of them does not.
    """
    if currency is not None and not is_currency(currency):
        raise ValueError(f"there is no currency '{currency}'; write for example 'EUR' or 'GBP'")
    if locale is not None:
        locale_of(locale)


@cache
def locale_of(name: str) -> Locale:
    """Return a locale by its name, as 'de-DE'.

    Raises:
        ValueError: there is none of this name.
    """
    try:
        return Locale.parse(name.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError, TypeError):
        raise ValueError(f"there is no locale '{name}'; write for example 'de-DE'") from None
