"""Trying a definition on its examples and on the reference calls."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from everycall.definitions.categories import Category
from everycall.definitions.model import Definition
from everycall.definitions.phrases import tell
from everycall.definitions.reference import reference_calls

Row = dict[str, Any]
Judge = Callable[[Definition, Sequence[Row]], list[Row]]
"""What an engine does: it says of some calls what a definition calls them, in their order."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A call told in words, and what a definition has to call it.

    Attributes:
        place: where it stands in the definition's file.
        reason: the kind within the category; '' if any will do.
    """

    place: str
    story: str
    category: Category
    reason: str = ""
    switches: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tried:
    """A trial, and what the definition said."""

    trial: Trial
    category: str
    reason: str
    rule: str

    @property
    def right(self) -> bool:
        """Tell whether the definition said what it has to say."""
        same_reason = self.trial.reason in ("", self.reason)
        return self.category == self.trial.category and same_reason

    def __str__(self) -> str:
        wanted = " ".join(filter(None, (self.trial.category.value, self.trial.reason)))
        return (
            f"{self.trial.place}: '{self.trial.story}' has to be {wanted}, "
            f"but rule '{self.rule}' makes it {self.category} {self.reason}"
        )


def trials(definition: Definition) -> Iterator[Trial]:
    """Yield everything that a definition can be tried on."""
    stories = reference_calls()
    for name, category in definition.pack.reference.items():
        yield Trial(f"reference.{name}", stories[name], category)
    for i, example in enumerate(definition.pack.examples, 1):
        yield Trial(
            f"examples[{i}]", example.story, example.category, example.reason, example.switches
        )


def try_out(definition: Definition, judge: Judge) -> list[Tried]:
    """Return what a definition says of everything that it can be tried on."""
    groups: dict[tuple[Any, ...], list[Trial]] = {}
    for trial in trials(definition):
        groups.setdefault(tuple(sorted(trial.switches.items())), []).append(trial)
    found = []
    for settings, group in groups.items():
        rows = [tell(trial.story) for trial in group]
        said = judge(definition.switched(dict(settings)), rows)
        found += [
            Tried(trial, s["category"], s["reason"], s["rule"])
            for trial, s in zip(group, said, strict=True)
        ]
    return found
