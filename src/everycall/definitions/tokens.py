"""Cutting the text of a condition into words, numbers, texts and signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<number>\d{1,15}(?:\.\d{1,9})?)
  | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<text>"[^"\r\n]*"|'[^'\r\n]*')
  | (?P<sign><=|>=|!=|==|<>|&&|\|\||[=<>(),!])
    """,
    re.VERBOSE | re.ASCII,
)

_SAID_ELSEWHERE = {"==": "=", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
"""Signs of other languages, and what is written here."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a condition: what it is, what it says and at which character it begins."""

    kind: str
    text: str
    at: int


class WrongTextError(ValueError):
    """Something in a condition cannot be read; says what, and at which character."""

    def __init__(self, sentence: str, at: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.at = at


def tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a condition, and an empty one at its end.

    Raises:
        WrongTextError: there is a sign that means nothing here.
    """
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise WrongTextError(_unknown(text[at]), at)
        kind, piece = str(found.lastgroup), found.group()
        if piece in _SAID_ELSEWHERE:
            raise WrongTextError(f"write '{_SAID_ELSEWHERE[piece]}' instead of '{piece}'", at)
        if kind != "space":
            yield Token(kind, piece, at)
        at = found.end()
    yield Token("end", "", len(text))


def _unknown(sign: str) -> str:
    if sign in "\"'":
        return "a text in quotes is not closed"
    return f"the sign {sign!r} means nothing here"
