"""A brand has words of its own wherever its calls are counted, and a report of its own."""

from dataclasses import replace

import pytest

from everycall.app.answers.defining import chosen, compare
from everycall.app.answers.ledger import open_ledger, view_ledger
from everycall.app.answers.measuring import measure
from everycall.app.audit.auditing import Order, make_audit
from everycall.app.audit.behind import choose
from everycall.app.audit.brands import calls_of, language_of, seen_as
from everycall.app.site.sitefile import SiteFile
from everycall.errors import NotFoundError
from everycall.reports import Words
from reports.shop import shop, shop_site

OWN, OTHER = "pebble-herb", "kiesel-kraut"


def site() -> SiteFile:
    """Return the shop's settings, with words of its own for one of its two brands."""
    clients = dict(shop_site().clients)
    clients[OWN] = replace(clients[OWN], definition="nhs_30s")
    return replace(shop_site(), definition="reachability", clients=clients)


def missed(settings: SiteFile, definition: str | None = None) -> dict[str, tuple[float, float]]:
    names = ["missed", "abandoned"]
    found = measure(shop(), names, ["client"], definition=definition, settings=settings)
    return {
        row.keys[0]: (row.cells["missed"].value or 0, row.cells["abandoned"].value or 0)
        for row in found.rows
    }


def test_each_brand_is_counted_in_its_own_words() -> None:
    mixed = missed(site())
    assert mixed[OTHER] == missed(shop_site(), "reachability")[OTHER]
    assert mixed[OWN] == missed(shop_site(), "nhs_30s")[OWN]
    assert mixed[OWN] != missed(shop_site(), "reachability")[OWN]


def test_words_that_are_asked_for_by_name_hold_for_all() -> None:
    assert missed(site(), "xon") == missed(shop_site(), "xon")


def test_every_number_says_whose_words_it_is_in() -> None:
    remarks = " ".join(measure(shop(), ["missed"], settings=site()).remarks)
    assert "reachability" in remarks
    assert f"{OWN}: nhs_30s" in remarks


def test_the_ledger_follows_each_brand_in_its_words() -> None:
    named = open_ledger(shop(), site())
    mixed = {one.key: one for one in view_ledger(shop(), named, by=["client"]).groups}
    whole = open_ledger(shop(), shop_site(), "nhs_30s")
    alone = {one.key: one for one in view_ledger(shop(), whole, by=["client"]).groups}
    assert mixed[(OWN,)] == alone[(OWN,)]
    assert mixed[(OTHER,)] != alone[(OTHER,)]


def test_the_way_to_another_definition_is_balanced() -> None:
    found = compare(shop(), chosen(site()), chosen(shop_site(), "xon"))
    assert found.balanced
    assert found.before > 0


def test_the_calls_behind_a_number_are_chosen_in_its_words() -> None:
    table = choose(shop(), site(), {"abandoned": "yes", "client": OWN, "arrived": "yes"})
    assert shop().rows(f"SELECT COUNT(*) FROM {table}") == [(missed(site())[OWN][1],)]


def test_a_report_for_one_brand_is_of_its_calls_in_its_words_and_language() -> None:
    own = seen_as(site(), OWN)
    with calls_of(shop().history, own, OWN) as asking:
        report = make_audit(asking, words=Words("en"), site=own, order=Order(client=OWN))
        rows = asking.rows("SELECT DISTINCT client FROM counted")
    assert rows == [(OWN,)]
    assert report.title == f"Call audit for {OWN}"
    assert f"--client {OWN}" in report.options
    summary = report.sections[0]
    assert summary.figures[0].value == 1770
    assert any("nhs_30s" in note for note in summary.notes)
    assert OTHER not in str(report)
    assert "GBP" in str(report)
    assert "EUR" not in str(report)
    assert (language_of(site(), OTHER), language_of(site(), OWN)) == ("de", "en")


def test_a_brand_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'pebble-herb'"):
        seen_as(site(), "peble-herb")
