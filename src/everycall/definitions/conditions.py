"""Whether a condition makes sense: known words, and values that can be compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from everycall.definitions.language import (
    And,
    Compare,
    Duration,
    In,
    Name,
    Node,
    Not,
    Number,
    Or,
    Text,
    Value,
    show_value,
)
from everycall.definitions.scope import Meaning, Scope
from everycall.definitions.words import Kind
from everycall.errors import did_you_mean

_ORDERED = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something in a condition that makes no sense: what, and at which character."""

    sentence: str
    at: int


def faults(node: Node, scope: Scope) -> Iterator[Wrong]:
    """Yield everything in a condition that makes no sense."""
    match node:
        case Name():
            yield from _truth(node, scope)
        case Compare():
            yield from _comparison(node, scope)
        case In():
            for item in node.items:
                yield from _pair(node.left, item, scope)
        case Not():
            yield from faults(node.inner, scope)
        case And() | Or():
            for part in node.parts:
                yield from faults(part, scope)
        case _:
            pass


def used(node: Node, scope: Scope) -> Iterator[str]:
    """Yield the facts, limits and switches that a condition speaks of, in the order of its text."""
    match node:
        case Name():
            yield node.word
        case Compare():
            yield from _used_beside(node.left, (node.right,), scope)
        case In():
            yield from _used_beside(node.left, node.items, scope)
        case Not():
            yield from used(node.inner, scope)
        case And() | Or():
            for part in node.parts:
                yield from used(part, scope)
        case _:
            pass


def _used_beside(left: Value, others: Sequence[Value], scope: Scope) -> Iterator[str]:
    others = () if is_choice(left, scope) else others
    yield from (value.word for value in (left, *others) if isinstance(value, Name))


def is_choice(value: Value, scope: Scope) -> bool:
    """Tell whether a value is one of some words, so that a word beside it is one of these."""
    meaning = _meaning(value, scope)
    return meaning is not None and meaning.kind is Kind.CHOICE


def _truth(name: Name, scope: Scope) -> Iterator[Wrong]:
    meaning = scope.meaning(name.word)
    if meaning is None:
        yield _unknown(name, scope)
    elif meaning.kind is not Kind.TRUTH:
        sentence = f"'{name.word}' is {meaning.kind}; compare it with something"
        yield Wrong(sentence, name.at)


def _comparison(node: Compare, scope: Scope) -> Iterator[Wrong]:
    found = list(_pair(node.left, node.right, scope))
    yield from found
    meaning = _meaning(node.left, scope)
    if found or meaning is None or node.operator not in _ORDERED:
        return
    if meaning.kind not in (Kind.DURATION, Kind.NUMBER):
        sentence = f"'{show_value(node.left)}' is {meaning.kind} and has no order; use = or !="
        yield Wrong(sentence, node.at)


def _pair(left: Value, right: Value, scope: Scope) -> Iterator[Wrong]:
    one = _meaning(left, scope)
    if one is None:
        if isinstance(left, Name):
            yield _unknown(left, scope)
        return
    if one.kind is Kind.TRUTH:
        yield Wrong(f"'{show_value(left)}' is true or false; write it alone or with 'not'", left.at)
    elif one.kind is Kind.CHOICE:
        yield from _choice(left, one, right)
    else:
        yield from _same_kind(left, one, right, scope)


def _choice(left: Value, meaning: Meaning, right: Value) -> Iterator[Wrong]:
    said = right.word if isinstance(right, Name) else show_value(right)
    if said not in meaning.values:
        known = f" (known: {', '.join(meaning.values)})"
        hint = did_you_mean(said, meaning.values) or known
        yield Wrong(f"'{said}' is nothing that '{show_value(left)}' can be{hint}", right.at)


def _same_kind(left: Value, one: Meaning, right: Value, scope: Scope) -> Iterator[Wrong]:
    other = _meaning(right, scope)
    if other is None:
        if isinstance(right, Name):
            yield _unknown(right, scope)
    elif other.kind is not one.kind:
        unit = ""
        if one.kind is Kind.DURATION and other.kind is Kind.NUMBER:
            unit = f": write a unit, such as '{show_value(right)} s'"
        sentence = f"'{show_value(left)}' is {one.kind}, '{show_value(right)}' is {other.kind}"
        yield Wrong(f"{sentence}{unit}", right.at)


def _meaning(value: Value, scope: Scope) -> Meaning | None:
    match value:
        case Name():
            return scope.meaning(value.word)
        case Number():
            return Meaning(Kind.NUMBER)
        case Duration():
            return Meaning(Kind.DURATION)
        case Text():
            return Meaning(Kind.TEXT)


def _unknown(name: Name, scope: Scope) -> Wrong:
    hint = did_you_mean(name.word, scope.known()) or "; see: everycall definitions words"
    return Wrong(f"unknown word '{name.word}'{hint}", name.at)
