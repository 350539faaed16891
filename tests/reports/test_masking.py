"""`--mask`: no number of a caller is left in anything that is shown or written."""

import json
import re
import zipfile
from dataclasses import asdict
from functools import cache
from pathlib import Path

import duckdb
import pytest

from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.publishing import publish
from everycall.render.terminal import console, show_report
from everycall.reports import Report, Words
from everycall.reports.trades import SHOP
from reports.shop import shop, shop_site


@pytest.fixture(scope="module")
def report() -> Report:
    return make_audit(shop(), site=shop_site(), order=Order(trade=SHOP, mask=True))


@pytest.fixture(scope="module")
def folder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("masked") / "audit"
    publish(shop(), report, Words(), out, mask=True)
    return out


@cache
def numbers() -> set[str]:
    """Return every number by which a caller could be known, also those that we dialled."""
    rows = shop().rows(
        "SELECT DISTINCT UNNEST([caller, caller_raw, caller_key, "
        "CASE WHEN direction IN ('outbound', 'callback') THEN called END]) "
        f"FROM {shop().stored} WHERE direction <> 'internal'"
    )
    return {digits for (number,) in rows for digits in re.findall(r"\d{5,}", number or "")}


def leaked(text: str) -> set[str]:
    return numbers() & set(re.findall(r"\d{5,}", text))


def test_there_is_something_to_hide() -> None:
    assert len(numbers()) > 1000


def test_the_report_and_the_terminal_show_none(report: Report) -> None:
    assert not leaked(json.dumps(asdict(report), default=str))
    screen = console()
    with screen.capture() as shown:
        show_report(report, screen)
    assert not leaked(shown.get())


def test_no_file_holds_one(folder: Path) -> None:
    seen = set()
    for path in (one for one in folder.rglob("*") if one.is_file()):
        seen.add(path.suffix)
        assert not leaked(content(path)), path.name
    assert seen == {".html", ".pdf", ".xlsx", ".csv", ".parquet", ".json"}


def content(path: Path) -> str:
    if path.suffix == ".parquet":
        return str(duckdb.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall())
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    # a PDF is made of the report, whose texts were looked at already; its streams are packed
    return path.read_bytes().decode("utf-8", "replace")
