"""Asterisk, as far as its logs go: channel ids, queue_log, and the rows of call detail records.

What it writes when was learnt from a real Asterisk 22: a row for each party that is rung; a row keeps
the place in the dialplan where the channel was when the row ended; the wait between two rings of a
queue has no row of its own; rows are written when the channel is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shop.clockwork import SECOND
from shop.days import local

if TYPE_CHECKING:
    from shop.clockwork import Clockwork


@dataclass(frozen=True, slots=True)
class Channel:
    """One leg, with the name and id that Asterisk gives it."""

    name: str
    unique: str
    linked: str
    sequence: int


@dataclass(slots=True)
class Row:
    """A call detail record in the making."""

    start: int
    sequence: int
    answer: int | None
    context: str = ""
    exten: str = ""
    app: str = ""
    data: str = ""
    dialled: str = ""
    end: int = 0
    disposition: str = ""


class Pbx:
    """The phone system: numbers its channels and writes its two logs."""

    def __init__(self, clock: Clockwork) -> None:
        self.clock = clock
        self.queue_log: list[tuple[int, str]] = []
        self.records: list[str] = []
        self.down_until = 0
        self._reset()

    def _reset(self) -> None:
        self._uniques = self._names = self._sequences = 0

    @property
    def is_down(self) -> bool:
        """Whether it is switched off."""
        return self.clock.now < self.down_until

    def crash(self, wait: int) -> None:
        """Die now and boot after a while: nothing of what was going on is written."""
        self.down_until = self.clock.now + wait
        self._reset()
        self.clock.at(self.down_until, lambda: self.log("NONE", "NONE", "NONE", "QUEUESTART", ""))

    def channel(self, endpoint: str, linked: str = "") -> Channel:
        """Make a channel; without a call to belong to it begins one."""
        unique = f"{self.clock.now // SECOND}.{self._uniques}"
        name = f"PJSIP/{endpoint}-{self._names:08x}"
        self._uniques += 1
        self._names += 1
        return Channel(name, unique, linked or unique, self.sequence())

    def sequence(self) -> int:
        """Return the number of a new call detail record."""
        self._sequences += 1
        return self._sequences - 1

    def log(self, call: str, queue: str, who: str, verb: str, *data: object) -> None:
        """Write a line of queue_log."""
        second = self.clock.now // SECOND
        line = "|".join((str(second), call, queue, who, verb, *map(str, data)))
        self.queue_log.append((second, line))

    def write(self, row: str) -> None:
        """Write a line of Master.csv."""
        self.records.append(row)


@dataclass(slots=True)
class Trail:
    """The call detail records of one channel.

    Attributes:
        up: since when it is answered; rows from then on count as answered by themselves.
    """

    pbx: Pbx
    channel: Channel
    src: str
    clid: str
    context: str
    exten: str
    app: str = ""
    data: str = ""
    userfield: str = ""
    up: int | None = None
    rows: list[Row] = field(default_factory=list)
    open: Row | None = None

    def __post_init__(self) -> None:
        self.open = Row(self.pbx.clock.now, self.channel.sequence, None)

    @property
    def now(self) -> int:
        """The present moment."""
        return self.pbx.clock.now

    def answer(self) -> None:
        """Answer the channel itself, as a menu does."""
        if self.up is None:
            self.up = self.now
        if self.open is not None:
            self.open.answer = self.now

    def go(self, context: str, exten: str, app: str, data: str = "") -> None:
        """Move on in the dialplan; after a ring has ended that begins a row."""
        self.context, self.exten, self.app, self.data = context, exten, app, data
        if self.open is None:
            self.open = self._fresh()

    def dial(self, party: Channel) -> None:
        """Ring somebody."""
        if self.open is None or self.open.dialled:
            self.open = self._fresh()
        self.open.dialled = party.name

    def dial_answered(self) -> None:
        """Somebody who was rung answered."""
        if self.up is None:
            self.answer()

    def close(self, disposition: str) -> None:
        """End the present row: a ring that failed, or a talk that is handed on."""
        row = self.open
        if row is None:
            return
        row.context, row.exten, row.app, row.data = self.context, self.exten, self.app, self.data
        row.end, row.disposition = self.now, disposition
        self.rows.append(row)
        self.open = None

    def end(self, disposition: str = "") -> None:
        """The channel is gone: write its rows."""
        self.close(disposition or ("NO ANSWER" if self.up is None else "ANSWERED"))
        for row in self.rows:
            self.pbx.write(self.line(row))
        self.rows = []

    def _fresh(self) -> Row:
        return Row(self.now, self.pbx.sequence(), None if self.up is None else self.now)

    def line(self, row: Row) -> str:
        """Return a row as it stands in Master.csv."""
        answer, billed = "", 0
        if row.answer is not None:
            answer, billed = f'"{_stamp(row.answer)}"', (row.end - row.answer) // SECOND
        times = f'"{_stamp(row.start)}",{answer},"{_stamp(row.end)}"'
        lasted = (row.end - row.start) // SECOND
        first = ("", self.src, row.exten, row.context, self.clid, self.channel.name)
        ids = (self.channel.unique, self.userfield, "", self.channel.linked)
        return (
            f"{_quoted(*first, row.dialled, row.app, row.data)},{times},{lasted},{billed},"
            f"{_quoted(row.disposition, 'DOCUMENTATION', *ids)},{row.sequence}"
        )


def _quoted(*values: str) -> str:
    return ",".join('"' + value.replace('"', '""') + '"' for value in values)


def _stamp(at: int) -> str:
    return f"{local(at):%Y-%m-%d %H:%M:%S}"
