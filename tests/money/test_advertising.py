"""Advertising costs: read with every mistake named, and wasted only on callers never helped."""

from datetime import date
from pathlib import Path

import pytest

from everycall.errors import BadSettingsError, NotFoundError
from everycall.money.advertising import Cost, read_costs, waste
from everycall.money.estimates import Callers


def test_costs_are_read_with_their_days(tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_text(
        "number,campaign,from,to,cost\n"
        "+49 30 23125100,,2026-10-01,2026-10-31,310.00\n"
        ",newsletter,,,1200\n"
    )
    assert read_costs(path) == (
        Cost(310, "+49 30 23125100", None, date(2026, 10, 1), date(2026, 10, 31)),
        Cost(1200, None, "newsletter"),
    )


def test_a_semicolon_file_with_decimal_commas_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_text("number;cost\n493023125100;1200,50\n")
    assert read_costs(path)[0].cost == pytest.approx(1200.5)


def test_only_the_days_of_the_period_are_paid_for() -> None:
    october = Cost(310, "x", None, date(2026, 10, 1), date(2026, 10, 31))
    assert october.within(date(2026, 10, 1), date(2026, 10, 10)) == pytest.approx(100)
    assert october.within(date(2026, 11, 1), date(2026, 11, 10)) == 0
    assert Cost(310, "x").within(date(2026, 10, 1), date(2026, 10, 10)) == pytest.approx(310)


def test_what_was_wasted_is_the_cost_of_a_call_times_the_callers_never_helped() -> None:
    found = waste(Cost(1000, "x"), 1000, 200, Callers(9, 9, 10))
    assert found.per_call == 5
    assert found.wasted == Callers(45, 45, 50)


def test_a_number_that_nobody_called_has_no_cost_of_a_call() -> None:
    found = waste(Cost(1000, "x"), 1000, 0, Callers(0, 0, 0))
    assert found.per_call is None
    assert found.wasted is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("numbr,cost\n1,2\n", "ads.csv:1: unknown column 'numbr', did you mean 'number'?"),
        ("number\n1\n", "needed are 'cost'"),
        ("number,cost\n1,two\n", "ads.csv:2: 'two' is no amount"),
        ("number,cost\n,2\n", "ads.csv:2: say the number or the campaign"),
        ("number,from,to,cost\n1,2026-02-01,2026-01-01,2\n", "before it begins"),
        ("number,from,cost\n1,yesterday,2\n", "ads.csv:2"),
        ("number,cost\n1,-2\n", "not below 0"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "ads.csv"
    path.write_text(text)
    with pytest.raises(BadSettingsError) as wrong:
        read_costs(path)
    assert sentence in str(wrong.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_costs(tmp_path / "ads.csv")
