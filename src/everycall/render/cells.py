"""What stands in a cell of a file that a table program opens."""

from typing import Any

_BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\0")


def harmless(value: Any) -> Any:
    """Keep a text from being run as a formula: one that begins like it gets a sign before it."""
    if not isinstance(value, str) or not value.startswith(_BEGINNINGS):
        return value
    is_number = value[0] == "+" and value[1:].isdigit()
    return value if is_number else f"'{value}"
