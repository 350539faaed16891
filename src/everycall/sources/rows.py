"""Reading CSV files of any make without losing a row in silence."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from everycall.events import Skip, SkipReason
from everycall.sources.lines import chunks

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
    """
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
