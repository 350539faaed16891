"""The words of Asterisk's manager interface: lines of `Name: value`, an empty line ends a message."""

from collections.abc import Iterable, Mapping
from typing import Any

Fields = dict[str, Any]
"""The fields of a message by name; one that comes several times has a list."""

LONGEST = 1 << 20
"""A message longer than this, in bytes, is no message."""

_END = b"\r\n\r\n"


class Decoder:
    """Turns what arrives, in pieces of any size, into messages."""

    def __init__(self) -> None:
        self._rest = b""
        self.too_long = 0

    def feed(self, data: bytes) -> list[Fields]:
        """Take what has arrived and return the messages that it completes."""
        *whole, self._rest = (self._rest + data).split(_END)
        if len(self._rest) > LONGEST:
            self._rest = b""
            self.too_long += 1
        return [fields for fields in map(_fields, whole) if fields]


def _fields(message: bytes) -> Fields:
    fields: Fields = {}
    for line in message.decode("utf-8", "replace").split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or " " in name:
            # the banner, or the output of a command
            continue
        value = value.removeprefix(" ")
        if name in fields:
            before = fields[name]
            fields[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            fields[name] = value
    return fields


def encode(fields: Mapping[str, str] | Iterable[tuple[str, str]]) -> bytes:
    """Write a message.

    Raises:
        ValueError: a value holds a line end, which would make a second field of it.
    """
    pairs = list(fields.items() if isinstance(fields, Mapping) else fields)
    for name, value in pairs:
        if any(sign in f"{name}{value}" for sign in "\r\n\x00"):
            raise ValueError(f"a field of a manager action cannot hold a line end: {name}")
    return ("\r\n".join(f"{name}: {value}" for name, value in pairs) + "\r\n\r\n").encode()
