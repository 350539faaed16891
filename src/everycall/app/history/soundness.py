"""What a source says is looked at before it is counted: one bad record costs itself, never the rest.

The same holds for files and for live feeds, so that both leave out the same.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from everycall.events import Event, Skip, SkipReason
from everycall.events.bounds import LATEST, event_beyond, moment_beyond, text_beyond
from everycall.sources.base import Record

T = TypeVar("T")

TOLERATED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a record can make a translation do that was not written for it."""

SHOWN = 500
"""So many characters of what could not be read are shown."""

_AHEAD = 86_400_000_000
_NOW = 300_000_000
"""So far two clocks that are right may differ: what is further ahead of ours is not the present."""


def latest_of(heard_at: int) -> int:
    """Return up to when a record that was heard at a moment is believed; 0 is not known.

    It is a day: a phone system whose clock runs away would end every call that is on.
    """
    return heard_at + _AHEAD if heard_at else LATEST


def present_of(said_at: int, heard_at: int) -> int:
    """Return the present as it was said at a moment, if our clock allows that; 0 is not known."""
    return min(said_at, heard_at + _NOW) if heard_at else said_at


def sound(item: T | Record, name: str, latest: int = LATEST) -> T | Record | Skip:
    """Return what a source read; a record that cannot be counted with becomes a skip."""
    if not isinstance(item, Record):
        return item
    bad_time = moment_beyond(item.at, latest)
    if bad_time is not None:
        return Skip(name, item.line, SkipReason.BAD_TIME, bad_time, str(item.body)[:SHOWN])
    texts = filter(None, (item.call, item.unit))
    bad_text = next((why for text in texts if (why := text_beyond(text))), None)
    if bad_text is not None:
        return Skip(name, item.line, SkipReason.BAD_VALUE, bad_text, repr(item.body)[:SHOWN])
    return item


def sound_events(
    events: Iterable[Event], name: str, skips: list[Skip], latest: int = LATEST
) -> Iterator[Event]:
    """Yield the events that can be counted with; the others are told."""
    for event in events:
        why = event_beyond(event, latest)
        if why is None:
            yield event
        else:
            skips.append(Skip(name, 0, SkipReason.BAD_VALUE, why, repr(event)[:SHOWN]))


def tolerated(work: Callable[[], Iterable[T]], name: str, text: str, skips: list[Skip]) -> list[T]:
    """Do some work; what nobody thought of costs the record or call, never the feed."""
    try:
        return list(work())
    except TOLERATED as error:
        why = f"{type(error).__name__}: {error}"
        skips.append(Skip(name, 0, SkipReason.BAD_VALUE, why, text[:SHOWN]))
        return []
