"""By what a metric can be asked: who, where, what became of it, and when by the local clock."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from everycall.clock import from_micros
from everycall.errors import NotFoundError, did_you_mean
from everycall.hours.periods import WEEKDAYS
from everycall.metrics.model import Level

Write = Callable[[Any, ZoneInfo], Any]
"""Turns a key as it was grouped into what people and programs read."""


@dataclass(frozen=True, slots=True, eq=False)
class Dimension:
    """Something to ask by.

    Attributes:
        sql: its expression at each level; a level that is not there cannot be asked by it.
        local: it is a column of the local clock, the same at every level.
        instead: at a level that has only the next best thing, what stands in for it.
    """

    name: str
    doc: str
    sql: Mapping[Level, str] = field(default_factory=dict)
    local: str = ""
    write: Write = lambda key, _zone: key
    read: Callable[[str], str] = str
    instead: Mapping[Level, str] = field(default_factory=dict)

    def keys(self, values: Iterable[str]) -> list[str]:
        """Return the keys that written values stand for, as text."""
        return [self.read(value) for value in values]

    def at(self, level: Level) -> str | None:
        """Return its expression at a level; null if it has none there."""
        return f"s.{self.local}" if self.local else self.sql.get(level)


_CALLS = (Level.CALL, Level.MADE, Level.VISIT, Level.ATTEMPT, Level.EPISODE, Level.NEED)


def _of_call(column: str) -> dict[Level, str]:
    return dict.fromkeys(_CALLS, column)


def _day(key: int, _zone: ZoneInfo) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=key)}"


def _week(key: int, _zone: ZoneInfo) -> str:
    year, week, _ = (date(1970, 1, 1) + timedelta(days=key)).isocalendar()
    return f"{year}-W{week:02}"


def _moment(key: int, zone: ZoneInfo) -> str:
    return from_micros(key).astimezone(zone).isoformat()


def _weekday(key: int, _zone: ZoneInfo) -> str:
    return WEEKDAYS[key - 1]


def _weekday_number(text: str) -> str:
    return str(WEEKDAYS.index(text) + 1) if text in WEEKDAYS else text


def _month(key: int, _zone: ZoneInfo) -> str:
    return f"{key // 100}-{key % 100:02}"


def _quarter(key: int, _zone: ZoneInfo) -> str:
    return f"{key // 10}-Q{key % 10}"


WAITS = (0, 5, 10, 20, 30, 60, 120, 180, 300, 600)
"""Where bands of waiting begin, in seconds."""


def waited(column: str) -> str:
    """Return the band of a wait as an expression: '30-60' from 30 s to under 60 s, '600-' from there."""
    bands = " ".join(
        f"WHEN {column} < {end * 1000} THEN '{start}-{end}'" for start, end in pairwise(WAITS)
    )
    return f"CASE {bands} WHEN {column} >= {WAITS[-1] * 1000} THEN '{WAITS[-1]}-' END"


_BY_FIRST_QUEUE = "by the first queue of the call"
_BY_FIRST_PERSON = "by the first person who spoke with the caller"

DIMENSIONS = (
    Dimension("client", "The brand that the call was for.", _of_call("c.client")),
    Dimension("site", "The site that was asked.", dict.fromkeys(Level, ":site")),
    Dimension(
        "team", "The team that answers the queue.", {**_of_call("t.team"), Level.STAFF: "t.team"}
    ),
    Dimension(
        "queue",
        "The queue or ring group: of a stay or a ring its own, of a call the first.",
        {
            Level.CALL: "c.first_queue",
            Level.MADE: "c.first_queue",
            Level.VISIT: "v.queue",
            Level.ATTEMPT: "a.queue",
            Level.EPISODE: "c.first_queue",
            Level.NEED: "c.first_queue",
            Level.STAFF: "p.queue",
        },
        instead={
            Level.CALL: _BY_FIRST_QUEUE,
            Level.EPISODE: _BY_FIRST_QUEUE,
            Level.NEED: _BY_FIRST_QUEUE,
        },
    ),
    Dimension(
        "agent",
        "The person: whose phone rang; of a call, who spoke first with the caller.",
        {
            Level.CALL: "c.answered_agent",
            Level.MADE: "c.answered_agent",
            Level.VISIT: "v.agent",
            Level.ATTEMPT: "a.agent",
            Level.EPISODE: "c.answered_agent",
            Level.NEED: "c.answered_agent",
            Level.STAFF: "p.agent",
        },
        instead={
            Level.CALL: _BY_FIRST_PERSON,
            Level.EPISODE: _BY_FIRST_PERSON,
            Level.NEED: _BY_FIRST_PERSON,
            Level.VISIT: "by the person who answered in the queue",
        },
    ),
    Dimension("called", "The number that was dialled.", _of_call("c.called")),
    Dimension(
        "trunk", "The line that the call came by.", {**_of_call("c.trunk"), Level.LINE: "l.trunk"}
    ),
    Dimension("language", "The caller's language.", _of_call("c.language")),
    Dimension("tag", "The reason for the call, as it was tagged last.", _of_call("g.tag")),
    Dimension("caller", "The caller's number or id, as it joins calls.", _of_call("c.caller_key")),
    Dimension("direction", "Whether it came in, went out or called back.", _of_call("c.direction")),
    Dimension("outcome", "What became of the call, neutrally.", _of_call("c.outcome")),
    Dimension(
        "category",
        "What the chosen definition calls it; a stay that was not the call's last is passed_on.",
        {
            Level.CALL: "j.category",
            Level.MADE: "j.category",
            Level.VISIT: "CASE WHEN v.began_at >= w.last_at THEN j.category ELSE 'passed_on' END",
            Level.ATTEMPT: "j.category",
            Level.EPISODE: "j.category",
            Level.NEED: "j.category",
        },
    ),
    Dimension(
        "definition",
        "The definition whose words hold: each of them, or those that `--definition` names.",
        dict.fromkeys(Level, ":definition"),
    ),
    Dimension(
        "open", "Whether you were open when the call arrived.", _of_call("c.open_at_arrival")
    ),
    Dimension("asked", "Whether the caller asked for a person.", _of_call("c.asked_for_person")),
    Dimension(
        "waited",
        "How long the call waited for a person, in seconds: from 30 to under 60 is 30-60.",
        _of_call(waited("c.wait_ms")),
    ),
    Dimension(
        "ring",
        "How a ring of a phone ended.",
        {Level.ATTEMPT: "a.result"},
    ),
    Dimension(
        "need_calls",
        "How many calls the caller's need took; 5 stands for more.",
        {Level.EPISODE: "LEAST(e.inbound_calls, 5)"},
    ),
    Dimension(
        "need",
        "What became of the caller's need: helped, open or not_helped.",
        {Level.EPISODE: "e.state"},
    ),
    Dimension("hour", "The hour of the local day, 0 to 23.", local="hour"),
    Dimension(
        "weekday", "The day of the week.", local="weekday", write=_weekday, read=_weekday_number
    ),
    Dimension("day", "The local day.", local="day", write=_day),
    Dimension("week", "The week, from Monday, as ISO 8601 numbers it.", local="week", write=_week),
    Dimension("month", "The calendar month.", local="month", write=_month),
    Dimension("quarter", "The quarter of the year.", local="quarter", write=_quarter),
    Dimension("year", "The calendar year.", local="year"),
    Dimension("15min", "The quarter of an hour.", local="quarter_hour", write=_moment),
    Dimension("30min", "The half hour.", local="half_hour", write=_moment),
    Dimension("60min", "The hour of its day.", local="whole_hour", write=_moment),
)
"""Everything that a metric can be asked by, in the order in which it is listed."""

_BY_NAME = {dimension.name: dimension for dimension in DIMENSIONS}
_OTHER_NAMES = {
    "interval:15": "15min",
    "interval:30": "30min",
    "interval:60": "60min",
    "15": "15min",
    "30": "30min",
    "60": "60min",
    "number": "called",
}


def dimension(name: str) -> Dimension:
    """Return something to ask by.

    Raises:
        NotFoundError: nothing can be asked by it.
    """
    found = _BY_NAME.get(_OTHER_NAMES.get(name, name))
    if found is None:
        hint = did_you_mean(name, _BY_NAME) or f" (there are: {', '.join(_BY_NAME)})"
        raise NotFoundError(f"nothing can be asked by '{name}'{hint}")
    return found
