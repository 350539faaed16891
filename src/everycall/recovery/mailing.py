"""Whether a missed caller is written to by mail, when, and in which words; or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from everycall.recovery.mail_wordings import MAILS
from everycall.recovery.promises import Promise
from everycall.recovery.states import State
from everycall.settings import setting

STALE = timedelta(hours=12)
"""Who was missed longer ago is not told any more: it would only surprise."""

KINDS = ("missed_title", "missed", "neutral_title", "neutral")
"""What a site may say in its own words."""


class Wording(NamedTuple):
    """What a mail says, and in which language."""

    language: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class MailSettings:
    """Mails to callers who were missed."""

    on: bool = setting(
        default=False, doc="Whether missed callers are told by mail where no text reaches them."
    )
    channel: str = setting(
        "",
        doc="The mail channel that carries it, by its name in Set-up; empty: the first there is.",
    )
    from_crm: bool = setting(
        default=True,
        doc="Whether the address that your CRM knows is used; else only one that a person typed.",
    )
    after: timedelta = setting(
        timedelta(minutes=1), doc="So long after the call; who rings again at once needs no mail."
    )
    neutral: bool = setting(
        default=False, doc="Whether the mail leaves out whom they called: a practice, for example."
    )
    language: str = setting("en", doc="The language of mails where the caller's has no words.")
    link_lasts: timedelta = setting(
        timedelta(days=3), doc="So long the link in the mail leads to the caller's own page."
    )
    words: dict[str, dict[str, str]] = setting(
        factory=dict,
        doc="Words of your own, by language: missed_title, missed, neutral_title and neutral, with "
        "{brand} and {link} in them.",
    )

    def __post_init__(self) -> None:
        """Refuse words that could not be filled in."""
        for language, said in self.words.items():
            for kind, words in said.items():
                _check(f"{language}.{kind}", kind, words)

    def wording(self, languages: tuple[str | None, ...]) -> Wording:
        """Return the words of the first language that has them; title and body are of one language."""
        kind = "neutral" if self.neutral else "missed"
        for language in (*languages, self.language, "en"):
            said = {**_of(MAILS, language), **_of(self.words, language)}
            if language and kind in said and f"{kind}_title" in said:
                return Wording(language, said[f"{kind}_title"], said[kind])
        raise AssertionError("English words are always there")


def _of(found: Mapping[str, Mapping[str, str]], language: str | None) -> Mapping[str, str]:
    return found.get((language or "")[:2], {})


def _check(place: str, kind: str, words: str) -> None:
    if kind not in KINDS:
        raise ValueError(f"{place}: unknown text '{kind}' (known: {', '.join(KINDS)})")
    try:
        words.format(brand="", link="")
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"{place}: only {{brand}} and {{link}} can be filled in") from None
    if not kind.endswith("_title") and "{link}" not in words:
        raise ValueError(f"{place}: {{link}} is missing: the caller could not cancel")
    if kind.endswith("_title") and "\n" in words:
        raise ValueError(f"{place}: a title is one line")


class MailBack(NamedTuple):
    """What to do about writing to a caller.

    Attributes:
        at: when the mail leaves; null: none is sent.
        why: why none is sent.
    """

    at: datetime | None
    why: str = ""


def mail_back(
    promise: Promise, settings: MailSettings, *, opted_out: bool, texted: bool, now: datetime
) -> MailBack:
    """Decide about the mail to one missed caller.

    `texted`: a text will reach them, or has; nobody is told twice.
    """
    refusals = (
        (not settings.on, "mails are off"),
        (texted, "they are told by text"),
        (promise.state is not State.WAITING, "somebody is at it"),
        (opted_out, "they asked for no messages"),
        (not promise.joins, "several people share the number"),
        (now - promise.missed_at > STALE, "the call was too long ago"),
    )
    for refused, why in refusals:
        if refused:
            return MailBack(None, why)
    return MailBack(max(now, promise.missed_at + settings.after))
