"""The report speaks the team's language, numbers included; no text is left behind."""

import subprocess
import sys
from pathlib import Path

import pytest

from everycall.errors import NotFoundError
from everycall.reports import Words
from everycall.reports.languages import known_languages
from everycall.reports.words import said

ROOT = Path(__file__).parents[2]


def test_every_text_has_a_translation() -> None:
    command = [sys.executable, "tools/texts.py", "--missing"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert not found.stdout.strip()


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
