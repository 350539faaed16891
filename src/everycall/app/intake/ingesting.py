"""Taking calls in: what feeds say becomes records of the journal, and is counted once it is there."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Protocol

from everycall.events.origins import HERE, Origin
from everycall.history.journal import Journal, Ordinals, Receipt
from everycall.history.journal_segments import Entry
from everycall.sources import asterisk_ami_resync as resync
from everycall.sources.marking import marked_line, plain_line
from everycall.wire.ami_link import Heard, Item, Opened, Snapshot
from everycall.wire.ami_protocol import Fields
from everycall.wire.log_follower import Line, Missed

AMI = "asterisk_ami"


class Knowing(Protocol):
    """What the picture knows of a feed's calls."""

    def open_calls(self, feed: str, before: int) -> frozenset[str]:
        """Return the feed's calls that are not over and of which nothing was heard since."""

    def said(self, feed: str, call: str) -> Sequence[Mapping[str, Any]]:
        """Return what the feed said of the channels of a call, in order."""


class Intake:
    """Hands records to the journal, and what it has taken on to be counted; for any thread."""

    def __init__(self, journal: Journal, heard: Callable[[], None] = lambda: None) -> None:
        self.journal = journal
        self._heard = heard
        self._fresh: deque[Entry] = deque()
        self._lock = threading.Lock()

    def take(self, entries: Iterable[Entry]) -> "Future[Receipt]":
        """Hand records in; the promise is kept when they are on the disk."""
        promise = self.journal.submit(entries)
        promise.add_done_callback(self._taken)
        return promise

    def fresh(self, most: int = 50_000) -> list[Entry]:
        """Return records that were taken and not given out yet."""
        with self._lock:
            return [self._fresh.popleft() for _ in range(min(most, len(self._fresh)))]

    @property
    def waiting(self) -> int:
        """How many records were taken and are not counted yet."""
        return len(self._fresh)

    def _taken(self, promise: "Future[Receipt]") -> None:
        if not promise.cancelled() and promise.exception() is None:
            with self._lock:
                self._fresh.extend(promise.result().fresh)
            self._heard()


@dataclass(slots=True)
class AmiFeed:
    """Makes records of what a manager connection says."""

    feed: str
    knowing: Knowing
    last: Entry | None = None
    origin: Origin = HERE
    _opened_at: int = 0
    _session: int = 0
    _place: int = 0
    _names: Ordinals = field(default_factory=Ordinals)
    _since: list[dict[str, Any]] = field(default_factory=list)
    """What was said of channels since the connection was opened, until the lists came."""

    def __post_init__(self) -> None:
        self._session = int(self.last.part) + 1 if self.last else 0

    def entries(self, items: Iterable[Item]) -> Iterator[Entry]:
        """Yield the records of what was heard, and of what the lists tell after a gap."""
        for item in items:
            for fields, at in self._said(item):
                yield self._entry(resync.body_of(fields, at, self.origin), at)

    def _said(self, item: Item) -> Iterator[tuple[Fields, int]]:
        if isinstance(item, Heard):
            self._note(item.fields)
            if resync.is_worth_keeping(item.fields):
                yield item.fields, item.at
        elif isinstance(item, Opened):
            self._opened_at, self._since = item.at, []
            if self.last is not None:
                yield resync.gap(self.last.received_at, item.at), item.at
        elif isinstance(item, Snapshot):
            for fields in self._caught_up(item):
                yield fields, item.at

    def _note(self, fields: Fields) -> None:
        """Remember what the picture may not have counted yet when the lists are held against it."""
        said = resync.said_of(fields) if self._opened_at else None
        if said is not None:
            self._since.append(said)

    def _caught_up(self, item: Snapshot) -> Iterator[Fields]:
        yield from resync.memberships(item.queues, item.lists, item.at)
        opened, here = self.knowing.open_calls(self.feed, self._opened_at), self.origin
        spoken = {said.get("linked") for said in self._since}
        before = {here.plain(call) for call in opened} - spoken
        yield from resync.ended_unheard(before, item.channels, item.at)
        yield from resync.moved_unheard(item.channels, item.queues, self._course, item.at)
        self._opened_at, self._since = 0, []

    def _course(self, call: str) -> resync.Course:
        before = self.knowing.said(self.feed, self.origin.named(call))
        since = (said for said in self._since if said.get("linked") == call)
        return resync.Course.of(before, since)

    def _entry(self, body: str, at: int) -> Entry:
        place, self._place = self._place, self._place + 1
        name = f"{self._session}-{self._names.name(body)}"
        part = str(self._session)
        self.last = Entry(self.feed, AMI, body, name, at, part, place, place + 1)
        return self.last


@dataclass(slots=True)
class LogFeed:
    """Makes records of the lines of a followed log.

    Attributes:
        missed: what could not be read, in sentences.
    """

    feed: str
    source: str
    before: Sequence[str] = ()
    missed: list[str] = field(default_factory=list)
    origin: Origin = HERE
    _part: int = -1
    _names: Ordinals = field(default_factory=Ordinals)

    def __post_init__(self) -> None:
        for line in self.before:
            self._names.name(line)

    def entries(self, lines: Iterable[Line | Missed], at: int) -> Iterator[Entry]:
        """Yield the records of lines that were read."""
        for line in lines:
            if isinstance(line, Missed):
                self.missed.append(line.reason)
                continue
            if self._part not in (-1, line.part):
                self._names = Ordinals()
            self._part = line.part
            name, part = self._names.name(line.text), str(line.part)
            body = marked_line(line.text, self.origin)
            yield Entry(self.feed, self.source, body, name, at, part, line.place, line.end)


def line_of(entry: Entry | None, origin: Origin = HERE) -> Line | None:
    """Return the line of a log that a record was made of."""
    if entry is None:
        return None
    return Line(int(entry.part), entry.place, entry.end, plain_line(entry.body, origin))


@dataclass(slots=True)
class PostedFeed:
    """Makes records of what somebody posts: the same batch sent again is the same records."""

    feed: str
    source: str
    last: Entry | None = None

    def entries(self, bodies: Iterable[str], at: int) -> Iterator[Entry]:
        """Yield the records of one batch."""
        names = Ordinals()
        place = self.last.end if self.last else 0
        for body in bodies:
            name = names.name(body)
            self.last = Entry(self.feed, self.source, body, name, at, "0", place, place + 1)
            yield self.last
            place += 1


def since_second(second: int) -> Callable[[str], bool]:
    """Return what tells whether a line of queue_log was written at a second or later."""

    def wanted(text: str) -> bool:
        stamp = text.partition("|")[0].partition(".")[0]
        return not stamp.isdigit() or int(stamp) >= second

    return wanted
