"""The page of NHS England's figures says what the export says, and is there when it is asked for."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from everycall.app.answers.nhs import days_of, month_of
from everycall.app.audit.auditing import Order, make_audit, wants_nhs
from everycall.app.site.sitefile import SiteFile
from everycall.metrics.nhs import RATE, NhsSettings, lines
from everycall.reports import Report, Section, Words
from everycall.reports.audit import SECTIONS
from everycall.reports.trades import GP_PRACTICE, NO_TRADE, TRADES
from reports.shop import shop, shop_audit, shop_site

PRACTICE = NhsSettings(patients=12_000, open_practices=4, open_patients=60_000)


@cache
def audit() -> Report:
    site = replace(shop_site(), nhs=PRACTICE)
    return make_audit(shop(), site=site, order=Order(trade=NO_TRADE, nhs=True))


def page() -> Section:
    return next(section for section in audit().sections if section.id == "nhs")


@pytest.mark.parametrize("first", [date(2026, 10, 1), date(2026, 9, 1)])
def test_its_numbers_are_those_of_the_export(first: date) -> None:
    title = {9: "September 2026", 10: "October 2026"}[first.month]
    table = next(one for one in page().tables if one.title == title)
    whole, core = (month_of(shop(), first, core=only) for only in (False, True))
    for place, month in ((1, whole), (3, core)):
        published = [value for _, measure, value in lines(month) if _is_published(measure)]
        shown = [value for row in table.rows for value in row[place : place + 2]]
        assert sorted(map(str, published)) == sorted(map(str, shown[:1] + shown[2:]))
        named = {row[0]: row[place] for row in table.rows}
        exported = {measure: value for _, measure, value in lines(month)}
        assert all(exported[measure] == value for measure, value in named.items())


def _is_published(measure: str) -> bool:
    return "ractice" not in measure and "atient" not in measure and "weekdays" not in measure


def test_its_days_are_those_of_the_export() -> None:
    table = next(one for one in page().tables if one.title == "October 2026, day by day")
    exported = list(days_of(shop(), date(2026, 10, 1)))
    assert [row[1:] for row in table.rows] == [row[1:] for row in exported]
    heat = page().charts[0].table
    assert sum(sum(row[1:]) for row in heat.rows) == sum(int(row[2]) for row in exported)


def test_coverage_and_calls_for_each_thousand_patients_are_there() -> None:
    shown = dict(page().tables[-1].rows)
    assert shown["Practice coverage"] == "25.0\u00a0%"
    assert shown["Patient coverage"] == "20.0\u00a0%"
    inbound = month_of(shop(), date(2026, 10, 1)).inbound
    assert shown[RATE] == Words().decimal(round(inbound * 1000 / 12_000, 1))


def test_it_is_asked_for_by_trade_by_site_file_and_by_order() -> None:
    plain = Order(trade=NO_TRADE)
    assert not wants_nhs(SiteFile(), plain)
    assert wants_nhs(SiteFile(), Order(trade=GP_PRACTICE))
    assert wants_nhs(SiteFile(nhs=NhsSettings(page=True)), plain)
    assert wants_nhs(SiteFile(), replace(plain, nhs=True))
    assert "nhs" not in [section.id for section in shop_audit().sections]


def test_it_stands_before_the_words() -> None:
    names = [section.id for section in audit().sections]
    assert names.index("nhs") == names.index("meanings") - 1


def test_every_section_of_a_trade_is_made() -> None:
    for trade in TRADES.values():
        assert set(trade.sections) <= set(SECTIONS)
