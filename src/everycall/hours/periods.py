"""What a line of opening hours says: which days, and from when to when by the clock on the wall."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from itertools import chain, pairwise, takewhile
from typing import NamedTuple, Self, TypeVar

from everycall.errors import did_you_mean

T = TypeVar("T")
U = TypeVar("U")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60

_CLOSED = "closed"
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


class Period(NamedTuple):
    """From when to when, in minutes after the day's midnight; more than 24 h is the next day."""

    start: int
    end: int

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read '08:00-12:30', '18:00-24:00' or, over midnight, '22:00-02:00'.

        Raises:
            ValueError: the text is no period.
        """
        opens, dash, closes = text.partition("-")
        if not dash:
            raise ValueError(f"'{text}' is no period; write for example 08:00-12:30")
        start, end = _each(_minutes, (opens, closes))
        if start == DAY_MINUTES:
            raise ValueError(f"'{text}' starts when the day is over; write 00:00 on the next day")
        if start == end:
            raise ValueError(f"'{text}' has no length; a whole day is 00:00-24:00")
        return cls(start, end if end > start else end + DAY_MINUTES)

    def __str__(self) -> str:
        end = self.end if self.end <= DAY_MINUTES else self.end - DAY_MINUTES
        return f"{_clock(self.start)}-{_clock(end)}"


class WeekLine(NamedTuple):
    """The hours of some days of the week, 0 being Monday."""

    weekdays: tuple[int, ...]
    periods: tuple[Period, ...]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read 'mon-fri 08:00-12:30 13:30-18:00', 'sat, sun 10:00-14:00' or 'sun closed'.

        Raises:
            ValueError: a day or a period cannot be read.
        """
        words = _words(text)
        names = list(takewhile(_is_name, words))
        if not names:
            raise ValueError(f"'{text}' names no day; write for example 'mon-fri 08:00-17:00'")
        weekdays, periods = _both(
            lambda: _each(_weekdays, names), lambda: _periods(text, words[len(names) :])
        )
        return cls(tuple(chain.from_iterable(weekdays)), periods)


class DatedLine(NamedTuple):
    """The hours of one day of the calendar, or of each day from the first to the last."""

    first: date
    last: date
    periods: tuple[Period, ...]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read '2026-12-24 08:00-12:00', '2026-12-31 closed' or '2026-08-03..2026-08-14 closed'.

        Raises:
            ValueError: a day or a period cannot be read.
        """
        days, *times = _words(text) or [text]
        (first, last), periods = _both(lambda: _dates(days), lambda: _periods(text, times))
        return cls(first, last, periods)


def _each(read: Callable[[str], T], words: Iterable[str]) -> list[T]:
    """Read every word, and name all that cannot be read in one sentence."""
    found, wrong = [], []
    for word in words:
        try:
            found.append(read(word))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(dict.fromkeys(wrong)))
    return found


def _both(head: Callable[[], T], tail: Callable[[], U]) -> tuple[T, U]:
    """Read both parts of a line, and name what is wrong in either in one sentence."""
    try:
        found = head()
    except ValueError as error:
        try:
            tail()
        except ValueError as other:
            raise ValueError(f"{error}; {other}") from None
        raise
    return found, tail()


def _words(text: str) -> list[str]:
    """Return the words of a line; blanks around a dash, or a typographic one, are no mistake."""
    tidy = re.sub(r"\s*(-|\.\.)\s*", r"\1", text.replace("–", "-"))
    return tidy.lower().replace(",", " ").split()


def _is_name(word: str) -> bool:
    return word != _CLOSED and not word[0].isdigit()


def _periods(line: str, words: list[str]) -> tuple[Period, ...]:
    if words == [_CLOSED]:
        return ()
    if not words:
        raise ValueError(f"'{line}' does not say when; add hours such as 08:00-17:00, or 'closed'")
    periods = sorted(_each(Period.from_text, words))
    for before, after in pairwise(periods):
        if after.start < before.end:
            raise ValueError(f"'{before}' and '{after}' overlap; write them as one")
    return tuple(periods)


def _weekdays(text: str) -> list[int]:
    """Read 'mon', 'mon-fri' or, over the end of the week, 'sat-mon'."""
    first, last = _each(_weekday, text.split("-", 1) if "-" in text else (text, text))
    return [day % 7 for day in range(first, last + 1 if last >= first else last + 8)]


def _weekday(name: str) -> int:
    if name not in WEEKDAYS:
        hint = did_you_mean(name, (*WEEKDAYS, _CLOSED)) or f" (known: {', '.join(WEEKDAYS)})"
        raise ValueError(f"there is no weekday '{name}'{hint}")
    return WEEKDAYS.index(name)


def _dates(text: str) -> tuple[date, date]:
    """Read '2026-12-24', which is its own range, or '2026-08-03..2026-08-14'."""
    begins, _, ends = text.partition("..")
    first, last = _each(_date, (begins, ends or begins))
    if last < first:
        raise ValueError(f"'{text}' ends before it begins; write {last}..{first}")
    return first, last


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day '{text}'; write for example 2026-12-24") from None


def _minutes(text: str) -> int:
    time = _TIME.fullmatch(text)
    hours, minutes = map(int, time.groups()) if time else (99, 99)
    if minutes > 59 or hours * 60 + minutes > DAY_MINUTES:
        raise ValueError(f"'{text}' is no time of day (00:00 to 24:00)")
    return hours * 60 + minutes


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
