"""Missed callers are told by mail when that is right, and in their words; otherwise it is said why not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from everycall.errors import BadSettingsError
from everycall.recovery import Deadline, State
from everycall.recovery.mail_wordings import MAILS
from everycall.recovery.mailing import KINDS, STALE, MailBack, MailSettings, mail_back
from everycall.recovery.promises import Promise
from everycall.recovery.wordings import WORDINGS
from everycall.settings import read_table

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ON = MailSettings(on=True)
MISSED = Promise(1, "+4930901820", "shop", State.WAITING, NOON, NOON, Deadline(NOON, NOON, NOON))


def decided(promise: Promise = MISSED, terms: MailSettings = ON, **more: bool) -> MailBack:
    told = {"opted_out": False, "texted": False} | more
    return mail_back(promise, terms, now=NOON, **told)


def test_not_before_the_caller_had_time_to_ring_again() -> None:
    assert decided() == MailBack(NOON + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (decided(terms=MailSettings()), "mails are off"),
        (decided(texted=True), "they are told by text"),
        (decided(replace(MISSED, state=State.TALKING)), "somebody is at it"),
        (decided(opted_out=True), "they asked for no messages"),
        (decided(replace(MISSED, joins=False)), "several people share the number"),
        (
            decided(replace(MISSED, missed_at=NOON - STALE - timedelta(seconds=1))),
            "the call was too long ago",
        ),
    ],
)
def test_it_is_said_why_somebody_is_not_told(found: MailBack, why: str) -> None:
    assert found == MailBack(None, why)


@pytest.mark.parametrize("language", MAILS)
def test_every_language_has_every_text_with_the_link_in_it(language: str) -> None:
    assert set(MAILS[language]) == set(KINDS)
    for kind, words in MAILS[language].items():
        assert ("{link}" in words) == (not kind.endswith("_title"))
        assert "{brand}" not in words or not kind.startswith("neutral")


def test_mails_speak_the_languages_of_the_texts() -> None:
    assert set(MAILS) == set(WORDINGS)


def test_words_of_a_site_go_before_ours_and_the_fallback_is_named() -> None:
    terms = MailSettings(
        language="de", words={"fi": {"missed_title": "Soitamme", "missed": "{link}"}}
    )
    assert terms.wording(("fi", None)).title == "Soitamme"
    assert terms.wording(("sv", None)).language == "de"
    assert terms.wording((None, "uk")).language == "uk"


def test_half_a_language_is_none() -> None:
    terms = MailSettings(words={"fi": {"missed_title": "Soitamme"}})
    assert terms.wording(("fi",)).language == "en"


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        ("missed", "call us", "{link} is missing"),
        ("missed", "{link} {number}", "only {brand} and {link}"),
        ("mised", "{link}", "unknown text"),
        ("missed_title", "a\nb", "one line"),
    ],
)
def test_words_that_could_not_be_filled_in_are_refused(kind: str, words: str, said: str) -> None:
    with pytest.raises(BadSettingsError, match=said):
        read_table(MailSettings, {"words": {"de": {kind: words}}})
