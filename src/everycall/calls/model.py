"""What the chain of tables is declared with: facts, rules, sources and steps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from everycall.events.sights import Sight


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a call, or null where no source of that call can see it.

    Attributes:
        sql: its expression, in DuckDB's dialect, over the table that its catalogue names.
        sight: what a source must see for null not to be the answer; None where it always can.
    """

    name: str
    type: str
    doc: str
    sql: str
    unit: str = ""
    sight: Sight | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that gives a call its outcome, if it is the first that is true.

    Attributes:
        when: a condition over the facts; null means that an unseen fact kept it from being said.
        facts: the facts that the condition stands on; those that are null become `missing`.
        evidence: the kinds of event that show it.
        why: the sentence that explains it to a person.
    """

    outcome: str
    doc: str
    when: str
    why: str
    facts: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceView:
    """What the chain has to know of a source to judge what it said.

    Attributes:
        fineness: the smaller, the more its moments and durations are believed.
        channels: its legs are channel ids of the phone system, so they join calls across sources.
        people: its agents are named as people know them, not as endpoints.
        carrier: it speaks from outside: what it has and we have not never got in.
    """

    name: str
    sees: frozenset[Sight]
    fineness: int = 5
    channels: bool = False
    people: bool = False
    carrier: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers that the chain needs, each settable by the site."""

    helped_after: timedelta = timedelta(seconds=10)
    episode_gap: timedelta = timedelta(hours=24)
    longest_call: timedelta = timedelta(hours=4)
    short_call: timedelta = timedelta(seconds=5)
    carrier_match: timedelta = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the chain is assembled for: the sources that take part, and the limits."""

    sources: tuple[SourceView, ...]
    limits: Limits = field(default_factory=Limits)

    def seeing(self, sight: Sight) -> int:
        """Return the mask of the sources that see something."""
        return self.mask(s.name for s in self.sources if sight in s.sees)

    def mask(self, names: Iterable[str]) -> int:
        """Return the mask of some sources: one bit for each, in their order here."""
        wanted = set(names)
        return sum(1 << i for i, s in enumerate(self.sources) if s.name in wanted)


@dataclass(frozen=True, slots=True)
class Step:
    """One table of the chain: its name, what it holds, and the statement that makes it."""

    name: str
    doc: str
    sql: str
