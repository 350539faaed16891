"""The public holidays of a country or of a part of it."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Self

from holidays import country_holidays, list_supported_countries

from everycall.errors import did_you_mean

_CODE = re.compile(r"[A-Z]{2,3}(-.+)?")


class PublicHolidays(NamedTuple):
    """Where the holidays hold: 'DE', 'DE-BY', 'US-CA'; '' is nowhere."""

    code: str

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read the code of a country, or of a country and one of its parts.

        Raises:
            ValueError: no holidays are known for this code.
        """
        if text:
            _check(text)
        return cls(text)

    def name_of(self, day: date) -> str | None:
        """Return the English name of the holiday that a day is, if it is one."""
        return _year(self.code, day.year).get(day) if self.code else None


@lru_cache(maxsize=512)
def _year(code: str, year: int) -> Mapping[date, str]:
    country, _, part = code.partition("-")
    # without a language, the names would be those of whoever runs the program
    return dict(country_holidays(country, part or None, years=year, language="en_US"))


def _check(code: str) -> None:
    country, _, part = code.partition("-")
    if not _CODE.fullmatch(code) or not _is_known(country, part):
        raise ValueError(_unknown(country, part))


def _is_known(country: str, part: str) -> bool:
    try:
        country_holidays(country, part or None)
    except NotImplementedError:
        return False
    return True


def _unknown(country: str, part: str) -> str:
    known = list_supported_countries()  # loads every country: only for a sentence
    if country not in known:
        hint = did_you_mean(country.upper(), known) or "; write for example DE or DE-BY"
        return f"no holidays are known for the country '{country}'{hint}"
    parts = known[country]
    if not parts:
        return f"{country} has no parts with holidays of their own; write {country} alone"
    hint = did_you_mean(part, parts) or f" (known: {', '.join(parts)})"
    return f"no holidays are known for '{part}' in {country}{hint}"
