"""The report speaks the team's language, numbers included; no text is left behind."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from everycall.app.audit.auditing import Order, definitions_of, make_audit
from everycall.definitions.language import show
from everycall.errors import NotFoundError
from everycall.reports import Words
from everycall.reports.languages import known_languages
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


def test_nothing_of_the_german_report_is_still_english() -> None:
    order = Order(trade=SHOP)
    german = make_audit(shop(), words=Words("de"), site=shop_site(), order=order)
    same = set(_texts(german)) & set(_texts(shop_audit())) - SOURCES - set(_of_definitions(order))
    names = ALIKE | {word for text in _names() for word in _words(text)}
    assert not sorted(text for text in same if set(_words(text)) - names)


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
