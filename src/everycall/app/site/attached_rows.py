"""Reading a CSV of what is said of calls afterwards: how content a caller was, what the call was about."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from everycall.app.site.guessing_words import DAYS, FORMATS, Column
from everycall.errors import NotThatKindError, did_you_mean
from everycall.events import Skip, SkipReason
from everycall.settings import setting
from everycall.sources.local_times import LocalClock
from everycall.sources.mapping_reading import first_lines
from everycall.sources.mapping_rows import Cells, Layout, by_frequency, read_cells, tidy
from everycall.sources.mapping_settings import Repeats
from everycall.sources.mapping_values import DamagedError, identity, moment, time_of_day
from everycall.sources.rows import split_row

LOOKED_AT = 30
"""A heading stands within so many lines; above it may be a title."""

DAY_END = timedelta(days=1, microseconds=-1)
"""What is said on a day without a time is said at its end: of the last call of that day."""

_SCALE = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*(?:-|to|\.\.)\s*(-?\d+(?:\.\d+)?)\s*$")


class Scale(NamedTuple):
    """From the worst score to the best; the worst may be the larger number."""

    worst: float
    best: float

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read '1-5', '0-10', '0 to 100', or '6-1' where 1 is best.

        Raises:
            ValueError: it is no scale.
        """
        found = _SCALE.match(text)
        if not found or float(found[1]) == float(found[2]):
            raise ValueError(f"'{text}' is no scale; write the worst and the best score: '1-5'")
        return cls(float(found[1]), float(found[2]))

    def out_of_five(self, score: float) -> float:
        """Return a score on the scale from 1 to 5.

        Raises:
            ValueError: it is not on this scale.
        """
        place = (score - self.worst) / (self.best - self.worst)
        if not 0 <= place <= 1:
            raise ValueError(f"{score:g} is not on the scale {self}")
        return round(1 + 4 * place, 6)

    def __str__(self) -> str:
        return f"{self.worst:g}-{self.best:g}"


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of the columns, where they do not speak for themselves."""

    call_id: str = setting("", doc="The column of the call's id.")
    caller: str = setting("", doc="The column of the caller's number.")
    time: str = setting("", doc="The column of the moment.")
    date: str = setting("", doc="The column of the day, where the moment has only a time of day.")
    what: str = setting("", doc="The column of what is said: the score, or the tag.")


@dataclass(frozen=True, slots=True)
class RatingSettings:
    """How ratings of calls are read and matched."""

    scale: Scale = setting(Scale(1, 5), doc="The worst and the best score: '1-5', '0-10', '6-1'.")
    within: timedelta = setting(
        timedelta(hours=24),
        doc="A rating without a call's id belongs to the call of its caller that ended nearest to "
        "it, within so much time.",
    )
    columns: Headings = setting(factory=Headings, doc="The headings of your file.")


KNOWN: dict[str, tuple[str, ...]] = {
    "call_id": (
        "call id", "callid", "uniqueid", "unique id", "linkedid", "linked id", "contact id",
        "contactid", "conversation id", "callsid", "call sid", "session id", "call uuid", "uuid",
        "history id", "id", "call",
    ),
    "caller": (
        "caller", "caller id", "callerid", "caller number", "phone", "phone number", "telephone",
        "number", "customer number", "customer phone", "customer", "from", "cli", "ani", "src",
        "anrufer", "rufnummer", "telefon", "nummer",
    ),
    "time": (
        "time", "datetime", "date time", "date and time", "timestamp", "moment", "at", "when",
        "answered at", "submitted", "submitted at", "created", "created at", "survey time",
        "call time", "ended", "ended at", "start time", "zeit", "zeitpunkt", "uhrzeit",
    ),
    "date": ("date", "day", "datum", "tag der befragung"),
    "score": (
        "score", "rating", "csat", "csat score", "stars", "satisfaction", "survey score", "grade",
        "mark", "bewertung", "note", "zufriedenheit",
    ),
    "tag": (
        "tag", "tags", "reason", "call reason", "contact reason", "disposition", "wrap up",
        "wrap up code", "wrapup", "wrapup code", "category", "topic", "subject", "code", "grund",
        "anliegen", "thema",
    ),
}  # fmt: skip
"""By which headings a column is known, the surest first."""


@dataclass(frozen=True, slots=True)
class SaidOf:
    """One row: of which call something is said, and what.

    Attributes:
        day: its moment is a day only.
    """

    line: int
    call_id: str | None
    caller: str | None
    at: int | None
    what: str
    day: bool = False


@dataclass(slots=True)
class AttachedFile:
    """A file of rows, its columns found."""

    path: Path
    kind: str
    headings: Headings
    zone: ZoneInfo
    layout: Layout = field(init=False)
    columns: dict[str, str] = field(init=False)
    _form: str = field(init=False, default="auto")
    _day_form: str = field(init=False, default="%Y-%m-%d")

    def __post_init__(self) -> None:
        self.layout, self.columns = self._found()

    def _found(self) -> tuple[Layout, dict[str, str]]:
        lines = first_lines(self.path)
        best: tuple[str, ...] = ()
        for delimiter in by_frequency(lines):
            for number, line in enumerate(lines[:LOOKED_AT], 1):
                shown = tuple(split_row(line, delimiter))
                names = tuple(map(tidy, shown))
                columns = self._columns(names)
                if self._enough(columns):
                    return Layout(delimiter, number, names, shown), columns
                best = max(best, shown, key=len)
        raise NotThatKindError(f"'{self.path}' {self._lacking(best)}")

    def _columns(self, names: Sequence[str]) -> dict[str, str]:
        plain = {_plain(name): name for name in reversed(names) if name}
        found: dict[str, str] = {}
        for thing in ("call_id", "caller", "time", "date", "what"):
            named = getattr(self.headings, thing)
            words = (named,) if named else KNOWN[self.kind if thing == "what" else thing]
            column = next((plain[_plain(w)] for w in words if _plain(w) in plain), None)
            if column is not None and column not in found.values():
                found[thing] = column
        if "date" in found and "time" not in found:
            found["time"] = found.pop("date")
        return found

    def _enough(self, columns: dict[str, str]) -> bool:
        named = [
            t for t in ("call_id", "caller", "time", "date", "what") if getattr(self.headings, t)
        ]
        if any(thing not in columns for thing in named) or "what" not in columns:
            return False
        when = "time" in columns or "date" in columns
        return "call_id" in columns or ("caller" in columns and when)

    def _lacking(self, heads: Sequence[str]) -> str:
        named = (
            self.headings.call_id,
            self.headings.caller,
            self.headings.time,
            self.headings.what,
        )
        for name in filter(None, named):
            if _plain(name) not in map(_plain, heads):
                return f"has no column '{name}'{did_you_mean(name, heads)}; its columns are: {', '.join(heads)}"
        needs = f"a {self.kind}, and a call id or a caller and a time"
        return f"has no heading that names {needs}; say which columns they are with --columns"

    def rows(self) -> Iterator[SaidOf | Skip]:
        """Yield what is said, row by row; what cannot be read comes as a skip."""
        cells: list[Cells] = []
        for one in read_cells(self.path, self.layout, Repeats.EACH):
            if isinstance(one, Skip):
                yield one
            else:
                cells.append(one)
        self._learn(cells)
        clock = LocalClock(self.zone)
        yield from (self._row(one, clock) for one in cells)

    def _learn(self, cells: Iterable[Cells]) -> None:
        """Find out how moments are written, by all of them together."""
        sample = list(cells)
        time = tuple(one.named.get(self.columns.get("time", ""), "") for one in sample)
        if "date" in self.columns and not Column("time", time).is_time_of_day:
            del self.columns["date"]
        for thing, forms in (("time", (*FORMATS, *DAYS)), ("date", DAYS)):
            name = self.columns.get(thing)
            texts = tuple(one.named.get(name, "") for one in sample) if name else ()
            form = Column(thing, texts).form(forms)
            if form is not None and thing == "time":
                self._form = form
            elif form is not None:
                self._day_form = form

    def _row(self, cells: Cells, clock: LocalClock) -> SaidOf | Skip:
        what = self._text(cells, "what")
        if not what:
            return cells.row.skip(self.path, SkipReason.BAD_VALUE, f"it has no {self.kind}")
        try:
            call_id = identity(self._text(cells, "call_id")) or None
            caller = identity(self._text(cells, "caller")) or None
            naive, day = self._moment(cells)
        except DamagedError as error:
            return cells.row.skip(self.path, SkipReason.BAD_VALUE, str(error))
        except ValueError as error:
            return cells.row.skip(self.path, SkipReason.BAD_TIME, str(error))
        at = None if naive is None else clock.micros(naive)
        return SaidOf(cells.row.line, call_id, caller, at, what, day)

    def _moment(self, cells: Cells) -> tuple[datetime | None, bool]:
        time, day = self._text(cells, "time"), self._text(cells, "date")
        if day and time:
            return time_of_day(time, ("auto",), moment(day, (self._day_form,))), False
        if day:
            return moment(day, (self._day_form,)) + DAY_END, True
        if not time:
            return None, False
        found = moment(time, (self._form,))
        if self._form in DAYS or (self._form == "auto" and len(time) <= 10 and "-" in time):
            return found + DAY_END, True
        return found, False

    def _text(self, cells: Cells, thing: str) -> str:
        return cells.named.get(self.columns.get(thing, ""), "")


def attachable(text: str) -> str:
    """Return what a file may hold that is attached to calls, by its heading: ratings, tags or ''."""
    line = text.lstrip("\ufeff").partition("\n")[0]
    for delimiter in by_frequency([line]):
        names = {_plain(name) for name in split_row(line, delimiter)}
        whose = names & {*KNOWN["call_id"], *KNOWN["caller"]} - {"id", "from", "number", "customer"}
        for kind, thing in (("ratings", "score"), ("tags", "tag")):
            if whose and names & set(KNOWN[thing]):
                return kind
    return ""


def _plain(name: str) -> str:
    return " ".join(re.sub(r"[_\-.]+", " ", tidy(name)).split())
