"""Reading a condition: words to a tree, by precedence: `or`, then `and`, then `not`, then values."""

from collections.abc import Callable
from decimal import Decimal

from everycall.definitions.language import (
    DEEPEST,
    KEYWORDS,
    LONGEST,
    OPERATORS,
    UNITS,
    Always,
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
)
from everycall.definitions.tokens import Token, WrongTextError, tokens


def parse(text: str) -> Node:
    """Read a condition.

    Raises:
        WrongTextError: it cannot be read; says why, and at which character.
    """
    if len(text) > LONGEST:
        raise WrongTextError(f"a condition may have {LONGEST} characters, this has {len(text)}", 0)
    return _Parser(list(tokens(text))).whole()


def parse_value(text: str) -> Value:
    """Read a single value: what a limit is.

    Raises:
        WrongTextError: it cannot be read, or there is more than a value.
    """
    parser = _Parser(list(tokens(text)))
    found = parser.value()
    if parser.next.kind != "end":
        raise parser.wrong("the end")
    return found


class _Parser:
    """A walk over the pieces of one condition."""

    def __init__(self, pieces: list[Token]) -> None:
        self.pieces = pieces
        self.place = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.pieces[self.place]

    def take(self) -> Token:
        token = self.next
        self.place = min(self.place + 1, len(self.pieces) - 1)
        return token

    def takes(self, text: str) -> bool:
        """Take the next piece if it is this one."""
        found = self.next.text == text and self.next.kind in ("word", "sign")
        if found:
            self.take()
        return found

    def wrong(self, wanted: str) -> WrongTextError:
        found = f"'{self.next.text}'" if self.next.text else "the end"
        return WrongTextError(f"expected {wanted}, found {found}", self.next.at)

    def whole(self) -> Node:
        node = self.either()
        if self.next.kind != "end":
            raise self.wrong("'and', 'or' or the end")
        return node

    def either(self) -> Node:
        at, parts = self.next.at, [self.every()]
        while self.takes("or"):
            parts.append(self.every())
        return parts[0] if len(parts) == 1 else Or(tuple(parts), at=at)

    def every(self) -> Node:
        at, parts = self.next.at, [self.single()]
        while self.takes("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else And(tuple(parts), at=at)

    def single(self) -> Node:
        at = self.next.at
        if self.takes("always"):
            return Always(at=at)
        if self.takes("not"):
            return Not(self.deeper(at, self.single), at=at)
        if self.takes("("):
            node = self.deeper(at, self.either)
            if not self.takes(")"):
                raise self.wrong("')'")
            return node
        return self.comparison()

    def deeper(self, at: int, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WrongTextError(f"nested more than {DEEPEST} deep", at)
        node = read()
        self.depth -= 1
        return node

    def comparison(self) -> Node:
        at, left = self.next.at, self.value()
        if self.takes("in"):
            return In(left, self.items(), at=at)
        if self.next.kind == "sign" and self.next.text in OPERATORS:
            operator = self.take().text
            return Compare(left, operator, self.value(), at=at)
        if isinstance(left, Name):
            return left
        raise self.wrong("a comparison such as '>= 30 s'")

    def items(self) -> tuple[Value, ...]:
        if not self.takes("("):
            raise self.wrong("'(' and a list such as (a, b)")
        found = [self.value()]
        while self.takes(","):
            found.append(self.value())
        if not self.takes(")"):
            raise self.wrong("',' or ')'")
        return tuple(found)

    def value(self) -> Value:
        token = self.next
        if token.kind == "word" and token.text not in KEYWORDS:
            return Name(self.take().text, at=token.at)
        if token.kind == "text":
            return Text(self.take().text[1:-1], at=token.at)
        if token.kind == "number":
            return self.number()
        raise self.wrong("a fact, a limit or a value")

    def number(self) -> Value:
        """Read a number, or a duration: a number with a unit, perhaps several in a row."""
        first = self.take()
        if self.next.kind != "word" or self.next.text in KEYWORDS:
            return Number(Decimal(first.text), at=first.at)
        ms = Decimal(first.text) * self.unit()
        while self.next.kind == "number":
            ms += Decimal(self.take().text) * self.unit()
        if ms != ms.to_integral_value():
            raise WrongTextError("a duration is no finer than a millisecond", first.at)
        return Duration(int(ms), at=first.at)

    def unit(self) -> int:
        if self.next.text not in UNITS:
            raise self.wrong(f"a unit of time ({', '.join(UNITS)})")
        return UNITS[self.take().text]
