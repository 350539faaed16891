"""The languages that reports are written in: one catalogue of texts each, beside this file."""

import gettext
import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from everycall.errors import NotFoundError, did_you_mean

CATALOGUES = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of a language, and how it marks thousands and decimals."""

    name: str
    texts: gettext.NullTranslations
    group: str = ","
    point: str = "."

    def text(self, text: str) -> str:
        """Return a text in this language; one that has no translation stays English."""
        # a catalogue keeps notes about itself under the empty text
        return self.texts.gettext(text) if text else ""

    def plural(self, one: str, many: str, number: int) -> str:
        """Return the text that fits a number."""
        return self.texts.ngettext(one, many, number)

    def marks(self, number: str) -> str:
        """Put the marks of this language into a number that was written in English."""
        return number.translate({ord(","): self.group, ord("."): self.point})


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
    from babel import Locale  # noqa: PLC0415 - only for languages other than English
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only for languages other than English
    from babel.messages.pofile import read_po  # noqa: PLC0415 - only for languages other than English

    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name))
    symbols = Locale.parse(name).number_symbols["latn"]
    texts = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    return Language(name, texts, str(symbols["group"]), str(symbols["decimal"]))
