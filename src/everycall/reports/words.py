"""Numbers and sentences as people write them, in their language."""

from collections.abc import Mapping
from typing import Any

from everycall.reports.languages import Language, english, language

DASH = "–"

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


UNITS = (
    "{s} s",
    "{min} min",
    "{min} min {s} s",
    "{h} h",
    "{h} h {min} min",
    "{d} d",
    "{d} d {h} h",
)
"""How durations are written."""


class Said(str):
    """A sentence with values in it, that can be said again in another language.

    Attributes:
        text, values: what it was made of; a number is written as the language has it.
    """

    __slots__ = ("text", "values")

    text: str
    values: Mapping[str, str | int]


def said(text: str, **values: str | int) -> Said:
    """Say a sentence in English, so that it can be said in another language later."""
    shown = {name: count(v) if isinstance(v, int) else v for name, v in values.items()}
    found = Said(text.format(**shown))
    found.text, found.values = text, values
    return found


class Words:
    """Says things in one language; English is what stands in the code."""

    def __init__(self, name: str = "en") -> None:
        self.language: Language = language(name) if name != "en" else english()
        self.name = name

    def __call__(self, text: str, **values: Any) -> str:
        """Say a sentence, with values in its places."""
        if isinstance(text, Said):
            own = text.values.items()
            return self(
                text.text, **{n: self(v) if isinstance(v, str) else self.count(v) for n, v in own}
            )
        found = self.language.text(text)
        return found.format(**values) if values else found

    def many(self, number: float | None, one: str, many: str, **values: Any) -> str:
        """Say a sentence about a number of things; `{n}` is the number."""
        found = self.language.plural(one, many, round(number or 0))
        return found.format(n=self.count(number), **values)

    def number(self, value: float, places: int) -> str:
        """Write a number with so many decimals."""
        return self.language.marks(f"{value:,.{places}f}")

    def count(self, value: float | None) -> str:
        """Write a number of things: 12,345."""
        return DASH if value is None else self.number(value, 0)

    def decimal(self, value: float | None) -> str:
        """Write a number with one decimal, or two if it is small."""
        return DASH if value is None else self.number(value, 2 if abs(value) < 1 else 1)

    def percent(self, ratio: float | None) -> str:
        """Write a ratio as a percentage with one decimal: 81.3 %."""
        return DASH if ratio is None else f"{self.number(ratio * 100, 1)}\u00a0%"

    def duration(self, milliseconds: float | None) -> str:
        """Write a duration in the two units that matter: 7 s, 2 min 05 s, 2 h 10 min, 3 d 4 h."""
        if milliseconds is None:
            return DASH
        seconds = round(milliseconds / 1000)
        if seconds < 60:
            return self("{s} s", s=seconds)
        minutes, seconds = divmod(seconds, 60)
        if minutes < 60:
            return self._two("{min} min", "{min} min {s} s", min=minutes, s=f"{seconds:02}")
        hours, minutes = divmod(minutes, 60)
        if hours < 24:
            return self._two("{h} h", "{h} h {min} min", h=hours, min=f"{minutes:02}")
        days, hours = divmod(hours, 24)
        return self._two("{d} d", "{d} d {h} h", d=days, h=hours)

    def _two(self, one: str, two: str, **values: int | str) -> str:
        """Write two units, or one where nothing is left for the other."""
        return self(two if int(list(values.values())[1]) else one, **values)

    def money(self, value: float | None, currency: str | None) -> str:
        """Write an amount of money, without cents: 1,240 EUR."""
        return DASH if value is None else f"{self.number(value, 0)}\u00a0{currency or ''}".rstrip()

    def calls(self, number: float | None) -> str:
        """Write a number of calls, in the singular where it is one."""
        return self.many(number, "{n} call", "{n} calls")

    def weekday(self, isodow: int) -> str:
        """Write the short name of a weekday; Monday is 1."""
        return self(WEEKDAYS[isodow - 1])


_ENGLISH = Words()


def count(number: float | None) -> str:
    """Write a number of things in English: 12,345."""
    return _ENGLISH.count(number)


def percent(ratio: float | None) -> str:
    """Write a ratio as a percentage with one decimal: 81.3 %."""
    return _ENGLISH.percent(ratio).replace("\u00a0", " ")


def duration(milliseconds: float | None) -> str:
    """Write a duration in the two units that matter: 7 s, 2 min 05 s, 2 h 10 min, 3 d 4 h."""
    return _ENGLISH.duration(milliseconds)


def calls(number: float | None) -> str:
    """Write a number of calls, in the singular where it is one."""
    return _ENGLISH.calls(number)


def plural(number: float, one: str, many: str) -> str:
    """Write a number of things by their name."""
    return f"{count(number)} {one if number == 1 else many}"


def by_unit(words: Words) -> Mapping[str, Any]:
    """Return how the values of each unit are written."""
    return {
        "count": words.count,
        "number": words.decimal,
        "share": words.percent,
        "duration": words.duration,
    }
