"""For whom, when and where a report is made, and what its makers have at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from everycall.reports.model import Query
from everycall.reports.words import Words


@dataclass(frozen=True, slots=True)
class Coverage:
    """A source that has spoken: what it is, from when to when, and how much of it was read."""

    title: str
    since: str
    until: str
    lines: int
    unreadable: int
    without_word: int


@dataclass(frozen=True, slots=True)
class Blind:
    """A thing that no source of the site can see, and what would show it."""

    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Frame:
    """For which site and time a report is made, and what its sources are.

    Attributes:
        options: what tells the command line whose calls these are.
    """

    site: str
    zone: str
    period: str
    coverage: Sequence[Coverage] = ()
    blind: Sequence[Blind] = ()
    options: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What every section is made from: the calls, the frame, and the words to say it in."""

    query: Query
    frame: Frame
    say: Words = field(default_factory=Words)
