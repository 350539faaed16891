"""What an event may hold at most: whatever lies beyond would break the counting of everything else.

A phone system whose clock was never set, a number that overflowed, half a sign of a text: such a
record is kept with its reason, and costs nobody but itself.
"""

from dataclasses import fields
from operator import attrgetter

from everycall.events.model import Event

EARLIEST = 0
LATEST = 4_102_444_800_000_000
"""From 1970 until 2100, in microseconds."""

_DAY = 86_400_000_000
_CODE = 2**31 - 1
LONGEST = 10**12
"""A stretch of time lasts at most thirty years, in milliseconds."""

_LIMITS = {
    "resolution": (0, _DAY),
    "seq": (-(2**39), 2**39),
    "sip_code": (0, _CODE),
    "q850": (0, _CODE),
    "value": (-LONGEST, LONGEST),
}
_TEXTS = tuple(f.name for f in fields(Event) if f.name not in (*_LIMITS, "at"))
_NUMBERS_OF, _TEXTS_OF = attrgetter(*_LIMITS), attrgetter(*_TEXTS)
_BOUNDS = tuple((name, *bounds) for name, bounds in _LIMITS.items())


def moment_beyond(at: int, latest: int = LATEST) -> str | None:
    """Say what is wrong with a moment; None if it can be counted with."""
    if not EARLIEST <= at < LATEST:
        return f"no moment between 1970 and 2100: {at}"
    return f"a moment far ahead of our clock: {at}" if at >= latest else None


def text_beyond(text: str) -> str | None:
    """Say what is wrong with a text; None if it can be kept."""
    if "\x00" in text:
        return "a text holds a zero byte"
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return "a text holds half a sign"
    return None


def event_beyond(event: Event, latest: int = LATEST) -> str | None:
    """Say what is wrong with an event; None if it can be counted with."""
    return moment_beyond(event.at, latest) or _number_beyond(event) or _texts_beyond(event)


def _number_beyond(event: Event) -> str | None:
    for value, (name, least, most) in zip(_NUMBERS_OF(event), _BOUNDS, strict=True):
        if value is not None and not (isinstance(value, int) and least <= value <= most):
            return f"'{name}' is out of all bounds: {value}"
    return None


def _texts_beyond(event: Event) -> str | None:
    for place, value in enumerate(_TEXTS_OF(event)):
        if value is not None and (why := text_beyond(value)) is not None:
            return f"'{_TEXTS[place]}': {why}"
    return None
