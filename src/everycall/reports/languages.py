"""The languages that reports are written in: one catalogue of texts each, beside this file."""

import gettext
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from everycall.errors import NotFoundError, did_you_mean

CATALOGUES = Path(__file__).parent / "texts"

_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_RUNS_RIGHT, _RUNS_LEFT, _END = "\u2066", "\u2067", "\u2069"
_TO_RIGHT = re.compile(r"\+\d|[A-Za-z\u00c0-\u058f]")
"""A number as it is dialled, or a letter of a script that is written from left to right."""

_TO_LEFT = re.compile(r"[\u0590-\u08ff]")
"""A letter of a script that is written from right to left."""


GROUPED_FROM = {"pl": 5}
"""Where four digits stay together; the CLDR says so, and Babel does not tell."""


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of a language, and how it is written.

    Attributes:
        group, point: what marks thousands and decimals.
        grouped_from: a number of so many digits before its point, or more, has its thousands marked.
        share: where the sign of a percentage stands.
        way: `rtl` where lines run from right to left.
        day: how a day is written; None: by its numbers, as in 2026-11-23.
    """

    name: str
    texts: gettext.NullTranslations
    group: str = ","
    point: str = "."
    grouped_from: int = 4
    share: str = "{}\u00a0%"
    way: str = "ltr"
    day: Callable[[date], str] | None = None

    def text(self, text: str) -> str:
        """Return a text in this language; one that has no translation stays English."""
        # a catalogue keeps notes about itself under the empty text
        return self.texts.gettext(text) if text else ""

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the text that fits a number."""
        return self.texts.ngettext(one, many, number)

    def marks(self, number: str) -> str:
        """Put the marks of this language into a number that was written in English."""
        whole = sum(letter.isdigit() for letter in number.partition(".")[0])
        group = self.group if whole >= self.grouped_from else ""
        return number.translate({ord(","): group, ord("."): self.point})

    def inside(self, text: str) -> str:
        """Write what stands in a sentence or a table: its days, and apart if it runs the other way."""
        return self.apart(self.days(text))

    def days(self, text: str) -> str:
        """Write the days of a text as this language has them."""
        return _DAY.sub(self._day, text) if self.day else text

    def _day(self, found: re.Match[str]) -> str:
        try:
            day = date.fromisoformat(found[0])
        except ValueError:
            return found[0]
        return self.day(day) if self.day else found[0]

    def apart(self, text: str) -> str:
        """Set a text apart that runs from left to right, in part at least, in lines that do not."""
        if self.way == "ltr" or not _TO_RIGHT.search(text):
            return text
        begin = _RUNS_LEFT if _TO_LEFT.search(text) else _RUNS_RIGHT
        own = text.lstrip()  # a space before it belongs to the line
        return f"{text[: len(text) - len(own)]}{begin}{own}{_END}"


def english() -> Language:
    """Return English, which needs no catalogue."""
    return Language("en", gettext.NullTranslations())


def known_languages() -> tuple[str, ...]:
    """Return the languages that there are."""
    return ("en", *sorted(path.stem for path in CATALOGUES.glob("*.po")))


@cache
def language(name: str) -> Language:
    """Return a language by its two letters.

    Raises:
        NotFoundError: there is no catalogue for it.
    """
    path = CATALOGUES / f"{name}.po"
    if not path.exists():
        known = known_languages()
        hint = did_you_mean(name, known) or f" (there are: {', '.join(known)})"
        raise NotFoundError(f"there are no texts in the language '{name}'{hint}")
    # only a language other than English pays for loading Babel
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only for languages other than English
    from babel.messages.pofile import read_po  # noqa: PLC0415 - only for languages other than English

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    texts = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    return written(name, texts)


def written(name: str, texts: gettext.NullTranslations) -> Language:
    """Return a language as its people write numbers and lines."""
    from babel import Locale  # noqa: PLC0415 - only for languages other than English
    from babel.dates import format_date  # noqa: PLC0415 - only for languages other than English

    def day(value: date) -> str:
        return str(format_date(value, "medium", locale=known))

    known = Locale.parse(name, sep="-")
    symbols = known.number_symbols["latn"]
    group, point = str(symbols["group"]), str(symbols["decimal"])
    share = known.percent_formats[None].pattern.replace("#,##0", "{}")
    way = known.text_direction
    grouped_from = GROUPED_FROM.get(known.language, 4)
    days = None if name == "en" else day
    return Language(name, texts, group, point, grouped_from, share, way, days)
