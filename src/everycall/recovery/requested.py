"""Callers who ask for a call on a page or through a program: whose number may be rung, and when."""

from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from everycall.settings import setting

_RUNG = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
)
"""Lines that cost what a call costs; who asks for a call to any other may be after the money."""

REASON = "callback_requested"


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """Callers who ask for a call on a public page."""

    on: bool = setting(
        default=False, doc="Whether anybody may ask for a call on the page /callback/."
    )
    countries: tuple[str, ...] = setting(
        (), doc="Whose numbers are called, as 'DE', 'AT'; empty: those of the site's own country."
    )
    queue: str = setting("", doc="The queue that calls them; empty: whoever answers for the brand.")
    slots: bool = setting(
        default=True, doc="Whether they may choose a half hour, where opening hours are known."
    )
    slot_callers: int = setting(2, doc="So many callers may choose the same half hour.")
    consent: dict[str, str] = setting(
        factory=dict, doc="What they agree to, in your words, by language: de = 'Ich willige ...'."
    )


def number_to_ring(
    written: str, region: str | None = None, countries: Iterable[str] = ()
) -> str | None:
    """Return a number as E.164 if it may be rung; None for what is no number or costs extra.

    `region`: the country of numbers without one; `countries`: the only ones that are called.
    """
    try:
        parsed = phonenumbers.parse(written, region)
    except NumberParseException:
        return None
    wanted = set(countries)
    if wanted and phonenumbers.region_code_for_number(parsed) not in wanted:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    if phonenumbers.number_type(parsed) not in _RUNG:
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
