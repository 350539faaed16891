"""Trades are starting sets whose every word is known, and the page names them all."""

from pathlib import Path

import pytest

from everycall.definitions import definition_ids
from everycall.errors import NotFoundError
from everycall.metrics.asked import asked
from everycall.reports.trades import TRADES, Trade, trade

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.mark.parametrize("one", TRADES.values(), ids=lambda one: one.id)
def test_every_word_of_a_trade_is_known(one: Trade) -> None:
    assert {one.definition, one.other} <= set(definition_ids())
    assert one.definition != one.other
    for name in (*one.headlines, *(target.metric for target in one.targets)):
        assert asked(name)
    assert "summary" in one.sections
    assert "quality" in one.sections
    assert one.doc.endswith(".")


@pytest.mark.parametrize("one", TRADES.values(), ids=lambda one: one.id)
def test_the_page_names_it_with_its_definitions(one: Trade) -> None:
    row = next(r for r in PAGE.read_text(encoding="utf-8").splitlines() if f"| `{one.id}`" in r)
    assert f"`{one.definition}`" in row
    assert f"`{one.other}`" in row


def test_a_trade_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NotFoundError, match="did you mean 'shop'"):
        trade("shopp")
