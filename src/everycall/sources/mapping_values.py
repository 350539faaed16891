"""Reading the cells of a CSV: moments, durations, numbers, and what spreadsheets made of them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from everycall.clock import from_micros
from everycall.sources.mapping_settings import Unit

_QUOTED = re.compile(r'^=\s*"(.*)"$', re.DOTALL)
_SCIENTIFIC = re.compile(r"^(\d)(?:[.,](\d+))?[eE]\+?(\d+)$")
_WHOLE = re.compile(r"^(\d+)[.,]0+$")
_CLOCK = re.compile(r"^(?:(\d+)[.\s]\s*)?(\d+):(\d\d)(?::(\d\d)(?:[.,](\d{1,6}))?)?$")
_EPOCHS = ((13, 1_000_000), (16, 1000), (19, 1))
"""Below so many digits, one of a number since 1970 is worth so many microseconds."""

_THOUSAND = {Unit.MICROSECONDS: 0.001, Unit.MILLISECONDS: 1.0, Unit.SECONDS: 1000.0}
_MILLISECONDS = {
    **_THOUSAND,
    Unit.MINUTES: 60_000.0,
    Unit.MINUTES_SECONDS: 1000.0,
    Unit.HOURS: 1000.0,
    Unit.HOURS_MINUTES: 60_000.0,
}
_FINEST = {"%f": 1, "%S": 1_000_000, "%T": 1_000_000, "%M": 60_000_000}
"""How exact a moment is, in microseconds, by the smallest thing that its form names."""


class DamagedError(ValueError):
    """A number whose last digits a spreadsheet has thrown away."""


def cell(text: str) -> str:
    """Take a cell out of what spreadsheets put around it: spaces, ="...", a leading apostrophe."""
    found = text.strip()
    if not found or found[0] not in "='":
        return found
    quoted = _QUOTED.match(found)
    if quoted:
        found = quoted[1].strip()
    return found.removeprefix("'") if not found.endswith("'") else found


def identity(text: str) -> str:
    """Return a number or id as it was before a spreadsheet took it for a quantity.

    Raises:
        DamagedError: digits were lost, and what is left would join calls that have nothing in
            common.
    """
    whole = _WHOLE.match(text)
    if whole:
        return whole[1]
    found = _SCIENTIFIC.match(text)
    if not found:
        return text
    first, rest, power = found[1], found[2] or "", int(found[3])
    if power > 40 or len(rest) < power:
        raise DamagedError(f"'{text}' lost its last digits in a spreadsheet")
    return first + rest[:power]


def duration(text: str, unit: Unit, decimal: str = ".") -> int:
    """Return a duration in milliseconds.

    Raises:
        ValueError: it is none.
    """
    found = _CLOCK.match(text)
    if found:
        return _clock(found, unit)
    grouping = "." if decimal == "," else ","
    plain = "".join(text.split()).replace(grouping, "").replace(decimal, ".")
    try:
        return round(float(plain) * _MILLISECONDS[unit])
    except OverflowError:
        raise ValueError("endless") from None


def _clock(found: re.Match[str], unit: Unit) -> int:
    days, first, second, third, fraction = found.groups()
    if int(second) > 59 or int(third or 0) > 59:
        raise ValueError("more than 59 minutes or seconds")
    if third is None and unit is not Unit.HOURS_MINUTES:
        return (int(first) * 60 + int(second)) * 1000
    seconds = (int(days or 0) * 24 + int(first)) * 3600 + int(second) * 60 + int(third or 0)
    return seconds * 1000 + round(float(f"0.{fraction or 0}") * 1000)


def moment(text: str, formats: Sequence[str]) -> datetime:
    """Return a moment: local if nothing in it says more, in UTC if it counts from 1970.

    Raises:
        ValueError: it has none of the forms.
    """
    for form in formats:
        try:
            return _automatic(text) if form == "auto" else datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the mapping's, added later
        except ValueError:
            continue
    raise ValueError(f"'{text}' has not the form of {' or '.join(formats)}")


def _automatic(text: str) -> datetime:
    digits, _, fraction = text.partition(".")
    if digits.isdigit() and len(digits) >= 9 and len(digits) != 14:
        return from_micros(_epoch(digits, fraction))
    return datetime.fromisoformat(text)


def _epoch(digits: str, fraction: str) -> int:
    factor = next((factor for below, factor in _EPOCHS if len(digits) < below), None)
    if factor is None or (fraction and not fraction.isdigit()):
        raise ValueError(f"'{digits}' is no time since 1970")
    return int(digits) * factor + round(float(f"0.{fraction or 0}") * factor)


def time_of_day(text: str, formats: Sequence[str], day: datetime) -> datetime:
    """Return a time of day on a day.

    Raises:
        ValueError: it has none of the forms.
    """
    if tuple(formats) != ("auto",):
        found = moment(text, formats)
        return day + timedelta(
            hours=found.hour,
            minutes=found.minute,
            seconds=found.second,
            microseconds=found.microsecond,
        )
    clock = _CLOCK.match(text)
    if not clock or clock[1]:
        raise ValueError(f"'{text}' is no time of day")
    try:
        return day + timedelta(milliseconds=_clock(clock, Unit.HOURS_MINUTES))
    except OverflowError:
        raise ValueError(f"'{text}' is no time of day") from None


def resolution(text: str, formats: Sequence[str]) -> int:
    """Return how exact a moment is, in microseconds, by how it is written."""
    if formats[0] != "auto":
        return min((_FINEST[part] for part in _FINEST if part in formats[0]), default=1_000_000)
    digits, point, _ = text.partition(".")
    if point or (digits.isdigit() and len(digits) > 10):
        return 1000
    return 1_000_000 if text.count(":") != 1 else 60_000_000


def aware(found: datetime) -> bool:
    """Tell whether a moment says its zone itself."""
    return found.tzinfo is not None
