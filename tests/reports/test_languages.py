"""The report speaks the team's language, numbers included; no text is left behind."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from everycall.app.audit.auditing import Order, definitions_of, make_audit
from everycall.definitions.language import show
from everycall.errors import NotFoundError
from everycall.reports import Unit, Words
from everycall.reports.comparing import write
from everycall.reports.figures import title
from everycall.reports.languages import CATALOGUES, known_languages
from everycall.reports.trades import SHOP
from everycall.reports.words import Length, Name, Share, listed, said, said_many
from reports.shop import shop, shop_audit, shop_site

ROOT = Path(__file__).parents[2]


def test_every_text_has_a_translation() -> None:
    command = [sys.executable, "tools/texts.py", "--missing"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not found.stdout.strip()


NOT_TEXTS = {
    "id",
    "behind",
    "calls",
    "term",
    "terms",
    "unit",
    "options",
    "currency",
    "shape",
    "better",
    "section",
}
"""What is in a report for programs, and not to be read."""

ALIKE = {"s", "min", "h", "d", "EUR", "GBP", "orders_a_month", "months", "retention", "churn"}
SOURCES = {"Asterisk queue_log", "Asterisk call detail records (CDR)"}
LANGUAGES = [name for name in known_languages() if name != "en"]
VALUES = re.compile(r"\{\w+\}|`[^`]*`")


def test_reports_speak_every_language_of_the_pages() -> None:
    assert known_languages() == ("en", "de", "he", "pl", "uk")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_report_is_still_english(language: str) -> None:
    order = Order(trade=SHOP)
    other = make_audit(shop(), words=Words(language), site=shop_site(), order=order)
    same = set(_texts(other)) & set(_texts(shop_audit())) - SOURCES - set(_of_definitions(order))
    names = ALIKE | {word for text in _names() for word in _words(text)}
    assert not sorted(text for text in same if set(_words(text)) - names)


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_and_plurals_stand_in_each_translation_as_in_the_text(language: str) -> None:
    catalogue = _catalogue(language)
    wrong = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if isinstance(message.id, tuple):
            assert len(forms) == catalogue.num_plurals
        text = message.id[-1] if isinstance(message.id, tuple) else message.id
        wanted = sorted(VALUES.findall(text))
        wrong += [form for form in forms if text and sorted(VALUES.findall(form)) != wanted]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_only_supposed(language: str) -> None:
    assert not [message.id for message in _catalogue(language) if message.id and message.fuzzy]


def _catalogue(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def _texts(part: Any) -> Iterator[str]:
    """Yield everything in a report that is written for people."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple | list):
        for one in part:
            yield from _texts(one)
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in NOT_TEXTS:
                yield from _texts(getattr(part, field.name))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d]{2,}|[^\W\d]", text)


def _names() -> Iterator[str]:
    """Yield what the shop itself has given names to."""
    for table, column in (("visits", "queue"), ("talks", "agent"), ("calls", "trunk")):
        yield from (
            name for (name,) in shop().rows(f"SELECT DISTINCT {column} FROM {table}") if name
        )
    yield from shop_site().clients


def _of_definitions(order: Order) -> Iterator[str]:
    """Yield what rules are known by, and the conditions and places that they are quoted from."""
    for definition in definitions_of(shop_site(), order):
        for rule in definition.rules:
            yield from (rule.name, show(rule.when), rule.source)


def test_numbers_are_written_as_the_language_has_them() -> None:
    german, english = Words("de"), Words()
    assert (english.count(24_454), german.count(24_454)) == ("24,454", "24.454")
    assert (english.percent(0.758), german.percent(0.758)) == ("75.8\u00a0%", "75,8\u00a0%")
    assert german.calls(1) == "1 Anruf"
    assert german.calls(2) == "2 Anrufe"
    assert german.weekday(3) == "Mi"


@pytest.mark.parametrize(
    ("language", "one", "two", "five", "many", "share"),
    [
        ("de", "1 Anruf", "2 Anrufe", "5 Anrufe", "1.322 Anrufe", "75,8\u00a0%"),
        ("he", "שיחה 1", "2 שיחות", "5 שיחות", "1,322 שיחות", "75.8%"),
        ("pl", "1 połączenie", "2 połączenia", "5 połączeń", "1322 połączenia", "75,8%"),
        ("uk", "1 дзвінок", "2 дзвінки", "5 дзвінків", "1\u00a0322 дзвінки", "75,8%"),
    ],
)
def test_a_number_has_the_plural_and_the_marks_of_its_language(
    language: str, one: str, two: str, five: str, many: str, share: str
) -> None:
    words = Words(language)
    assert [words.calls(n) for n in (1, 2, 5, 1322)] == [one, two, five, many]
    assert words.percent(0.758) == share


def test_names_and_numbers_run_their_own_way_in_lines_from_right_to_left() -> None:
    hebrew = Words("he")
    assert hebrew(said("Calls to {part} come out in the wrong queue", part=Name("sales"))) == (
        "שיחות מגיעות לתור הלא נכון: \u2066sales\u2069"
    )
    assert write("+49 30 901820", Unit.TEXT, hebrew) == "\u2066+49 30 901820\u2069"
    assert write("מכירות", Unit.TEXT, hebrew) == "מכירות"
    assert write(" (sales)", Unit.TEXT, hebrew) == " \u2066(sales)\u2069"
    assert write("+49 30 901820", Unit.TEXT, Words("de")) == "+49 30 901820"
    assert hebrew(said("{first} to {last}", first="12:00", last="13:00")) == "12:00 עד 13:00"


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [
        (None, "–"),
        (0, "0 s"),
        (59_499, "59 s"),
        (60_000, "1 min"),
        (125_000, "2 min 05 s"),
        (7_800_000, "2 h 10 min"),
        (86_400_000, "1 d"),
        (273_600_000, "3 d 4 h"),
    ],
)
def test_durations_have_the_two_units_that_matter(milliseconds: float | None, written: str) -> None:
    assert Words().duration(milliseconds) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "2026-11-03, times in UTC"),
        ("de", "03.11.2026, Zeiten in UTC"),
        ("pl", "3 lis 2026, godziny według strefy UTC"),
        ("uk", "3 лист. 2026\u202fр., час за поясом UTC"),
        ("he", "3 בנוב׳ 2026, השעות לפי \u2066UTC\u2069"),
    ],
)
def test_days_are_written_as_the_language_has_them(language: str, written: str) -> None:
    words = Words(language)
    assert words("{period}, times in {zone}", period="2026-11-03", zone="UTC") == written
    assert write("2026-11-03", Unit.TEXT, words) == written.rpartition(", ")[0]
    assert write("call-2026-11-03", Unit.TEXT, words).strip("\u2066\u2069") == "call-2026-11-03"
    assert write("2026-13-45", Unit.TEXT, words) == "2026-13-45"


def test_the_length_in_a_title_has_the_units_of_the_language() -> None:
    assert title("service_level.sl2:60", Words()) == "Service level SL2 (60 s)"
    assert title("service_level.sl2:60", Words("he")) == "רמת שירות SL2 (60 שנ׳)"


def test_an_empty_text_stays_empty() -> None:
    assert [Words(name)("") for name in known_languages()] == [""] * len(known_languages())


def test_a_language_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NotFoundError, match="there are no texts in the language 'fr'"):
        Words("fr")


def test_a_sentence_with_values_is_said_again_in_another_language() -> None:
    title = said("Too few people on {part}s", part="Monday")
    assert title == "Too few people on Mondays"
    assert Words("de")(title) == "Zu wenige Leute am Montag"
    assert Words()(title) == title
    days = said("{days} days from {first} to {last}", days=1234, first="a", last="b")
    assert days == "1,234 days from a to b"
    assert Words("de")(days) == "1.234 Tage von a bis b"


def test_each_kind_of_value_is_written_as_the_language_has_it() -> None:
    text = said(
        "{share} of missed callers ring again by themselves, measured here.", share=Share(0.455)
    )
    assert text == "45.5 % of missed callers ring again by themselves, measured here."
    assert Words("de")(text).startswith("45,5\u00a0% der verpassten Anrufer")
    left = said("Half of them leave within {time}.", time=Length(65_000))
    assert left == "Half of them leave within 1 min 05 s."
    levels = said("{share} were missed, on other such days {usual}.", share=2.54, usual=1.0)
    assert Words("de")(levels) == "2,5 wurden verpasst, an anderen solchen Tagen 1,0."


@pytest.mark.parametrize(("days", "german"), [(1, "An 1 Tag"), (1200, "An 1.200 Tagen")])
def test_a_sentence_about_a_number_has_its_plural_in_each_language(days: int, german: str) -> None:
    one, many = "On {n} day; most calls on: {days}.", "On {n} days; most calls on: {days}."
    text = said_many(days, one, many, days="x")
    assert text == f"On {days:,} day{'s' * (days > 1)}; most calls on: x."
    assert Words("de")(text) == f"{german}; die meisten Anrufe: x."


def test_what_somebody_gave_a_name_to_keeps_it() -> None:
    text = listed(said("{name} ({n})", name=name, n=1234) for name in ("Monday", Name("Monday")))
    assert text == "Monday (1,234), Monday (1,234)"
    assert Words("de")(text) == "Montag (1.234), Monday (1.234)"
