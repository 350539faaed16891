"""Tables as files: CSV for anybody, Parquet for programs; and the report as JSON."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from everycall.render.cells import harmless
from everycall.reports import Report, Table, Unit

_TYPES = {
    Unit.COUNT: "DOUBLE",
    Unit.NUMBER: "DOUBLE",
    Unit.SHARE: "DOUBLE",
    Unit.DURATION: "DOUBLE",
    Unit.MONEY: "DOUBLE",
    Unit.BAR: "DOUBLE",
}


def write_files(report: Report, folder: Path) -> Iterator[Path]:
    """Write every table as CSV and as Parquet, and all of the report as JSON."""
    (folder / "parquet").mkdir(parents=True, exist_ok=True)
    for path, table in _tables(report, folder):
        yield path
        yield _packed(folder, path.stem, table)
    path = folder / "audit.json"
    path.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=1), encoding="utf-8")
    yield path


def write_tables(report: Report, folder: Path) -> Iterator[Path]:
    """Write every table as CSV, and nothing else."""
    for path, _ in _tables(report, folder):
        yield path


def _tables(report: Report, folder: Path) -> Iterator[tuple[Path, Table]]:
    (folder / "csv").mkdir(parents=True, exist_ok=True)
    for name, table in report.tables():
        plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)
        path = folder / "csv" / f"{plain}.csv"
        _write(path, table, ([harmless(value) for value in row] for row in table.rows))
        yield path, table


def _write(path: Path, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(heading) for heading in _headings(table)])
        writer.writerows(rows)


def _headings(table: Table) -> list[str]:
    """Return the headings with their units, each of them once."""
    found: list[str] = []
    for column in table.columns:
        unit = {Unit.DURATION: " (ms)", Unit.MONEY: f" ({column.currency})"}.get(column.unit, "")
        name = f"{column.title}{unit}"
        while name in found:
            name += " "
        found.append(name)
    return found


def _packed(folder: Path, name: str, table: Table) -> Path:
    """Write a table as Parquet, from a CSV of its own: programs get every text as it is."""
    packed = folder / "parquet" / f"{name}.parquet"
    path = packed.with_suffix(".csv")
    _write(path, table, table.rows)
    types = [_TYPES.get(column.unit, "VARCHAR") for column in table.columns]
    columns = ", ".join(
        f"'{_quoted(h)}': '{t}'" for h, t in zip(_headings(table), types, strict=True)
    )
    with duckdb.connect() as engine:
        engine.execute(
            f"COPY (SELECT * FROM read_csv(?, header=true, auto_detect=false, delim=',', quote='\"', "
            f"escape='\"', columns={{{columns}}}, new_line='\\r\\n', max_line_size=8000000)) "
            f"TO '{_quoted(str(packed))}' (FORMAT parquet, COMPRESSION zstd)",
            [str(path)],
        )
    path.unlink()
    return packed


def _quoted(text: str) -> str:
    return text.replace("'", "''")
