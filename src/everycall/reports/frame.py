"""For whom, when and where a report is made, and what its makers have at hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from everycall.clock import from_micros
from everycall.definitions import Definition
from everycall.events.sights import Sight
from everycall.metrics.answering import Table
from everycall.metrics.nhs import NhsMonth, NhsSettings
from everycall.reports.model import Query
from everycall.reports.trades import NO_TRADE, Trade
from everycall.reports.words import Words


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time: moments in microseconds, the second left out."""

    since: int
    until: int


class Measure(Protocol):
    """Asks for metrics; every number of a report that has a name of its own comes from here."""

    def __call__(
        self,
        ids: Iterable[str],
        by: Iterable[str] = (),
        where: Mapping[str, Sequence[str]] | None = None,
        *,
        span: Span | None = None,
        definition: str | None = None,
    ) -> Table:
        """Return metrics of the report's time, or of another."""


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
class Line:
    """A line to the telephone network: how many calls it carries, if somebody said so."""

    name: str
    channels: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """For which site and time a report is made, and what its sources are.

    Attributes:
        span: the time of the report; None where there are no calls.
        before: the time before it, of equal length; None if the data does not reach back so far.
        learned: the days from which the usual range of a weekday is taken.
        learned_apart: these days lie before the report's own.
        definition: whose words missed, lost and abandoned are.
        other: the definition that it is compared with.
        differs: how many calls another version of the words called something else; '' if none was
            used before.
        unseen: what no source of the site can see.
        options: what tells the command line whose calls these are.
    """

    site: str
    zone: str
    period: str
    definition: Definition
    span: Span | None = None
    before: Span | None = None
    learned: Span | None = None
    learned_apart: bool = False
    other: Definition | None = None
    coverage: Sequence[Coverage] = ()
    unseen: frozenset[Sight] = frozenset()
    blind: Sequence[Blind] = ()
    lines: Sequence[Line] = ()
    options: str = ""
    differs: str = ""

    @property
    def newest(self) -> str:
        """The day of the newest record of any source; '' where none was read."""
        return max((one.until for one in self.coverage), default="")

    @property
    def is_unread(self) -> bool:
        """Whether all of the report's time lies after the newest record, so that nothing is known."""
        return self.span is not None and "" < self.newest < self._day(self.span.since)

    @property
    def ends_unread(self) -> bool:
        """Whether days of the report lie after that of the newest record."""
        return self.span is not None and "" < self.newest < self._day(self.span.until - 1)

    def _day(self, moment: int) -> str:
        return str(from_micros(moment).astimezone(ZoneInfo(self.zone)).date())


NO_PRACTICE = NhsSettings()


@dataclass(frozen=True, slots=True)
class Desk:
    """What every section is made from: the calls, the metrics, the frame, and the words for it.

    Attributes:
        money: what unreached callers were worth, by client; as the use case gave it.
        remedies: what would have caught the missed callers; as the use case gave it.
        comparison: the way from the definition to the other one; as the use case gave it.
        mask: the middle of callers' numbers is hidden.
        nhs: the months of NHS England's table, where it is wanted, and what is known of the practice.
    """

    query: Query
    measure: Measure
    frame: Frame
    say: Words = field(default_factory=Words)
    trade: Trade = NO_TRADE
    money: Sequence[Any] = ()
    comparison: Any = None
    remedies: Any = None
    nhs: Sequence[NhsMonth] = ()
    practice: NhsSettings = NO_PRACTICE
    mask: bool = False
