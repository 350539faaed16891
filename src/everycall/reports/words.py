"""Numbers and sentences as people write them, in their language."""

from collections.abc import Iterable, Mapping
from functools import reduce
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
        many: the text for a number `n` that is not one; '' where one text does for all.
    """

    __slots__ = ("many", "text", "values")

    text: str
    values: Mapping[str, "Value"]
    many: str


class Name(str):
    """What somebody called a thing: it is the same in every language."""

    __slots__ = ()


class Share(float):
    """A ratio that is written as a percentage."""

    __slots__ = ()


class Length(int):
    """Milliseconds that are written as a duration."""

    __slots__ = ()


Value = str | int | float | Share | Length
"""What stands in a sentence: a text is said too, a fraction has one decimal."""


def said(text: str, /, **values: Value) -> Said:
    """Say a sentence in English, so that it can be said in another language later."""
    return _made(text, values)


def said_many(number: int, one: str, many: str, /, **values: Value) -> Said:
    """Say a sentence about a number of things, `{n}`, so that it can be said again later."""
    return _made(one, {"n": number, **values}, many)


def listed(texts: Iterable[str]) -> str:
    """Say texts one after another, with commas."""
    found = list(texts)
    return reduce(_next, found) if found else ""


def numbered(name: str, number: int) -> str:
    """Write how many calls something has behind its name."""
    return said("{name} ({n})", name=name, n=number)


def _next(before: str, text: str) -> str:
    return said("{before}, {text}", before=before, text=text)


def _made(text: str, values: Mapping[str, Value], many: str = "") -> Said:
    chosen = many if many and values["n"] != 1 else text
    found = Said(chosen.format(**{name: _english(value) for name, value in values.items()}))
    found.text, found.values, found.many = text, values, many
    return found


def _english(value: Value) -> str:
    return value if isinstance(value, str) else _ENGLISH.value(value).replace("\u00a0", " ")


class Words:
    """Says things in one language; English is what stands in the code."""

    def __init__(self, name: str = "en") -> None:
        self.language: Language = language(name) if name != "en" else english()
        self.name = name

    def __call__(self, text: str, /, **values: Any) -> str:
        """Say a sentence, with values in its places."""
        if isinstance(text, Name):
            return str(text)
        if isinstance(text, Said):
            return self._again(text)
        found = self.language.text(text)
        return self._filled(found, values) if values else found

    def _filled(self, text: str, values: Mapping[str, Any]) -> str:
        """Put values into their places, days and what runs the other way as the language has it."""
        inside = self.language.inside
        return text.format(
            **{name: inside(v) if isinstance(v, str) else v for name, v in values.items()}
        )

    def _again(self, text: Said) -> str:
        """Say a sentence again, its values too."""
        values = {name: self.value(value) for name, value in text.values.items()}
        if not text.many:
            return self(text.text, **values)
        number = int(text.values["n"])
        return self._filled(self.language.plural(text.text, text.many, number), values)

    def value(self, value: Value) -> str:
        """Write what stands in a sentence."""
        if isinstance(value, str):
            return self(value)
        if isinstance(value, Share):
            return self.percent(value)
        if isinstance(value, Length):
            return self.duration(value)
        return self.count(value) if isinstance(value, int) else self.number(value, 1)

    def many(self, number: float | None, one: str, many: str, **values: Any) -> str:
        """Say a sentence about a number of things; `{n}` is the number."""
        found = self.language.plural(one, many, round(number or 0))
        return self._filled(found, {"n": self.count(number), **values})

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
        return DASH if ratio is None else self.language.share.format(self.number(ratio * 100, 1))

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
