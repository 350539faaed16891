"""Workbook, paper and files say what the report says; what is not known stays empty."""

import csv
from dataclasses import replace
from pathlib import Path

import duckdb
import openpyxl
import pypdfium2
import pytest

from everycall.app.audit.publishing import WRITERS, publish
from everycall.errors import BadSettingsError
from everycall.render.files import write_files
from everycall.render.workbook import write_workbook
from everycall.reports import Column, Report, Table, Unit, Words
from reports.shop import audited, shop_audit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = shop_audit()
    out = tmp_path_factory.mktemp("audit") / "all"
    publish(audited(), report, Words(), out, mask=False)
    return out


def test_a_folder_holds_all_of_it(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    files = {f"audit{ending}" for ending in WRITERS}
    assert names == files | {"audit.json", "calls.parquet", "csv", "parquet"}


def test_every_table_is_there_as_csv_and_as_parquet(folder: Path) -> None:
    for name, table in shop_audit().tables():
        with (folder / "csv" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) == len(table.rows) + 1, name
        packed = duckdb.sql(f"SELECT COUNT(*) FROM '{folder / 'parquet' / name}.parquet'")
        assert packed.fetchall() == [(len(table.rows),)], name


def test_all_calls_are_there_not_only_those_that_fit_into_the_page(folder: Path) -> None:
    counted = duckdb.sql(f"SELECT COUNT(*) FROM '{folder / 'calls.parquet'}'").fetchall()
    assert counted == audited().rows("SELECT COUNT(*) FROM period_calls")


def test_the_workbook_has_numbers_as_numbers(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "audit.xlsx")
    assert book.sheetnames[0] == "In short"
    assert len(book.sheetnames) == 1 + len(shop_audit().tables())
    outcomes = book["outcomes"]
    calls = [row[1].value for row in outcomes.iter_rows(min_row=2) if row[1].value is not None]
    assert sum(calls) == 24_454


def test_what_is_not_known_is_an_empty_cell(folder: Path) -> None:
    table = dict(shop_audit().tables())["people"]
    refused = [column.title for column in table.columns].index("refused")
    assert {row[refused] for row in table.rows} == {None}
    sheet = openpyxl.load_workbook(folder / "audit.xlsx")["people"]
    values = [row[refused].value for row in sheet.iter_rows(min_row=2, max_row=len(table.rows) + 1)]
    assert set(values) == {None}


def test_the_paper_is_tagged_and_names_its_language(folder: Path) -> None:
    raw = (folder / "audit.pdf").read_bytes()
    assert b"pdfuaid:part" in raw
    document = pypdfium2.PdfDocument(folder / "audit.pdf")
    assert 4 <= len(document) <= 15
    assert document.get_metadata_value("Title").startswith("Call audit")
    text = "".join(page.get_textpage().get_text_range() for page in document)
    for section in shop_audit().sections:
        assert section.title in text


def test_an_ending_that_nobody_knows_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadSettingsError, match="no kind of report"):
        publish(audited(), shop_audit(), Words(), tmp_path / "audit.docx", mask=False)
    assert not list(tmp_path.iterdir())


EVIL = ("=HYPERLINK(1)", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def test_no_cell_of_a_table_is_run_and_programs_get_it_as_it_is(tmp_path: Path) -> None:
    columns = (Column("queue", Unit.TEXT), Column("=calls", Unit.COUNT))
    table = Table(columns, tuple((text, -1) for text in (*EVIL, "+493012345", "sales")))
    list(write_files(_only(table), tmp_path))
    with (tmp_path / "csv" / "evil.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert head == ["queue", "'=calls"]
    assert [row[0] for row in rows] == [f"'{text}" for text in EVIL] + ["+493012345", "sales"]
    assert {row[1] for row in rows} == {"-1"}
    packed = duckdb.sql(f"SELECT queue FROM '{tmp_path / 'parquet' / 'evil'}.parquet'").fetchall()
    assert [row[0] for row in packed] == [*EVIL, "+493012345", "sales"]
    assert {path.suffix for path in (tmp_path / "parquet").iterdir()} == {".parquet"}


def test_a_workbook_has_no_formula(tmp_path: Path) -> None:
    table = Table((Column("=queue", Unit.TEXT),), tuple((text,) for text in EVIL))
    report = replace(_only(table), title="=1+1", subtitle="=2+2")
    write_workbook(report, Words(), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert {"=1+1", "=2+2", "=queue", *EVIL} <= {str(cell.value) for cell in cells} | {"\r=1"}


def _only(table: Table) -> Report:
    """Return a report of one table and nothing else."""
    report = shop_audit()
    section = replace(
        report.sections[0], id="evil", figures=(), charts=(), answers=(), tables=(table,)
    )
    return replace(report, sections=(section,))
