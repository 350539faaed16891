"""Reading CSV files of any make without losing a row in silence."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from everycall.errors import NotThatKindError
from everycall.events import Skip, SkipReason
from everycall.sources.lines import chunks, open_bytes

csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file and the number of the line on which it begins."""

    line: int
    fields: list[str]

    def skip(self, path: Path, reason: SkipReason, detail: str) -> Skip:
        """Return the row as something that became no event."""
        return Skip(path.name, self.line, reason, detail, ",".join(self.fields)[:500])


def rows(path: Path, delimiter: str = ",") -> Iterator[Row | Skip]:
    """Yield the rows of a file; empty ones are passed over.

    A last row without a line end is taken if its quotes are closed: other programs leave it out.

    Raises:
        NotThatKindError: a quote is opened and not closed for very long.
    """
    try:
        yield from _rows(path, delimiter)
    except csv.Error as error:
        raise NotThatKindError(f"'{path}' is no readable CSV: {error}") from None


def _rows(path: Path, delimiter: str) -> Iterator[Row | Skip]:
    for chunk in chunks(path, "", keep_last=True):
        yield from chunk.skips
        text = io.StringIO(chunk.data.decode("utf-8"), newline="")
        reader = csv.reader(text, delimiter=delimiter)
        start = chunk.first_line
        for fields in reader:
            if any(fields):
                yield Row(start, fields)
            start = chunk.first_line + reader.line_num


def split_row(line: str, delimiter: str = ",") -> list[str]:
    """Split one line into its fields; a line with a broken quote into what can be had of it."""
    return next(csv.reader([line], delimiter=delimiter), [])


def separator(line: str) -> str:
    """Return what separates the fields of a line: a comma, a semicolon or a tab."""
    return max((",", ";", "\t"), key=lambda one: len(split_row(line, one)))


def separator_of(path: Path) -> str:
    """Return what separates the fields of a file, by its first line that says something."""
    with open_bytes(path) as file:
        data = file.read(1 << 14)
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = data.decode(encoding, "replace").splitlines()
    return separator(next((line for line in lines if line.strip()), ""))
