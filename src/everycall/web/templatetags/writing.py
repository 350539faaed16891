"""How moments and numbers are written on pages: in the site's zone and the reader's language."""

from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django import template
from django.utils import timezone, translation

from everycall.reports.words import DASH
from everycall.web.wording.saying import words

register = template.Library()

BY_DAY = {"en": "en_GB"}
"""English is written with the day first and by 24 hours."""


def locale() -> Locale:
    """Return the locale of the page."""
    name = translation.get_language() or "en"
    return Locale.parse(BY_DAY.get(name, name), sep="-" if "-" in name else "_")


@register.filter
def when(value: datetime | None) -> str:
    """Write a moment: day and time, in the site's zone."""
    if value is None:
        return DASH
    return f"{day(value)} {clock(value)}"


@register.filter
def exactly(value: datetime | None) -> str:
    """Write a moment to the second."""
    if value is None:
        return DASH
    here = timezone.localtime(value)
    return f"{day(value)} {here:%H:%M:%S}"


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a day."""
    if value is None:
        return DASH
    shown = timezone.localtime(value) if isinstance(value, datetime) else value
    return str(format_date(shown, "medium", locale=locale()))


@register.filter
def in_words(value: datetime | None) -> str:
    """Write a moment for a caller: the day by its name, and the time."""
    if value is None:
        return DASH
    named = format_date(timezone.localtime(value), "full", locale=locale())
    return f"{named}, {clock(value)}"


@register.filter
def day_or_name(value: str | None) -> str:
    """Write what a row is about: a day as days are written, else its name."""
    try:
        return day(date.fromisoformat(value or ""))
    except ValueError:
        return value or DASH


@register.filter
def clock(value: datetime | None) -> str:
    """Write a time of day."""
    if value is None:
        return DASH
    here = timezone.localtime(value)
    return str(format_time(here.time(), "short", locale=locale()))


@register.filter
def number(value: float | None) -> str:
    """Write a number."""
    return (
        DASH if value is None else words().language.marks(str(format_decimal(value, locale="en")))
    )


@register.filter
def money(value: float | None, places: int = 0) -> str:
    """Write an amount of money, with so many decimals."""
    return DASH if value is None else words().number(float(value), places)


@register.filter
def language(code: str) -> str:
    """Write a language's name; what is the code of none stays as the phone system said it."""
    try:
        spoken = Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return code
    return spoken.get_display_name(locale()) or code
