"""What a file may be: the sources that know it, or a mapping to begin with, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from everycall.app.intake.finding import SURE_ENOUGH, every_source, guesses, read_head
from everycall.app.intake.proposing import Draft, doubts_of, toml_of, tried
from everycall.app.site.guessing_words import CLUES, FORMATS, MEANINGS, Column
from everycall.sources.base import Head, Recognised, Source
from everycall.sources.mapping_rows import LOOKED_AT, by_frequency, tidy
from everycall.sources.mapping_settings import DURATIONS, MOMENTS
from everycall.sources.mapping_values import cell
from everycall.sources.rows import split_row

FEWEST = 3
"""A list of calls has at least so many columns."""

ROWS = 300
"""So many rows are looked at."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A column, what it is taken for, and why."""

    column: str
    thing: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping to begin with.

    Attributes:
        toml: the text of the mapping file.
        unused: columns that nothing was found for.
        doubts: what somebody who knows the phone system has to decide.
        tried: how many of the first rows it reads, and what is wrong with the others.
    """

    toml: str
    reasons: tuple[Reason, ...]
    unused: tuple[str, ...]
    doubts: tuple[str, ...]
    tried: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file may be.

    Attributes:
        known: the sources that take it for one of their own, the surest first; where none is sure,
            those that may be meant by name.
        proposal: a mapping, where no source knows it and it is a table of calls.
    """

    path: Path
    known: tuple[tuple[Source, Recognised], ...]
    proposal: Proposal | None = None

    @property
    def sure(self) -> bool:
        """Whether a source takes the file for its own without being named."""
        return bool(self.known) and self.known[0][1].sureness >= SURE_ENOUGH


def guess(path: Path, folder: Path | None = None) -> Guess:
    """Say what a file may be; `folder` holds the mappings of this installation.

    Raises:
        NotFoundError: there is no such file.
        NotThatKindError: it is a damaged archive.
    """
    head = read_head(path)
    found = sorted(guesses(head, every_source(folder).values()), key=lambda pair: -pair[1].sureness)
    sure = [pair for pair in found if pair[1].sureness >= SURE_ENOUGH]
    return Guess(path, tuple(sure or found), None if found else propose(head))


def propose(head: Head) -> Proposal | None:
    """Propose a mapping for a table that no source knows; None if it is no table of calls."""
    sheet = _sheet(head)
    found = _assigned(sheet.columns) if sheet else {}
    if sheet is None or "arrived" not in found:
        return None
    draft = Draft(head.name, sheet.delimiter, found)
    toml = toml_of(draft)
    return Proposal(
        toml,
        tuple(Reason(column.name, thing, _why(thing, column)) for thing, column in found.items()),
        tuple(c.name for c in sheet.columns if c not in found.values()),
        tuple(doubts_of(draft)),
        tried(toml, head),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A file as columns."""

    delimiter: str
    columns: tuple[Column, ...]


def _sheet(head: Head) -> _Sheet | None:
    """Take a file apart: the first line that names columns, with rows below it that fit."""
    lines = [line for line in head.lines if line.strip()]
    for delimiter in by_frequency(lines):
        for number, line in enumerate(lines[:LOOKED_AT], 1):
            names = [cell(name.lstrip("\ufeff")) for name in split_row(line, delimiter)]
            rows = [split_row(text, delimiter) for text in lines[number : number + ROWS]]
            if _is_heading(names) and _fits(names, rows):
                return _Sheet(delimiter, tuple(_columns(names, rows)))
    return None


def _is_heading(names: Sequence[str]) -> bool:
    said = [name for name in names if name]
    worded = [name for name in said if re.match(r"[^\W\d_]", name)]
    return len(said) >= FEWEST and len(worded) == len(said) == len({tidy(n) for n in said})


def _fits(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    same = sum(1 for row in rows if len(row) == len(names))
    return bool(rows) and same * 2 > len(rows)


def _columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Column]:
    full = [row for row in rows if len(row) == len(names)]
    for i, name in enumerate(names):
        if name:
            yield Column(name, tuple(cell(row[i]) for row in full))


def _assigned(columns: Sequence[Column]) -> dict[str, Column]:
    """Return the column of each thing; the first clue that fits a column takes it."""
    found: dict[str, Column] = {}
    for clue in CLUES:
        free = (column for column in columns if column not in found.values())
        fitting = (c for c in free if clue.heading.search(_spoken(c.name)) and clue.look(c))
        column = next(fitting, None)
        if column is not None:
            found[clue.thing] = column
    return _consistent(found)


def _spoken(name: str) -> str:
    """Return a heading as words: callStartTime and call_start-time are call start time."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return " ".join(re.split(r"[^\w.]+|_+", apart)).strip()


def _consistent(found: dict[str, Column]) -> dict[str, Column]:
    """Leave out a day that no moment needs, and moments that are written otherwise than the call's."""
    day = found.get("date")
    if "arrived" not in found and day is not None and day.forms(FORMATS):
        found["arrived"] = day
    arrived = found.get("arrived")
    if arrived is None or (arrived.is_time_of_day and day is None):
        return {}
    if not arrived.is_time_of_day:
        found.pop("date", None)
    return {
        thing: column
        for thing, column in found.items()
        if thing not in MOMENTS or column.is_time_of_day == arrived.is_time_of_day
    }


def _why(thing: str, column: Column) -> str:
    shown = ", ".join(dict.fromkeys(column.given[:3]))
    if thing in MOMENTS or thing == "date":
        return f"its heading, and its cells are moments ({shown})"
    if thing in DURATIONS:
        return f"its heading, and its cells are lengths of time ({shown})"
    if thing in MEANINGS:
        return f"its heading, and its cells come from a short list ({shown})"
    return f"its heading ({shown})" if shown else "its heading; all its cells are empty"
