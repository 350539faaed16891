"""Callers' numbers taken out of whatever is told, wherever in it they stand."""

from collections.abc import Iterator
from typing import Any

from everycall.web.writing import masked

_ALWAYS = ("caller", "caller_raw", "caller_key", "number")
_OURS = ("outbound", "callback")
"""Of these directions the customer is the one who was called."""

_SHORTEST = 5
"""A shorter number is an extension, and might stand anywhere by chance."""


def masked_all(told: Any) -> Any:
    """Return something that is told with every number of a customer masked, also within texts."""
    hidden = {number: masked(number) for number in _numbers(told) if len(number) >= _SHORTEST}
    longest_first = sorted(hidden, key=len, reverse=True)
    return _without(told, [(number, hidden[number]) for number in longest_first])


def _numbers(told: Any) -> Iterator[str]:
    if isinstance(told, dict):
        ours = told.get("direction") in _OURS
        for name, value in told.items():
            if isinstance(value, str) and (name in _ALWAYS or (ours and name == "called")):
                yield value
                yield value.removeprefix("+")
            else:
                yield from _numbers(value)
    elif isinstance(told, list | tuple):
        for item in told:
            yield from _numbers(item)


def _without(told: Any, hidden: list[tuple[str, str]]) -> Any:
    if isinstance(told, dict):
        return {name: _without(value, hidden) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_without(item, hidden) for item in told]
    if isinstance(told, str):
        for number, shown in hidden:
            told = told.replace(number, shown)
    return told
