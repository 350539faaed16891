"""How old a promise to call back is when a definition may call the call something else."""

from collections.abc import Iterator

from everycall.definitions.language import And, Compare, Duration, Name, Node, Not, Or, Value
from everycall.definitions.model import Definition
from everycall.definitions.scope import limit_value

_AGE = "callback_age"


def turning_ages(definition: Definition) -> frozenset[int]:
    """Return the ages, in microseconds, at which a comparison of a promise's age may turn.

    The words of brands that have their own are looked at, too.
    """
    found = {age for rule in definition.rules for age in _compared(definition, rule.when)}
    return frozenset(found.union(*map(turning_ages, definition.of_clients.values())))


def _compared(definition: Definition, node: Node) -> Iterator[int]:
    match node:
        case Compare(left=Name(word=word), right=other) if word == _AGE:
            yield from _turns(definition, other)
        case Compare(left=other, right=Name(word=word)) if word == _AGE:
            yield from _turns(definition, other)
        case Not():
            yield from _compared(definition, node.inner)
        case And() | Or():
            for part in node.parts:
                yield from _compared(definition, part)
        case _:
            pass


def _turns(definition: Definition, value: Value) -> Iterator[int]:
    """Yield the first moment at which an age is as long as a value, and the first at which it is longer.

    Ages are compared in whole milliseconds.
    """
    values = [value]
    if isinstance(value, Name) and value.word in definition.pack.limits:
        values = [limit_value(one.value) for one in definition.pack.limits[value.word].values]
    for one in values:
        if isinstance(one, Duration):
            yield from (one.ms * 1000, (one.ms + 1) * 1000)
