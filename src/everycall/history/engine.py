"""The engine that runs the chain: DuckDB in this process, over files and tables in memory."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TextIO

import duckdb
from sqlglot import exp

from everycall.calls.statement import write

MEMORY = "2500MB"
BATCH = 20_000

_CHANGE_ROWS = ("INSERT", "DELETE", "CHECKPOINT", "COPY")
"""What begins so leaves the plans of other statements as they are."""


class Engine:
    """A DuckDB of its own; everything in it is gone when it is closed."""

    def __init__(self, memory: str = MEMORY, scratch: Path | None = None) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="everycall-", dir=scratch)
        self.scratch = Path(self._scratch.name)
        self._db = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": str(self.scratch / "spill"),
                "preserve_insertion_order": "true",
                # tables that live for seconds are not worth compressing, which a checkpoint does
                "checkpoint_threshold": "1TB",
            }
        )
        self._db.execute("SET TimeZone = 'UTC'")
        self._planned: dict[str, duckdb.Statement] = {}
        self._names: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the memory and remove what was spilled."""
        self._planned.clear()
        self._db.close()
        self._scratch.cleanup()

    def run(self, statement: str | exp.Expr, values: Sequence[Any] = ()) -> None:
        """Run a statement for its effect."""
        text = _text(statement)
        if not text.lstrip().startswith(_CHANGE_ROWS):
            self._forget_plans()
        self._db.execute(text, list(values))

    def rows(self, statement: str | exp.Expr, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return all its rows."""
        return self._db.execute(_text(statement), list(values)).fetchall()

    def again(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement that is run often and return its rows, if any.

        It is planned only once, until a table or view is made, or a setting changes.
        """
        planned = self._planned.get(statement)
        if planned is None:
            planned = self._planned[statement] = self._plan(statement)
        return self._db.execute(planned).fetchall()

    def _forget_plans(self) -> None:
        self._planned.clear()
        self._names.clear()

    def _plan(self, statement: str) -> duckdb.Statement:
        # a plan of the same name takes the place of the one before
        name = self._names.setdefault(statement, f"again_{len(self._names)}")
        self._db.execute(f"PREPARE {name} AS {statement}")
        (planned,) = self._db.extract_statements(f"EXECUTE {name}")
        return planned

    def value(self, statement: str | exp.Expr, values: Sequence[Any] = ()) -> Any:
        """Run a query and return the first value of its first row."""
        row = self._db.execute(_text(statement), list(values)).fetchone()
        return None if row is None else row[0]

    def stream(
        self, statement: str | exp.Expr, values: Sequence[Any] = ()
    ) -> Iterator[dict[str, Any]]:
        """Run a query and yield its rows as dictionaries, a batch at a time."""
        cursor = self._db.cursor()
        cursor.execute(_text(statement), list(values))
        names = [column[0] for column in cursor.description or ()]
        while batch := cursor.fetchmany(BATCH):
            for row in batch:
                yield dict(zip(names, row, strict=True))

    def table(self, name: str, statement: str | exp.Expr) -> None:
        """Make a table from a query."""
        self.run(f'CREATE OR REPLACE TABLE "{name}" AS {_text(statement)}')

    def view(self, name: str, statement: str | exp.Expr) -> None:
        """Give a query a name; it runs whenever it is used."""
        self.run(f'CREATE OR REPLACE VIEW "{name}" AS {_text(statement)}')

    def drop(self, *names: str) -> None:
        """Forget tables."""
        for name in names:
            self.run(f'DROP TABLE IF EXISTS "{name}"')

    def load(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a table of rows that come from Python, through a file: one by one takes ages."""
        self._read(f'CREATE OR REPLACE TABLE "{name}" AS', name, columns, rows)

    def add(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows that come from Python to a table that has these columns."""
        self._read(f'INSERT INTO "{name}"', name, columns, rows)

    def _read(
        self,
        beginning: str,
        name: str,
        columns: Mapping[str, str],
        rows: Iterable[Sequence[Any]],
    ) -> None:
        path = self.scratch / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(_Lines(file), lineterminator="\n")
            writer.writerows(rows)
        types = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        self.run(
            f"{beginning} SELECT * FROM read_csv(?, header=false, "
            f"auto_detect=false, delim=',', quote='\"', escape='\"', columns={{{types}}}, "
            "max_line_size=8000000, parallel=false)",
            [str(path)],
        )
        path.unlink()

    def save(self, statement: str | exp.Expr, path: Path) -> None:
        """Write a query's rows as a Parquet file."""
        self.run(
            f"COPY ({_text(statement)}) TO '{_quoted(path)}' "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PARQUET_VERSION v2)"
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file of rows in which no carriage return stands: the engine loses its way at one."""

    file: TextIO

    def write(self, row: str) -> int:
        """Write one row."""
        return self.file.write(row.replace("\r", " ") if "\r" in row else row)


def _text(statement: str | exp.Expr) -> str:
    return statement if isinstance(statement, str) else write(statement)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
