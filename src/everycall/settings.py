"""Settings are frozen dataclasses; TOML tables are read into them, all mistakes named at once.

The dataclass is the only place where a setting is declared: the file format, the command line,
the documentation and the masking of secrets follow from it.
"""

import enum
import re
import tomllib
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from everycall.errors import BadSettingsError, Mistake, NotFoundError, did_you_mean

T = TypeVar("T")

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")


def setting(default: Any = MISSING, *, doc: str, factory: Any = MISSING) -> Any:
    """Declare a field of a settings dataclass, with the sentence that explains it."""
    return field(default=default, default_factory=factory, metadata={"doc": doc})


def doc_of(declared: "Field[Any]") -> str:
    """Return the sentence that explains a setting."""
    return str(declared.metadata.get("doc", ""))


def duration(text: str) -> timedelta:
    """Read '30 s', '2 min', '1 h 30 min', '500 ms' or '2 d'.

    Raises:
        ValueError: the text is no duration.
    """
    if not re.fullmatch(rf"\s*({_DURATION.pattern}\s*)+", text):
        raise ValueError(f"'{text}' is no duration; write for example '30 s', '2 min' or '24 h'")
    parts = _DURATION.findall(text)
    return sum((float(number) * _UNITS[unit] for number, unit in parts), timedelta())


@dataclass(slots=True)
class _Reading:
    """A walk through a table of settings that collects mistakes instead of stopping."""

    mistakes: list[Mistake]

    def wrong(self, place: str, sentence: str) -> None:
        self.mistakes.append(Mistake(place, sentence))

    def value(self, kind: Any, raw: Any, place: str) -> Any:
        origin = get_origin(kind)
        if origin in (Union, types.UnionType):
            inner = next(a for a in get_args(kind) if a is not type(None))
            return self.value(inner, raw, place)
        if is_dataclass(kind) and isinstance(kind, type) and not hasattr(kind, "from_text"):
            return self.table(kind, raw, place)
        if origin is tuple:
            return self.items(get_args(kind)[0], raw, place)
        if origin in (dict, Mapping) or origin is types.MappingProxyType:
            return self.named(get_args(kind)[1], raw, place)
        return self.plain(kind, raw, place)

    def table(self, kind: Any, raw: Any, place: str) -> Any:
        if not isinstance(raw, Mapping):
            self.wrong(place, f"expected a table, found {_shown(raw)}")
            return None
        declared = {f.name: f for f in fields(kind)}
        hints = get_type_hints(kind)
        for name in raw:
            if name not in declared:
                hint = did_you_mean(name, declared) or f" (known: {', '.join(declared)})"
                self.wrong(_join(place, name), f"unknown word '{name}'{hint}")
        values = {
            name: self.value(hints[name], raw[name], _join(place, name))
            for name in declared
            if name in raw
        }
        missing = [n for n, f in declared.items() if _required(f) and n not in raw]
        for name in missing:
            self.wrong(place, f"'{name}' is missing: {doc_of(declared[name])}")
        return None if missing else self.build(kind, values, place)

    def build(self, kind: Any, values: dict[str, Any], place: str) -> Any:
        try:
            return kind(**values)
        except (ValueError, TypeError, NotFoundError) as error:
            # after an earlier mistake a value may be None, and complaining again would confuse
            if not self.mistakes:
                self.wrong(place, str(error))
            return None

    def items(self, kind: Any, raw: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            self.wrong(place, f"expected a list in [ ], found {_shown(raw)}")
            return ()
        return tuple(self.value(kind, item, f"{place}[{i}]") for i, item in enumerate(raw, 1))

    def named(self, kind: Any, raw: Any, place: str) -> dict[str, Any]:
        if not isinstance(raw, Mapping):
            self.wrong(place, f"expected a table, found {_shown(raw)}")
            return {}
        return {name: self.value(kind, item, _join(place, name)) for name, item in raw.items()}

    def plain(self, kind: Any, raw: Any, place: str) -> Any:
        read = _READERS.get(kind) or _reader_of(kind)
        try:
            return read(raw)
        except (ValueError, TypeError) as error:
            self.wrong(place, str(error))
            return None


def _required(declared: "Field[Any]") -> bool:
    return declared.default is MISSING and declared.default_factory is MISSING


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place and not place.endswith(":") else f"{place} {name}".strip()


def _shown(raw: Any) -> str:
    return "true or false" if isinstance(raw, bool) else repr(raw)


def _read_text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError(f'expected text in quotes, found {_shown(raw)}: write "{raw}"')
    return raw


def _read_bool(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TypeError(f"expected true or false, found {_shown(raw)}")
    return raw


def _read_int(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise TypeError(f"expected a whole number, found {_shown(raw)}")
    return raw


def _read_float(raw: Any) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise TypeError(f"expected a number, found {_shown(raw)}")
    return float(raw)


def _read_duration(raw: Any) -> timedelta:
    if not isinstance(raw, str):
        raise TypeError(f'expected a duration such as "30 s", found {_shown(raw)}')
    return duration(raw)


def _read_zone(raw: Any) -> ZoneInfo:
    try:
        return ZoneInfo(_read_text(raw))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sentence = f"there is no time zone '{raw}'; write for example \"Europe/Berlin\""
        raise ValueError(sentence) from None


def _read_date(raw: Any) -> date:
    if isinstance(raw, date):
        return raw
    return date.fromisoformat(_read_text(raw))


def _reader_of(kind: Any) -> Callable[[Any], Any]:
    """Return the reader of an enumeration, or of a type that reads itself with `from_text`."""
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return lambda raw: _read_enum(kind, raw)
    if hasattr(kind, "from_text"):
        return lambda raw: kind.from_text(_read_text(raw))
    return lambda raw: raw


def _read_enum(kind: type[enum.Enum], raw: Any) -> enum.Enum:
    known = [str(member.value) for member in kind]
    if raw not in known:
        hint = did_you_mean(str(raw), known) or f" (known: {', '.join(known)})"
        raise ValueError(f"unknown word '{raw}'{hint}")
    return kind(raw)


_READERS: dict[Any, Callable[[Any], Any]] = {
    str: _read_text,
    bool: _read_bool,
    int: _read_int,
    float: _read_float,
    timedelta: _read_duration,
    ZoneInfo: _read_zone,
    date: _read_date,
}


def read_table(kind: type[T], table: Mapping[str, Any], place: str = "") -> T:
    """Read a table into a settings dataclass.

    Raises:
        BadSettingsError: with every mistake that was found, and where.
    """
    reading = _Reading([])
    found = reading.table(kind, table, place)
    if reading.mistakes:
        raise BadSettingsError(reading.mistakes)
    result: T = found
    return result


def read_file(kind: type[T], path: Path) -> T:
    """Read a TOML file into a settings dataclass.

    Raises:
        NotFoundError: there is no such file.
        BadSettingsError: with every mistake that was found, and where.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFoundError(f"there is no settings file '{path}'") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettingsError([Mistake(path.name, f"this is no valid TOML: {error}")]) from None
    return read_table(kind, table, f"{path.name}:")
