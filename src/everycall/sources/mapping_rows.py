"""Reading any CSV as rows of named cells: delimiters, headings, sums and repeats."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from everycall.errors import did_you_mean
from everycall.events import Skip, SkipReason
from everycall.sources.mapping_settings import DELIMITERS, FileForm, Repeats
from everycall.sources.mapping_values import cell
from everycall.sources.rows import Row, rows, split_row

LOOKED_AT = 30
"""A heading stands within so many lines; above it may be a title."""

_SUMS = frozenset({"total", "totals", "grand total", "sum", "gesamt", "summe", "total:", "totals:"})


def tidy(name: str) -> str:
    """Return a heading without what does not tell two of them apart."""
    return " ".join(cell(name.lstrip("\ufeff")).lower().split())


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is laid out.

    Attributes:
        line: the line of the heading; 0 where there is none.
        names: the names of the columns, tidied.
    """

    delimiter: str
    line: int
    names: tuple[str, ...]
    shown: tuple[str, ...]


def layout_of(lines: Sequence[str], form: FileForm, needed: Iterable[str]) -> Layout | None:
    """Find the heading among the first lines of a file, or None if there is none that fits."""
    wanted = {tidy(name) for name in needed}
    for delimiter in _delimiters(lines, form):
        if form.heading:
            return _without_heading(lines, form, delimiter)
        for number, line in enumerate(lines[:LOOKED_AT], 1):
            shown = split_row(line, delimiter)
            names = tuple(map(tidy, shown))
            if wanted <= set(names):
                return Layout(delimiter, number, names, tuple(shown))
    return None


def _without_heading(lines: Sequence[str], form: FileForm, delimiter: str) -> Layout | None:
    names = tuple(map(tidy, form.heading))
    widths = [len(split_row(line, delimiter)) for line in lines[:LOOKED_AT] if line.strip()]
    fitting = sum(1 for width in widths if width == len(names))
    return Layout(delimiter, 0, names, form.heading) if fitting * 2 > len(widths) else None


def _delimiters(lines: Sequence[str], form: FileForm) -> list[str]:
    if form.delimiter != "auto":
        return [DELIMITERS.get(form.delimiter, form.delimiter)]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return [lines[0].strip()[4]]
    return by_frequency(lines)


def by_frequency(lines: Sequence[str]) -> list[str]:
    """Return the characters that may separate columns, the most frequent first."""
    text = "\n".join(lines[:LOOKED_AT])
    return sorted((",", ";", "\t", "|"), key=lambda character: -text.count(character))


def missing(lines: Sequence[str], form: FileForm, needed: Iterable[str]) -> str:
    """Say which columns a file lacks, with the ones that may be meant."""
    best: list[str] = []
    for delimiter in _delimiters(lines, form):
        for line in lines[:LOOKED_AT]:
            cells = split_row(line, delimiter)
            best = max(best, cells, key=lambda found: (_fits(found, needed), len(found)))
    known = {tidy(name): name for name in best}
    lacking = [name for name in dict.fromkeys(needed) if tidy(name) not in known]
    told = [f"'{name}'{did_you_mean(name, known.values())}" for name in lacking]
    return f"it has no column {', no column '.join(told)}; its columns are: {', '.join(best)}"


def _fits(cells: Sequence[str], needed: Iterable[str]) -> int:
    names = set(map(tidy, cells))
    return sum(1 for name in needed if tidy(name) in names)


@dataclass(frozen=True, slots=True)
class Cells:
    """A row by the tidied names of its columns."""

    row: Row
    named: Mapping[str, str]


def read_cells(path: Path, layout: Layout, repeats: Repeats) -> Iterator[Cells | Skip]:
    """Yield the rows of a file; sums, repeated headings and repeated rows are named and left out.

    Raises:
        NotThatKindError: a quote is opened and never closed.
    """
    known: set[tuple[str, ...]] = set()
    for row in rows(path, layout.delimiter):
        if isinstance(row, Skip):
            yield row
        elif row.line > layout.line:
            yield _named(row, layout, path, known, repeats)


def _named(
    row: Row, layout: Layout, path: Path, known: set[tuple[str, ...]], repeats: Repeats
) -> Cells | Skip:
    words = tuple(row.fields)
    if tidy(words[0]) == layout.names[0] and tuple(map(tidy, words)) == layout.names:
        return row.skip(path, SkipReason.LEFT_OUT, "the heading, repeated")
    if _is_sum(words):
        return row.skip(path, SkipReason.LEFT_OUT, "the sum of all rows")
    if words in known and repeats is Repeats.ONE:
        return row.skip(path, SkipReason.LEFT_OUT, "a row that stands in the file already")
    known.add(words)
    if any(words[len(layout.names) :]):
        detail = f"{len(words)} columns, the heading has {len(layout.names)}"
        return row.skip(path, SkipReason.TOO_MANY_FIELDS, detail)
    return Cells(row, dict(zip(layout.names, map(cell, words), strict=False)))


def _is_sum(words: Sequence[str]) -> bool:
    first = next((word for word in words if word.strip()), "")
    return first.strip().lower() in _SUMS
