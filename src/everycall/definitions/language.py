"""The language of rules: a few kinds of node, and how each is written.

    wait >= 30 s and not (outcome in (answered, answered_elsewhere))

A condition speaks of facts, of limits and of switches by their names, and of nothing else. A fact
that nobody saw is neither true nor false, so a rule that needs it cannot be told.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from types import UnionType

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
KEYWORDS = ("and", "or", "not", "in", "always")
UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}

LONGEST = 2_000
"""A condition may have so many characters."""

DEEPEST = 24
"""Parentheses and `not` may be nested so deep."""


def _place() -> int:
    """Declare where a node begins in its text, which takes no part in comparing nodes."""
    place: int = field(default=0, compare=False, kw_only=True)
    return place


@dataclass(frozen=True, slots=True)
class Name:
    """A bare word: a fact, a limit, a switch, or one of the words that a fact may be."""

    word: str
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Number:
    """A number without a unit."""

    value: Decimal
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Duration:
    """A stretch of time, in milliseconds."""

    ms: int
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes: a number that was called, the name of a queue."""

    value: str
    at: int = _place()


Value = Name | Number | Duration | Text


@dataclass(frozen=True, slots=True)
class Always:
    """True of every call."""

    at: int = _place()


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values, compared."""

    left: Value
    operator: str
    right: Value
    at: int = _place()


@dataclass(frozen=True, slots=True)
class In:
    """A value that is one of several."""

    left: Value
    items: tuple[Value, ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    inner: "Node"
    at: int = _place()


@dataclass(frozen=True, slots=True)
class And:
    """Conditions that must all hold."""

    parts: tuple["Node", ...]
    at: int = _place()


@dataclass(frozen=True, slots=True)
class Or:
    """Conditions of which one must hold."""

    parts: tuple["Node", ...]
    at: int = _place()


Node = Always | Name | Compare | In | Not | And | Or


def show(node: Node) -> str:
    """Write a condition; what is written reads back as the same condition."""
    match node:
        case Always():
            return "always"
        case Name():
            return node.word
        case Compare():
            return f"{show_value(node.left)} {node.operator} {show_value(node.right)}"
        case In():
            items = ", ".join(map(show_value, node.items))
            return f"{show_value(node.left)} in ({items})"
        case Not():
            return f"not {_inside(node.inner, And | Or)}"
        case And():
            return " and ".join(_inside(part, And | Or) for part in node.parts)
        case Or():
            return " or ".join(_inside(part, Or) for part in node.parts)


def _inside(node: Node, bracketed: type | UnionType) -> str:
    text = show(node)
    return f"({text})" if isinstance(node, bracketed) else text


def show_value(value: Value) -> str:
    """Write a value."""
    match value:
        case Name():
            return value.word
        case Number():
            return format(value.value, "f")
        case Duration():
            return show_duration(value.ms)
        case Text():
            return f'"{value.value}"' if '"' not in value.value else f"'{value.value}'"


def show_duration(ms: int) -> str:
    """Write a duration in the largest unit that leaves no rest: 30 s, 2 min, 90 s, 1500 ms."""
    for unit, size in sorted(UNITS.items(), key=lambda item: -item[1]):
        if ms % size == 0 and (ms or unit == "s"):
            return f"{ms // size} {unit}"
    return f"{ms} ms"
