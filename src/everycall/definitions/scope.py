"""What the words of a definition's rules stand for: facts, its limits, its switches."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from everycall.definitions.language import Duration, Number
from everycall.definitions.model import Definition
from everycall.definitions.parsing import parse_value
from everycall.definitions.tokens import WrongTextError
from everycall.definitions.words import Kind, words


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word stands for: its kind, and what it may be if that is one of some words."""

    kind: Kind
    values: tuple[str, ...] = ()
    what: str = "fact"


@dataclass(frozen=True, slots=True)
class Scope:
    """The words that the rules of one definition may use."""

    limits: Mapping[str, Kind]
    switches: Mapping[str, tuple[str, ...]]

    def meaning(self, word: str) -> Meaning | None:
        """Return what a word stands for, or None if it stands for nothing."""
        fact = words().get(word)
        if fact is not None:
            return Meaning(fact.kind, fact.values)
        if word in self.limits:
            return Meaning(self.limits[word], what="limit")
        if word in self.switches:
            values = self.switches[word]
            return Meaning(Kind.CHOICE if values else Kind.TRUTH, values, "switch")
        return None

    def known(self) -> tuple[str, ...]:
        """Return every word that stands for something."""
        return (*words(), *self.limits, *self.switches)


def scope_of(definition: Definition) -> Scope:
    """Return the words that the rules of a definition may use."""
    limits = definition.pack.limits.items()
    switches = definition.pack.switches.items()
    return Scope(
        {name: limit_kind(limit.values[0].value) for name, limit in limits},
        {name: switch.values for name, switch in switches},
    )


def limit_value(text: str) -> Duration | Number:
    """Read what a limit is.

    Raises:
        ValueError: it is no duration and no number.
    """
    try:
        found = parse_value(text)
    except WrongTextError as error:
        raise ValueError(error.sentence) from None
    if not isinstance(found, Duration | Number):
        raise ValueError(f"expected a duration such as '30 s' or a number, found '{text}'")  # noqa: TRY004 - the text is wrong, not its type
    return found


def limit_kind(text: str) -> Kind:
    """Return whether a limit is a duration or a number."""
    return Kind.DURATION if isinstance(limit_value(text), Duration) else Kind.NUMBER


def whole(number: Decimal) -> int | Decimal:
    """Return a number as a whole one where it is."""
    return int(number) if number == number.to_integral_value() else number
