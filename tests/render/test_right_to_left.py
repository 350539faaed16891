"""A report in a language that runs from right to left: on the screen, on paper, in the workbook."""

import re
from functools import cache
from pathlib import Path

import openpyxl
import pypdfium2

from everycall.app.audit.auditing import Order, make_audit
from everycall.render.charts import svg
from everycall.render.drawing import Paper
from everycall.render.html import Page
from everycall.render.kept_calls import KeptCalls
from everycall.render.paper import lines_apart, write_pdf
from everycall.render.workbook import write_workbook
from everycall.reports import Chart, Column, Report, Shape, Table, Unit, Words
from everycall.reports.ledger import ledger
from everycall.reports.trades import SHOP
from reports.shop import ZONE, audited, shop, shop_site

HEBREW = Words("he")


@cache
def report() -> Report:
    return make_audit(shop(), words=HEBREW, site=shop_site(), order=Order(trade=SHOP))


def page() -> str:
    held = ledger(audited().rows, str(ZONE), 100)
    return Page(report(), HEBREW, KeptCalls(held, HEBREW, {})).html()


def test_the_page_runs_from_right_to_left_and_its_pictures_do_not() -> None:
    html = page()
    assert '<html lang="he" dir="rtl">' in html
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)[0]
    assert "direction:ltr" in re.findall(r"svg{[^}]*}", style)[0]


def test_nothing_of_the_page_is_laid_out_by_left_and_right() -> None:
    style = re.findall(r"<style>(.*?)</style>", page(), re.DOTALL)[0]
    # a thing put out of sight to the left makes such a page scroll sideways
    assert not re.findall(r"[{;](?:left|right|padding-left|padding-right):", style)
    everywhere = re.sub(r"\[dir=rtl\][^}]*}", "", style)
    assert set(re.findall(r"text-align:(\w+)", everywhere)) <= {"start", "end", "center"}


def test_calls_are_listed_with_days_as_the_language_has_them() -> None:
    held = ledger(audited().rows, str(ZONE), 100)
    first = KeptCalls(held, HEBREW, {}).first()
    assert first
    assert all(re.fullmatch(r"\d+ ב\w+׳? 2026 \d\d:\d\d:\d\d", line[0]) for line in first), first[0]


def test_a_picture_begins_on_the_right_and_its_texts_are_read_from_there() -> None:
    table = Table(
        (Column("name"), Column("time", Unit.DURATION)), [("Ann", 62_000.0), ("Bob", 5_000.0)]
    )
    bars = Chart("it", "title", Shape.BARS, table, "sentence.")
    english, hebrew = (svg(bars, words, Paper.WIDE) for words in (Words(), HEBREW))
    assert "matrix(-1 0 0 1" in hebrew
    assert len(re.findall("<text[^>]*scale\\(-1 1\\)", hebrew)) == english.count("<text") > 3
    assert "scale(-1" not in english
    anchors = [re.findall(r'text-anchor="(\w+)"', one) for one in (english, hebrew)]
    assert (anchors[0][:2], anchors[1][:2]) == (["end", "end"], ["start", "start"])
    assert f">\u2067{HEBREW.duration(62_000.0)}\u2069<" in hebrew


def test_each_line_of_a_picture_on_paper_is_a_text_of_its_own() -> None:
    charts = [chart for section in report().sections for chart in section.charts]
    drawn = [svg(chart, HEBREW, Paper.PRINT) for chart in charts]
    assert any("</tspan><tspan" in picture for picture in drawn)
    assert not any("</tspan><tspan" in lines_apart(picture) for picture in drawn)
    two = '<text a="1"><tspan>one</tspan><tspan x="0" dy="15">two</tspan></text>'
    assert lines_apart(two) == '<text a="1" y="0">one</text><text a="1" y="15">two</text>'


def test_paper_says_it_in_hebrew_letters(tmp_path: Path) -> None:
    path = write_pdf(report(), HEBREW, tmp_path / "he.pdf")
    paper = pypdfium2.PdfDocument(path)
    text = paper[0].get_textpage().get_text_bounded()
    assert len(re.findall(r"[\u05d0-\u05ea]", text)) > 300
    assert "\ufffd" not in text


def test_the_sheets_of_the_workbook_begin_on_the_right(tmp_path: Path) -> None:
    path = write_workbook(report(), HEBREW, tmp_path / "he.xlsx")
    book = openpyxl.load_workbook(path)
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
