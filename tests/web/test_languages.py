"""Every language is whole, and says one thing with one word: on pages, in reports, to callers."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))

from babel.messages.pofile import read_po  # noqa: E402

import languages  # noqa: E402
import page_texts  # noqa: E402
import texts  # noqa: E402

COUNTS = list(languages.counts())
ORDER = ("de", "pl", "uk", "he")

TWO_THINGS = {
    "Arrived": "when one call came, and how many came",
    "May": "what a person may do, and the month",
    "client": "a role, and a brand",
    "number": "a phone's, and a figure",
    "reached": "a target that is kept, and a caller on the phone",
}
"""English words that are two words elsewhere, and what they mean on pages and in reports."""


def said(language: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what pages say, and what reports say."""
    with (texts.CATALOGUES / f"{language}.po").open("rb") as file:
        reports = read_po(file, locale=language)
    pages = page_texts.opened(language)
    return tuple({m.id: m.string for m in one if m.id} for one in (pages, reports))  # type: ignore[return-value]


@pytest.mark.parametrize("one", COUNTS, ids=lambda one: f"{one.language}-{one.catalogue}")
def test_no_language_has_less_than_all_texts(one: languages.Count) -> None:
    assert one.texts
    assert one.whole, f"{one}; see: python tools/languages.py"


def test_every_catalogue_is_counted_in_every_language() -> None:
    names = {"reports", "pages", "texts", "mails", "voice"}
    assert {(one.language, one.catalogue) for one in COUNTS} == {
        (language, name) for language in page_texts.languages() for name in names
    }


def test_a_gap_is_seen() -> None:
    assert not replace(COUNTS[0], missing=1).whole
    assert not replace(COUNTS[0], supposed=1).whole


@pytest.mark.parametrize("language", ORDER)
def test_pages_and_reports_say_what_they_share_with_the_same_words(language: str) -> None:
    pages, reports = said(language)
    shared = set(pages) & set(reports) - set(TWO_THINGS)
    assert len(shared) > 100
    assert not {one: (pages[one], reports[one]) for one in shared if pages[one] != reports[one]}


def test_what_is_two_things_is_two_words_somewhere() -> None:
    for one in TWO_THINGS:
        both = [said(language) for language in ORDER]
        assert any(pages[one] != reports[one] for pages, reports in both), one


def glossary() -> list[list[str]]:
    """Return the rows of the table of words."""
    page = (ROOT / "docs" / "languages.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \|$", page.partition("## One word for one thing")[2], re.MULTILINE)
    return [row.split(" | ") for row in rows[1:]]


def test_the_table_of_words_is_what_pages_say() -> None:
    rows = glossary()
    assert len(rows) >= 30
    wrong = []
    for place, language in enumerate(ORDER, 1):
        pages, reports = said(language)
        known = reports | pages
        wrong += [row for row in rows if row[place] != known[row[0]]]
    assert not wrong
