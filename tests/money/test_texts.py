"""The arithmetic that is often quoted: the figure as given, the exact one, and why they differ."""

import pytest

from everycall.money.texts import Line, Quick, quick, worked_example


def by_id(lines: tuple[Line, ...]) -> dict[str, Line]:
    return {line.id: line for line in lines}


@pytest.mark.parametrize(
    ("step", "rounded", "exact"),
    [
        ("buyers", 7, 7.4),
        ("direct", 2800, 2960),
        ("lifetime", 50_400, 53_280),
        ("lifetime_with_first", 53_200, 56_240),
        ("lifetime_with_churn", 33_756, 35_685),
        ("per_call", 140, 148),
        ("per_call_lifetime", 2520, 2664),
        ("lost_share", 2516, 2516),
    ],
)
def test_the_worked_example_gives_the_figure_that_is_quoted_and_the_exact_one(
    step: str, rounded: float, exact: float
) -> None:
    line = by_id(worked_example().lines)[step]
    assert line.rounded == pytest.approx(rounded)
    assert line.exact == pytest.approx(exact, abs=0.5)
    assert line.remark


def test_the_worked_example_says_how_far_chance_alone_moves_it() -> None:
    found = by_id(worked_example().lines)
    assert "4 to 11" in found["buyers"].remark
    assert "1,600 to 4,400" in found["direct"].remark


def test_the_quick_estimate_of_440_missed_calls() -> None:
    found = by_id(quick(Quick()).lines)
    assert found["immediate"].exact == pytest.approx(35_200)
    assert found["churn_of_loss"].exact == pytest.approx(36_960)
    assert found["churn_of_missed_callers"].exact == pytest.approx(158_400)
    assert "churn_of_customers" not in found
    at_37 = by_id(quick(Quick(conversion=0.37)).lines)
    assert at_37["immediate"].exact == pytest.approx(65_120)


def test_the_quick_estimate_says_that_it_is_no_floor() -> None:
    assert any("ceiling" in remark for remark in quick(Quick()).remarks)
