"""What is declared elsewhere, said on pages: in the page's language, with its units and marks."""

import gettext
from functools import cache

from babel import Locale
from babel.numbers import format_percent
from django.utils import translation

from everycall.metrics.targets import Limit
from everycall.reports.languages import known_languages, language, written
from everycall.reports.words import Words


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name, sep="-")


class _Texts(gettext.NullTranslations):
    """The texts of the pages; what stands in reports only is said as reports say it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._reports = language(name) if name in known_languages() and name != "en" else None

    def gettext(self, message: str) -> str:
        found = translation.gettext(message)
        return self._reports.text(message) if found == message and self._reports else found


@cache
def _words(name: str) -> Words:
    found = Words()
    found.name, found.language = name, written(name, _Texts(name))
    return found


def words() -> Words:
    """Return what says things in the language of the page."""
    return _words(translation.get_language() or "en")


def say(text: str) -> str:
    """Say a text that is declared elsewhere; one that nobody has translated stays English."""
    return words()(text)


def duration(milliseconds: float | None) -> str:
    """Write a duration in the two units that matter."""
    return words().duration(milliseconds)


def percent(ratio: float | None) -> str:
    """Write a ratio as a percentage with one decimal."""
    return words().percent(ratio)


def count(value: float | None) -> str:
    """Write a number of things."""
    return words().count(value)


LIMITS = {
    ">=": "at least {limit}",
    ">": "more than {limit}",
    "<=": "at most {limit}",
    "<": "less than {limit}",
}
"""How a limit is said."""

LENGTHS = {"s": "{s} s", "min": "{min} min", "h": "{h} h", "d": "{d} d"}
"""How an amount of one unit of time is written."""

CLOCK = "{time} h"
"""In a box there is room for hours as on a clock."""

MORE_LENGTHS = {"min_s": "{min} min {s} s", "h_min": "{h} h {min} min", "clock": CLOCK}
"""How the live picture writes two units."""

UNSEEN = "no source sees {thing}"
"""What stands in a box whose value nobody can know."""


def limit_words(text: str) -> str:
    """Say what a target has to keep: '>= 90 %' is 'at least 90 %'."""
    limit = Limit.from_text(text)
    number = f"{limit.number:g}".replace(".", words().language.point)
    if limit.unit in LENGTHS:
        value = words()(LENGTHS[limit.unit], **{limit.unit: number})
    else:
        value = share(limit.value) if limit.unit == "%" else number
    return words()(LIMITS[limit.sign], limit=value) if limit.sign else value


def share(ratio: float) -> str:
    """Write a share as the live picture's script writes it: with no more decimals than it needs."""
    name = translation.get_language() or "en"
    return str(format_percent(ratio, locale=_locale(name)))
