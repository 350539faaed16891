"""Count the texts that reach a person, by catalogue and language, and what is missing or only supposed.

    python tools/languages.py

Pages and reports have catalogues; what callers are told by text, by mail and by voice stands in the
code, a table each.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import page_texts
import texts
from everycall.recovery.mail_wordings import MAILS
from everycall.recovery.wordings import WORDINGS
from everycall.telephony.twilio_words import ASKS

TOLD: Mapping[str, Mapping[str, object]] = {"texts": WORDINGS, "mails": MAILS, "voice": ASKS}
"""What callers are told, by language."""


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a catalogue is said in a language."""

    catalogue: str
    language: str
    texts: int
    missing: int
    supposed: int

    @property
    def whole(self) -> bool:
        """Tell whether nothing is left in English."""
        return not self.missing and not self.supposed


def counts() -> Iterator[Count]:
    """Count every catalogue in every language of the pages."""
    reports = texts.collect()
    for language in page_texts.languages():
        path = texts.CATALOGUES / f"{language}.po"
        known = Catalog()
        if path.exists():
            with path.open("rb") as file:
                known = read_po(file, locale=language)
        yield _count("reports", language, reports, known)
        wanted, held = page_texts.collect(language), page_texts.opened(language)
        yield _count("pages", language, wanted, held)
        for name, told in TOLD.items():
            yield _told(name, language, told)


def _count(name: str, language: str, wanted: Catalog, known: Catalog) -> Count:
    said = {message.id: message for message in known if message.id}
    ids = [message.id for message in wanted if message.id]
    missing = [one for one in ids if one not in said or not texts.translated(said[one].string)]
    supposed = [one for one in ids if one in said and said[one].fuzzy]
    return Count(name, language, len(ids), len(missing), len(supposed))


def _told(name: str, language: str, told: Mapping[str, object]) -> Count:
    keys = _keys(told["en"])
    missing = keys - _keys(told.get(language, {}))
    return Count(name, language, len(keys), len(missing), 0)


def _keys(said: object) -> set[str]:
    if isinstance(said, Mapping):
        return {str(key) for key, text in said.items() if text}
    return {"it"} if said else set()


def main() -> int:
    found = list(counts())
    for one in found:
        print(
            f"{one.language}  {one.catalogue:8} {one.texts:5} texts, {one.missing} missing, "
            f"{one.supposed} supposed"
        )
    return int(not all(one.whole for one in found))


if __name__ == "__main__":
    sys.exit(main())
