"""Who called: a number as it was received, made comparable with every other number."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

SPELT = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})
"""Anonymous, restricted, blocked, unknown and unavailable on the keys of a phone, as Twilio writes
them: numbers of no country."""

WITHHELD = SPELT | frozenset(
    {
        "",
        "-",
        "0",
        "0000000000",
        "anonymous",
        "anonymous.invalid",
        "asterisk",
        "blocked",
        "hidden",
        "no number",
        "none",
        "null",
        "private",
        "restricted",
        "s",
        "unavailable",
        "unknown",
        "withheld",
        "<unknown>",
        "unassigned",
        "clir",
    }
)
"""What phone systems write in place of a number that was not given."""

SHORTEST_OUTSIDE = 6
"""Shorter numbers are taken for extensions, where the site does not say what its own are."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A number made comparable.

    Attributes:
        e164: the number as +49..., if its country could be told.
        key: what joins calls of the same customer; null if withheld or one of our own.
    """

    e164: str | None
    key: str | None


UNKNOWN = Caller(None, None)


def caller(raw: str | None, region: str | None = None, internal: Iterable[str] = ()) -> Caller:
    """Return who called, given the site's region ('DE', 'GB') and patterns of its own numbers.

    A national number is read as one of the region; where there is no region it is kept as it is,
    which still joins it with itself.
    """
    number = _tidy(raw or "")
    if number.lower() in WITHHELD:
        return UNKNOWN
    if _is_internal(number, internal):
        return UNKNOWN
    digits = _dialable(number)
    if digits is None:
        return Caller(None, number)
    e164 = _e164(digits, region)
    return Caller(e164, e164 or digits)


def _tidy(raw: str) -> str:
    """Take a number out of what Excel, SIP and caller-id forms put around it."""
    text = raw.strip()
    if text.endswith(">"):
        text = text[:-1].rpartition("<")[2]  # a name may stand before it: "Ann" <+44...>
    text = text.strip("'\"=").strip()
    for start in ("sip:", "sips:", "tel:"):
        text = text.removeprefix(start)
    return text.partition("@")[0].partition(";")[0].strip()


def _is_internal(number: str, patterns: Iterable[str]) -> bool:
    declared = tuple(patterns)
    if any(fnmatchcase(number, pattern) for pattern in declared):
        return True
    return not declared and number.isdigit() and len(number) < SHORTEST_OUTSIDE


def _dialable(number: str) -> str | None:
    """Return only what can be dialled, or None for an id that is no number."""
    compact = number.translate(_SEPARATORS)
    plus = compact.startswith("+")
    digits = compact.lstrip("+")
    if not digits.isdigit() or not digits.isascii():
        return None
    return "+" + digits if plus else digits


_SEPARATORS = str.maketrans("", "", " -./()\u00a0")


def _e164(digits: str, region: str | None) -> str | None:
    """Write a number as E.164.

    Numbers of one length that begin alike are written alike, so the work is done once for each
    beginning: 7 digits decide country, prefix and area in every numbering plan.
    """
    keep = 8 if digits.startswith("+") else 7
    rule = _rule(digits[:keep], len(digits), region)
    return None if rule is None else rule[0] + digits[rule[1] :]


@cache
def _rule(start: str, length: int, region: str | None) -> tuple[str, int] | None:
    """Return what to write before a number and how many of its digits to drop, or None."""
    probe = start + "5" * (length - len(start))
    for text, country in _readings(probe, region):
        try:
            parsed = phonenumbers.parse(text, country)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            return _difference(probe, parsed)
    return None


def _readings(probe: str, region: str | None) -> list[tuple[str, str | None]]:
    if probe.startswith("+"):
        return [(probe, None)]
    if probe.startswith("00") and region is None:
        return [("+" + probe[2:], None)]
    if region is None:
        return []
    code = str(phonenumbers.country_code_for_region(region))
    international = [("+" + probe, None)] if probe.startswith(code) and len(probe) > 9 else []
    return [(probe, region), *international]


def _difference(probe: str, parsed: phonenumbers.PhoneNumber) -> tuple[str, int] | None:
    written = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(parsed)
    if not probe.endswith(national):
        return None
    return written.removesuffix(national), len(probe) - len(national)
