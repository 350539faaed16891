"""A definition: ordered rules with their limits and switches, as its file says them."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from everycall.definitions.categories import Category
from everycall.definitions.language import Node, show
from everycall.settings import setting


@dataclass(frozen=True, slots=True)
class LimitValue:
    """What a limit is from some day on."""

    value: str = setting(doc="A duration such as '30 s', or a number.")
    since: date | None = setting(None, doc="The first local day on which it holds.")
    source: str = setting("", doc="Who says so, and where.")


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that rules speak of by its name; it may change from a day on."""

    doc: str = setting(doc="What it limits.")
    values: tuple[LimitValue, ...] = setting(doc="Its values, the oldest first.")


@dataclass(frozen=True, slots=True)
class Switch:
    """Something that the source of a definition leaves open: one of two or more readings."""

    default: object = setting(doc="How it stands unless the team says otherwise.")
    doc: str = setting(doc="What it decides.")
    values: tuple[str, ...] = setting((), doc="Its settings; without them it is true or false.")
    source: str = setting("", doc="Where the source leaves it open.")


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as it is written."""

    name: str = setting(doc="One word that stands for the rule.")
    when: str = setting(doc="The condition over the facts of a call.")
    category: Category = setting(doc="What the definition calls such a call.")
    why: str = setting(doc="A sentence that explains it to a person.")
    source: str = setting(doc="Who says so, and where.")
    reason: str = setting("", doc="The kind within the category; else the call's outcome.")


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What a call is for which every rule was judged and none was true."""

    category: Category = setting(Category.CANNOT_TELL, doc="What such a call is.")
    why: str = setting("no rule says what such a call is", doc="A sentence that explains it.")
    source: str = setting("", doc="Who says so, and where.")


@dataclass(frozen=True, slots=True)
class Example:
    """A call told in words, and what the definition has to call it."""

    story: str = setting(doc="What happened, told in the words that stories are made of.")
    category: Category = setting(doc="What the definition calls it.")
    reason: str = setting("", doc="The kind within the category, if it matters.")
    switches: dict[str, object] = setting(factory=dict, doc="How switches stand for it.")


@dataclass(frozen=True, slots=True)
class PackText:
    """A definition as its file says it."""

    title: str = setting(doc="Its name as people say it.")
    version: str = setting(doc="A number that rises when its meaning changes.")
    doc: str = setting(doc="What it is, in a sentence or two.")
    source: str = setting(doc="The texts that it is taken from.")
    headline: tuple[Category, ...] = setting(doc="The categories that make its headline number.")
    rules: tuple[RuleText, ...] = setting(doc="The rules; the first that is true wins.")
    categories: dict[str, str] = setting(factory=dict, doc="What its words mean.")
    part_of: dict[str, Category] = setting(factory=dict, doc="Words that are a kind of another.")
    limits: dict[str, Limit] = setting(factory=dict, doc="Numbers that rules speak of.")
    switches: dict[str, Switch] = setting(factory=dict, doc="What the source leaves open.")
    otherwise: Otherwise = setting(factory=Otherwise, doc="When no rule is true.")
    reference: dict[str, Category] = setting(factory=dict, doc="What the reference calls are.")
    examples: tuple[Example, ...] = setting((), doc="Calls, and what they have to be.")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule whose condition was read."""

    name: str
    when: Node
    category: Category
    why: str
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """A named reading of the outcomes, ready to judge calls.

    Attributes:
        settings: how every switch stands.
        text: the file as it was written, to be kept with the numbers that it made.
        of_clients: brands whose calls are judged in words of their own, and these.
    """

    id: str
    pack: PackText
    rules: tuple[Rule, ...]
    settings: Mapping[str, bool | str]
    text: str = field(repr=False)
    of_clients: "Mapping[str, Definition]" = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Return its name as people say it."""
        return self.pack.title

    @property
    def headline(self) -> tuple[Category, ...]:
        """Return the categories that make its headline number."""
        return self.pack.headline

    def of(self, client: str | None) -> "Definition":
        """Return the words in which a brand's calls are judged: its own, else these."""
        return self.of_clients.get(client or "", replace(self, of_clients={}))

    @property
    def digest(self) -> str:
        """Return 12 characters that change whenever a verdict could change."""
        meaning = "\n".join(_meaning(self))
        return hashlib.sha256(meaning.encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        """Return what stands beside every number that it made: its id and its version."""
        own = "".join(f"; {client}: {one.name}" for client, one in sorted(self.of_clients.items()))
        return f"{self.id} {self.pack.version} ({self.digest}){own}"

    def switched(self, settings: Mapping[str, object]) -> "Definition":
        """Return the same definition with some switches set otherwise."""
        chosen = {name: _setting(value) for name, value in settings.items()}
        return replace(self, settings={**self.settings, **chosen})

    def says(self, category: Category) -> str:
        """Return what this definition means by a category."""
        return self.pack.categories.get(category, category.doc)


def _setting(value: object) -> bool | str:
    return value if isinstance(value, bool) else str(value)


def _meaning(definition: Definition) -> Iterator[str]:
    for rule in definition.rules:
        yield f"{rule.name}|{show(rule.when)}|{rule.category}|{rule.reason}"
    yield f"otherwise|{definition.pack.otherwise.category}"
    for name, limit in sorted(definition.pack.limits.items()):
        yield f"{name}|{[(v.value, str(v.since)) for v in limit.values]}"
    yield str(sorted(definition.settings.items()))
    yield str(sorted(definition.headline))
    for client, own in sorted(definition.of_clients.items()):
        yield f"{client}|{own.digest}"
