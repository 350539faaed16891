"""Whether a missed caller is told by text, when, from whom, and in which words; or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType, number_type

from everycall.recovery.promises import Promise
from everycall.recovery.quiet import QuietHours, may_ring
from everycall.recovery.states import State
from everycall.recovery.wordings import WORDINGS
from everycall.settings import setting

_CAN_READ = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
)

STALE = timedelta(hours=12)
"""Who was missed longer ago is not told any more: it would only surprise."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """Texts to callers who were missed."""

    on: bool = setting(default=False, doc="Whether callers who were missed are told by text.")
    senders: dict[str, str] = setting(
        factory=dict,
        doc="From whom, by the caller's country: DE = 'Shop', US = '+15551234567'; '*' is every "
        "other country. A country without a sender gets no texts.",
    )
    after: timedelta = setting(
        timedelta(minutes=1), doc="So long after the call; who rings again at once needs no text."
    )
    neutral: bool = setting(
        default=False, doc="Whether the text leaves out whom they called: a practice, for example."
    )
    language: str = setting("en", doc="The language of texts where the caller's has no words.")
    link_lasts: timedelta = setting(
        timedelta(days=3), doc="So long the link in the text leads to the caller's own page."
    )
    slot_callers: int = setting(
        2, doc="So many callers may choose the same half hour on their page."
    )
    words: dict[str, dict[str, str]] = setting(
        factory=dict,
        doc="Words of your own, by language: missed and neutral, with {brand} and {link} in them.",
    )

    def __post_init__(self) -> None:
        """Refuse words that could not be filled in."""
        for language, said in self.words.items():
            for kind, words in said.items():
                _checked(f"{language}.{kind}", kind, words)

    def wording(self, languages: tuple[str | None, ...]) -> tuple[str, str]:
        """Return the first language that there are words in, and the words."""
        kind = "neutral" if self.neutral else "missed"
        for language in (*languages, self.language, "en"):
            words = _words(self.words, language, kind) or _words(WORDINGS, language, kind)
            if language and words:
                return language, words
        raise AssertionError("English words are always there")


def _words(found: Mapping[str, Mapping[str, str]], language: str | None, kind: str) -> str | None:
    return found.get((language or "")[:2], {}).get(kind)


def _checked(place: str, kind: str, words: str) -> None:
    if kind not in ("missed", "neutral"):
        raise ValueError(f"{place}: unknown text '{kind}' (known: missed, neutral)")
    try:
        words.format(brand="", link="")
    except (KeyError, IndexError, ValueError):
        raise ValueError(f"{place}: only {{brand}} and {{link}} can be filled in") from None
    if "{link}" not in words:
        raise ValueError(f"{place}: {{link}} is missing: the caller could not cancel")


@dataclass(frozen=True, slots=True)
class TextBack:
    """What to do about telling a caller.

    Attributes:
        at: when the text leaves; null: none is sent.
        why: why none is sent, or why not now.
    """

    at: datetime | None
    why: str = ""
    sender: str = ""


def text_back(
    promise: Promise,
    settings: TextSettings,
    quiet: QuietHours | None,
    zone: ZoneInfo,
    *,
    opted_out: bool,
    now: datetime,
) -> TextBack:
    """Decide about the text to one missed caller."""
    sender = _sender(promise.caller, settings)
    refusals = (
        (not settings.on, "texts are off"),
        (promise.state is not State.WAITING, "somebody is at it"),
        (opted_out, "they asked for no texts"),
        (not promise.joins, "several people share the number"),
        (sender is None, "there is no sender for their country"),
        (not _can_read(promise.caller), "the number cannot get texts"),
        (now - promise.missed_at > STALE, "the call was too long ago"),
    )
    for refused, why in refusals:
        if refused:
            return TextBack(None, why)
    ready = max(now, promise.missed_at + settings.after)
    return TextBack(may_ring(promise.caller, ready, quiet, zone), sender=sender or "")


def _sender(caller: str, settings: TextSettings) -> str | None:
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(caller))
    except phonenumbers.NumberParseException:
        return None
    return settings.senders.get(region or "*") or settings.senders.get("*")


def _can_read(caller: str) -> bool:
    try:
        return number_type(phonenumbers.parse(caller)) in _CAN_READ
    except phonenumbers.NumberParseException:
        return False
