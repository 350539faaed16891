"""The page: one file, whole, small, without a network."""

import json
import re
from dataclasses import replace
from functools import cache

import pytest

from everycall.app.audit.publishing import WRITERS
from everycall.calls.outcomes import outcome_names
from everycall.render.html import Page
from everycall.render.kept_calls import MOST_BYTES, KeptCalls
from everycall.reports import Words
from everycall.reports.ledger import Ledger, ledger
from reports.shop import ZONE, audited, shop_audit


@cache
def page() -> str:
    report = shop_audit()
    held = ledger(audited().rows, str(ZONE), 40_000)
    return Page(report, Words(), KeptCalls(held, Words(), {})).html()


def test_it_is_under_three_megabytes() -> None:
    assert len(page().encode()) < 3_000_000


def test_it_asks_nothing_of_a_network() -> None:
    outside = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#|data:)([^"')\s>]+)""", page())
    assert not outside
    assert not re.findall(r"@import|<link|fetch\(|XMLHttpRequest", page())
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page()))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_every_picture_has_its_table_and_its_sentence() -> None:
    charts = [chart for section in shop_audit().sections for chart in section.charts]
    assert page().count("<figure ") == len(charts)
    for chart in charts:
        assert chart.sentence
        assert chart.table.rows


def test_every_colour_of_a_picture_is_a_name_of_the_style_sheet() -> None:
    pictures = "".join(re.findall(r"<svg.*?</svg>", page(), re.DOTALL))
    assert "#1000" not in pictures
    assert not re.findall(r"""(?:fill|stroke)="#""", pictures)


def test_what_callers_and_queues_are_called_cannot_break_out_of_the_page() -> None:
    columns = ledger(audited().rows, str(ZONE), 1).columns
    row = ("id", 0, "</script><b>", None, None, *["yes"] * (len(columns) - 7), None, None)
    kept = KeptCalls(Ledger(columns, [row], 1), Words(), {})
    assert "</script" not in kept.as_json()
    assert json.loads(kept.as_json())["size"] == 1
    assert "</script><b>" not in Page(shop_audit(), Words(), kept).html()


def test_a_list_that_is_too_long_is_cut_and_says_so() -> None:
    held = ledger(audited().rows, str(ZONE), 40_000)
    many = Ledger(held.columns, [*held.rows, *held.rows], 2 * held.total)
    kept = KeptCalls(many, Words(), dict.fromkeys(outcome_names(), ""))
    assert len(kept.as_json()) <= MOST_BYTES
    assert "those without an answer first" in kept.kept()
    answered = held.columns.index("spoke")
    misses = sum(row[answered] == "no" for row in many.rows)
    assert sum(row[answered] == "no" for row in kept.rows) == misses


@pytest.mark.parametrize("ending", WRITERS)
def test_every_ending_has_its_hand(ending: str) -> None:
    assert ending.startswith(".")


def test_a_page_with_long_tables_lists_fewer_calls() -> None:
    report = shop_audit()
    held = ledger(audited().rows, str(ZONE), 40_000)
    people = [(f"person {n}", *range(7)) for n in range(4_000)]
    sections = [
        replace(one, tables=tuple(replace(t, rows=people, behind=()) for t in one.tables))
        if one.id == "people"
        else one
        for one in report.sections
    ]
    long = replace(report, sections=tuple(sections))
    made = Page(long, Words(), KeptCalls(held, Words(), {})).html()
    assert len(made.encode()) < 3_000_000
    assert "person 3999" in made
