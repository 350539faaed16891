"""What really happened to each call, which no log knows as well as the simulation."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Talk:
    """A talk with one person, in whole seconds as the clock shows them."""

    who: str
    began: int
    ended: int | None = None

    @property
    def seconds(self) -> int:
        """How long it lasted; a talk that was cut off has no end."""
        return 0 if self.ended is None else self.ended - self.began


@dataclass(slots=True)
class Visit:
    """One stay in a queue: whether the caller got in, and how it ended."""

    queue: str
    entered: int
    exit: str = ""
    left: int | None = None


@dataclass(slots=True)
class Attempt:
    """One ring of one phone; `queue` is empty for a phone that was called directly."""

    who: str
    queue: str
    result: str


@dataclass(slots=True)
class Story:
    """One call.

    Attributes:
        outcome: empty while it goes on.
        hidden: why no log has any trace of it; empty if one has.
    """

    direction: str
    number: str | None
    client: str
    began: int
    id: str = ""
    outcome: str = ""
    ended: int = 0
    hidden: str = ""
    handed_on: bool = False
    visits: list[Visit] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether a person spoke with the caller."""
        return bool(self.talks)

    @property
    def talk_seconds(self) -> int:
        """Time with people."""
        return sum(talk.seconds for talk in self.talks)
